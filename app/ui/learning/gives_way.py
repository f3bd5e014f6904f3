"""The training gives way to the writer: it rests while the model writes and while keys come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.editor.editor import Editor
from app.ui.learning.learning_run import LearningRun

REST_MS = 1500
"""How long nothing must have been done before it goes on, in milliseconds."""

_LOOK_MS = 100

Reason = Literal["", "model", "keys"]


class GivesWay(QObject):
    """Pauses `run` while `is_busy` says that the model works, and after each change of the text.

    `changed` says that there is another `reason`.
    """

    changed = Signal()

    def __init__(
        self, run: LearningRun, editor: Editor, is_busy: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._run, self._is_busy = run, is_busy
        self.reason: Reason = ""
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._on_rested)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._on_look)
        editor.changed.connect(lambda _change, _source: self._hold("keys"))
        run.moved.connect(self._follow)

    def hold(self) -> None:
        """The model is about to be asked for something: pause at once."""
        self._hold("model")

    def _on_look(self) -> None:
        if self._is_busy():
            self._hold("model")

    def _hold(self, reason: Reason) -> None:
        if not self._run.doing:
            return
        if self.reason != "model":
            self._say(reason)
        self._run.pause()
        self._rest.start()

    def _on_rested(self) -> None:
        if self._is_busy():
            self._rest.start()
        else:
            self._say("")
            self._run.go_on()

    def _say(self, reason: Reason) -> None:
        if reason != self.reason:
            self.reason = reason
            self.changed.emit()

    def _follow(self) -> None:
        """Look only while there is something to pause."""
        is_on = bool(self._run.doing)
        if is_on and not self._look.isActive():
            self._look.start()
            self._on_look()
        elif not is_on:
            self._look.stop()
            self._rest.stop()
            self._say("")
