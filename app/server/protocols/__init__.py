"""OpenAI's, llama-server's and KoboldCpp's APIs: from JSON to the engine's messages and back."""
