"""What the store keeps of where the parts of documents came from."""
