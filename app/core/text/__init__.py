"""Text as people count and compare it: words, and what differs between two versions."""
