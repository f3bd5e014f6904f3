"""Why the model writes what it writes: how likely each word is to it, and what else was."""
