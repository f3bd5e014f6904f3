"""A formatted text as pages that can be painted: on paper, into a PDF file, on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.core.conversion.blocks import FormattedText
from app.core.conversion.front import chapter_titles, contents_heading, running_head, title_page
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.pdf.pagination import Page, PageRow, Paginator, Piece, PlacedRow
from app.ui.conversion.typesetting import (
    UNITS_PER_CM,
    UNITS_PER_POINT,
    TypeLine,
    Typesetter,
)

_HEAD_GAP = 14 * UNITS_PER_POINT
_RULE = 0.5 * UNITS_PER_POINT
_RULE_WIDTH = 0.3  # of the column


class SetPage(msgspec.Struct):
    """A page; `number` is 0 for those before the text. `links` are the rows of the contents."""

    page: Page
    number: int
    links: list[tuple[float, float, int]] = []


class ContentsRow(msgspec.Struct):
    """A chapter in the table of contents, with the number of its page."""

    line: TypeLine
    number: str
    chapter: int

    def draw(self, painter: QPainter, left: float, top: float, width: float) -> None:
        """Draw the title at the left, dots, and the number at the right."""
        self.line.draw(painter, left, top)
        font = self.line.layout.font()
        painter.setFont(font)
        letters = QFontMetricsF(font)
        base = top + self.line.ascent
        right = left + width
        number_x = right - letters.horizontalAdvance(self.number)
        painter.drawText(QPointF(number_x, base), self.number)
        dot = letters.horizontalAdvance(" .")
        end = left + self.line.x + self.line.line.naturalTextWidth()
        x = number_x - dot
        while x > end + dot:
            painter.drawText(QPointF(x, base), ".")
            x -= dot


class TextPages:
    """The pages of one text; what stands before it comes first, and is not numbered.

    Qt keeps typefaces by thread: pages are painted, and let go, on the thread that set them.
    """

    def __init__(self, text: FormattedText, profile: ExportProfile) -> None:
        self._text, self._profile = text, profile
        width, height = profile.page_cm
        margin = min(profile.margin_cm, width / 4) * UNITS_PER_CM
        self.size = (width * UNITS_PER_CM, height * UNITS_PER_CM)
        self._left = self._top = margin
        self._width = self.size[0] - 2 * margin
        self._height = self.size[1] - 2 * margin
        self._head = running_head(text, profile)
        self._titles = chapter_titles(text)

    def all(self, tell: Callable[[int], object] = lambda _pages: None) -> list[SetPage]:
        """Every page; `tell` is told how many there are, page by page."""

        def is_wanted(pages: int) -> bool:
            tell(pages)
            return True

        return self.first(None, is_wanted)

    def first(
        self, count: int | None, is_wanted: Callable[[int], bool] = lambda _pages: True
    ) -> list[SetPage]:
        """At most the first `count` pages; fewer where `is_wanted` is asked after one and says no.

        In the table of contents chapters beyond them have no number.
        """
        body: list[SetPage] = []
        for page in self.body():
            body.append(page)
            if not is_wanted(page.number) or page.number == count:
                break
        return self.with_front(body)[:count]

    def body(self) -> Iterator[SetPage]:
        """The pages of the text itself, each set when it is asked for."""
        setter = Typesetter(self._profile, self._width, self._text.language)
        pages = self._paged(setter.pieces(self._text.blocks))
        return (SetPage(page, number) for number, page in enumerate(pages, 1))

    def with_front(self, body: list[SetPage]) -> list[SetPage]:
        """The pages with those before them."""
        return [*self._front(body), *body]

    def _paged(self, pieces: Iterable[Piece]) -> Iterator[Page]:
        gap = 0.8 * self._profile.size_pt * UNITS_PER_POINT
        return Paginator(self._height, gap).pages(pieces)

    # What stands before the text

    def _front(self, body: list[SetPage]) -> list[SetPage]:
        front = [SetPage(page, 0) for page in self._paged(self._title())]
        if self._profile.has_contents and len(self._titles) > 1:
            numbers = [str(page.number) for page in body for _chapter in page.page.chapters]
            numbers += ["…"] * (len(self._titles) - len(numbers))
            chapters = list(zip(self._titles, numbers, strict=False))
            front += map(self._contents_page, self._paged(self._contents(chapters)))
        return front

    def _title(self) -> list[Piece]:
        page = title_page(self._text, self._profile)
        if page is None:
            return []
        setter = Typesetter(self._profile, self._width, self._text.language)
        pieces = [setter.line(line) for line in page.contact]
        if page.length:
            length = setter.line(page.length, where="right")
            first = pieces[0] if pieces else Piece([])
            pieces[:1] = [_beside(first, length)]
        taken = sum(row.height for piece in pieces for row in piece.rows)
        where = 0.32 * self._height - taken
        scale = 1.0 if self._profile.is_submission else 2.0
        em = self._profile.size_pt * UNITS_PER_POINT
        title = setter.line(
            page.title, where="middle", scale=scale, strong=not self._profile.is_submission,
            before=max(1.0, where / em), after=1.0, spacing=1.1,
        )  # fmt: skip
        title.chapter = "" if pieces else page.title  # keeps the space above
        pieces.append(title)
        if page.author:
            pieces.append(setter.line(page.author, where="middle", scale=min(scale, 1.3)))
        return pieces

    def _contents(self, chapters: list[tuple[str, str]]) -> list[Piece]:
        setter = Typesetter(self._profile, self._width * 0.85, self._text.language)
        heading = setter.line(
            contents_heading(self._text), scale=1.5, strong=True, after=1.5, before=4.0
        )
        heading.chapter = contents_heading(self._text)
        pieces = [heading]
        for index, (title, number) in enumerate(chapters):
            piece = setter.line(title or "—", spacing=1.3)
            last = piece.rows[-1]
            if isinstance(last.drawn, TypeLine):
                last.drawn = ContentsRow(last.drawn, number, index)
            pieces.append(piece)
        return pieces

    def _contents_page(self, page: Page) -> SetPage:
        links = [
            (placed.top, placed.row.height, placed.row.drawn.chapter)
            for placed in page.rows
            if isinstance(placed.row.drawn, ContentsRow)
        ]
        page.chapters = []
        return SetPage(page, 0, links)

    # Painting

    def paint(self, painter: QPainter, page: SetPage) -> None:
        """Paint a page, whose corner is at 0, 0; the painter is scaled to units."""
        painter.setPen(QPen(QColor("black")))
        for placed in page.page.rows:
            self._paint_row(painter, placed)
        if page.page.notes:
            y = self._top + page.page.notes_top - 0.4 * self._profile.size_pt * UNITS_PER_POINT
            painter.fillRect(QRectF(self._left, y, _RULE_WIDTH * self._width, _RULE), "black")
        for placed in page.page.notes:
            self._paint_row(painter, placed)
        if page.number:
            self._paint_number(painter, page.number)

    def _paint_row(self, painter: QPainter, placed: PlacedRow) -> None:
        drawn, top = placed.row.drawn, self._top + placed.top
        if isinstance(drawn, ContentsRow):
            drawn.draw(painter, self._left, top, self._width)
        elif isinstance(drawn, TypeLine):
            drawn.draw(painter, self._left, top)
        elif isinstance(drawn, list):
            for one in drawn:
                one.draw(painter, self._left, top)

    def _paint_number(self, painter: QPainter, number: int) -> None:
        """The running head at the right of the upper margin, or the number below the text."""
        setter = Typesetter(self._profile, self._width, self._text.language)
        has_head = self._profile.has_running_head
        font = setter.font(1.0 if self._profile.is_submission else 0.85)
        painter.setFont(font)
        letters = QFontMetricsF(font)
        words = f"{self._head}{number}" if has_head else str(number)
        if letters.horizontalAdvance(words) > self._width:
            end = f" / {number}"
            room = self._width - letters.horizontalAdvance(end)
            elide = Qt.TextElideMode.ElideRight
            words = letters.elidedText(self._head.rstrip(" /"), elide, room) + end
        width = letters.horizontalAdvance(words)
        if has_head:
            gap = min(_HEAD_GAP, 0.45 * self._top)
            painter.drawText(QPointF(self._left + self._width - width, self._top - gap), words)
        else:
            base = self._top + self._height + min(2 * _HEAD_GAP, 0.7 * self._top)
            painter.drawText(QPointF(self._left + (self._width - width) / 2, base), words)

    def chapter_place(self, page: SetPage) -> list[tuple[str, float]]:
        """The chapters that begin on a page, and how far below its upper edge, in points."""
        return [(title, (self._top + top) / UNITS_PER_POINT) for title, top in page.page.chapters]

    def link_place(
        self, link: tuple[float, float, int]
    ) -> tuple[tuple[float, float, float, float], int]:
        """Where a row of the contents is: left, top, width, height in points; and its chapter."""
        top, height, chapter = link
        area = (self._left, self._top + top, self._width, height)
        left, above, width, tall = (length / UNITS_PER_POINT for length in area)
        return (left, above, width, tall), chapter


def _beside(piece: Piece, other: Piece) -> Piece:
    """Two lines as one, side by side."""
    drawn = [row.drawn for one in (piece, other) for row in one.rows]
    row = PageRow(other.rows[0].height, drawn)
    return Piece([row, *piece.rows[1:]], is_whole=True)
