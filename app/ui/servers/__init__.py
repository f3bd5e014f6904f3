"""Writing with servers: adding them, what is said of them, and what is asked before a sending."""
