"""Documents in the window: open, save, recent files, recovery."""
