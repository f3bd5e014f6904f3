"""The first lines of the Torch engine's pack: an engine host or a training, and nothing else."""

from __future__ import annotations

import sys

from bundle.entry import prepare

WORDS = ("engine-host", "trainer")


def main() -> int:
    """Be the child that the word says; 2 for any other, as a person who starts it would try."""
    if len(sys.argv) != 2 or sys.argv[1] not in WORDS:
        sys.stderr.write("This is a part of Lampblack, which starts it itself.\n")
        return 2
    prepare()
    if sys.argv[1] == "trainer":
        from app.training.main import run_trainer

        return run_trainer()
    from app.host.main import run_host  # not before: it takes the streams' place

    return run_host()


if __name__ == "__main__":
    sys.exit(main())
