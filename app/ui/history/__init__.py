"""The history of a document: when versions are kept, and the dialog that shows and restores them."""
