"""The model manager: its window, and what the window does for the writer."""
