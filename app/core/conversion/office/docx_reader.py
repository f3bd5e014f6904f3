"""Word documents read into a formatted text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.core.conversion.archive import DocumentArchive
from app.core.conversion.blocks import Block, FormattedText, Span, plain_text
from app.core.conversion.lines import FlatLine, assembled
from app.core.conversion.xml_events import read_xml

_SKIPPED = frozenset(
    ("del", "moveFrom", "Fallback", "instrText", "sectPr", "rPrChange", "pPrChange", "tcPr")
)
"""Elements that have no text of the writer's: what was deleted, fields' codes, former looks."""

_IMAGES = frozenset(("drawing", "pict", "object"))
_OFF = ("0", "false", "off", "none")


class _Style(Struct):
    """What a style says of its paragraphs or letters."""

    name: str = ""  # in lower case, without spaces
    base: str = ""
    numbering: str = ""
    level: int = 0
    outline: int = -1
    strong: bool | None = None
    emphasis: bool | None = None


class _Styles:
    """Reads styles.xml."""

    def __init__(self) -> None:
        self.styles: dict[str, _Style] = {}
        self._now = _Style()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self._now = self.styles[attributes.get("styleId", "")] = _Style()
        elif name == "name":
            self._now.name = "".join(value.lower().split())
        elif name == "basedOn":
            self._now.base = value
        elif name == "numId":
            self._now.numbering = value
        elif name in ("ilvl", "outlineLvl") and value.isdigit():
            setattr(self._now, "level" if name == "ilvl" else "outline", int(value))
        elif name in ("b", "i"):
            setattr(self._now, "strong" if name == "b" else "emphasis", value not in _OFF)

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """Styles have no text."""

    def chain(self, style: str) -> list[_Style]:
        """A style and what it is based on."""
        found: list[_Style] = []
        while style in self.styles and len(found) < 10:
            found.append(self.styles[style])
            style = found[-1].base
        return found


class _Numbering:
    """Reads numbering.xml: of each list and level whether it has numbers, and the first."""

    def __init__(self) -> None:
        self._abstract: dict[str, dict[int, tuple[str, int]]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._id = self._num = ""
        self._level = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "abstractNum":
            self._id, self._num = attributes.get("abstractNumId", ""), ""
            self._abstract[self._id] = {}
        elif name == "num":
            self._num = attributes.get("numId", "")
            self._lists[self._num] = ("", {})
        elif name == "abstractNumId":
            self._lists[self._num] = (value, self._lists.get(self._num, ("", {}))[1])
        elif name in ("lvl", "lvlOverride"):
            self._level = _number(attributes.get("ilvl", ""), 0)
        elif name == "startOverride" and self._num in self._lists:
            self._lists[self._num][1][self._level] = _number(value, 1)
        elif name in ("numFmt", "start") and not self._num and self._id in self._abstract:
            kind, start = self._abstract[self._id].get(self._level, ("bullet", 1))
            pair = (value, start) if name == "numFmt" else (kind, _number(value, 1))
            self._abstract[self._id][self._level] = pair

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """Lists have no text."""

    def of(self, number: str, level: int) -> tuple[bool, int]:
        """Whether a level of a list has numbers, and its first."""
        abstract, starts = self._lists.get(number, ("", {}))
        kind, start = self._abstract.get(abstract, {}).get(level, ("bullet", 1))
        return kind not in ("bullet", "none"), starts.get(level, start)


class _Links:
    """Reads the relationships of a part: the web addresses by id."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/hyperlink"):
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None:
        """Nothing ends here that counts."""

    def text(self, text: str) -> None:
        """Relationships have no text."""


