"""The program's words: none opens the window; others are the command line and the host."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the word on the command line; the result is the exit code."""
    return 0


if __name__ == "__main__":
    sys.exit(main())
