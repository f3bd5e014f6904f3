"""`lampblack export` and `lampblack import`: texts in the formats of other programs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from app.cli import output
from app.cli.parsing import Words
from app.core.books.book_file import BOOK_FILE
from app.core.books.manuscript import BookManuscript, book_manuscript, write_imported
from app.core.conversion.export import (
    FORMATS,
    format_of,
    formatted,
    joined_texts,
    render,
    titled,
    write_export,
)
from app.core.conversion.importing import SUFFIXES, chapter_files, read_import
from app.core.conversion.looks.profiles import (
    PAPERS,
    PROFILES,
    on_paper,
    paper_here,
    profile_named,
)
from app.core.documents.text_files import open_document
from app.core.system.files import is_folder
from app.program import Program

_EXPORT = """Write a book, or one or more texts, as one file, in the format that its suffix says.

A book is a folder with its list; all that it includes is written in order. Several files (.md,
.txt) become one text in the order given. Each heading 1 (`# Name`) begins a chapter.
Comments, %%…%% and <!-- … -->, are left out; images are, too.
Nothing is written over without --force."""

_IMPORT = """Write the text of a file as Markdown into a folder: a file for each heading 1.

The folder becomes a book, with a list of the files in order; a book that is there gets them at its
end.
Headings, emphasis, links, lists, quotes, scene breaks and footnotes are kept; images are left out.
Nothing that the file names is opened or fetched. Nothing is written over without --force."""


def add_export(words: Words) -> None:
    """Add the word."""
    width = max(len(row.id) for row in PROFILES)
    profiles = "\n".join(f"  {row.id:<{width}}  {row.words}" for row in PROFILES)
    formats = "\n".join(f"  {row.suffix:<{width}}  {row.name}" for row in FORMATS)
    parser = words.add_parser(
        "export",
        help="write a text as " + ", ".join(row.suffix for row in FORMATS),
        usage="lampblack export FOLDER|FILE… --to FILE [options]",
        description=_EXPORT,
        epilog=f"Formats:\n{formats}\n\nProfiles, for --profile:\n{profiles}",
    )
    parser.mix()
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="the folder of the book; or the text, or several"
    )
    parser.value("--to", "FILE", "the file to write; its suffix says the format", required=True)
    parser.value(
        "--profile",
        None,
        f"how it looks (default {PROFILES[0].id})",
        choices=tuple(row.id for row in PROFILES),
        default=PROFILES[0].id,
    )
    parser.value("--title", "TEXT", "the title; else the book's, or the name of the first file")
    parser.value("--author", "TEXT", "who has written it")
    parser.value(
        "--contact",
        "TEXT",
        "how to reach the author, on a submission's first page; \\n begins a line",
    )
    language = "its language, such as en or zh-CN; else the book's, or en"
    parser.value("--language", "TAG", language)
    parser.value(
        "--smart",
        None,
        "curly quotes, dashes and ellipses (default: as the profile has it)",
        choices=("yes", "no"),
    )
    parser.value(
        "--paper",
        None,
        "the paper (default: as the profile has it, else the usual one of your country)",
        choices=tuple(PAPERS),
    )
    parser.switch("--comments", "leave comments in")
    parser.switch("--force", "write over a file that is there")
    parser.runs(run_export)


def run_export(arguments: argparse.Namespace, _program: Program) -> None:
    """Read, convert, write; one line says what came of it."""
    target = Path(arguments.to).absolute()
    suffix = format_of(target).suffix
    profile = on_paper(profile_named(arguments.profile), paper_here())
    if arguments.paper:
        profile = replace(profile, paper=arguments.paper)
    if arguments.smart:
        profile = replace(profile, is_smart=arguments.smart == "yes")
    found = _manuscript(list(map(Path, arguments.files)), comments=arguments.comments)
    whole = found.text
    title, author = arguments.title or whole.title, arguments.author or whole.author
    contact = (arguments.contact or "").replace("\\n", "\n")
    text = titled(whole, title, author, arguments.language, contact)
    data = render(text, suffix, profile, found.modified)
    write_export(target, data, overwrite=arguments.force)
    facts = {"file": str(target), "bytes": len(data), "images_left_out": text.left_out}
    output.answer(arguments.json, facts, _lines([target], text.left_out))


def _manuscript(paths: list[Path], *, comments: bool) -> BookManuscript:
    """The book in a folder; or files as one text, which is named after the first."""
    if len(paths) == 1 and is_folder(paths[0]):
        return book_manuscript(paths[0], comments=comments)
    documents = [open_document(path) for path in paths]
    texts = [
        formatted(path, document.text, comments=comments)
        for path, document in zip(paths, documents, strict=True)
    ]
    stamps = [document.stamp.mtime_ns for document in documents if document.stamp]
    modified = datetime.fromtimestamp(max(stamps) / 1e9, UTC)
    return BookManuscript(replace(joined_texts(texts), title=paths[0].stem), modified)


def add_import(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "import",
        help="read a text of another program: " + ", ".join(SUFFIXES),
        usage="lampblack import FILE --to FOLDER [options]",
        description=_IMPORT,
    )
    parser.mix()
    parser.add_argument("file", metavar="FILE", help="what to read; its suffix says the format")
    parser.value("--to", "FOLDER", "where the Markdown goes", required=True)
    parser.switch("--force", "write over files that are there")
    parser.runs(run_import)


def run_import(arguments: argparse.Namespace, _program: Program) -> None:
    """Read, divide, write; a line for each file."""
    path, folder = Path(arguments.file), Path(arguments.to).absolute()
    text = read_import(path)
    files = chapter_files(text, path.stem)
    write_imported(folder, text, files, overwrite=arguments.force)
    written = [folder / file.name for file in files]
    facts = {
        "files": list(map(str, written)),
        "book": str(folder / BOOK_FILE),
        "title": text.title,
        "author": text.author,
        "images_left_out": text.left_out,
        "formatting_changes_accepted": text.restyled,
    }
    output.answer(arguments.json, facts, _lines(written, text.left_out, text.restyled))


def _lines(files: list[Path], left_out: int, restyled: int = 0) -> Iterator[str]:
    for file in files:
        yield f"Wrote {file}."
    if left_out:
        yield f"{left_out} image{'s were' if left_out != 1 else ' was'} left out."
    if restyled:
        changes = "changes" if restyled != 1 else "change"
        yield f"{restyled} tracked {changes} of formatting counted as accepted."
