"""What the window shows of its document: name, words, what can be undone."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QMenu

from app.core.documents.comments import without_comments
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import SelectedWords
from app.ui.languages import on_language_change
from app.ui.widgets.status_bar import StatusBar

_COUNT_WORDS_MS = 250
_COUNT_ON_MS = 5
_PAUSE_MS = 30  # after a key, before more of a long text's words are counted
_MENU = (("undo", "redo"), ("cut", "copy", "paste", "select_all"), ("continue", "retry"))


class DocumentDisplay(QObject):
    """Follows the document and its editor; words are counted a little after a change.

    `menu_opens` carries the page's context menu, and where it was asked for, before it is shown.
    """

    menu_opens = Signal(QMenu, QPoint)

    def __init__(
        self,
        window: QMainWindow,
        documents: DocumentController,
        editor: Editor,
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._documents = documents
        self.editor = self._editor = editor
        self._status = status
        self._actions = actions
        self.counting = QTimer(self, singleShot=True, interval=_COUNT_WORDS_MS)
        self.counting.timeout.connect(self._begin_count)
        self.counting_on = QTimer(self, singleShot=True)
        self.counting_on.timeout.connect(self._count_words)
        documents.replaced.connect(self.show_document)
        documents.followed.connect(self.show_document)
        editor.document().modificationChanged.connect(window.setWindowModified)
        self._selected = SelectedWords(editor.manuscript)
        self._able: tuple[bool, bool] | None = None
        editor.changed.connect(lambda _change, source: self._on_changed(source))
        editor.selectionChanged.connect(self._wake)
        editor.history_moved.connect(self._show_history)
        editor.customContextMenuRequested.connect(self._show_menu)
        for name in ("cut", "copy"):
            actions[name].setEnabled(False)
            editor.copyAvailable.connect(actions[name].setEnabled)
        on_language_change(self._show_name)

    def show_document(self) -> None:
        """Show all of it."""
        self._show_name()
        self._window.setWindowFilePath(str(self._documents.path or ""))
        self._window.setWindowModified(self._documents.is_modified)
        if self._editor.manuscript.is_counted:
            self._show_words()
        else:
            self._wake()
        self._show_history()

    def _show_name(self) -> None:
        self._window.setWindowTitle(f"{self._documents.name}[*] — Lampblack")

    def passage(self) -> str:
        """The selection, or else the manuscript: what something may be measured with.

        As everywhere, a model reads no comment.
        """
        start, end = self._editor.selection
        manuscript = self._editor.manuscript
        return without_comments(manuscript.text(start, end) if end > start else manuscript.text())

    def _on_changed(self, source: Source) -> None:
        self._selected.forget()
        if source is Source.WRITER and not self._editor.manuscript.is_counted:
            self.counting_on.start(_PAUSE_MS)  # begun again: the writer is let type on
        else:
            self._wake()

    def _wake(self) -> None:
        if not self.counting.isActive():  # begun again, it would never end while text streams
            self.counting.start()

    def _begin_count(self) -> None:
        if not self.counting_on.isActive():
            self._count_words()

    def _count_words(self) -> None:
        """Count them, those of a long text between the writer's keys, and show how many."""
        if not self._editor.manuscript.is_counted:
            self._editor.manuscript.count_on()
        if self._editor.manuscript.is_counted:
            self._show_words()
        else:
            self.counting_on.start(_COUNT_ON_MS)

    def _show_words(self) -> None:
        selected = self._selected.count(*self._editor.selection)
        self._status.show_words(self._editor.manuscript.words, selected)

    def _show_history(self) -> None:
        history = self._editor.history
        able = history.can_undo, history.can_redo
        if able != self._able:  # as at most keys it is not
            self._able = able
            self._actions["undo"].setEnabled(able[0])
            self._actions["redo"].setEnabled(able[1])

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self._window)
        for names in _MENU:
            menu.addActions([self._actions.draw(name) for name in names])
            menu.addSeparator()
        self.menu_opens.emit(menu, place)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._editor.viewport().mapToGlobal(place))
