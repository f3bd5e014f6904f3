"""HTML cut into tags and text, in a time that grows with its length alone, whatever it holds.

Python's own `html.parser` takes a time that grows with the square of some unfinished markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from msgspec import Struct

_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_ATTRIBUTE = re.compile(
    r"""[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?"""
)
_GAP = re.compile(r"[\s/]*")
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_LONGEST_VALUE = 10_000


class Tag(Struct):
    """A tag; the names of element and attributes are in lower case."""

    name: str
    attributes: dict[str, str]
    is_end: bool = False


def tokens(markup: str) -> Iterator[Tag | str]:
    """The tags and the texts between them, with their characters; comments are left out."""
    at = 0
    while at < len(markup):
        begin = markup.find("<", at)
        if begin < 0:
            begin = len(markup)
        if begin > at:
            yield html.unescape(markup[at:begin])
        at = begin
        if at < len(markup):
            found, at = _at_bracket(markup, at)
            if found is not None:
                yield found
            if isinstance(found, Tag) and not found.is_end and found.name in _RAW:
                end = _RAW[found.name].search(markup, at)
                at = end.start() if end else len(markup)


def _at_bracket(markup: str, at: int) -> tuple[Tag | str | None, int]:
    """What begins at a `<`, and the place after it."""
    following = markup[at + 1 : at + 2]
    if following in ("!", "?"):
        is_comment = markup.startswith("<!--", at)
        end = markup.find("-->" if is_comment else ">", at + 2)
        return None, len(markup) if end < 0 else end + (3 if is_comment else 1)
    is_end = following == "/"
    name = _NAME.match(markup, at + 1 + is_end)
    if name is None:
        return "<", at + 1
    attributes, after = _attributes(markup, name.end())
    return Tag(name[0].lower(), attributes, is_end), after


def _attributes(markup: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag and the place after its `>`; one that never ends goes to the end."""
    found: dict[str, str] = {}
    while at < len(markup):
        gap = _GAP.match(markup, at)
        at = gap.end() if gap else at
        if markup[at : at + 1] == ">":
            return found, at + 1
        match = _ATTRIBUTE.match(markup, at)
        if match is None:
            at += 1
            continue
        at = match.end()
        value = next((part for part in match.groups()[1:] if part is not None), "")
        if len(found) < 100:
            found.setdefault(match[1].lower(), html.unescape(value[:_LONGEST_VALUE]))
    return found, at
