"""A text as pages: what stands on which, and the child process that writes them as PDF."""
