"""The tree of takes: what a take came from, what it is called, and the place it was written for."""
