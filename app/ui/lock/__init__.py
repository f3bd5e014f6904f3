"""The passphrase in the window: asked for at the start, set in Settings, and the lock page."""
