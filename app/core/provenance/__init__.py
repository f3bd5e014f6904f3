"""Where each part of a text came from: typed, pasted, written by a model, or there before."""
