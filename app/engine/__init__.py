"""The app's half of the engine: messages, the child process, the client and its job queue."""
