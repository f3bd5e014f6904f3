"""OpenAI's API and llama-server's own: from their JSON to the engine's messages and back."""
