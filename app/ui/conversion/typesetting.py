"""A formatted text as lines of type: paragraphs are broken into lines, marks and notes put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from app.core.conversion.blocks import (
    Block,
    BlockQuote,
    CodeBlock,
    Heading,
    ListBlock,
    Paragraph,
    SceneBreak,
    Span,
    Spans,
    plain_text,
)
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.markup import is_safe_link
from app.core.conversion.pdf.pagination import PageRow, Piece

UNITS_PER_POINT = 10
"""Everything is measured in tenths of a point: lines break alike on paper, file and screen."""

UNITS_PER_CM = UNITS_PER_POINT * 72 / 2.54

_NATURAL = 1.15
"""The distance of lines at a spacing of 1, in sizes of the type, as word processors have it."""

_LARGER = (1.5, 1.25, 1.1)
"""The size of headings by level; deeper ones are as large as the text."""

_LINK = QColor("#0563c1")
_LINE_BREAK = "\u2028"
_FLAT_AFTER = (Heading, SceneBreak)


class TypeLine(msgspec.Struct):
    """A line that can be drawn; the distance of its base line from the top is `ascent`.

    `layout` owns the line. `label` is a sign at `label_x`: of a list's item or a footnote.
    """

    layout: QTextLayout
    line: QTextLine
    x: float
    ascent: float
    label: str = ""
    label_x: float = 0.0

    def draw(self, painter: QPainter, left: float, top: float) -> None:
        """Draw it with its upper left corner there."""
        line = self.line
        base = top + self.ascent
        line.draw(painter, QPointF(left + self.x - line.x(), base - line.ascent() - line.y()))
        if self.label:
            painter.setFont(self.layout.font())
            painter.drawText(QPointF(left + self.label_x, base), self.label)


class _Column(msgspec.Struct, frozen=True):
    """Where a block stands: its margins, and how large and how close its lines are."""

    left: float = 0.0
    right: float = 0.0
    scale: float = 1.0
    spacing: float = 1.0
    is_flat: bool = False


class Typesetter:
    """Sets blocks in a column that is `width` units wide."""

    def __init__(self, profile: ExportProfile, width: float, language: str = "") -> None:
        self._profile, self._width, self._language = profile, width, language
        self._notes = 0
        self._chapters = 0
        self._em = profile.size_pt * UNITS_PER_POINT
        self._gap = profile.gap_pt * UNITS_PER_POINT
        self._fonts: dict[tuple[float, bool], QFont] = {}
        self._ascents: dict[tuple[float, bool], float] = {}

    def pieces(self, blocks: Sequence[Block]) -> Iterator[Piece]:
        """The blocks of a text, one after the other."""
        return self._blocks(blocks, _Column(spacing=self._profile.line_spacing))

    def line(self, words: str, *, where: str = "left", scale: float = 1.0, strong: bool = False,
             after: float = 0.0, before: float = 0.0, spacing: float = 1.0) -> Piece:  # fmt: skip
        """A heading of the front, or another line of words, at the left, middle or right."""
        spans = (Span(words, strong=strong),)
        place = _Column(scale=scale, is_flat=True, spacing=spacing)
        rows = self._rows(spans, place, align=_SIDES[where])
        return Piece(rows, before * self._em, after * self._em, is_whole=True)

    def font(self, scale: float = 1.0, *, is_code: bool = False) -> QFont:
        """The typeface of the profile."""
        key = scale, is_code
        if key not in self._fonts:
            font = QFont()
            font.setFamilies(self._families(is_code=is_code))
            hint = QFont.StyleHint.Monospace if is_code else QFont.StyleHint.Serif
            font.setStyleHint(hint)
            font.setPixelSize(max(1, round(self._em * scale)))
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._fonts[key] = font
            self._ascents[key] = QFontMetricsF(font).ascent()
        return self._fonts[key]

    def _families(self, *, is_code: bool) -> list[str]:
        """The typeface, then what is much like it and free, then the language's own, then any."""
        name = "Times New Roman" if self._profile.font == "serif" else self._profile.font
        latin = _CODE if is_code else (name, *_ALIKE.get(name, ()))
        own = next((ours for tag, ours in _OWN.items() if self._language.startswith(tag)), ())
        return [*latin, *own, "monospace" if is_code else "serif"]

    def pitch(self, scale: float = 1.0, spacing: float = 1.0) -> float:
        """The distance of two lines."""
        return self._em * scale * _NATURAL * spacing

    # Blocks

    def _blocks(self, blocks: Sequence[Block], place: _Column) -> Iterator[Piece]:
        former: Block | None = None
        for block in blocks:
            is_flat = place.is_flat or former is None or isinstance(former, _FLAT_AFTER)
            yield from self._block(block, msgspec.structs.replace(place, is_flat=is_flat))
            former = block

    def _block(self, block: Block, place: _Column) -> Iterator[Piece]:
        if isinstance(block, SceneBreak):
            yield self._break(place)
        elif isinstance(block, CodeBlock):
            yield from self._code(block, place)
        elif isinstance(block, BlockQuote):
            yield from self._quote(block, place)
        elif isinstance(block, ListBlock):
            yield from self._list(block, place)
        elif isinstance(block, Heading):
            yield self._heading(block, place)
        else:
            yield self._paragraph(block, place)

    def _paragraph(self, block: Paragraph, place: _Column) -> Piece:
        indent = 0.0 if place.is_flat else self._profile.indent_cm * UNITS_PER_CM
        align = _SIDES["both"] if self._profile.is_justified else _SIDES["left"]
        return Piece(self._rows(block.spans, place, indent=indent, align=align), after=self._gap)

    def _break(self, place: _Column) -> Piece:
        rows = self._rows(
            (Span(self._profile.scene_break),),
            msgspec.structs.replace(place, is_flat=True),
            align=_SIDES["middle"],
        )
        space = self._em * (0.5 if self._profile.line_spacing < 2 else 0.0)
        return Piece(rows, space, space, keeps_next=True, is_whole=True)

    def _heading(self, block: Heading, place: _Column) -> Piece:
        scale = _LARGER[block.level - 1] if block.level <= len(_LARGER) else 1.0
        spans = tuple(
            span if span.note else msgspec.structs.replace(span, strong=True)
            for span in block.spans
        )
        rows = self._rows(
            spans,
            msgspec.structs.replace(place, scale=scale * place.scale, spacing=1.05),
            align=_SIDES["left"],
        )
        is_chapter = block.level == 1 and not place.left
        title = plain_text(block.spans).strip()
        above = 4.0 if is_chapter else 1.5
        below = 2.0 if is_chapter else 0.7
        return Piece(
            rows,
            above * self._em,
            below * self._em,
            keeps_next=True,
            is_whole=True,
            begins_page=is_chapter,
            chapter=title if is_chapter else "",
        )

    def _quote(self, block: BlockQuote, place: _Column) -> Iterator[Piece]:
        margin = 2.0 * self._em
        inner = _Column(
            place.left + margin, place.right + margin, place.scale, place.spacing, is_flat=True
        )
        yield from _spaced(self._blocks(block.blocks, inner), 0.5 * self._em)

    def _code(self, block: CodeBlock, place: _Column) -> Iterator[Piece]:
        rows: list[PageRow] = []
        for line in block.text.split("\n"):
            rows += self._rows((Span(line, code=True),), place, align=_SIDES["left"])
        yield Piece(rows, 0.5 * self._em, 0.5 * self._em)

    def _list(self, block: ListBlock, place: _Column) -> Iterator[Piece]:
        inner = msgspec.structs.replace(place, left=place.left + 2.0 * self._em, is_flat=True)
        for number, item in enumerate(block.items, block.start):
            label = f"{number}." if block.ordered else "•"
            pieces = list(self._blocks(item or (Paragraph(()),), inner))
            if pieces and pieces[0].rows:
                self._label(pieces[0].rows[0], label, place.left, inner.left, place.scale)
            yield from pieces

    def _label(self, row: PageRow, label: str, left: float, text: float, scale: float) -> None:
        """Put a sign before a line, at the right of the room before it."""
        drawn = row.drawn
        if isinstance(drawn, TypeLine) and not drawn.label:
            width = QFontMetricsF(self.font(scale)).horizontalAdvance(label)
            drawn.label = label
            drawn.label_x = max(left, text - width - 0.4 * self._em)

    # Lines

    def _rows(
        self,
        spans: Spans,
        place: _Column,
        *,
        indent: float = 0.0,
        align: Qt.AlignmentFlag,
    ) -> list[PageRow]:
        """Break spans into lines."""
        layout, calls = self._layout(spans, place, align)
        width = max(self._width - place.left - place.right, 4 * self._em)
        height = self.pitch(place.scale, place.spacing)
        is_code = bool(spans) and all(span.code for span in spans)
        self.font(place.scale, is_code=is_code)
        ascent = self._ascents[place.scale, is_code]
        base = (height - self.pitch(place.scale)) * 0.5 + ascent * 0.98
        rows: list[PageRow] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            first = indent if not rows else 0.0
            line.setLineWidth(width - first)
            begin, end = line.textStart(), line.textStart() + line.textLength()
            notes = [piece for at, pieces in calls if begin <= at < end for piece in pieces]
            rows.append(PageRow(height, TypeLine(layout, line, place.left + first, base), notes))
        layout.endLayout()
        return rows

    def _layout(
        self, spans: Spans, place: _Column, align: Qt.AlignmentFlag
    ) -> tuple[QTextLayout, list[tuple[int, list[Piece]]]]:
        """The layout of a paragraph, and its footnotes by the place of their calls."""
        text, ranges, calls = "", [], []
        at = 0
        for span in spans:
            words, look = span.text.replace("\n", _LINE_BREAK), self._look(span, place)
            if span.note:
                self._notes += 1
                words = str(self._notes)
                calls.append((at, self._note(span, words)))
            if look is not None:
                found = QTextLayout.FormatRange()
                length = _units(words)
                found.start, found.length, found.format = at, length, look
                ranges.append(found)
            text += words
            at += _units(words)
        layout = QTextLayout(text, self.font(place.scale))
        option = QTextOption(align)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setUseDesignMetrics(True)
        layout.setTextOption(option)
        layout.setFormats(ranges)
        return layout, calls

    def _look(self, span: Span, place: _Column) -> QTextCharFormat | None:
        """What differs from the plain letters; None for nothing."""
        if span.note:
            raised = QTextCharFormat()
            raised.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
            return raised
        has_link = is_safe_link(span.link)
        if not (span.emphasis or span.strong or span.code or has_link):
            return None
        look = QTextCharFormat()
        font = QFont(self.font(place.scale * (0.92 if span.code else 1.0), is_code=span.code))
        font.setItalic(span.emphasis)
        font.setBold(span.strong)
        look.setFont(font)
        if has_link:
            look.setAnchor(True)
            look.setAnchorHref(span.link)
            look.setForeground(QBrush(_LINK))
        return look

    def _note(self, span: Span, number: str) -> list[Piece]:
        """A footnote's lines, smaller, with its number before them."""
        scale = max(0.8, 1 - 2 / self._profile.size_pt)
        place = _Column(left=1.4 * self._em, scale=scale, is_flat=True)
        pieces = list(self._blocks(span.note, place))
        if pieces and pieces[0].rows:
            self._label(pieces[0].rows[0], number, 0.0, place.left, scale)
        return pieces


