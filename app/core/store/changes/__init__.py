"""Open changes in the store: one row for each document that has some."""
