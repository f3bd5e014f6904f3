"""Import, export and printing in the window."""
