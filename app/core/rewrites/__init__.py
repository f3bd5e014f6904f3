"""Rewrites: what a model is asked to do with a passage, and what becomes of its answer."""
