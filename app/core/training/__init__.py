"""Training as everything but its child sees it: pages, plans, messages, memory, cards."""
