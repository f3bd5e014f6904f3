"""Shows why the model writes what it writes."""
