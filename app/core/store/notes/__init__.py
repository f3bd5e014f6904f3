"""Notes: what a model said about a text, kept beside it."""
