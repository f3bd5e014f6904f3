"""What can be exported or printed: the document, the selection, or a book and its parts."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QLocale

from app.core.changes.compare import TextChange
from app.core.changes.marked import marked
from app.core.conversion.blocks import FormattedText
from app.core.conversion.export import formatted
from app.core.conversion.front import chapter_titles
from app.core.conversion.looks.choices import ExportChoices
from app.core.text.words import HAN

_tr = QCoreApplication.translate

_LOOKED_AT = 4_000  # characters
_CHINESE_FROM = 0.2


class TextSource(msgspec.Struct, frozen=True):
    """A text that can be exported: `read` makes it, on any thread, and may raise LampblackError.

    `label` is what the list calls it, `name` what its choices are remembered by, `stem` what its
    file is called unless told, and `folder` where that goes.
    """

    label: str
    name: str
    stem: str
    folder: Path
    read: Callable[[], FormattedText]
    revised: Callable[[], FormattedText] | None = None
    """The same with its open changes, for a format that has them."""


def text_source(
    label: str,
    name: str,
    path: Path | None,
    folder: Path,
    text: str,
    changes: Sequence[TextChange] = (),
    authors: Sequence[str] = (),
) -> TextSource:
    """The text of a document or a part of it; without a path it is read as Markdown.

    `changes` are open in it, each by one of the `authors`.
    """
    stem = path.stem if path else _tr("Export", "Untitled")
    place = path or Path("untitled.md")

    def revised() -> FormattedText:
        found = formatted(place, marked(text, changes, authors))
        return msgspec.structs.replace(found, authors=tuple(dict.fromkeys(authors)))

    read = partial(formatted, place, text)
    return TextSource(label, name, stem, folder, read, revised if changes else None)


def language_of_text(text: FormattedText) -> str:
    """The language of a text as far as one can see: Chinese, or the one of the window."""
    from app.core.conversion.markdown_writer import write_markdown

    blocks = text.blocks[:40]
    letters = write_markdown(msgspec.structs.replace(text, blocks=blocks))[:_LOOKED_AT]
    if len(re.findall(f"[{HAN}]", letters)) > _CHINESE_FROM * len(letters):
        return "zh-CN"
    language = QLocale().bcp47Name().partition("-")[0]
    return "en" if language in ("zh", "C", "") else language


def title_of_text(source: TextSource, text: FormattedText) -> str:
    """What a text is called: as its book says, its only chapter's title, or its file's name."""
    if text.title:
        return text.title
    titles = chapter_titles(text)
    return titles[0] if len(titles) == 1 and titles[0] else source.stem


def with_choices(text: FormattedText, choices: ExportChoices) -> FormattedText:
    """The text with what its title page says."""
    return msgspec.structs.replace(
        text,
        title=choices.title,
        author=choices.author,
        contact=choices.contact,
        language=choices.language or text.language,
    )


class CachedText:
    """A source's text, read once, on whichever thread wants it first."""

    def __init__(self, source: TextSource) -> None:
        self.source = source
        self._lock = threading.Lock()
        self._text: FormattedText | None = None

    def read(self) -> FormattedText:
        """The text; raises LampblackError."""
        with self._lock:
            if self._text is None:
                self._text = self.source.read()
            return self._text
