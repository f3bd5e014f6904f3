"""The pages that are learned from: a book, a folder, files; without comments and without takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from app.core.books.book import included
from app.core.books.contents import is_book, open_book
from app.core.conversion.import_process import Importing
from app.core.conversion.importing import SUFFIXES
from app.core.documents.comments import without_comments
from app.core.documents.text_files import open_document
from app.core.errors import DocumentError, ParameterError
from app.core.provenance.spans import Runs, length_of
from app.core.system.files import is_folder
from app.core.text.words import count_words
from app.core.training.orders import LEAST_WORDS, MOST_WORDS

PLAIN = (".md", ".txt")
_BY_MODEL = ("generated", "rewrite")
_MOST_FILES = 5_000

RunsOf = Callable[[Path, str], Runs]
"""Where the parts of a file's text come from; empty where that is not known."""


class TrainingPage(msgspec.Struct, frozen=True, kw_only=True):
    """One file: what is learned of it, in stretches, its words, and the words left out."""

    path: str
    texts: tuple[str, ...]
    words: int
    left_out: int = 0


class TrainingPages(msgspec.Struct, frozen=True, kw_only=True):
    """All pages; `digest` is the SHA-256 of what is learned from."""

    pages: tuple[TrainingPage, ...]
    digest: str

    @property
    def words(self) -> int:
        """How many words there are."""
        return sum(page.words for page in self.pages)

    @property
    def left_out(self) -> int:
        """How many words were a model's, and are left out."""
        return sum(page.left_out for page in self.pages)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every stretch, in order."""
        return tuple(text for page in self.pages for text in page.texts)


def read_pages(paths: Sequence[Path], runs_of: RunsOf | None = None) -> TrainingPages:
    """The pages in books, folders and files; with `runs_of` what a model wrote is left out.

    Raises DocumentError for what cannot be read, ParameterError where nothing can be learned.
    """
    pages = tuple(_page(path, runs_of) for path in _files(paths))
    digest = hashlib.sha256()
    for page in pages:
        for text in page.texts:
            digest.update(text.encode("utf-8", "replace") + b"\0")
    return TrainingPages(pages=pages, digest=digest.hexdigest())


def require_enough(pages: TrainingPages) -> None:
    """Raise ParameterError where there are too few words to learn a style from, or far too many."""
    words, left_out = pages.words, pages.left_out
    if words < LEAST_WORDS:
        hint = "From fewer a model learns sentences by heart. Choose more pages."
        if left_out:
            raise ParameterError(
                f"To learn a style takes {LEAST_WORDS:,} words; the pages have {words:,}, without "
                f"the {left_out:,} that a model wrote.",
                hint,
            )
        raise ParameterError(
            f"To learn a style takes {LEAST_WORDS:,} words; the pages have {words:,}.", hint
        )
    if words > MOST_WORDS:
        raise ParameterError(
            f"The pages have {words:,} words, more than the {MOST_WORDS:,} that can be learned.",
            "Choose fewer pages.",
        )


def _files(paths: Sequence[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        inner = _inside(path) if is_folder(path) else [path]
        for file in inner:
            found[file.absolute()] = None
            if len(found) > _MOST_FILES:
                raise ParameterError(f"There are more than {_MOST_FILES:,} files in {path}.")
    if not found:
        names = ", ".join(map(str, paths))
        raise ParameterError(f"There are no pages in {names}.", f"Known are {', '.join(SUFFIXES)}.")
    return [*found]


def _inside(folder: Path) -> Iterable[Path]:
    """A book's included texts in order; else every text below the folder, hidden ones not."""
    if is_book(folder):
        contents = open_book(folder)
        entries = (contents.book.entries[index] for index in included(contents.book))
        paths = (contents.path(entry) for entry in entries)
        return [path for path in paths if path is not None]
    texts = (path for path in folder.rglob("*") if path.suffix.lower() in PLAIN)
    shown = (path for path in texts if not _is_hidden(path, folder))
    return sorted(path for path in shown if path.is_file())


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _page(path: Path, runs_of: RunsOf | None) -> TrainingPage:
    if path.suffix.lower() not in SUFFIXES and path.suffix:
        raise DocumentError(
            f"{path.name} cannot be learned from: its suffix says no format that is known.",
            f"Known are {', '.join(SUFFIXES)}.",
        )
    if path.suffix.lower() not in (*PLAIN, ""):
        found = Importing().run(path)
        stretches = [chapter.text for chapter in found.chapters]
        whole = 0
    else:
        text = open_document(path).text
        runs = runs_of(path, text) if runs_of is not None else ()
        stretches = [*own_stretches(text, runs)]
        whole = count_words(without_comments(text)) if len(stretches) != 1 else 0
    texts = tuple(plain for one in stretches if (plain := without_comments(one).strip()))
    words = sum(map(count_words, texts))
    return TrainingPage(path=str(path), texts=texts, words=words, left_out=max(0, whole - words))


def own_stretches(text: str, runs: Runs) -> Iterator[str]:
    """The parts of `text` between what a model wrote; `runs` count UTF-16 units."""
    data = text.encode("utf-16-le", "surrogatepass")
    if length_of(runs) * 2 != len(data):  # nothing is known of this text
        yield text
        return
    at = begin = 0
    for run in runs:
        end = at + run.length * 2
        if run.kind in _BY_MODEL:
            if at > begin:
                yield data[begin:at].decode("utf-16-le", "replace")
            begin = end
        at = end
    if at > begin:
        yield data[begin:at].decode("utf-16-le", "replace")
