"""The preview of a text: its first pages, painted in the background, or the file's beginning."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.core.conversion.blocks import FormattedText
from app.core.conversion.export import finished
from app.core.conversion.looks.profiles import ExportProfile
from app.core.errors import LampblackError
from app.ui.background import BackgroundTasks
from app.ui.conversion.pages import TextPages
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.theme import Theme

PAGES = 8
"""How many pages are shown."""

_GAP = 14
_SETTLE_MS = 60
_MOST_LETTERS = 20_000
_SHOWN_BLOCKS = 1_500
"""More than is shown of a file without pages."""


class Shown(msgspec.Struct, frozen=True):
    """What is to be shown: `read` gives the text, on a thread; `suffix` is the file's format."""

    read: Callable[[], FormattedText]
    profile: ExportProfile
    suffix: str


class PageStack(QWidget):
    """Painted pages, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: Sequence[QImage] = ()

    def show_pages(self, pages: Sequence[QImage]) -> None:
        """Show these in the place of those before."""
        self._pages = pages
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The pages with room around them."""
        width = max((int(_size(page)[0]) for page in self._pages), default=0)
        height = sum(int(_size(page)[1]) + _GAP for page in self._pages)
        return QSize(width + 2 * _GAP, height + _GAP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint them in the middle, each with an edge."""
        painter = QPainter(self)
        painter.setPen(QPen(Theme.current().edge))
        y = _GAP
        for page in self._pages:
            width, height = _size(page)
            area = QRectF((self.width() - width) / 2, y, width, height)
            painter.drawImage(area, page)
            painter.drawRect(area)
            y += int(height) + _GAP
        painter.end()


class TextPreview(QWidget):
    """Shows what was asked for last; what was asked before is given up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked = 0
        self._background = BackgroundTasks(lambda error: self.note.say(told(str(error))), self)
        self.pages = PageStack()
        self.area = QScrollArea()
        self.area.setWidget(self.pages)
        self.area.setWidgetResizable(True)
        self.area.setProperty("kind", "plain")
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setProperty("kind", "field")
        self.text.setTabChangesFocus(True)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.area)
        self.stack.addWidget(self.text)
        self.note = NoteLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack, 1)
        column.addWidget(self.note)
        for shown in (self.area, self.text):
            shown.setAccessibleName(self.tr("Preview"))
            shown.setToolTip(self.tr("How the text will look; arrow keys scroll"))
        self._wanted: Shown | None = None
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self._ask_again)

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is shown."""
        return self._background.is_idle and not self._settling.isActive()

    def ask(self, wanted: Shown) -> None:
        """Show this as soon as it is painted, or when there is something to paint it on."""
        self._wanted = wanted
        self._asked += 1
        self._settling.stop()
        if not self.isVisible():
            return
        number = self._asked
        width, scale = self._page_width(), self.devicePixelRatioF()

        def is_wanted(_pages: int = 0) -> bool:
            return number == self._asked

        def work() -> list[QImage] | str:
            if not is_wanted():
                return []
            if wanted.suffix in (".md", ".txt"):
                return _beginning(wanted)
            return painted(wanted, width, scale, is_wanted)

        self._background.run(
            work,
            lambda found: self._show(number, wanted, found),
            lambda error: self._fail(number, error),
        )

    def _ask_again(self) -> None:
        """Paint the same at the width that there is now."""
        if self._wanted is not None:
            self.ask(self._wanted)

    def showEvent(self, event: QShowEvent) -> None:
        """Paint what was asked for before."""
        super().showEvent(event)
        self._settling.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the pages as wide as they can be now."""
        super().resizeEvent(event)
        self._settling.start()

    def close_down(self) -> None:
        """Give up whatever is being painted."""
        self._asked += 1
        self._wanted = None
        self._settling.stop()
        self._background.close()

    def changeEvent(self, event: QEvent) -> None:
        """Paint the edges in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.pages.update()

    def _page_width(self) -> int:
        """How wide a page is shown, in pixels."""
        bar = self.area.verticalScrollBar().sizeHint().width()
        return max(160, min(520, self.area.width() - bar - 2 * _GAP))

    def _show(self, number: int, wanted: Shown, found: list[QImage] | str) -> None:
        if number != self._asked:
            return
        if isinstance(found, str):
            self.stack.setCurrentWidget(self.text)
            self.text.setPlainText(found)
        else:
            self.stack.setCurrentWidget(self.area)
            self.pages.show_pages(found)
        self.note.say(self._about(wanted.suffix))

    def _fail(self, number: int, error: LampblackError) -> None:
        if number == self._asked:
            self.pages.show_pages(())
            self.note.say(told(str(error)))

    def _about(self, suffix: str) -> str:
        if suffix in (".docx", ".odt"):
            return self.tr("Nearly so; the word processor itself breaks lines and pages.")
        if suffix in (".epub", ".html"):
            return self.tr("About so; the reading program itself chooses typeface and page.")
        if suffix in (".md", ".txt"):
            return self.tr("This is how the file begins.")
        return self.tr("These are the first pages.")


def painted(
    wanted: Shown, width: int, scale: float, is_wanted: Callable[[int], bool]
) -> list[QImage]:
    """The first pages as images of a width; on any thread."""
    text = finished(wanted.read(), wanted.profile)
    pages = TextPages(text, wanted.profile)
    factor = width * scale / pages.size[0]
    images: list[QImage] = []
    for page in pages.first(PAGES, is_wanted):
        size = QSize(round(pages.size[0] * factor), round(pages.size[1] * factor))
        image = QImage(size, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        )
        painter.scale(factor / scale, factor / scale)
        pages.paint(painter, page)
        painter.end()
        images.append(image)
    return images


def _beginning(wanted: Shown) -> str:
    """The first letters of a Markdown or text file."""
    from app.core.conversion.markdown_writer import write_markdown
    from app.core.conversion.plain_writer import write_plain

    text = finished(wanted.read(), wanted.profile)
    text = msgspec.structs.replace(text, blocks=text.blocks[:_SHOWN_BLOCKS])
    if wanted.suffix == ".md":
        return write_markdown(text)[:_MOST_LETTERS]
    return write_plain(text, wanted.profile.scene_break)[:_MOST_LETTERS]


def _size(page: QImage) -> tuple[float, float]:
    size = page.deviceIndependentSize()
    return size.width(), size.height()
