"""The book in the side bar: its tree, what is done to it, and its scenes on the page."""