class _Paragraphs:
    """Reads paragraphs, of the document or of its notes."""

    def __init__(self, styles: _Styles, numbering: _Numbering, links: dict[str, str]) -> None:
        self._styles, self._numbering, self._links = styles, numbering, links
        self.notes: dict[str, dict[str, tuple[Block, ...]]] = {}
        self.lines: list[FlatLine] = []
        self.by_note: dict[str, list[FlatLine]] = {}
        self.title = self.author = ""
        self.images = 0
        self._skip = 0
        self._is_text = self._is_paragraph = self._is_layout = False
        self._spans: list[Span] = []
        self._paragraph: dict[str, Any] = {}
        self._look: dict[str, bool] = {}
        self._link = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skip or name in _SKIPPED or name in _IMAGES:
            self.images += not self._skip and name in _IMAGES
            self._skip += 1
            return
        if method := _STARTS.get(name):
            method(self, attributes)
        elif name in ("b", "i", "vanish") and not self._is_layout:
            self._look[name] = attributes.get("val", "1") not in _OFF

    def end(self, name: str) -> None:
        if self._skip:
            self._skip -= 1
        elif name == "p":
            self._end_paragraph()
        elif name == "pPr":
            self._is_layout = False
        elif name == "t":
            self._is_text = False
        elif name == "hyperlink":
            self._link = ""
        elif name in ("footnote", "endnote"):
            self.lines = []

    def text(self, text: str) -> None:
        if self._is_text and not self._skip:
            self._add(text.replace("\n", " "))

    def _on_note(self, attributes: dict[str, str]) -> None:
        self.lines = self.by_note.setdefault(attributes.get("id", ""), [])
        if attributes.get("type", "normal") != "normal":
            self.lines = []

    def _on_paragraph(self, _attributes: dict[str, str]) -> None:
        self._spans, self._paragraph, self._link = [], {}, ""

    def _on_layout(self, _attributes: dict[str, str]) -> None:
        self._is_layout = True

    def _on_style(self, attributes: dict[str, str]) -> None:
        self._paragraph["style"] = attributes.get("val", "")

    def _on_level(self, attributes: dict[str, str]) -> None:
        self._paragraph["level"] = _number(attributes.get("val", ""), 0)

    def _on_number(self, attributes: dict[str, str]) -> None:
        self._paragraph["number"] = attributes.get("val", "")

    def _on_outline(self, attributes: dict[str, str]) -> None:
        self._paragraph["outline"] = _number(attributes.get("val", ""), 9)

    def _on_run(self, _attributes: dict[str, str]) -> None:
        self._look = {}

    def _on_run_style(self, attributes: dict[str, str]) -> None:
        for style in reversed(self._styles.chain(attributes.get("val", ""))):
            is_code = any(word in style.name for word in ("verbatim", "source", "htmlcode"))
            found = {"b": style.strong, "i": style.emphasis, "code": is_code or None}
            found["b"] = True if style.name == "strong" else found["b"]
            found["i"] = True if style.name == "emphasis" else found["i"]
            self._look = {k: v for k, v in found.items() if v is not None} | self._look

    def _on_text(self, _attributes: dict[str, str]) -> None:
        self._is_text = True

    def _on_break(self, attributes: dict[str, str]) -> None:
        if attributes.get("type", "textWrapping") == "textWrapping":
            self._add("\n")

    def _on_tab(self, _attributes: dict[str, str]) -> None:
        if not self._is_layout:
            self._add(" ")

    def _on_hyphen(self, _attributes: dict[str, str]) -> None:
        self._add("\u2011")

    def _on_link(self, attributes: dict[str, str]) -> None:
        self._link = self._links.get(attributes.get("id", ""), "")

    def _on_footnote(self, attributes: dict[str, str]) -> None:
        self._call("footnotes", attributes)

    def _on_endnote(self, attributes: dict[str, str]) -> None:
        self._call("endnotes", attributes)

    def _call(self, part: str, attributes: dict[str, str]) -> None:
        blocks = self.notes.get(part, {}).get(attributes.get("id", ""), ())
        if blocks:
            self._spans.append(Span(note=blocks))

    def _add(self, text: str) -> None:
        look = self._look
        if not look.get("vanish"):
            is_code = look.get("code", False)
            strong, emphasis = look.get("b", False), look.get("i", False)
            self._spans.append(Span(text, emphasis, strong, is_code, self._link))

    def _end_paragraph(self) -> None:
        if not self._spans and not self._paragraph:
            return
        chain = self._styles.chain(self._paragraph.get("style", ""))
        names = [style.name for style in chain]
        spans = tuple(self._spans)
        kind = _kind(names)
        if kind == "front":
            self._on_front(names[0], plain_text(spans))
        elif level := self._heading_level(chain):
            self.lines.append(FlatLine(spans, "heading", level))
        elif kind == "code":
            self.lines.append(FlatLine(spans, "code"))
        elif kind == "break":
            self.lines.append(FlatLine((), "break"))
        elif item := self._item(chain):
            is_ordered, start = self._numbering.of(*item)
            self.lines.append(FlatLine(spans, "item", item[1], is_ordered, start, item[0]))
        elif more := re.fullmatch(r"listcontinue(\d*)", names[0] if names else ""):
            self.lines.append(FlatLine(spans, "more", int(more[1] or 1) - 1))
        else:
            self.lines.append(FlatLine(spans, is_quote=kind == "quote"))
        self._spans = []

    def _on_front(self, name: str, text: str) -> None:
        if name == "title":
            self.title = self.title or text.strip()
        elif name == "subtitle":
            self.author = self.author or text.strip()

    def _heading_level(self, chain: list[_Style]) -> int:
        """The level of a heading; 0 for what is none."""
        for style in chain:
            if found := re.fullmatch(r"heading([1-6])", style.name):
                return int(found[1])
        outline = self._paragraph.get("outline", -1)
        outlines = [outline, *(style.outline for style in chain)]
        return next((level + 1 for level in outlines if 0 <= level < 6), 0)

    def _item(self, chain: list[_Style]) -> tuple[str, int] | None:
        """The list and level that a paragraph is an item of."""
        number = self._paragraph.get("number", "")
        level = self._paragraph.get("level", 0)
        for style in chain:
            if not number and style.numbering:
                number, level = style.numbering, level or style.level
        return (number, min(level, 20)) if number not in ("", "0") else None


