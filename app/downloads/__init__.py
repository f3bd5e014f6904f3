"""Downloads: the only part that reaches a network, in children that see no document."""
