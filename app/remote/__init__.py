"""The engine that writes with a server: its own child process, which reaches one address only."""
