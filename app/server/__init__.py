"""The local HTTP service: a child process that other programs on this machine speak to."""
