"""The page: text widget, undo history, highlights of takes, find bar."""
