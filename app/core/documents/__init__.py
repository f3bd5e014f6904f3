"""The writer's documents: text files in any encoding, and prompts."""
