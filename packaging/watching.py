"""Runs a long command behind one line of progress; the whole output goes to a log."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

WIDTH = 99
LOG_INTERVAL_S = 30


class CommandError(Exception):
    """A command that failed; `tail` is the end of what it said."""

    def __init__(self, tail: str) -> None:
        super().__init__(tail)
        self.tail = tail


class Progress:
    """One line that says what goes on and for how long; in a log, a line every half minute."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()
        self.live = sys.stdout.isatty()
        self.due = 0.0
        self.shown = ""

    def show(self, detail: str) -> None:
        """Show the time that has passed, and what is being done."""
        seconds = int(time.monotonic() - self.started)
        if not self.live and seconds < self.due:
            return
        self.due = seconds + LOG_INTERVAL_S
        line = f"{self.title} · {seconds // 60}:{seconds % 60:02d} {detail}".rstrip()[:WIDTH]
        if not self.live:
            print(line, flush=True)
        elif line != self.shown:
            print(f"\r{line:<{WIDTH}}", end="", flush=True)
        self.shown = line

    def end(self, detail: str) -> None:
        """Show the result and close the line."""
        self.due = 0.0
        self.show(detail)
        if self.live:
            print()


def compiled_files(line: str) -> str:
    """The build's count in a line of its output, such as `12 of 80 files`; else empty."""
    found = re.search(r"\[(\d+)/(\d+)\]", line)
    return f"{found.group(1)} of {found.group(2)} files" if found else ""


def pip_says(line: str) -> str:
    """What pip does at the moment: its own line when it is one for people, else empty."""
    known = ("Collecting", "Downloading", "Using cached", "Building", "Installing", "Processing")
    return line.strip() if line.strip().startswith(known) else ""


def _lines_of(child: subprocess.Popen[str]) -> queue.Queue[str | None]:
    """The lines of a child's output as they come, then None."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in child.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines


def watch(
    title: str,
    command: Sequence[str | Path],
    log: Path,
    detail: Callable[[str], str],
    failed: str = "failed",
    variables: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Run `command` and show `detail` of its lines; raises CommandError when it fails.

    `variables` are added to its environment. What it leaves in its temporary folder, which lies
    beside the log, goes when it ends.
    """
    progress, scratch = Progress(title), log.parent / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with log.open("a", encoding="utf-8") as written, _start(command, scratch, variables) as child:
        try:
            tail = _follow(child, progress, written, detail)
        except KeyboardInterrupt:
            _let_end(child)
            raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    progress.end(failed if child.returncode else "done")
    if child.returncode:
        raise CommandError(tail)


def _follow(
    child: subprocess.Popen[str], progress: Progress, log: TextIO, detail: Callable[[str], str]
) -> str:
    """Show and log what the child says until it ends; returns the end of it."""
    lines, tail, said = _lines_of(child), "", ""
    while True:
        progress.show(said)
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            continue
        if line is None:
            return tail
        log.write(line)
        tail = (tail + line)[-2000:]
        said = detail(line) or said


def _let_end(child: subprocess.Popen[str]) -> None:
    """Give a child that Ctrl+C has interrupted, too, 5 s to clean up."""
    print("\nStopping…", flush=True)
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.terminate()


_KEYS = ("WINDOWS_CERTIFICATE", "MACOS_CERTIFICATE", "MACOS_NOTARY")
"""How the names of variables begin that hold what signs: no compiler or installer needs it."""


def _start(
    command: Sequence[str | Path], scratch: Path, variables: Mapping[str, str]
) -> subprocess.Popen[str]:
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    return subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        env={**_without_keys(), **variables, **places},
    )


def _without_keys() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith(_KEYS)}
