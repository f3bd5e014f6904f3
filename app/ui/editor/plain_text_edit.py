"""A text widget that takes and gives plain text only: by paste, by copy, by drag and drop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QTextEdit, QWidget

from app.core.provenance.origins import AnyOrigin, Origin
from app.ui.widgets.controls import local_paths
from app.ui.widgets.listeners import Listeners


class PlainTextEdit(QTextEdit):
    """Leaves to the class above it what is done with the text. `files_dropped` has their paths.

    `copied` carries the QMimeData of a copied selection, to which more can be added.
    """

    files_dropped = Signal(list)
    copied = Signal(object)
    origin: AnyOrigin | None = None
    """Where the text comes from that is being put in, for who follows the changes; None where
    nothing is known of it."""
    _is_dropping = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.origin_of_paste: Callable[[QMimeData], AnyOrigin | None] = lambda _: Origin("pasted")
        """Where a text comes from that is pasted or dropped."""
        self.caret_moved = Listeners[[]]()
        """What `cursorPositionChanged` says, for the many who listen."""
        self.cursorPositionChanged.connect(self.caret_moved.emit)

    @contextmanager
    def putting(self, origin: AnyOrigin | None) -> Iterator[None]:
        """Say where the text comes from that is put in meanwhile."""
        former, self.origin = self.origin, origin
        try:
            yield
        finally:
            self.origin = former

    @property
    def caret(self) -> int:
        """Where the writer's caret is."""
        raise NotImplementedError

    @property
    def selection(self) -> tuple[int, int]:
        """Where the writer's selection begins and ends; both are the caret if there is none."""
        raise NotImplementedError

    def selected_text(self) -> str:
        """The text of the selection."""
        raise NotImplementedError

    def insert_plain(self, text: str) -> None:
        """Insert `text` at the caret as the writer's own."""
        raise NotImplementedError

    def move_text(self, start: int, end: int, to: int) -> None:
        """Move the text from `start`–`end` to `to`, which is outside, in one step."""
        raise NotImplementedError

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text and files."""
        return source.hasText() or source.hasUrls()

    def dropEvent(self, event: QDropEvent) -> None:
        """Drop after Qt has put the caret there: Qt's own edit hides its changes until its end."""
        is_move = event.dropAction() == Qt.DropAction.MoveAction
        is_move = is_move and event.source() is self.viewport()
        start, end = self.selection
        event.setDropAction(Qt.DropAction.CopyAction)
        self._is_dropping = True
        super().dropEvent(event)
        self._is_dropping = False
        if not is_move:
            self.insertFromMimeData(event.mimeData())
        elif not start <= self.caret <= end:
            self.move_text(start, end, self.caret)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text; a dropped file is opened, not inserted."""
        if self._is_dropping:
            return
        if paths := local_paths(source):
            self.files_dropped.emit(paths)
        elif source.hasText():
            with self.putting(self.origin_of_paste(source)):
                self.insert_plain(source.text())

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy plain text, without colours and fonts."""
        data = QMimeData()
        data.setText(self.selected_text())
        self.copied.emit(data)
        return data


def is_letter(event: QKeyEvent) -> bool:
    """Whether a key only writes something, which is found faster than what else it may be."""
    text = event.text()
    return text != "" and text.isprintable()
