"""Has notes and places of takes go along with the text that a step of the book moves."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.books.carrying import TextMove, carry_along, text_moves
from app.core.books.contents import BookContents
from app.core.books.steps import BookStep
from app.core.store import Store
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController


class NoteCarrier(QObject):
    """Does it in the background; `carried` when the store has them where they belong now."""

    carried = Signal()

    def __init__(self, store: Store, documents: DocumentController, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._documents = store, documents
        self._tasks = BackgroundTasks(documents.failed.emit, self)

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes: end what is begun."""
        self._tasks.close(finish=True)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being carried."""
        return self._tasks.is_idle

    def follow(self, contents: BookContents | None, step: BookStep) -> None:
        """A step was done on a book, or taken back."""
        if contents is None or len(step.files) != 2:
            return
        folder, encoding_of = contents.folder, self._documents.encoding_of
        encodings = {one.name: encoding_of(folder / one.name) for one in step.files}

        def work() -> list[TextMove]:
            moves = text_moves(folder, step, encodings)
            for move in moves:
                carry_along(move, self._store.take_places, self._store.kept_notes, folder)
            return moves

        self._tasks.run(work, self._on_carried)

    def _on_carried(self, moves: list[TextMove]) -> None:
        if moves:
            self.carried.emit()
