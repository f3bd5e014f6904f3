"""The history of a document: when versions are kept, and how they are shown and restored."""
