"""Tasks: what a model can be asked for beside going on with a text, in one table."""
