"""Whether a model fits: what it needs on each device, what is free there, and what would help."""
