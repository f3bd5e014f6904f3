"""How long the frozen window takes to be seen, beside the window from source."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from bundle.freeze import Workshop
from machine import SetupError
from watching import Progress

ROUNDS = 5
GOAL = 1.3
"""The frozen window may take this many times the seconds of the one from source."""

FIRST_TEXT_GOAL_S = 20.0


def starts(shop: Workshop, rounds: int = ROUNDS) -> dict[str, float]:
    """The medians of `frozen` and `source` in seconds, both in turn, and their `ratio`.

    Each window has a home of its own, and is drawn in memory. The very first round is not counted:
    it reads the files from the disk.
    """
    sides = {
        "source": ([str(shop.python), "-m", "app"], shop.root),
        "frozen": ([str(shop.tree / "lampblack")], shop.tree),
    }
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    progress = Progress("The window's start, frozen and from source")
    for count in range(rounds + 1):
        progress.show(f"round {count} of {rounds}")
        for name, (command, folder) in sides.items():
            seconds[name].append(start(command, folder))
    progress.end("done")
    found = {name: statistics.median(times[1:]) for name, times in seconds.items()}
    return found | {"ratio": found["frozen"] / found["source"]}


def start(command: Sequence[str], folder: Path) -> float:
    """The seconds until a window says that it was painted."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    with tempfile.TemporaryDirectory() as home:
        environment = kept | {"LAMPBLACK_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        begun = monotonic()
        with subprocess.Popen(
            [*command, "measure", "start"], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as child:  # fmt: skip
            assert child.stdout is not None
            line = child.stdout.readline()
            seconds = monotonic() - begun
            child.stdout.readline()  # all else is made, too
            _out, error = child.communicate("")
    if not line or child.returncode:
        raise SetupError(f"{command[0]} has opened no window: {error.strip()[-500:]}")
    return seconds


def sentences(found: dict[str, float], first_texts: Sequence[float]) -> list[str]:
    """What was measured beside what is asked for."""
    said = [
        f"The frozen window is seen after {found['frozen']:.2f} s, from source after "
        f"{found['source']:.2f} s: {found['ratio']:.2f} times (at most {GOAL})."
    ] if found else []  # fmt: skip
    if first_texts:
        said.append(
            f"The first text of a first start was there after {statistics.median(first_texts):.1f} "
            f"s, at most {max(first_texts):.1f} s (at most {FIRST_TEXT_GOAL_S:.0f} s)."
        )
    return said