_STARTS = {
    "footnote": _Paragraphs._on_note,
    "endnote": _Paragraphs._on_note,
    "p": _Paragraphs._on_paragraph,
    "pPr": _Paragraphs._on_layout,
    "pStyle": _Paragraphs._on_style,
    "ilvl": _Paragraphs._on_level,
    "numId": _Paragraphs._on_number,
    "outlineLvl": _Paragraphs._on_outline,
    "r": _Paragraphs._on_run,
    "rStyle": _Paragraphs._on_run_style,
    "t": _Paragraphs._on_text,
    "br": _Paragraphs._on_break,
    "cr": _Paragraphs._on_break,
    "tab": _Paragraphs._on_tab,
    "noBreakHyphen": _Paragraphs._on_hyphen,
    "hyperlink": _Paragraphs._on_link,
    "footnoteReference": _Paragraphs._on_footnote,
    "endnoteReference": _Paragraphs._on_endnote,
}


def read_docx(path: Path) -> FormattedText:
    """The text of a Word document; raises DocumentError. Its images are left out, and counted."""
    with DocumentArchive(path) as archive:
        styles, numbering = _Styles(), _Numbering()
        for part, handler in (("styles", styles), ("numbering", numbering)):
            if archive.has(f"word/{part}.xml"):
                read_xml(archive.read(f"word/{part}.xml"), handler, path.name)
        notes: dict[str, dict[str, tuple[Block, ...]]] = {}
        for part in ("footnotes", "endnotes"):
            if archive.has(f"word/{part}.xml"):
                found = _read(archive, part, styles, numbering, path.name)
                notes[part] = {name: assembled(lines) for name, lines in found.by_note.items()}
        body = _read(archive, "document", styles, numbering, path.name, notes)
    blocks = assembled(body.lines)
    return FormattedText(blocks, title=body.title, author=body.author, left_out=body.images)


def _read(
    archive: DocumentArchive,
    part: str,
    styles: _Styles,
    numbering: _Numbering,
    name: str,
    notes: dict[str, dict[str, tuple[Block, ...]]] | None = None,
) -> _Paragraphs:
    links = _Links()
    if archive.has(f"word/_rels/{part}.xml.rels"):
        read_xml(archive.read(f"word/_rels/{part}.xml.rels"), links, name)
    body = _Paragraphs(styles, numbering, links.targets)
    body.notes = notes or {}
    read_xml(archive.read(f"word/{part}.xml"), body, name)
    return body


def _kind(names: list[str]) -> str:
    """What a paragraph is by the names of its style and of what that is based on."""
    first = names[0] if names else ""
    if first in ("title", "subtitle", "contact", "tocheading") or re.match(
        r"toc\d|contents\d", first
    ):
        return "front"
    if first == "scenebreak":
        return "break"
    if any(name in ("sourcecode", "htmlpreformatted", "preformattedtext") for name in names):
        return "code"
    return "quote" if any("quote" in name or name == "quotations" for name in names) else ""


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else otherwise
