"""What the model makes of the text on the page, shown in the window."""
