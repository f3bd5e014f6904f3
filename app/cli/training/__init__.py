"""The words of training: `train` and `runs`."""
