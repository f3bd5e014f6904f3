"""What is kept of documents, on the command line: their versions, and the backups of the store."""
