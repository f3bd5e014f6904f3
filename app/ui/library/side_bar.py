"""The bar at the left of the page: the book, the headings, recent texts, and what others add."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTabWidget, QWidget

from app.ui.languages import on_language_change
from app.ui.sentences import Words, told
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.icons import icon as drawn
from app.ui.widgets.theme import Theme

NARROWEST = 240
"""Pixels that the bar has at least."""


class SideBar(QTabWidget):
    """Pages that are shown one at a time, each with a tab."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: list[tuple[Words, str]] = []
        self.setDocumentMode(True)
        self.setIconSize(QSize(16, 16))
        self.tabBar().setUsesScrollButtons(True)
        self.tabBar().setElideMode(Qt.TextElideMode.ElideNone)
        self._word()
        self.currentChanged.connect(lambda _index: self._word())
        on_language_change(self._word)
        on_theme_change(self._draw)

    def add_page(self, widget: QWidget, title: Words, icon: str = "") -> None:
        """Put a page at the end; `title` is a function where it is to follow the language.

        With an `icon`, a drawing's name, the tab shows that; the title stands beside it while the
        page is in front and there is room, and is its tooltip.
        """
        self.addTab(widget, "")
        self._titles.append((title, icon))
        self._word()
        self._draw()

    def show_page(self, widget: QWidget) -> None:
        """Bring a page to the front, with the focus in its list or what else comes first in it."""
        self.setCurrentWidget(widget)
        lists = [one for one in widget.findChildren(QAbstractItemView) if one.isVisible()]
        target = lists[0] if lists else widget
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        """Wide enough to read names in, however many tabs there are."""
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """As wide as all tabs."""
        return super().sizeHint().expandedTo(QSize(self.tabBar().sizeHint().width(), 0))

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Side bar"))
        for index, (title, drawing) in enumerate(self._titles):
            is_told = index == self.currentIndex() or not drawing
            self.setTabText(index, told(title) if is_told else "")
            self.setTabToolTip(index, told(title))
            self.tabBar().setAccessibleTabName(index, told(title))
        if self.isVisible() and self.tabBar().sizeHint().width() > self.width():
            for index, (_title, drawing) in enumerate(self._titles):
                if drawing:  # or arrows would take the place of some
                    self.setTabText(index, "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the title of the page in front as long as there is room for it."""
        super().resizeEvent(event)
        self._word()

    def _draw(self) -> None:
        for index, (_title, drawing) in enumerate(self._titles):
            self.setTabIcon(index, drawn(drawing, Theme.current().muted) if drawing else QIcon())
