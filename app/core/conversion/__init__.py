"""Texts in other formats: what is written for readers and taken in from other programs."""
