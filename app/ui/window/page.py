"""The page column: banners, find bar, the page or the empty state, and the bar to write with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPalette
from PySide6.QtWidgets import QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.core.options.settings import Settings
from app.ui.actions import Actions
from app.ui.editor.editor import Editor
from app.ui.editor.focus import FocusMode, TypewriterScroll
from app.ui.editor.highlighter import Highlighter
from app.ui.editor.smart_typing import SmartTyping
from app.ui.generation.write_bar import WriteBar
from app.ui.languages import on_language_change
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import local_paths
from app.ui.widgets.theme import Theme

if TYPE_CHECKING:
    from app.ui.editor.find_bar import FindBar
    from app.ui.models.empty_state import EmptyState

_ZOOM = 1.1
_SMALLEST, _LARGEST = 6.0, 96.0


class PageColumn(QWidget):
    """The left, large part of the window."""

    files_dropped = Signal(list)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banners = BannerArea()
        self.editor = Editor()
        self.highlighter = Highlighter(self.editor)
        self.focus = FocusMode(self.editor)
        self.typewriter = TypewriterScroll(self.editor)
        self.smart_typing = SmartTyping(self.editor)
        self._actions = actions
        self.write_bar = WriteBar(actions)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.editor)
        self.middle = QSplitter(Qt.Orientation.Vertical)
        """The page, and what lies below it or beside it."""
        self._lay_out()
        actions.connect_all(
            {
                "find": lambda: self.find_bar.begin(),
                "find_next": lambda: self.find_bar.find_next(),
                "find_previous": lambda: self.find_bar.find_previous(),
                "replace": lambda: self.find_bar.begin(replacing=True),
            }
        )
        self.recolour()
        on_theme_change(self.recolour)

    @cached_property
    def find_bar(self) -> FindBar:
        """The line to look for words with, made when it is first asked for."""
        from app.ui.editor.find_bar import FindBar

        bar = FindBar(self.editor, self._actions)
        bar.closed.connect(self.editor.setFocus)
        self._lines.insertWidget(self._lines.indexOf(self.middle), bar)
        return bar

    @cached_property
    def empty(self) -> EmptyState:
        """The ways to a model, made when they are first asked for."""
        from app.ui.models.empty_state import EmptyState

        empty = EmptyState()
        self.without_model = QPushButton()
        self._word()
        on_language_change(self._word)
        self.without_model.setFlat(True)
        self.without_model.clicked.connect(self.show_page)
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, 0, 0, 28)
        lines.addWidget(empty, 1)
        lines.addWidget(self.without_model, 0, Qt.AlignmentFlag.AlignHCenter)
        self.stack.addWidget(page)
        return empty

    def end(self) -> None:
        """The window closes."""
        if "find_bar" in vars(self):
            self.find_bar.finder.close()

    def _word(self) -> None:
        self.without_model.setText(self.tr("Write without a model"))

    def parts(self) -> tuple[QWidget, ...]:
        """The parts of the column from its top, for the keyboard."""
        found = (self.find_bar,) if "find_bar" in vars(self) else ()
        middle = (self.middle.widget(number) for number in range(self.middle.count()))
        return (self.banners, *found, *self._beside_lines(), *middle, self.write_bar)

    def _beside_lines(self) -> list[QWidget]:
        """The lines that others put above the page."""
        items = (self.lines_above.itemAt(place) for place in range(self.lines_above.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if widget is not None]

    @property
    def is_empty_shown(self) -> bool:
        """Whether the empty state stands in the place of the page."""
        return self.stack.currentIndex() == 1

    def show_page(self) -> None:
        """Show the page, with the caret in it."""
        self.stack.setCurrentIndex(0)
        self.write_bar.setVisible(True)
        self.editor.setFocus()

    def show_empty(self) -> None:
        """Show the ways to a model in the place of the page."""
        empty = self.empty
        self.stack.setCurrentIndex(1)
        self.write_bar.setVisible(False)
        empty.focus_first()

    def show_settings(self, settings: Settings, zoom: int) -> None:
        """Set the page by the settings, `zoom` steps larger."""
        points = min(max(settings.font_size * _ZOOM**zoom, _SMALLEST), _LARGEST)
        self.editor.set_page(settings.font_family, points, settings.line_height, settings.measure)
        self.highlighter.switch(on=settings.markdown)
        self.focus.show(settings.focus)
        self.typewriter.switch(on=settings.typewriter)
        self.smart_typing.is_on = settings.smart_quotes

    def recolour(self) -> None:
        """Take over the colours of the present theme."""
        theme = Theme.current()
        self.editor.set_colours(theme)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.page)
        self.setPalette(palette)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files beside the lines too, where the editor takes nothing."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass on what was dropped."""
        event.acceptProposedAction()
        self.files_dropped.emit(local_paths(event.mimeData()))

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setAcceptDrops(True)
        lines = self._lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.banners)
        self.lines_above = QVBoxLayout()
        lines.addLayout(self.lines_above)
        self.middle.setChildrenCollapsible(False)
        self.middle.setHandleWidth(1)
        self.middle.setProperty("kind", "page")
        self.middle.addWidget(self.stack)
        lines.addWidget(self.middle, 1)
        lines.addWidget(self.write_bar)
