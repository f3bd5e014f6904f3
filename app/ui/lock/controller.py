"""Locks the window: nothing of the text is on the screen, and the store is closed.

What locking is: the page and every other window are taken away, a running generation is stopped and
its text kept, the engine gives the model back (unless the local service uses it), the journal is
written, the store closed and its key forgotten. What it is not: the text stays in this process's
memory, with its undo steps, so that unlocking brings back exactly what was there; Python does not
overwrite what it forgets; and what the writer copied stays in the clipboard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.documents.display import DocumentDisplay
from app.ui.editor.editor import Source
from app.ui.generation.session import Session
from app.ui.models.loader import ModelLoader
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.lock.unlock_form import UnlockForm

_MINUTE_MS = 60_000
_LOOK_MS = 50
_LOOKS = 100  # after five seconds the store is closed whatever the engine still does
_INPUT = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
)
_KEPT_OUT = (QEvent.Type.Shortcut, QEvent.Type.FileOpen)


class LockController(QObject):
    """Locks at a key and after some minutes without input, and unlocks with the passphrase.

    `quieting` comes before the store is closed or gets another key; `locked` and `unlocked` follow.
    `asked_to_set` asks for the place where a passphrase is set.
    """

    quieting = Signal()
    locked = Signal()
    unlocked = Signal()
    asked_to_set = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        display: DocumentDisplay,
        session: Session,
        loader: ModelLoader,
        status: StatusBar,
        actions: Actions,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._program, self._documents, self._display = program, documents, display
        self._session, self._loader, self._status = session, loader, status
        self._window = window
        self._background = BackgroundTasks(lambda error: status.say(str(error)), self)
        self._page: QWidget | None = None
        self._content: QWidget | None = None
        self._taken_away: list[QWidget] = []
        self._unloaded = ""
        self._watched: QWindow | None = None
        self.form: UnlockForm | None = None
        self.idle = QTimer(self, singleShot=True)
        self.idle.timeout.connect(self.lock)
        self._looks = 0
        self._awaits_engine = False
        self._then: Callable[[], object] = lambda: None
        self.is_kept: Callable[[], bool] = lambda: True
        """Whether everything that was written has been given to the store."""
        self.settling = QTimer(self, interval=_LOOK_MS)
        self.settling.timeout.connect(self._settle)
        application().focusWindowChanged.connect(self._watch)
        display.editor.changed.connect(lambda _change, source: self._on_changed(source))
        actions.connect_all({"lock": self.lock_or_ask})

    @property
    def is_locked(self) -> bool:
        """Whether the page is away."""
        return self._page is not None

    def begin(self) -> None:
        """The window is shown: encrypt what was left plain, and watch for idle time."""
        if self._program.store_key is not None:
            self._background.run(self._program.vault.finish)
        self.follow()

    def close(self) -> None:
        """The window closes."""
        self.idle.stop()
        self.settling.stop()
        self._watch(None)
        self._background.close()
        if self.form is not None:
            self.form.close_tasks()
        if self._content is not None:  # not shown again, and gone with the window
            application().removeEventFilter(self)
            self._content.setParent(self._window)

    def follow(self) -> None:
        """Take over the settings, and whether there is a passphrase."""
        minutes = self._program.settings.lock_after
        self.idle.stop()
        if minutes and self._program.vault.is_set and not self.is_locked:
            self.idle.start(minutes * _MINUTE_MS)
        self._watch(application().focusWindow())

    def lock_or_ask(self) -> None:
        """Lock, or show where a passphrase is set if there is none."""
        if self._program.vault.is_set:
            self.lock()
        else:
            self._status.say(self.tr("Set a passphrase first: without one there is no lock."))
            self.asked_to_set.emit()

    def lock(self) -> None:
        """Take the text off the screen at once; the store is closed as soon as all is written."""
        if not self.is_locked:
            self._hide()
            self.quieten(self._close_store, keeps_service=True)
            self.follow()
            self.locked.emit()

    def quieten(self, then: Callable[[], object], *, keeps_service: bool = False) -> None:
        """Stop what the engine does and unload the model, then call `then`.

        With `keeps_service` a model stays that other programs may use.
        """
        self.quieting.emit()
        self._session.stop()
        model = self._loader.model
        self._awaits_engine = not (keeps_service and self._program.settings.service)
        if self._awaits_engine and (model is not None or self._loader.is_loading):
            self._unloaded = model.path if model is not None else self._loader.last_path()
            self._loader.cancel()
            self._loader.unload()
        self._looks, self._then = 0, then
        self.settling.start()

    def load_again(self) -> None:
        """Load the model again that `quieten` has unloaded."""
        path, self._unloaded = self._unloaded, ""
        if path and self._loader.model is None:
            self._loader.load(path)

    def _settle(self) -> None:
        """Go on as soon as nothing more comes of the engine, which has five seconds for it."""
        self._looks += 1
        is_engine_quiet = not (self._awaits_engine and self._loader.model is not None)
        is_quiet = self._session.is_settled and is_engine_quiet and self.is_kept()
        if is_quiet or self._looks >= _LOOKS:
            self.settling.stop()
            self._then()

    def _close_store(self) -> None:
        if self.form is not None and self.form.is_busy:  # which takes the key just now
            self.settling.start()
            return
        self._program.store.suspend()
        self._program.vault.lock()

    def unlock(self) -> None:
        """Bring everything back; the key is there."""
        self.settling.stop()
        self._program.store.resume(self._program.vault.key)
        self._show()
        self.load_again()
        self.follow()
        self.unlocked.emit()

    # What is seen

    def _hide(self) -> None:
        from app.ui.lock.unlock_form import UnlockForm  # with the first locking

        window, here = self._window, self._content_of_window()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for one in QApplication.topLevelWidgets():
            if one.isVisible() and one is not window:
                self._take_away(one)
        for bar in (window.menuBar(), window.statusBar()):
            if bar.isVisible():
                self._take_away(bar)
        self._content = here
        self.form = form = UnlockForm(self._program.vault)
        form.leave_button.setText(self.tr("&Close the Window"))
        form.left.connect(window.close)
        form.unlocked.connect(self.unlock)
        self._page = page = QWidget()
        page.setAccessibleName(form.title.text())
        QVBoxLayout(page).addWidget(form, 0, Qt.AlignmentFlag.AlignCenter)
        window.setCentralWidget(page)
        window.setWindowTitle("Lampblack")
        window.setWindowFilePath("")
        window.setWindowModified(False)
        application().installEventFilter(self)
        form.field.setFocus()

    def _content_of_window(self) -> QWidget:
        """The window's content, taken out of it: assistive programs do not find it any more."""
        self._display.counting.stop()
        content = self._window.takeCentralWidget()
        assert content is not None
        content.hide()
        return content

    def _take_away(self, one: QWidget) -> None:
        """Hide a window or a bar; a question that waits for its answer is not answered."""
        if isinstance(one, QDialog) and one.windowModality() is Qt.WindowModality.ApplicationModal:
            one.reject()
        else:
            one.hide()
            self._taken_away.append(one)

    def _show(self) -> None:
        application().removeEventFilter(self)
        if self.form is not None:
            self.form.close_tasks()
        page, content = self._window.takeCentralWidget(), self._content
        self._page = self._content = self.form = None
        assert page is not None
        assert content is not None
        page.deleteLater()
        self._window.setCentralWidget(content)
        content.show()
        back, self._taken_away = self._taken_away, []
        for one in back:
            if isValid(one):
                one.show()
        self._display.show_document()
        self._display.editor.setFocus()

    # What is heard

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note input, and while locked keep out the window's keys, files to open, and closing.

        A locked window is not closed over a text that is not saved: nobody could be asked.
        """
        kind = event.type()
        if kind in _INPUT:
            self._on_input()
        if not self.is_locked:
            return False
        if kind is QEvent.Type.Close and watched is self._window and self._documents.is_modified:
            event.ignore()
            if self.form is not None:
                self.form.problem.say(self.tr("There is text that is not saved: unlock first."))
            return True
        return kind in _KEPT_OUT and not self._is_ours(watched)

    def _is_ours(self, watched: QObject) -> bool:
        page = self._page
        return page is not None and isinstance(watched, QWidget) and page.isAncestorOf(watched)

    def _watch(self, window: QWindow | None) -> None:
        """Hear the input of the window in front, while idle time counts."""
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = window if self.idle.isActive() else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def _on_changed(self, source: Source) -> None:
        """Input methods write without keys that are heard."""
        if source is Source.WRITER:
            self._on_input()

    def _on_input(self) -> None:
        if self.idle.isActive():
            self.idle.start()


def application() -> QGuiApplication:
    """The one there is."""
    found = QGuiApplication.instance()
    assert isinstance(found, QGuiApplication)
    return found
