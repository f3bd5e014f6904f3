"""The command line: its words, their flags and what they write."""
