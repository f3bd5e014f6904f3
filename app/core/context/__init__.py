"""What a model is told beside the text: memory, author's note, lore; and how a prompt is made."""
