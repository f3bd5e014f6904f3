"""Memory, author's note and lore beside the page, and what of them the model is sent."""
