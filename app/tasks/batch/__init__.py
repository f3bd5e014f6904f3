"""Batches: a task over every row of a file or folder, in order, that goes on after a kill."""
