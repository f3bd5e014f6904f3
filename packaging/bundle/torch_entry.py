"""The first lines of the Torch engine's pack: it is an engine host and nothing else."""

from __future__ import annotations

import sys

from bundle.entry import prepare

WORD = "engine-host"


def main() -> int:
    """Be the engine host; 2 for any other word, as a person who starts it would try."""
    if sys.argv[1:] != [WORD]:
        sys.stderr.write("This is a part of Lampblack, which starts it itself.\n")
        return 2
    prepare()
    from app.host.main import run_host  # not before: it takes the streams' place

    return run_host()


if __name__ == "__main__":
    sys.exit(main())
