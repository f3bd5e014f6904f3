"""Import in a child process: a hostile file costs neither the window's time nor its memory.

The child gets the file's path on its standard input, and answers on its standard output with what
was found in it as Markdown, or why nothing was.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import msgspec

from app.core.conversion.blocks import split_chapters
from app.core.conversion.front import word_count
from app.core.conversion.importing import (
    ChapterFile,
    chapter_files,
    read_import,
    read_revisions,
)
from app.core.conversion.markdown_writer import write_markdown
from app.core.errors import DocumentError, LampblackError, error_from
from app.core.system.child_question import ChildQuestion
from app.core.system.processes import host_environment, program_command

WORD = "importer"
"""The program's word for the child."""

LIMIT_S = 20.0
"""How long an import may take at most, in seconds, on a machine that is busy or a slow disk."""

_MOST_CPU_S = 5
_MOST_BYTES = 256 * 1024 * 1024
"""What the child may take, whatever the file: five seconds of processor time, and 300 MB with its
program. A novel of 120,000 words takes 0.5 to 1.5 s and 50 MB, and of half a million words with
every tenth one in italics 4 to 6 s and 140 MB: what is longer than that is imported in parts."""

_DIVIDE = "If it is a long text, divide it in the program that wrote it, and import the parts."


class ImportedText(msgspec.Struct, frozen=True):
    """What a file holds, in chapters of Markdown, and what it is called.

    `words` has the length of each chapter. `left_out` counts images. Where the file has tracked
    changes, the chapters have them accepted, and `revised` is the whole text with signs around
    them, by these `authors`. `restyled` counts changes of formatting, which are accepted.
    """

    title: str
    author: str
    chapters: list[ChapterFile]
    words: list[int]
    left_out: int = 0
    revised: str = ""
    authors: tuple[str, ...] = ()
    restyled: int = 0


class _ImportAnswer(msgspec.Struct, frozen=True):
    """What was found, or why nothing was."""

    found: ImportedText | None = None
    kind: str = ""
    message: str = ""
    hint: str = ""


class Importing:
    """One file that is being read; `cancel` may be called from any thread."""

    def __init__(self) -> None:
        self._question: ChildQuestion[_ImportAnswer | None] = ChildQuestion()

    def run(self, path: Path, limit_s: float = LIMIT_S) -> ImportedText:
        """What the file holds; raises LampblackError, as `read_import` does."""
        question, name = self._question, path.name
        request = str(path.absolute()).encode(errors="surrogateescape")
        try:
            answer = question.ask(
                program_command(WORD), host_environment(), request, _read, limit_s
            )
        except OSError as error:
            raise DocumentError(f"The process that reads files did not start: {error}.") from error
        if question.is_cancelled:
            raise DocumentError("Nothing was imported: it was stopped.")
        if question.is_late:
            raise DocumentError(f"{name} cannot be imported: reading it takes too long.", _DIVIDE)
        if answer is None:
            raise DocumentError(
                f"{name} cannot be imported: it takes more time or memory than any text does.",
                _DIVIDE,
            )
        if answer.found is None:
            raise error_from(answer.kind, answer.message, answer.hint)
        return answer.found

    def cancel(self) -> None:
        """Give it up; `run` raises."""
        self._question.cancel()


def found_in(path: Path) -> ImportedText:
    """What a file holds, read in this process; raises LampblackError."""
    text = read_import(path)
    chapters = chapter_files(text, path.stem)
    words = [word_count(blocks) for blocks in split_chapters(text.blocks)]
    words = words if len(words) == len(chapters) else [sum(words)]
    revised = write_markdown(read_revisions(path)) if text.authors else ""
    return ImportedText(
        text.title,
        text.author,
        chapters,
        words,
        text.left_out,
        revised,
        text.authors,
        text.restyled,
    )


def _read(stream: IO[bytes]) -> _ImportAnswer | None:
    try:
        return msgspec.msgpack.decode(stream.read(), type=_ImportAnswer)
    except msgspec.MsgspecError:
        return None


def run_importer() -> int:
    """Answer one question; the exit code."""
    path = Path(sys.stdin.buffer.read().decode(errors="surrogateescape"))
    _limit()
    try:
        answer = _ImportAnswer(found_in(path))
    except LampblackError as error:
        answer = _ImportAnswer(kind=error.kind, message=error.message, hint=error.hint)
    except MemoryError:
        return 1
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))
    return 0


def _limit() -> None:
    """Let the system end this process where it takes too much, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, _MOST_BYTES))
