"""The window's part of the benchmark."""
