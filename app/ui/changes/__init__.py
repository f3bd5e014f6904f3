"""Tracked changes on the page: what a model proposes, accepted or rejected bit by bit."""
