"""The Runs window: what was trained and measured here, with curves, and runs beside each other."""
