"""The View menu: theme, page, zoom, side panel and full screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QTabWidget, QWidget

from app.program import Program
from app.ui.actions import Actions
from app.ui.languages import change_language, on_language_change
from app.ui.library.bar_controller import BarController
from app.ui.sampling.panel import SamplingPanel
from app.ui.startup import TURN_MS
from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.motion import apply_motion
from app.ui.window.page import PageColumn
from app.ui.window.panes import Panes
from app.ui.window_state import WindowMemory

if TYPE_CHECKING:
    from app.ui.models.pack_controller import PackController

_NARROWEST = 300  # pixels of the side panel
_ROOM_FOR_BOTH = 680  # pixels; a narrower window shows the page alone


class ViewController(QObject):
    """Shows the settings that can be seen, and changes them from the View menu."""

    settings_applied = Signal()

    def __init__(
        self,
        window: QMainWindow,
        page: PageColumn,
        side: SidePanel,
        actions: Actions,
        program: Program,
        memory: WindowMemory,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._page = page
        self._side = side
        self._actions = actions
        self._settings = program.settings_store
        self._texts = program.paths.cache
        self._memory = memory
        self.packs: Callable[[], PackController] | None = None
        """Gives the engines' packs, which the settings show, too."""
        self.passphrase: Callable[[], QWidget] | None = None
        """Makes the part of the settings for the passphrase."""
        self._bar: BarController | None = None
        self._narrow = False
        self._panes = Panes(self._parts)
        side.sampling.all_shown.connect(self._remember_parameters)
        page.editor.zoom_asked.connect(self.zoom)
        actions.connect_all(
            {
                "settings": self.open_settings,
                "side_panel": self.toggle_side,
                "all_parameters": self.toggle_parameters,
                "full_screen": self.toggle_full_screen,
                "markdown": lambda: self._switch("markdown"),
                "typewriter": lambda: self._switch("typewriter"),
                "focus_paragraph": lambda: self._focus("paragraph"),
                "focus_sentence": lambda: self._focus("sentence"),
                "next_pane": lambda: self._panes.move(1),
                "previous_pane": lambda: self._panes.move(-1),
                "zoom_in": lambda: self.zoom(1),
                "zoom_out": lambda: self.zoom(-1),
                "zoom_reset": lambda: self.zoom(0),
            }
        )

    def follow_bar(self, bar: BarController) -> None:
        """Give the keyboard the side bar, too, and the page the room that it takes."""
        self._bar = bar
        bar.toggled.connect(self.fit)

    def _parts(self) -> tuple[QWidget, ...]:
        """The parts of the window from its left, for the keyboard."""
        left = self._bar.panes() if self._bar is not None else ()
        return (*left, *self._page.parts(), self._side, self._window.statusBar())

    def open_settings(self, tab: str = "") -> None:
        """Show the settings, at the tab of that name in the table if one is given."""
        from app.ui.window.settings_dialog import SettingsDialog

        packs = self.packs() if self.packs is not None else None
        passphrase = self.passphrase() if self.passphrase is not None else None
        dialog = SettingsDialog(self._settings, self._window, packs, passphrase)
        dialog.open_tab(tab)
        dialog.applied.connect(lambda _settings: self._speak())
        dialog.applied.connect(lambda _settings: self.show_settings())
        dialog.applied.connect(lambda _settings: self.settings_applied.emit())
        dialog.outdated.connect(self.open_settings)
        QTimer.singleShot(TURN_MS, dialog, lambda: show_dialog(dialog))

    def _speak(self) -> None:
        """Speak the language of the settings."""
        trouble = change_language(self._settings.settings.language, self._texts)
        if trouble:
            self._page.banners.say(trouble, "notice")

    def show_settings(self) -> None:
        """Take over the present settings."""
        settings = self._settings.settings
        apply_theme(settings.theme)
        apply_motion(settings.motion)
        self._page.show_settings(settings, self._memory.zoom)
        self._side.sampling.show_all(settings.all_parameters)
        self._actions["all_parameters"].setChecked(settings.all_parameters)
        for name in ("markdown", "typewriter"):
            self._actions[name].setChecked(getattr(settings, name))
        for part in ("paragraph", "sentence"):
            self._actions[f"focus_{part}"].setChecked(settings.focus == part)
        self.show_side(self._wants_side())

    def _switch(self, name: str) -> None:
        """Switch a setting of the page on or off, from now on."""
        self._settings.change(**{name: not getattr(self._settings.settings, name)})
        self.show_settings()

    def _focus(self, part: str) -> None:
        """Dim all but that part of the text, or nothing any more if it is dimmed so."""
        is_so = self._settings.settings.focus == part
        self._settings.change(focus="off" if is_so else part)
        self.show_settings()

    def zoom(self, steps: int) -> None:
        """Show the text larger or smaller; 0 shows it as it is set."""
        self._memory.zoom = self._memory.zoom + steps if steps else 0
        self._page.show_settings(self._settings.settings, self._memory.zoom)

    def show_side(self, shown: bool) -> None:
        """Show the side panel, or give the page its room."""
        self._side.setVisible(shown)
        self._actions["side_panel"].setChecked(shown)

    def open_side(self) -> None:
        """Show the side panel, in a window that is wide enough for it where that can be."""
        if self._narrow and not self._window.isMaximized():
            self._window.resize(self._room_for_both, self._window.height())
        self.show_side(True)

    def fit(self) -> None:
        """Follow the window's width: where there is no room for both, the page has it."""
        narrow = self._window.width() < self._room_for_both
        if narrow != self._narrow:
            self._narrow = narrow
            self.show_side(self._wants_side())

    @property
    def _room_for_both(self) -> int:
        """How wide the window must be for the side panel, too."""
        return _ROOM_FOR_BOTH + (self._bar.width if self._bar is not None else 0)

    def _wants_side(self) -> bool:
        wanted = self._settings.settings.side_panel
        return wanted and not self._narrow and not self._window.isFullScreen()

    def toggle_side(self) -> None:
        """Show or hide the side panel, from now on."""
        shown = self._side.isHidden()
        if shown:
            self.open_side()
        else:
            self.show_side(False)
        self._settings.change(side_panel=shown)

    def toggle_parameters(self) -> None:
        """Show every parameter or only the few, from now on; where none are in sight, show all."""
        sampling = self._side.sampling
        every = not (sampling.isVisible() and sampling.is_all_shown())
        self.open_side()
        self._side.setCurrentWidget(sampling)
        sampling.show_all(every)
        self._actions["all_parameters"].setChecked(every)

    def _remember_parameters(self, every: bool) -> None:
        self._actions["all_parameters"].setChecked(every)
        self._settings.change(all_parameters=every)

    def toggle_full_screen(self) -> None:
        """Fill the screen with the page alone, or go back."""
        full = not self._window.isFullScreen()
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._window.menuBar().setVisible(not full)
        self.show_side(not full and not self._narrow and self._settings.settings.side_panel)
        self._actions["full_screen"].setChecked(full)


_MODELS = 1  # the tab's place


class SidePanel(QTabWidget):
    """Shows `sampling` at once; the models come when they are made."""

    def __init__(self, sampling: SamplingPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sampling = sampling
        self.setDocumentMode(True)
        self.addTab(sampling, "")
        self.addTab(QWidget(), "")
        self._word()
        on_language_change(self._word)

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Side panel"))
        self.setTabText(0, self.tr("Writing"))
        self.setTabText(_MODELS, self.tr("Models"))

    def minimumSizeHint(self) -> QSize:
        """Wide enough for what is in it, which large letters make wider."""
        return super().minimumSizeHint().expandedTo(QSize(_NARROWEST, 0))

    def put_models(self, panel: QWidget) -> None:
        """Put the models in the place that was kept for them, whichever tab is in front."""
        shown, waiting, title = self.currentIndex(), self.widget(_MODELS), self.tabText(_MODELS)
        self.removeTab(_MODELS)
        self.insertTab(_MODELS, panel, title)
        self.setCurrentIndex(shown)
        if waiting is not None:
            waiting.deleteLater()
