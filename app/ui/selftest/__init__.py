"""The window's part of the self-test."""
