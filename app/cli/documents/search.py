"""`lampblack search`: words in books, loose texts and takes, with where they stand."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import output
from app.cli.parsing import Words
from app.core.documents.search import Query, check
from app.core.documents.text_files import open_document
from app.core.errors import BookError, LampblackError, UsageError
from app.core.system.files import is_folder, why
from app.program import Program

if TYPE_CHECKING:
    from app.core.books.index import TextIndex
    from app.core.books.library_search import FoundText, SourceGroup

_SEARCH = """Find WORDS in texts, and write each place with the line around it.

A place is the text's path, its line and the character in that line, from 1 on. Small and capital
letters are the same, and an accent is found however it is written. Without --book, the books and
texts that the window knows are searched: those that were opened last."""

_EXIT_CODES = """Exit codes, as those of grep: 0 something was found, 1 nothing was, 2 anything
else: the command line was not understood, or something could not be searched."""
_TAKES = 200  # that are read from the store at a time


def add_search(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "search",
        help="find words in books, texts and takes",
        usage="lampblack search WORDS [--book FOLDER|FILE…] [options]",
        description=_SEARCH,
        epilog=_EXIT_CODES,
    )
    parser.value("words", "WORDS", "what is searched for")
    parser.value(
        "--book",
        "FOLDER|FILE",
        "a book, a folder of texts, or texts; more than one are searched in this order",
        default=[],
        nargs="+",
        action="extend",
    )
    parser.switch("--regex", "WORDS is a regular expression of Python")
    parser.switch("--case", "small and capital letters differ")
    parser.switch("--whole", "whole words only")
    parser.switch("--takes", "search everything that the model wrote, too")
    parser.runs(run_search)


def run_search(arguments: argparse.Namespace, program: Program) -> int:
    """Search; the exit code is grep's."""
    try:
        return _search(arguments, program)
    except LampblackError as error:
        output.write_error(error)
        return 2


def _search(arguments: argparse.Namespace, program: Program) -> int:
    from app.core.books.index import in_memory
    from app.core.books.library_search import SearchScope, search_everywhere

    query = Query(arguments.words, arguments.regex, arguments.case, arguments.whole)
    if not query.words:
        raise UsageError("There is nothing to search for.", "See `lampblack search --help`.")
    check(query)
    groups, refused = _groups(arguments, program)
    with closing(in_memory()) as index:
        refused += _read(index, groups)
        if arguments.takes:
            _read_takes(index, program)
        scope = SearchScope(groups=groups, has_takes=arguments.takes)
        found = list(search_everywhere(index, query, scope))
    is_cut = any(text.is_cut for text in found)
    rows = [row for text in found for row in _rows(text)]
    content = {"hits": rows, "is_cut": is_cut, "refused": refused}
    output.answer(arguments.json, content, map(_line, rows))
    for sentence in refused:
        output.note(f"lampblack: {sentence}")
    if is_cut and not arguments.json:
        output.note(f"lampblack: There are more places than these {len(rows)}.")
    return 2 if refused else int(not rows)


def _groups(
    arguments: argparse.Namespace, program: Program
) -> tuple[tuple[SourceGroup, ...], list[str]]:
    """What is searched: what was named, else what the window knows; and what cannot be."""
    from app.core.books.library_search import SourceGroup

    settings = program.settings
    folders = dict.fromkeys(filter(None, (settings.book, *settings.recent_books)))
    if not (arguments.book or folders or settings.recent_files or arguments.takes):
        raise UsageError("No book or text was opened in Lampblack yet.", "Name one with --book.")
    groups, refused = list[SourceGroup](), list[str]()
    for name in arguments.book or folders:
        try:
            groups.append(_named(Path(name)) if arguments.book else _book(Path(name)))
        except BookError as error:
            refused.append(error.message)
    if not arguments.book:
        groups.append(SourceGroup("", settings.recent_files))
    return tuple(groups), refused


def _book(folder: Path) -> SourceGroup:
    """A book with its texts; raises BookError where its list cannot be read."""
    from app.core.books.book_file import read_book
    from app.core.books.contents import listed_texts
    from app.core.books.library_search import SourceGroup

    read_book(folder, keep_damaged=False)
    return SourceGroup(*listed_texts(folder))


def _named(path: Path) -> SourceGroup:
    """A book, the texts of another folder, or a text."""
    from app.core.books.contents import MOST_TEXTS, is_book
    from app.core.books.library_search import SourceGroup
    from app.core.books.names import text_files

    path = path.absolute()
    if is_book(path):
        return _book(path)
    if not is_folder(path):
        return SourceGroup("", (str(path),))
    try:
        names = text_files(path, MOST_TEXTS)
    except OSError as error:
        raise BookError(f"{path} cannot be read: {why(error)}.") from error
    return SourceGroup("", tuple(str(path / name) for name in names))


def _read(index: TextIndex, groups: Sequence[SourceGroup]) -> list[str]:
    """Put every text into the index; the sentences of those that cannot be read."""
    refused = []
    for name in dict.fromkeys(name for group in groups for name in group.files):
        try:
            document = open_document(Path(name))
        except LampblackError as error:
            refused.append(error.message)
        else:
            index.read(name, document.encoding)
    return refused


def _read_takes(index: TextIndex, program: Program) -> None:
    while takes := program.store.takes_after(index.last_take(), _TAKES):
        index.add_takes(takes)


def _rows(text: FoundText) -> Iterator[dict[str, object]]:
    """Each place of a text, with what is around it; the place is also in characters from 0 on."""
    line, counted = 1, 0
    for number, (start, end) in enumerate(text.spans):
        line += text.text.count("\n", counted, start)
        counted = start
        hit = text.hit(number)
        yield {
            "book": text.group,
            text.kind: int(text.name) if text.kind == "take" else text.name,
            "line": line,
            "column": start - text.text.rfind("\n", 0, start),
            "start": start,
            "end": end,
            "before": hit.before,
            "found": hit.found,
            "after": hit.after,
        }


def _line(row: dict[str, object]) -> str:
    where = row["file"] if "file" in row else f"take {row['take']}"
    return f"{where}:{row['line']}:{row['column']}: {row['before']}{row['found']}{row['after']}"
