"""A smaller model that guesses for a larger one: loading it, what it costs, and its guesses."""
