"""Baselines: what the benchmark measures our engines beside, each in a process of its own."""
