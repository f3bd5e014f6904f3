"""A document that is open in another window or program as well: said before a word is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.core.documents.file_watch import other_program
from app.core.system.files import is_folder
from app.program import Program
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.widgets.banner import BannerArea, OwnBanner
from app.ui.widgets.status_bar import StatusBar

_LOOK_MS = 2000
_READING = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


class OpenElsewhere(QObject):
    """Shows a file that another window of the program has open to be read only, and offers more.

    It tells the others what is open here, and brings this window to the front when it is called.
    `looking` runs while the page can only be read: a program that is killed tells nobody.
    """

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
        status: StatusBar,
    ) -> None:
        super().__init__(editor)
        self._open = program.store.open_documents
        self._documents, self._editor, self._status = documents, editor, status
        self._banner = OwnBanner(banners)
        self._watcher: QFileSystemWatcher | None = None
        self.looking = QTimer(self, interval=_LOOK_MS)
        self.looking.timeout.connect(self._look_again)
        documents.leaving.connect(self._on_leaving)
        documents.replaced.connect(self._show_open)
        documents.opened.connect(self._look)
        documents.recovered.connect(lambda _journal: self._look_after_recovery())
        documents.saved.connect(lambda _path: self._on_saved())
        documents.followed.connect(lambda _path: self._show_open())

    def begin(self) -> None:
        """The window is shown: hear when it is called, and when another one ends."""
        if is_folder(self._open.folder):
            self._watcher = QFileSystemWatcher([str(self._open.folder)], self)
            self._watcher.directoryChanged.connect(self._on_others_changed)

    def close(self) -> None:
        """The window closes."""
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None
        self.looking.stop()
        self._open.show(None)

    # What the writer decides

    def go_there(self, instance: str) -> None:
        """Bring the other window to the front, and leave the document to it."""
        self._open.call(instance)
        self._documents.new()
        self._status.say(self.tr("The other window was asked to come to the front."))

    def edit_here(self) -> None:
        """Let it be changed here, too; what the other window saves is noticed and asked about."""
        self._on_leaving()
        self._show_open()
        self._editor.setFocus()

    # Inside

    def _on_leaving(self) -> None:
        self.looking.stop()
        self._banner.clear()
        self._editor.setReadOnly(False)

    def _show_open(self) -> None:
        self._open.show(self._documents.path)

    def _on_saved(self) -> None:
        """It is a file of its own now, or has another number."""
        if self._editor.isReadOnly():
            self.edit_here()
        self._show_open()

    def _look(self) -> None:
        """Say who else has it open. Of two windows that open it at once, each sees the other."""
        path = self._documents.path
        if path is None:
            return
        if other := self._open.elsewhere(path):
            self._open.show(None)
            self._editor.setTextInteractionFlags(_READING)
            self.looking.start()
            self._say_elsewhere(other)
        elif name := other_program(path):
            self._say_program(name)

    def _look_after_recovery(self) -> None:
        """A recovered text is never lost over this: it can be changed, and saving asks."""
        path = self._documents.path
        if path is not None and (other := self._open.elsewhere(path)):
            self._say_elsewhere(other, can_edit=True)

    def _say_elsewhere(self, other: str, *, can_edit: bool = False) -> None:
        name, documents = self._documents.name, self._documents

        def words() -> str:
            if can_edit:
                said = self.tr("{0} is open in another window of Lampblack as well.")
            else:
                said = self.tr(
                    "{0} is open in another window of Lampblack. So that no word is lost, it can "
                    "only be read here."
                )
            return said.format(name)

        def choices() -> dict[str, Callable[[], object]]:
            if can_edit:
                return {}
            return {
                self.tr("Go There"): partial(self.go_there, other),
                self.tr("Open a Copy"): documents.turn_into_copy,
                self.tr("Edit It Here"): self.edit_here,
            }

        self._banner.say(words, choices=choices)

    def _say_program(self, program: str) -> None:
        name = self._documents.name

        def words() -> str:
            return self.tr(
                "{0} seems to be open in {1}, too. What is changed there is noticed here."
            ).format(name, program)

        self._banner.say(words)

    def _on_others_changed(self) -> None:
        """A program began or ended, or this one is called."""
        if self._open.is_called():
            self._come_to_front()
        self._look_again()

    def _look_again(self) -> None:
        """Let the page be changed when no other window has its file open any more."""
        path = self._documents.path
        if path is not None and self._editor.isReadOnly() and not self._open.elsewhere(path):
            self.edit_here()
            self._status.say(self.tr("The other window has closed it: it can be changed here now."))

    def _come_to_front(self) -> None:
        window = self._editor.window()
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)
