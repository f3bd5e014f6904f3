"""Spelling: dictionaries, the words of the writer and of a document, and what is misspelled."""
