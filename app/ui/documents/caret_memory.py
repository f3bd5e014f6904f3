"""Carets: a writer who opens a manuscript again goes on where they stopped."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.window_state import WindowMemory


class Carets(QObject):
    """Remembers where the caret is in a file that is left, and puts it there the next time."""

    def __init__(self, memory: WindowMemory, documents: DocumentController, editor: Editor) -> None:
        super().__init__(documents)
        self._memory = memory
        self._documents = documents
        self._editor = editor
        documents.leaving.connect(self.keep)
        documents.replaced.connect(self._restore)

    def keep(self) -> None:
        """The present file is about to be left."""
        if self._documents.path is not None:
            self._memory.keep_caret(self._documents.path, self._editor.caret)

    def _restore(self) -> None:
        if self._documents.path is not None:
            self._editor.move_caret(self._memory.caret(self._documents.path))
