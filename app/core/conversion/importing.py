"""Import: a file of another program as Markdown, chapter by chapter."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from app.core.conversion.blocks import FormattedText, Heading, plain_text, split_chapters
from app.core.documents.text_files import open_document
from app.core.errors import DocumentError, ParameterError
from app.core.system.files import is_folder, why, write_atomically

_FORBIDDEN = re.compile(r'[\0-\x1f\x7f<>:"/\\|?*]+')
_LONGEST_NAME = 60


class ChapterFile(Struct, frozen=True):
    """A file that an import writes: its name and its Markdown."""

    name: str
    text: str


def _docx(path: Path) -> FormattedText:
    from app.core.conversion.office.docx_reader import read_docx

    return read_docx(path)


def _odt(path: Path) -> FormattedText:
    from app.core.conversion.office.odt_reader import read_odt

    return read_odt(path)


def _epub(path: Path) -> FormattedText:
    from app.core.conversion.epub_reader import read_epub

    return read_epub(path)


def _html(path: Path) -> FormattedText:
    from app.core.conversion.html_reader import read_html

    return read_html(open_document(path).text, path.name)


def _text(path: Path) -> FormattedText:
    from app.core.conversion.export import formatted

    return formatted(path, open_document(path).text, comments=True)


def read_revisions(path: Path) -> FormattedText:
    """The text of a Word document with its tracked changes marked, as `read_import` reads it."""
    from app.core.conversion.office.docx_reader import read_docx

    return read_docx(path.absolute(), has_revisions=True)


_READERS: dict[str, Callable[[Path], FormattedText]] = {
    ".docx": _docx,
    ".odt": _odt,
    ".epub": _epub,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
    ".md": _text,
    ".txt": _text,
}

SUFFIXES = tuple(_READERS)
"""Of every format that is read."""


def read_import(path: Path) -> FormattedText:
    """The text of a file in the format that its suffix says.

    Raises ParameterError for an unknown suffix, DocumentError for what cannot be read, is hostile
    or too large. Nothing but the file is opened, and nothing is fetched.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ParameterError(
            f"{path.name} cannot be imported: its suffix says no format that is known.",
            f"Known are: {', '.join(SUFFIXES)}.",
        )
    try:
        return reader(path.absolute())
    except RecursionError:
        raise DocumentError(
            f"{path.name} cannot be imported: its lists and quotes lie too deep in each other."
        ) from None


def chapter_files(text: FormattedText, stem: str) -> list[ChapterFile]:
    """The text as Markdown: a file for each heading 1, or one file where there are none."""
    from app.core.conversion.markdown_writer import write_markdown

    chapters = list(split_chapters(text.blocks))
    if len(chapters) < 2:
        return [ChapterFile(f"{stem}.md", write_markdown(text))]
    width = max(2, len(str(len(chapters))))
    files: list[ChapterFile] = []
    for number, blocks in enumerate(chapters, 1):
        head = blocks[0]
        title = plain_text(head.spans) if isinstance(head, Heading) and head.level == 1 else stem
        name = f"{number:0{width}} {file_name(title)}".strip()
        files.append(ChapterFile(f"{name}.md", write_markdown(FormattedText(blocks))))
    return files


def file_name(title: str) -> str:
    """A title as part of a file's name on every system."""
    plain = " ".join(_FORBIDDEN.sub(" ", title).split())
    return plain[:_LONGEST_NAME].strip(" .")


def write_chapters(folder: Path, files: list[ChapterFile], *, overwrite: bool = False) -> None:
    """Write the files into a folder, which is made; raises DocumentError.

    Without `overwrite` nothing at all is written where one of them is there already.
    """
    taken = [file.name for file in files if (folder / file.name).exists()]
    if taken and not overwrite:
        raise DocumentError(
            f"There is already a file {folder / taken[0]}.",
            "Choose another folder, or say that it may be written over.",
        )
    try:
        if not is_folder(folder):
            folder.mkdir(parents=True)
        for file in files:
            write_atomically(folder / file.name, file.text.encode())
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise DocumentError(f"{folder} could not be written: {reason}.") from error