_SIDES = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "middle": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
    "both": Qt.AlignmentFlag.AlignJustify,
}


def _units(text: str) -> int:
    """The length of a text as Qt counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _spaced(pieces: Iterator[Piece], space: float) -> Iterator[Piece]:
    """Pieces with a space above the first and below the last."""
    found = list(pieces)
    if found:
        found[0].before = max(found[0].before, space)
        found[-1].after = max(found[-1].after, space)
    return iter(found)


_ALIKE = {
    "Times New Roman": ("Liberation Serif", "Nimbus Roman", "Times"),
    "Georgia": ("Gelasio", "Charis SIL", "C059", "Liberation Serif", "Nimbus Roman"),
}

_CODE = ("Courier New", "Liberation Mono", "Nimbus Mono PS")

_OWN = {
    "zh-TW": ("Noto Serif CJK TC", "Source Han Serif TC", "PMingLiU", "Songti TC"),
    "zh-HK": ("Noto Serif CJK HK", "Noto Serif CJK TC", "PMingLiU", "Songti TC"),
    "zh-Hant": ("Noto Serif CJK TC", "Source Han Serif TC", "PMingLiU", "Songti TC"),
    "zh": ("Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "Songti SC"),
    "ja": ("Noto Serif CJK JP", "Source Han Serif", "MS Mincho", "Hiragino Mincho ProN"),
    "ko": ("Noto Serif CJK KR", "Source Han Serif K", "Batang", "AppleMyungjo"),
}
"""Typefaces with serifs by the beginning of a language's tag; the same sign differs by language."""
