"""The tests' hub as a process of its own, with a large file: limited, at full speed, or cut.

Prints its address; ends with its stdin. Started by run.py with the path of the file.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.downloads.hub_server import Answer, Asked, HubServer

LIMIT = 60_000_000
"""Bytes per second of the files that are called `limited-…`."""

CUT_EVERY = 40_000_000
"""Bytes after which the line breaks for those that are called `cut-…`."""


def main(path: str, names: list[str]) -> int:
    content = Path(path).read_bytes()
    with HubServer() as hub:
        hub.files |= dict.fromkeys(names, content)
        hub.always = answer
        sys.stdout.write(hub.url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


def answer(asked: Asked) -> Answer | None:
    """How a file is served, by its name."""
    name = asked.path.rpartition("/")[2]
    if name.startswith("cut-"):
        return Answer(cut=CUT_EVERY)
    return Answer(pace=limit()) if name.startswith("limited-") else None


def limit() -> Callable[[int], None]:
    """Delays a sender that has sent more than is allowed by now."""
    begun = time.perf_counter()

    def wait(sent: int) -> None:
        # a server of this speed; no test waits for it
        time.sleep(max(0.0, sent / LIMIT - (time.perf_counter() - begun)))

    return wait


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
