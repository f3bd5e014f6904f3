"""Proposed changes of a text: what an answer would change in it, and which of that is open."""
