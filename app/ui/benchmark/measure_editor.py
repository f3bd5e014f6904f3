"""Measuring the real window's page beside a bare QPlainTextEdit, in one process and by turns.

The bare one has the page's font and the width of its lines, and no highlighting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit, QWidget

from app.ui.window.main_window import MainWindow

_LETTERS = "abcde fghij"
_LONGEST_S = 5.0  # seconds that are waited for a painting at most
_OPENINGS = 5
_Page = QTextEdit | QPlainTextEdit


class EditorTrial:
    """Opens texts and types in them, in the window's page and in a bare one."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._bare = QPlainTextEdit()
        self._bare.setFont(window.editor.font())
        self._bare.setCursorWidth(window.editor.cursorWidth())
        frame = 2 * self._bare.frameWidth() + self._bare.verticalScrollBar().sizeHint().width()
        view = window.editor.viewport()
        self._bare.resize(view.width() + frame, view.height())
        self._bare.show()
        self._ours_paintings = _Paintings(view)
        self._bare_paintings = _Paintings(self._bare.viewport())

    def close(self) -> None:
        """Take the bare one away."""
        self._bare.close()
        self._bare.deleteLater()

    def opening(self, path: Path) -> dict[str, float]:
        """The best time until a file is painted, and until the bare one has its text, in seconds.

        The page's includes reading the file and beginning its journal.
        """
        text = path.read_text("utf-8")
        ours, bare = [], []
        for _ in range(_OPENINGS):
            self._window.documents.new()
            self._bare.clear()
            self._rest()
            open_it = self._ours_paintings.timed(lambda: self._window.documents.open_path(path))
            ours.append(open_it)
            self._rest()
            bare.append(self._bare_paintings.timed(lambda: self._bare.setPlainText(text)))
        return {"open_ours": min(ours), "open_bare": min(bare)}

    def typing(self, path: Path, places: dict[str, float], keys: int) -> dict[str, float]:
        """The 95th percentile from a key to its painting, at shares of a text, in seconds."""
        text = path.read_text("utf-8")
        self._window.documents.open_path(path)
        self._bare.setPlainText(text)
        found: dict[str, float] = {}
        for name, share in places.items():
            place = round((len(text) - 1) * share)
            for page in (self._window.editor, self._bare):
                _put_caret(page, place)
            self._rest()
            ours, bare = [], []
            for number in range(keys):
                letter = _LETTERS[number % len(_LETTERS)]
                ours.append(self._key(self._window.editor, self._ours_paintings, letter))
                bare.append(self._key(self._bare, self._bare_paintings, letter))
            found |= {f"{name}_ours": percentile(ours), f"{name}_bare": percentile(bare)}
        self._window.documents.save()
        return found

    def _key(self, page: _Page, paintings: _Paintings, letter: str) -> float:
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, letter)
        seconds = paintings.timed(lambda: QApplication.sendEvent(page, key))
        QApplication.processEvents()
        return seconds

    def _rest(self) -> None:
        """Let what comes after an opening end, such as the colouring of what is not in view."""
        highlighter, end = self._window.page.highlighter, time.perf_counter() + _LONGEST_S
        QApplication.processEvents()
        while not highlighter.is_done and time.perf_counter() < end:
            QApplication.processEvents()


class _Paintings(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self._count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Count, and let it be painted."""
        self._count += event.type() == QEvent.Type.Paint
        return False

    def timed(self, act: Callable[[], object]) -> float:
        """The seconds that `act` takes until it is painted."""
        begun, before = time.perf_counter(), self._count
        act()
        while self._count == before and time.perf_counter() - begun < _LONGEST_S:
            QApplication.processEvents()
        return time.perf_counter() - begun


def _put_caret(page: _Page, place: int) -> None:
    cursor = QTextCursor(page.document())
    cursor.setPosition(place)
    page.setTextCursor(cursor)
    page.ensureCursorVisible()


def percentile(values: Sequence[float]) -> float:
    """The 95th percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
