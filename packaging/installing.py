"""Pip in .venv: at the pinned versions, by the lock's hashes, and its trouble as a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import builds
import lock
import places
from machine import SetupError
from watching import CommandError, compiled_files, pip_says, watch

OFFLINE = re.compile(r"Retrying \(Retry\(|Could not fetch URL|Network is unreachable")


def pip(title: str, *arguments: str, compiling: bool = False, trying: bool = False) -> None:
    """Install into .venv at the pinned versions, behind a line of progress.

    Requirements alone come by the lock, with all that they need; pip checks every file's hash.
    """
    if not any(argument.startswith("-") for argument in arguments):
        arguments = by_lock(lock.closure(places.LOCKED.read_text("utf-8"), arguments))
    failed = "did not work, another way is tried" if trying else "failed"
    command: list[str | Path] = [places.PYTHON, "-m", "pip", "--disable-pip-version-check"]
    command += ["install", *(["-v"] if compiling else []), "-c", places.CONSTRAINTS, *arguments]
    detail = compiled_files if compiling else pip_says
    try:
        variables = builds.compiler_flags() if compiling else {}
        watch(title, command, places.LOG, detail, failed, variables)
    except CommandError as error:
        raise SetupError(why_pip_failed(title, error.tail)) from None


def by_lock(lines: str) -> tuple[str, ...]:
    """What tells pip to install these lines of the lock, and to take no file of another hash."""
    listed = places.LOG.with_name("requirements.txt")
    listed.parent.mkdir(parents=True, exist_ok=True)
    listed.write_text(lines, "utf-8")
    return "--require-hashes", "--no-deps", "-r", str(listed)


def why_pip_failed(title: str, tail: str) -> str:
    """The sentence about a pip that failed, out of the end of its output."""
    if OFFLINE.search(tail):
        return f"{title}: the network does not answer; connect, and run the same command again."
    if "No space left on device" in tail:
        return f"{title}: the disk is full; make room, and run the same command again."
    return f"{title}: pip failed; its whole output is in {places.LOG}, and this is the end:\n{tail}"


def install_program(needs: Sequence[str]) -> None:
    """Install the libraries, then the program itself as it stands in this folder."""
    pip("Libraries", *needs)
    own = ("--no-index", "--no-deps", "--no-build-isolation")
    pip("Lampblack", *own, "-e", str(places.ROOT))
