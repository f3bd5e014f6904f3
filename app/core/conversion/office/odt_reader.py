"""OpenDocument texts read into a formatted text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from msgspec import Struct

from app.core.conversion.archive import DocumentArchive
from app.core.conversion.blocks import FormattedText, Span, plain_text
from app.core.conversion.lines import FlatLine, assembled
from app.core.conversion.xml_events import read_xml

_SKIPPED = frozenset(
    ("tracked-changes", "note-citation", "annotation", "table-of-content", "forms",
     "sequence-decls", "ruby-text", "bibliography", "alphabetical-index")
)  # fmt: skip
_IMAGES = frozenset(("frame", "object", "custom-shape", "plugin"))
_SPACE = re.compile(r"[ \t\r\n]+")
_CONTENTS = re.compile(r"contents(\d|heading)|toc(\d|heading)")
_CONTINUED = re.compile(r"listcontinue(\d?)")
_LONGEST_GAP = 1000


class _OdtStyle(Struct):
    """What a style says of its paragraphs or letters."""

    name: str = ""
    parent: str = ""
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    ordered: frozenset[int] = frozenset()


class _OdtStyles:
    """Reads the styles of content.xml or styles.xml."""

    def __init__(self) -> None:
        self.styles: dict[str, _OdtStyle] = {}
        self._now = _OdtStyle()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("style", "list-style"):
            style = attributes.get("name", "")
            shown = attributes.get("display-name", style)
            plain = "".join(shown.replace("_20_", " ").lower().split())
            self._now = self.styles[style] = _OdtStyle(
                plain, attributes.get("parent-style-name", "")
            )
        elif name == "text-properties":
            weight = attributes.get("font-weight", "")
            self._now.strong = weight == "bold" or weight in ("600", "700", "800", "900")
            self._now.emphasis = attributes.get("font-style", "") in ("italic", "oblique")
            font = attributes.get("font-family", "") + attributes.get("font-name", "")
            self._now.code = "mono" in font.lower() or "courier" in font.lower()
        elif name == "list-level-style-number" and attributes.get("num-format"):
            level = attributes.get("level", "")
            self._now.ordered |= {int(level)} if level.isdecimal() and len(level) < 3 else set()

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """Styles have no text."""

    def chain(self, style: str) -> list[_OdtStyle]:
        """A style and what it is based on."""
        found: list[_OdtStyle] = []
        while style in self.styles and len(found) < 10:
            found.append(self.styles[style])
            style = found[-1].parent
        return found


class _OpenList(Struct):
    """A list that is being read; `begun` tells that the present item has a paragraph."""

    style: str
    key: str
    start: int = 1
    begun: bool = False
    items: int = 0


class _Content:
    """Reads paragraphs; a footnote is read in the middle of the one that calls it."""

    def __init__(self, styles: _OdtStyles) -> None:
        self._styles = styles
        self.lines: list[FlatLine] = []
        self.title = self.author = ""
        self.images = 0
        self._outer: list[tuple[list[FlatLine], list[Span], str, int, list[_OpenList]]] = []
        self._spans: list[Span] = []
        self._lists: list[_OpenList] = []
        self._looks: list[tuple[bool, bool, bool, str]] = [(False, False, False, "")]
        self._style = ""
        self._level = self._skip = self._keys = self._inside = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skip or name in _SKIPPED or name in _IMAGES:
            self.images += not self._skip and name in _IMAGES
            self._skip += 1
            return
        if name in ("p", "h"):
            self._inside += 1
            self._style = attributes.get("style-name", "")
            level = attributes.get("outline-level", "1")
            self._level = int(level[:2]) if name == "h" and level[:2].isdecimal() else 0
        elif name in ("span", "a"):
            self._push(attributes)
        elif name == "s":
            count = attributes.get("c", "1")
            gap = int(count) if count.isdecimal() and len(count) < 9 else 1
            self._add(" " * min(gap, _LONGEST_GAP))
        elif name == "line-break":
            self._add("\n")
        elif name == "tab":
            self._add(" ")
        elif name == "note":
            self._outer.append((self.lines, self._spans, self._style, self._level, self._lists))
            self.lines, self._spans, self._lists = [], [], []
        else:
            self._start_list(name, attributes)

    def end(self, name: str) -> None:
        if self._skip:
            self._skip -= 1
        elif name in ("p", "h"):
            self._inside -= 1
            self._end_paragraph()
        elif name in ("span", "a") and len(self._looks) > 1:
            self._looks.pop()
        elif name == "list" and self._lists:
            self._lists.pop()
        elif name == "note" and self._outer:
            blocks = assembled(self.lines)
            self.lines, self._spans, self._style, self._level, self._lists = self._outer.pop()
            if blocks:
                self._spans.append(Span(note=blocks))

    def text(self, text: str) -> None:
        if self._inside and not self._skip:
            self._add(_SPACE.sub(" ", text))

    def _start_list(self, name: str, attributes: dict[str, str]) -> None:
        if name == "list":
            outer = self._lists[-1].style if self._lists else ""
            self._keys += 1
            self._lists.append(_OpenList(attributes.get("style-name", outer), str(self._keys)))
        elif name == "list-item" and self._lists:
            last = self._lists[-1]
            last.begun = False
            start = attributes.get("start-value", "")
            if not last.items and start.isdecimal() and len(start) < 9:
                last.start = int(start)
            last.items += 1

    def _push(self, attributes: dict[str, str]) -> None:
        emphasis, strong, code, link = self._looks[-1]
        for style in self._styles.chain(attributes.get("style-name", "")):
            emphasis |= style.emphasis or style.name == "emphasis"
            strong |= style.strong or style.name == "strongemphasis"
            code |= style.code or style.name == "sourcetext"
        address = attributes.get("href", "")
        link = link if address.startswith("#") else address or link
        self._looks.append((emphasis, strong, code, link))

    def _add(self, text: str) -> None:
        if self._inside:
            self._spans.append(Span(text, *self._looks[-1]))

    def _end_paragraph(self) -> None:
        spans, self._spans = tuple(self._spans), []
        chain = self._styles.chain(self._style)
        names = [style.name for style in chain] or ["".join(self._style.lower().split("_20_"))]
        kept = plain_text(spans).strip()
        if names[0] in ("title", "lowtitle"):
            self.title = self.title or kept
        elif "subtitle" in names:
            self.author = self.author or kept.removeprefix("by ")
        elif names[0] not in ("contact", "firstcontact") and not any(map(_CONTENTS.match, names)):
            self.lines.append(self._line(spans, chain, names))

    def _line(self, spans: tuple[Span, ...], chain: list[_OdtStyle], names: list[str]) -> FlatLine:
        if self._level:
            return FlatLine(spans, "heading", self._level)
        if "scenebreak" in names or "horizontalline" in names:
            return FlatLine((), "break")
        if "preformattedtext" in names or "sourcecode" in names:
            return FlatLine((Span(plain_text(spans)),), "code")
        if self._lists:
            return self._item(spans)
        if more := next(filter(None, map(_CONTINUED.fullmatch, names)), None):
            return FlatLine(spans, "more", int(more[1] or 1) - 1)
        if any(style.emphasis or style.strong for style in chain):
            spans = tuple(_with_look(span, chain) for span in spans)
        is_quote = any("quot" in name for name in names)
        return FlatLine(spans, is_quote=is_quote)

    def _item(self, spans: tuple[Span, ...]) -> FlatLine:
        last = self._lists[-1]
        kind: Literal["item", "more"] = "more" if last.begun else "item"
        last.begun = True
        level = len(self._lists) - 1
        chain = self._styles.chain(last.style)
        is_ordered = bool(chain) and level + 1 in chain[0].ordered
        return FlatLine(spans, kind, level, is_ordered, last.start, last.key)


def read_odt(path: Path) -> FormattedText:
    """The text of an OpenDocument text; raises DocumentError. Images are left out, and counted."""
    with DocumentArchive(path) as archive:
        styles = _OdtStyles()
        if archive.has("styles.xml"):
            read_xml(archive.read("styles.xml"), styles, path.name)
        content = archive.read("content.xml")
        read_xml(content, styles, path.name)
        body = _Content(styles)
        read_xml(content, body, path.name)
    blocks = assembled(body.lines)
    return FormattedText(blocks, title=body.title, author=body.author, left_out=body.images)


def _with_look(span: Span, chain: list[_OdtStyle]) -> Span:
    """A span with what the style of its whole paragraph says."""
    if span.note:
        return span
    emphasis = span.emphasis or any(style.emphasis for style in chain)
    strong = span.strong or any(style.strong for style in chain)
    return Span(span.text, emphasis, strong, span.code, span.link)
