"""The text of a whole book as it is asked about: in parts, each from one file."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import msgspec

from app.ui.editor.manuscript import units
from app.ui.rewrites.notes import Note, NoteFile
from app.ui.rewrites.rewriting import PassagePart, passage_parts

_BETWEEN = "\n\n"  # what stands between the texts of two files


class BookText(msgspec.Struct, frozen=True, dict=True):
    """The texts of the book `title` in a `folder`, by the paths of their files, in order."""

    title: str
    folder: str
    texts: tuple[tuple[Path, str], ...]

    @cached_property
    def text(self) -> str:
        """All of it."""
        return _BETWEEN.join(text for _path, text in self.texts)

    @property
    def sources(self) -> tuple[str, ...]:
        """The documents that it is from."""
        return tuple(str(path) for path, _text in self.texts)

    def parts(self, limit: int) -> list[PassagePart]:
        """It in parts of about `limit` tokens; none has something of two files."""
        found, at = list[PassagePart](), 0
        for _path, text in self.texts:
            parts = passage_parts(at, text, limit)
            if parts:
                parts[-1].gap = _BETWEEN
            found += parts
            at += units(text + _BETWEEN)
        return found

    def mark(self, note: Note) -> None:
        """Let a note be about it."""
        files, at = list[NoteFile](), 0
        for path, text in self.texts:
            files.append(NoteFile(str(path), at, at + units(text)))
            at += units(text + _BETWEEN)
        note.passage, note.title, note.owner = self.text, self.title, self.folder
        note.files = tuple(files)
