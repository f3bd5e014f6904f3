"""Checksums in a child process, so that reading gigabytes does not slow the window down.

Systems share the processors out by programs or sessions; a thread that reads through gigabytes
would use up what the window has. The child gets the names of the files on its standard input, each
ended by a NUL, and answers in lines of JSON; it ends when its input does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from app.core.errors import CancelledError, HousekeepingError, LampblackError, error_from
from app.core.models.checksums import Cancelled, Progress, checksums
from app.core.system.priority import lower_priority
from app.core.system.processes import host_environment, program_command, start_child
from app.core.system.throttle import Throttle

WORD = "checksums"
"""The program's word for the child."""

_EVERY_S = 0.1
_LONGEST_LINE = 1024 * 1024


class _ChecksumMessage(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A line's content."""


class _BytesRead(_ChecksumMessage, frozen=True):
    """How far the reading is, in bytes."""

    done: int
    total: int


class _Found(_ChecksumMessage, frozen=True):
    """The sha256 of every file, in the order of the question."""

    sums: tuple[str, ...]


class _Failed(_ChecksumMessage, frozen=True):
    """What went wrong; `kind` is a name out of `app.core.errors`."""

    kind: str
    message: str
    hint: str


_decode = msgspec.json.Decoder[_BytesRead | _Found | _Failed](_BytesRead | _Found | _Failed).decode


def checksums_in_process(
    files: list[Path], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> dict[str, str]:
    """As `checksums` and with the same errors; where no process can be started, done here."""
    try:
        child = start_child(program_command(WORD), environ=host_environment())
    except OSError:
        return checksums(files, progress, cancelled)
    with _ending(child) as (question, answers):
        with suppress(BrokenPipeError):  # it is dead already, and its answer is missing
            question.write(b"\0".join(os.fsencode(file) for file in files) + b"\0\0")
            question.flush()
        sums = _answer(answers, progress, cancelled)
    return {file.name: found for file, found in zip(files, sums, strict=True)}


@contextmanager
def _ending(child: subprocess.Popen[bytes]) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield child.stdin, child.stdout
    finally:
        child.kill()
        child.wait()
        with suppress(OSError):  # what it has not read cannot be flushed any more
            child.stdin.close()
        child.stdout.close()


def _answer(
    stream: IO[bytes], progress: Progress | None, cancelled: Cancelled | None
) -> tuple[str, ...]:
    for line in iter(lambda: stream.readline(_LONGEST_LINE), b""):
        told = _decode(line)
        if cancelled is not None and cancelled():
            raise CancelledError("The work was stopped.")
        if isinstance(told, _Found):
            return told.sums
        if isinstance(told, _Failed):
            raise error_from(told.kind, told.message, told.hint)
        if progress is not None:
            progress(told.done, told.total)
    raise HousekeepingError("The process that reads the model has ended.", "Try once more.")


# The child's half


def run_hasher() -> int:
    """Answer one question; the exit code."""
    lower_priority()
    names = _question(sys.stdin.buffer)
    threading.Thread(target=_watch, name="stdin", daemon=True).start()
    files = [Path(os.fsdecode(name)) for name in names]
    is_time = Throttle(_EVERY_S)

    def progress(done: int, total: int) -> None:
        if is_time(always=done == total):
            _tell(_BytesRead(done=done, total=total))

    try:
        _tell(_Found(sums=tuple(checksums(files, progress).values())))
    except LampblackError as error:
        _tell(_Failed(kind=error.kind, message=_plain(error.message), hint=_plain(error.hint)))
    except BrokenPipeError:
        return 1
    return 0


def _question(stream: IO[bytes]) -> list[bytes]:
    """The names up to an empty one."""
    asked = b""
    while not asked.endswith(b"\0\0") and (block := os.read(stream.fileno(), 65536)):
        asked += block
    return [name for name in asked.split(b"\0") if name]


def _watch() -> None:
    """End with the program that asked."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _tell(line: _BytesRead | _Found | _Failed) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def _plain(text: str) -> str:
    """A text that can be written down, whatever a file is called."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
