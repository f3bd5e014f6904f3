"""What must be there after a kill: the texts of each moment, and the files as they may be."""

from __future__ import annotations

import random
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.books.contents import open_book
from app.core.store.journal import apply, from_units, to_units

LATEST_S = 0.5
"""What was written this long before the kill must be on the disk."""

WORDS = (
    "the",
    "rain",
    "came",
    "down",
    "on",
    "the",
    "quay",
    "and",
    "nobody",
    "said",
    "a",
    "word",
    "of",
    "it",
    "for",
    "an",
    "hour",
)


class Paths:
    """The files that are written in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def draft(self, chance: random.Random) -> Path:
        """One of the documents; there from the beginning."""
        return self.folder / f"draft-{chance.randrange(3)}.md"

    def exported(self, chance: random.Random) -> Path:
        """One of the exported files."""
        return self.folder / f"book{chance.choice(('.docx', '.epub', '.odt', '.html', '.txt'))}"

    @property
    def book(self) -> Path:
        """The folder of a book, whose scenes are reordered, split and merged by the core."""
        return self.folder / "book"

    @property
    def shown_book(self) -> Path:
        """The folder of another book, of which the window does the same."""
        return self.folder / "shown-book"

    def book_text(self, name: str) -> str:
        """The text of one of the book's scenes."""
        return (self.book / name).read_text("utf-8")

    def is_scene(self, path: str) -> bool:
        """Whether a file is one of the scenes that the window shows; none is written in."""
        return Path(path).parent == self.shown_book

    def begin(self) -> None:
        """Write the documents that are there at first."""
        for folder in (self.book, self.shown_book):
            folder.mkdir()
            entries = []
            for number in range(4):
                lines = (f"{line} of scene {number}." for line in WORDS)
                (folder / f"scene-{number}.md").write_text("\n\n".join(lines), encoding="utf-8")
                entries.append(BookEntry(file=f"scene-{number}.md"))
            (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=tuple(entries))))
        for number in range(3):
            (self.folder / f"draft-{number}.md").write_text(f"Draft {number}. ", encoding="utf-8")


@dataclass
class JournalSeen:
    """One document's time on the page: every text it had, and when."""

    path: str
    text: bytearray
    states: list[tuple[float, str]] = field(default_factory=list)
    is_over: bool = False

    def take(self, at: float) -> None:
        """Note the present text."""
        self.states.append((at, from_units(self.text)))

    def acceptable(self, killed_at: float) -> set[str]:
        """The texts that were there within the last moment before the kill."""
        ends = [at for at, _text in self.states[1:]] + [float("inf")]
        return {
            text
            for (_at, text), end in zip(self.states, ends, strict=True)
            if end > killed_at - LATEST_S
        }

    def explain(self, text: str, killed_at: float) -> str:
        """What is left, and how old it is."""
        ends = [at for at, _text in self.states[1:]] + [killed_at]
        for (_at, state), end in zip(reversed(self.states), reversed(ends), strict=True):
            if state == text:
                return f"what is left was changed {killed_at - end:.2f} s before the kill"
        return f"{text[-80:]!r} is left, which it never had, for {self.states[-1][1][-80:]!r}"


class RunSeen:
    """What one run of the program has told until it was killed."""

    def __init__(self) -> None:
        self.journals: dict[str, JournalSeen] = {}
        self.saving: dict[str, set[str]] = {}
        self.found: dict[str, tuple[str, str]] | None = None
        self.gone: set[str] = set()
        self.current = ""
        self.is_ready = False
        self.edits = self.steps = 0
        self.problems: list[str] = []

    def take(self, told: dict[str, Any]) -> None:
        """Take up a line."""
        at = told["at"]
        if "begin" in told:
            self.current = told["begin"]
            self.journals[self.current] = JournalSeen(
                told["path"], bytearray(to_units(told["text"]))
            )
            self.journals[self.current].take(at)
        elif "edit" in told:
            self.edits += 1
            seen = self.journals[told["edit"]]
            apply(seen.text, told["position"], told["removed"], to_units(told["added"]))
            seen.take(at)
        elif "saving" in told:
            self.saving.setdefault(told["saving"], set()).add(told["text"])
        elif "saved" in told:
            self.journals[told["saved"]].path = told["path"]
        elif "end" in told:
            if told["end"] in self.journals:
                self.journals[told["end"]].is_over = True
        elif "discard" in told:
            self.gone.add(told["discard"])
        elif "found" in told:
            self.found = {one: (path, text) for one, path, text in told["found"]}
        elif "page" in told:
            text = from_units(self.journals[told["journal"]].text)
            if text != told["page"]:
                self.problems.append("the page and the journal differ while it runs")
        elif "ready" in told:
            self.is_ready = True
        elif "step" in told:
            self.steps += 1
        elif "problem" in told:
            self.problems.append(told["problem"])

    def owed(self) -> dict[str, JournalSeen]:
        """The documents that were on the page in the last moment."""
        return {one: seen for one, seen in self.journals.items() if not seen.is_over}


def book_letters(folder: Path) -> list[str]:
    """All that a book holds, but for spaces, in order of the letters; and what is wrong with it.

    A step that was broken off is taken back first, as by the next start. Raises BookError.
    """
    found = open_book(folder)
    paths = [found.path(entry) for entry in found.book.entries]
    texts = [path.read_text("utf-8") for path in paths if path is not None]
    loose = [f"{one.file} is in no place of the book" for one in found.loose]
    gone = [f"{name} is gone" for name in found.missing]
    return [*gone, *loose, *found.problems[1:], "".join(sorted("".join("".join(texts).split())))]


def torn_files(folder: Path) -> Iterable[str]:
    """The exported files that are not whole."""
    for path in sorted(folder.glob("book.*")):
        if path.suffix in (".docx", ".epub", ".odt"):
            try:
                with zipfile.ZipFile(path) as archive:
                    bad = archive.testzip()
            except zipfile.BadZipFile:
                bad = "it all"
            if bad is not None:
                yield f"{path.name} is torn"
        elif path.suffix == ".html" and not path.read_text("utf-8").rstrip().endswith("</html>"):
            yield f"{path.name} is torn"


def unsound_stores(data: Path, work: Path) -> Iterable[str]:
    """The store and its backups that do not pass SQLite's own check."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for ending in ("", "-wal"):
        name = f"store.sqlite{ending}"
        if (data / name).exists():
            shutil.copyfile(data / name, work / name)
    for path in (work / "store.sqlite", *sorted((data / "backups").glob("*.sqlite"))):
        if path.exists() and path.stat().st_size:
            connection = apsw.Connection(str(path))
            (said,) = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
            connection.close()
            if said != "ok":
                yield f"{path.name}: {said}"
