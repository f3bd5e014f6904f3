"""The local service of the window: switching it on and off, and what it was asked."""
