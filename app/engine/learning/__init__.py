"""Learning from beginning to end: the training child, the record, where the adapter goes."""
