"""The passphrase of the store in the window: set, asked for, locked."""
