"""Runs the real program's window and plays the writer in it; prints what there was to see.

A script of its own, started by test_real_window.py: the seccomp filter cannot be taken off again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest

from app import __main__ as program
from app.core.system.network import network_state
from app.ui import application

SENTENCE = "The old lighthouse keeper opened the door and"


class Writer(QObject):
    """Opens a manuscript, lets the model go on at the caret, undoes, redoes, saves and leaves."""

    def __init__(self, window) -> None:
        super().__init__(window)
        self.window = window
        self.seen: dict[str, object] = {"network": network_state()}
        window.session.take_ended.connect(self.after_the_take, Qt.ConnectionType.QueuedConnection)
        window.documents.saved.connect(self.leave, Qt.ConnectionType.QueuedConnection)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        QTest.keyClick(self.window.editor, key, modifiers)

    def begin(self) -> None:
        """Before the model is loaded: the order waits for it."""
        QTest.qWaitForWindowActive(self.window)
        editor = self.window.editor
        self.seen["opened"] = editor.toPlainText()
        cursor = editor.textCursor()
        cursor.setPosition(len(SENTENCE))
        editor.setTextCursor(cursor)
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def after_the_take(self, ending) -> None:
        editor, control = self.window.editor, Qt.KeyboardModifier.ControlModifier
        self.seen["reason"] = ending.finish_reason
        self.seen["written"] = editor.toPlainText()
        self.press(Qt.Key.Key_Z, control)
        self.seen["undone"] = editor.toPlainText()
        self.press(Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
        self.seen["redone"] = editor.toPlainText()
        self.window.documents.save()

    def leave(self, _path: str) -> None:
        self.seen["model"] = self.window.program.worker.model.name
        self.seen["libraries"] = sorted(
            {"torch", "transformers", "llama_cpp", "jinja2"} & set(sys.modules)
        )
        self.window.close()


def main(manuscript: str) -> int:
    began = application._begin
    writers: list[Writer] = []

    def begin(window: Any, *rest: Any) -> None:
        began(window, *rest)
        window.sampling.set_sampling(type(window.sampling.sampling())(temperature=0, max_tokens=16))
        writers.append(Writer(window))
        writers[0].begin()

    setattr(application, "_begin", begin)  # noqa: B010 (the window is driven from its first moment)
    code = program.main(["open", manuscript])
    sys.stdout.write(json.dumps(writers[0].seen | {"saved": Path(manuscript).read_text("utf-8")}))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
