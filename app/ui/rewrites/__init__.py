"""Rewrites in the window: the palette and menus of actions, what a model answers, and notes."""
