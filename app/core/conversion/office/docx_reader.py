"""Word documents read into a formatted text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from app.core.changes.marked import (
    ADDED,
    ADDED_MARK,
    END,
    OUR_NAME,
    REMOVED,
    REMOVED_MARK,
    SIGNS,
    author_sign,
)
from app.core.conversion.archive import DocumentArchive
from app.core.conversion.blocks import Block, FormattedText, Span, plain_text
from app.core.conversion.lines import FlatLine, assembled
from app.core.conversion.office.docx_parts import (
    OFF,
    DocxLinks,
    DocxNumbering,
    DocxStyle,
    DocxStyles,
    number_of,
)
from app.core.conversion.xml_events import read_xml

_SKIPPED = frozenset(
    ("del", "moveFrom", "Fallback", "instrText", "sectPr", "rPrChange", "pPrChange", "tcPr")
)
"""Elements that have no text of the writer's: what was deleted, fields' codes, former looks."""

_RESTYLED = frozenset(("rPrChange", "pPrChange"))
"""What the look of letters or of a paragraph was before a tracked change."""

_REVISIONS = {"ins": (ADDED, ADDED_MARK), "del": (REMOVED, REMOVED_MARK)}

_IMAGES = frozenset(("drawing", "pict", "object"))


class _Paragraphs:
    """Reads paragraphs, of the document or of its notes."""

    def __init__(
        self,
        styles: DocxStyles,
        numbering: DocxNumbering,
        links: dict[str, str],
        *,
        has_revisions: bool = False,
    ) -> None:
        self._styles, self._numbering, self._links = styles, numbering, links
        self._has_revisions = has_revisions
        self.authors: list[str] = []
        self.notes: dict[str, dict[str, tuple[Block, ...]]] = {}
        self.lines: list[FlatLine] = []
        self.by_note: dict[str, list[FlatLine]] = {}
        self.title = self.author = ""
        self.images = self.restyled = 0
        self._skip = 0
        self._is_text = self._is_paragraph = self._is_layout = False
        self._spans: list[Span] = []
        self._paragraph: dict[str, Any] = {}
        self._look: dict[str, bool] = {}
        self._link = ""
        self._open: list[str] = []  # the signs of the changes that are open, the last within it

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _REVISIONS and not self._skip:
            self._on_revision(name, attributes)
            if self._has_revisions or name == "ins":
                return
        self.restyled += not self._skip and name in _RESTYLED
        if self._skip or name in _SKIPPED or name in _IMAGES:
            self.images += not self._skip and name in _IMAGES
            self._skip += 1
            return
        if method := _STARTS.get(name):
            method(self, attributes)
        elif name in ("b", "i", "vanish") and not self._is_layout:
            self._look[name] = attributes.get("val", "1") not in OFF

    def end(self, name: str) -> None:
        if self._skip:
            self._skip -= 1
        elif name == "p":
            self._end_paragraph()
        elif name == "pPr":
            self._is_layout = False
        elif name in ("t", "delText"):
            self._is_text = False
        elif name in _REVISIONS and self._has_revisions and not self._is_layout:
            del self._open[-1:]
            self._spans += map(Span, (END, *self._open[-1:]))
        elif name == "hyperlink":
            self._link = ""
        elif name in ("footnote", "endnote"):
            self.lines = []

    def text(self, text: str) -> None:
        if self._is_text and not self._skip:
            self._add(SIGNS.sub("", text.replace("\n", " ")))

    def _on_revision(self, name: str, attributes: dict[str, str]) -> None:
        """A tracked change of letters, or of the paragraph's end, begins."""
        author = attributes.get("author", "").removeprefix(OUR_NAME)
        if author not in self.authors:
            self.authors.append(author)
        sign, mark = _REVISIONS[name]
        who = author_sign(self.authors.index(author))
        if self._is_layout:
            self._paragraph["mark"] = mark + who
        elif self._has_revisions:
            self._open.append(sign + who)
            self._spans.append(Span(self._open[-1]))

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
        self._paragraph["level"] = number_of(attributes.get("val", ""), 0)

    def _on_number(self, attributes: dict[str, str]) -> None:
        self._paragraph["number"] = attributes.get("val", "")

    def _on_outline(self, attributes: dict[str, str]) -> None:
        self._paragraph["outline"] = number_of(attributes.get("val", ""), 9)

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
        if self._has_revisions and "mark" in self._paragraph:
            self._spans.append(Span(self._paragraph["mark"]))
        spans = tuple(self._spans)
        kind = _kind(names)
        if kind == "front":
            self._on_front(names[0], SIGNS.sub("", plain_text(spans)))
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

    def _heading_level(self, chain: list[DocxStyle]) -> int:
        """The level of a heading; 0 for what is none."""
        for style in chain:
            if found := re.fullmatch(r"heading([1-6])", style.name):
                return int(found[1])
        outline = self._paragraph.get("outline", -1)
        outlines = [outline, *(style.outline for style in chain)]
        return next((level + 1 for level in outlines if 0 <= level < 6), 0)

    def _item(self, chain: list[DocxStyle]) -> tuple[str, int] | None:
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
    "delText": _Paragraphs._on_text,
    "br": _Paragraphs._on_break,
    "cr": _Paragraphs._on_break,
    "tab": _Paragraphs._on_tab,
    "noBreakHyphen": _Paragraphs._on_hyphen,
    "hyperlink": _Paragraphs._on_link,
    "footnoteReference": _Paragraphs._on_footnote,
    "endnoteReference": _Paragraphs._on_endnote,
}


def read_docx(path: Path, *, has_revisions: bool = False) -> FormattedText:
    """The text of a Word document; raises DocumentError. Its images are left out, and counted.

    Tracked changes are accepted, or with `has_revisions` marked, in the text but for its footnotes.
    """
    with DocumentArchive(path) as archive:
        styles, numbering = DocxStyles(), DocxNumbering()
        for part, handler in (("styles", styles), ("numbering", numbering)):
            if archive.has(f"word/{part}.xml"):
                read_xml(archive.read(f"word/{part}.xml"), handler, path.name)
        notes: dict[str, dict[str, tuple[Block, ...]]] = {}
        for part in ("footnotes", "endnotes"):
            if archive.has(f"word/{part}.xml"):
                found = _read(archive, part, styles, numbering, path.name)
                notes[part] = {name: assembled(lines) for name, lines in found.by_note.items()}
        body = _read(
            archive, "document", styles, numbering, path.name, notes, has_revisions=has_revisions
        )
    return FormattedText(
        assembled(body.lines),
        title=body.title,
        author=body.author,
        left_out=body.images,
        authors=tuple(body.authors),
        restyled=body.restyled,
    )


def _read(
    archive: DocumentArchive,
    part: str,
    styles: DocxStyles,
    numbering: DocxNumbering,
    name: str,
    notes: dict[str, dict[str, tuple[Block, ...]]] | None = None,
    *,
    has_revisions: bool = False,
) -> _Paragraphs:
    links = DocxLinks()
    if archive.has(f"word/_rels/{part}.xml.rels"):
        read_xml(archive.read(f"word/_rels/{part}.xml.rels"), links, name)
    body = _Paragraphs(styles, numbering, links.targets, has_revisions=has_revisions)
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
