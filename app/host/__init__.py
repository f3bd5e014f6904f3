"""The engine host: the child process that owns the model. Started by name, never imported."""
