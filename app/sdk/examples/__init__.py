"""Five short programs to begin with: `python -m lampblack.examples.stream`, and so on."""
