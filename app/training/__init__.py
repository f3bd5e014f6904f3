"""The training child: a model learns here, in a process of its own, and writes an adapter."""
