"""Shows the side bar beside the page and hides it; what is in it is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from app.core.options.settings_store import SettingsStore
from app.ui.actions import Actions
from app.ui.library.side_bar import NARROWEST, SideBar
from app.ui.window_state import WindowMemory

_ROOM_FOR_BOTH = 600  # pixels; a narrower window shows the page alone

Fill = Callable[[SideBar], object]
"""Adds a page to the bar."""


class BarController(QObject):
    """The bar of one window, hidden until it is asked for; its width and state are remembered.

    `toggled` says that it is shown or hidden now.
    """

    toggled = Signal()

    def __init__(
        self,
        settings: SettingsStore,
        memory: WindowMemory,
        actions: Actions,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._settings, self._memory = settings, memory
        self._action, self._window = actions["side_bar"], window
        self._fillers: list[Fill] = []
        self._bar: SideBar | None = None
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.setProperty("kind", "page")
        self._splitter.splitterMoved.connect(lambda _position, _index: self._keep_width())
        window.installEventFilter(self)
        actions.connect_all({"side_bar": self.toggle})

    def beside(self, page: QWidget) -> QWidget:
        """The bar's place and the `page` side by side, as the middle of the window."""
        self._splitter.addWidget(page)
        self._splitter.setStretchFactor(0, 1)
        return self._splitter

    def fill(self, filler: Fill) -> None:
        """Have a page added: when the bar is made, or now where it is there already."""
        self._fillers.append(filler)
        if self._bar is not None:
            filler(self._bar)

    @property
    def bar(self) -> SideBar:
        """The bar, made when it is first asked for."""
        if self._bar is None:
            self._bar = SideBar()
            self._bar.hide()
            self._splitter.insertWidget(0, self._bar)
            self._splitter.setStretchFactor(0, 0)
            self._splitter.setStretchFactor(1, 1)
            for filler in self._fillers:
                filler(self._bar)
        return self._bar

    def panes(self) -> tuple[QWidget, ...]:
        """What F6 goes through."""
        return (self._bar,) if self._bar is not None else ()

    @property
    def width(self) -> int:
        """How many pixels the bar takes of the window; 0 where it is hidden."""
        return self._bar.width() if self._bar is not None and not self._bar.isHidden() else 0

    def begin(self) -> None:
        """The window is shown: show the bar if it was shown last time."""
        self._follow()

    def close(self) -> None:
        """The window closes."""
        self._window.removeEventFilter(self)

    def toggle(self) -> None:
        """Show or hide the bar, from now on."""
        is_shown = bool(self.width)
        self._settings.change(side_bar=not is_shown)
        if is_shown:
            self._show(False)
        else:
            self.open()

    def open(self, page: QWidget | None = None) -> None:
        """Show the bar from now on, in a window that is wide enough; with a page, that in front."""
        self._settings.change(side_bar=True)
        bar = self.bar
        if self._is_narrow and not self._window.isMaximized():
            self._window.resize(_ROOM_FOR_BOTH, self._window.height())
        self._show(True)
        bar.show_page(page or bar.currentWidget())

    @property
    def _is_narrow(self) -> bool:
        return self._window.width() < _ROOM_FOR_BOTH

    def _follow(self) -> None:
        """Show the bar where it is wanted and has room."""
        wanted = self._settings.settings.side_bar
        self._show(wanted and not self._is_narrow and not self._window.isFullScreen())

    def _show(self, shown: bool) -> None:
        self._action.setChecked(shown)
        if shown == bool(self.width):
            return
        bar = self.bar
        bar.setVisible(shown)
        if shown:
            wide = max(self._memory.side_bar_width or bar.sizeHint().width(), NARROWEST)
            self._splitter.setSizes([wide, max(1, self._splitter.width() - wide)])
        self.toggled.emit()

    def _keep_width(self) -> None:
        if self.width:
            self._memory.side_bar_width = self.width

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's width, and give the page a full screen alone."""
        changes = (QEvent.Type.Resize, QEvent.Type.WindowStateChange)
        if watched is self._window and event.type() in changes and self._window.isVisible():
            self._follow()
        return False
