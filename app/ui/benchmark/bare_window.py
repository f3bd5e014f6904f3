"""A bare PySide6 window with an editor: what the real window is measured against."""

from __future__ import annotations

import json
import os
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

SIZE = (1180, 800)


class _FirstPaint(QObject):
    """Says when the window was painted; the real window's own would bring more of it along."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer once, and then wait to be ended."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, _answer)
        return False


def _answer() -> None:
    seconds = time.process_time()
    settled = {"pid": os.getpid(), "libraries": []}
    sys.stdout.write(f"{json.dumps({'processor': seconds})}\n{json.dumps(settled)}\n")
    sys.stdout.flush()
    sys.stdin.read()
    QApplication.quit()


def run() -> int:
    """Show it, answer with the processor time until it was painted, and end with stdin."""
    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.setCentralWidget(QPlainTextEdit())
    window.resize(*SIZE)
    first = _FirstPaint()
    window.installEventFilter(first)
    window.show()
    return application.exec()
