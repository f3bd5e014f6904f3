"""The local service: HTTP doors and protocols before the engine, in a child of its own."""
