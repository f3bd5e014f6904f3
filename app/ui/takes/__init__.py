"""Takes side by side: the tray, the marks in the margin, the history of all takes, and again."""
