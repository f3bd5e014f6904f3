"""Web pages and the chapters of e-books read into lines; nothing they name is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from app.core.conversion.blocks import FormattedText, Span
from app.core.conversion.html_tokens import tokens
from app.core.conversion.lines import FlatLine, assembled
from app.core.conversion.xml_events import DEEPEST
from app.core.errors import DocumentError

MOST_TOKENS = 400_000
"""The most tags and texts of all pages of one file: ten long novels, read in a few seconds."""

_SKIPPED = frozenset(
    ("head", "title", "script", "style", "template", "noscript", "nav", "svg", "math", "iframe",
     "object", "select", "textarea", "button", "audio", "video", "canvas")
)  # fmt: skip
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
     "wbr")
)  # fmt: skip
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
     "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
     "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul")
)  # fmt: skip
_LOOKS = {"em": "i", "i": "i", "cite": "i", "strong": "b", "b": "b", "code": "c", "tt": "c",
          "kbd": "c", "samp": "c"}  # fmt: skip
_SPACE = re.compile(r"[ \t\n\r\f]+")
_NOTE_CALLS = "\0note:"
"""What a link begins with that stands for a footnote until all of them are read."""


class _Element(Struct):
    """An open element: its name, what it changes, whether an item of it has begun."""

    name: str
    look: str = ""
    link: str = ""
    is_skipped: bool = False
    note: str = ""
    count: int = 0
    key: str = ""
    start: int = 1
    is_title: bool = False


class HtmlReader:
    """Reads pages one after the other; the footnotes of all are put where they are called."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[_Element] = []
        self._lines: list[FlatLine] = []
        self._notes: dict[str, list[FlatLine]] = {}
        self._spans: list[Span] = []
        self._count = self._keys = 0
        self._page = ""
        self._titles: list[str] = []
        self._in_title = False
        self.title = ""
        self.images = 0

    def read(self, markup: str, page: str = "") -> None:
        """Read a page; `page` tells its footnotes from those of others."""
        self._page = page
        self._open = []
        for found in tokens(markup):
            self._count += 1
            if self._count > MOST_TOKENS:
                raise self._refusal(f"it has more than {MOST_TOKENS:,} elements")
            if isinstance(found, str):
                self._on_text(found)
            elif found.is_end:
                self._on_end(found.name)
            else:
                self._on_tag(found.name, found.attributes)
        self._end_line()

    def text(self) -> FormattedText:
        """All that was read."""
        lines = [self._with_notes(line, 0) for line in self._lines]
        return FormattedText(assembled(lines), title=self.title, left_out=self.images)

    def _on_tag(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "title":
            self._in_title = True
        if tag in _VOID:
            self._void(tag, attributes)
            return
        if tag in _BLOCKS:
            self._end_line()
            self._close_implied(tag)
        if len(self._open) >= DEEPEST:
            raise self._refusal(f"its elements lie more than {DEEPEST} deep in each other")
        self._open.append(self._element(tag, attributes))

    def _on_end(self, tag: str) -> None:
        """End an element, and those inside that were left open."""
        if tag == "title":
            self._in_title = False
        if tag in _BLOCKS:
            self._end_line()
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].name == tag:
                del self._open[at:]
                return

    def _on_text(self, data: str) -> None:
        if self._in_title and not self.title:
            self.title = _SPACE.sub(" ", data).strip()
        if self._is_skipped():
            return
        if not self._is_inside("pre"):
            data = _SPACE.sub(" ", data)
        self._add(data)

    def _void(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("img", "embed"):
            self.images += 1
            self._add(_SPACE.sub(" ", attributes.get("alt", "")))
        elif tag == "br":
            self._add("\n")
        elif tag == "hr":
            self._end_line()
            self._append(FlatLine((), "break"))

    def _element(self, tag: str, attributes: dict[str, str]) -> _Element:
        kind = f"{attributes.get('epub:type', '')} {attributes.get('role', '')}"
        styles = attributes.get("class", "").split()
        found = _Element(tag, _LOOKS.get(tag, ""))
        found.is_skipped = tag in _SKIPPED or "doc-backlink" in kind or "doc-toc" in kind
        found.is_skipped |= "title" in styles and tag == "section"
        if tag in ("ol", "ul"):
            self._keys += 1
            found.key = str(self._keys)
            start = attributes.get("start", "1")
            found.start = int(start) if start.isdecimal() and len(start) < 9 else 1
        elif tag == "a":
            address = attributes.get("href", "")
            is_note = "noteref" in kind and "#" in address
            found.link = self._note_call(address) if is_note else address
            found.link = "" if found.link.startswith("#") else found.link
        elif "footnote" in kind and attributes.get("id"):
            found.note = f"{self._page}#{attributes['id']}"
        return found

    def _note_call(self, address: str) -> str:
        page, _, place = address.rpartition("#")
        return f"{_NOTE_CALLS}{page.rpartition('/')[2] or self._page}#{place}"

    def _close_implied(self, tag: str) -> None:
        """A new item, paragraph or cell ends the one that was left open."""
        ends = {"li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "p": ("p",)}.get(tag, ())
        if self._open and self._open[-1].name in ends:
            self._open.pop()

    def _is_skipped(self) -> bool:
        return any(one.is_skipped for one in self._open)

    def _is_inside(self, *names: str) -> bool:
        return any(one.name in names for one in self._open)

    def _add(self, text: str) -> None:
        looks = "".join(one.look for one in self._open)
        link = next((one.link for one in reversed(self._open) if one.link), "")
        self._spans.append(Span(text, "i" in looks, "b" in looks, "c" in looks, link))

    def _end_line(self) -> None:
        spans, self._spans = tuple(self._spans), []
        if not any(span.text.strip() for span in spans):
            return
        self._append(self._line(spans))

    def _line(self, spans: tuple[Span, ...]) -> FlatLine:
        is_quote = self._is_inside("blockquote")
        for at in range(len(self._open) - 1, -1, -1):
            one = self._open[at]
            if re.fullmatch("h[1-6]", one.name):
                return FlatLine(spans, "heading", int(one.name[1]), is_quote=is_quote)
            if one.name == "pre":
                return FlatLine(_code(spans), "code", is_quote=is_quote)
            if one.name == "li" and not is_quote:
                return self._item(spans, at)
        return FlatLine(spans, is_quote=is_quote)

    def _item(self, spans: tuple[Span, ...], at: int) -> FlatLine:
        """A line of an item: the first has the sign."""
        lists = [one for one in self._open[:at] if one.name in ("ol", "ul")]
        level = max(0, len(lists) - 1)
        item, outer = self._open[at], lists[-1] if lists else _Element("ul")
        item.count += 1
        kind = "item" if item.count == 1 else "more"
        is_ordered = outer.name == "ol"
        return FlatLine(spans, "item" if kind == "item" else "more", level, is_ordered, outer.start,
                    outer.key)  # fmt: skip

    def _append(self, line: FlatLine) -> None:
        note = next((one.note for one in reversed(self._open) if one.note), "")
        (self._notes.setdefault(note, []) if note else self._lines).append(line)

    def _with_notes(self, line: FlatLine, depth: int) -> FlatLine:
        return replace(line, spans=tuple(self._resolved(line.spans, depth)))

    def _resolved(self, spans: Iterable[Span], depth: int) -> Iterable[Span]:
        for span in spans:
            if not span.link.startswith(_NOTE_CALLS):
                yield span
                continue
            lines = self._notes.get(span.link.removeprefix(_NOTE_CALLS), [])
            if lines and span.text.strip() and depth < 2:
                yield Span(note=assembled([self._with_notes(one, depth + 1) for one in lines]))

    def _refusal(self, reason: str) -> DocumentError:
        return DocumentError(f"{self._name} cannot be imported: {reason}.")


def read_html(markup: str, name: str) -> FormattedText:
    """The text of a web page; raises DocumentError. Its images are left out, and counted."""
    reader = HtmlReader(name)
    reader.read(markup)
    return reader.text()


def _code(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return (Span("".join(span.text for span in spans).strip("\n")),)
