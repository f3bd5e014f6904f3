"""Lampblack: a desktop studio for writing with a language model that never leaves the machine."""

__version__ = "0.1.0"
