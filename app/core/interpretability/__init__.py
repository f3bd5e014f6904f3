"""What a model makes of a text, word by word: how likely each was, and why."""
