"""Prompts already read, kept in memory by prefix and on the disk as state files."""
