"""A text with its open changes in it, as export writes them and import finds them.

Signs that no text has (Unicode's noncharacters) stand around what is to come and what is to go, so
that whatever reads Markdown takes them along as letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.core.changes.compare import TextChange
from app.core.changes.styles import with_whole_spans

ADDED, REMOVED, END = "\ufdd0", "\ufdd1", "\ufdd2"
"""Before what is to come and before what is to go, each followed by its author; after both."""

ADDED_MARK, REMOVED_MARK = "\ufdd3", "\ufdd4"
"""At a line end that is to come or to go, followed by the author."""

OUR_NAME = "Lampblack, "
"""What stands before a model's name where a change is told to other programs."""

_FIRST_AUTHOR, _AUTHORS = 0xFDE0, 16
SIGNS = re.compile("[\ufdd0-\ufdef]")
"""What of a marked text is no letter of it."""

_LEAD = re.compile(r"(?:[ \t]*(?:#{1,6}|[-*+>]|\d{1,9}[.)])[ \t]+)*")


def author_sign(number: int) -> str:
    """What stands for the author of that number; those above 15 are one."""
    return chr(_FIRST_AUTHOR + min(number, _AUTHORS - 1))


def marked(text: str, changes: Sequence[TextChange], authors: Sequence[str]) -> str:
    """The text with signs around what the changes, which are in order, remove and add.

    `authors` has the author of each change; of more than 16 the last ones are one. Where emphasis
    changes, what is emphasized goes and comes as a whole.
    """
    names = list(dict.fromkeys(authors))
    changes, authors = with_whole_spans(text, changes, authors)
    text = SIGNS.sub("", text) if SIGNS.search(text) and not changes else text
    parts, at = list[str](), 0
    for one, author in zip(changes, authors, strict=True):
        who = author_sign(names.index(author))
        parts.append(text[at : one.position])
        begins_line = not one.position or text[one.position - 1] == "\n"
        parts += _lines(one.removed, REMOVED + who, REMOVED_MARK + who, begins_line)
        begins_line = one.removed.endswith("\n") if one.removed else begins_line
        parts += _lines(one.added, ADDED + who, ADDED_MARK + who, begins_line)
        at = one.end
    return "".join((*parts, text[at:]))


def _lines(text: str, sign: str, end_sign: str, begins_line: bool) -> Iterator[str]:
    """A changed text with signs in every line that has letters, behind its heading's marks."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        lead = _LEAD.match(line) if begins_line or number else None
        cut = lead.end() if lead is not None and lead.end() < len(line) else 0
        if line:
            yield f"{line[:cut]}{sign}{line[cut:]}{END}"
        if number < len(lines) - 1:
            if line or (number == 0 and not begins_line):
                yield end_sign
            yield "\n"


def pieces(text: str, kind: str = "", author: int = 0) -> Iterator[tuple[str, str, int]]:
    """The parts of a marked text between its signs: text, kind of change, number of the author.

    Each sign of a line end is a part without text, of its own kind. The last part tells the kind
    that holds behind the text.
    """
    at = 0
    for found in _SIGN.finditer(text):
        yield text[at : found.start()], kind, author
        at = found.end()
        sign, who = found[0][0], ord(found[0][1:] or chr(_FIRST_AUTHOR)) - _FIRST_AUTHOR
        if sign in (ADDED_MARK, REMOVED_MARK):
            yield "", "added-end" if sign == ADDED_MARK else "removed-end", who
        else:
            kind = {ADDED: "added", REMOVED: "removed", END: ""}[sign]
            author = who
    yield text[at:], kind, author


_SIGN = re.compile("[\ufdd0\ufdd1\ufdd3\ufdd4][\ufde0-\ufdef]?|\ufdd2")


def unmarked(
    text: str, authors: Sequence[str]
) -> tuple[str, tuple[TextChange, ...], tuple[str, ...]]:
    """The original of a marked text, its changes, and each one's author.

    The line ends that follow a sign of one belong to that change.
    """
    original, changes, whose = list[str](), list[TextChange](), list[str]()
    length, pending = 0, ""
    who = 0
    for part, kind, number in pieces("\n".join(map(_with_lead, text.split("\n")))):
        if kind.endswith("-end"):
            pending, who = kind.removesuffix("-end"), number
            continue
        if pending and not kind:
            blank = part[: len(part) - len(part.lstrip("\n"))]
            runs = [(blank, pending, who), (part[len(blank) :], kind, number)]
            pending = "" if part else pending
        else:
            runs, pending = [(part, kind, number)], ""
        for run, of, by in runs:
            name = authors[by] if by < len(authors) else ""
            if not run:
                continue
            if of:
                _add(changes, whose, TextChange(
                    length, run if of == "removed" else "", run if of == "added" else ""
                ), name)  # fmt: skip
            if of != "added":
                original.append(run)
                length += len(run)
    return "".join(original), tuple(changes), tuple(whose)


def _with_lead(line: str) -> str:
    """A line, with the marks before it in its change if all of its letters are in that."""
    lead = _LEAD.match(line)
    cut = lead.end() if lead is not None else 0
    if not cut or line[cut : cut + 1] not in (ADDED, REMOVED):
        return line
    kinds = {kind for part, kind, _author in pieces(line[cut:]) if part}
    if len(kinds) != 1 or not kinds <= {"added", "removed"}:
        return line
    return line[cut : cut + 2] + line[:cut] + line[cut + 2 :]


def _add(changes: list[TextChange], whose: list[str], one: TextChange, author: str) -> None:
    """Join what one author changed at one place."""
    last = changes[-1] if changes else None
    if last is not None and last.end == one.position and whose[-1] == author:
        changes[-1] = TextChange(last.position, last.removed + one.removed, last.added + one.added)
        return
    changes.append(one)
    whose.append(author)
