"""Runs the real window and writes a canary into all that it can be written into; see test_canary.

Arguments: write or quit, the passphrase (empty for none), the canary, and a file of the writer's
own. It says `ready` on standard output, and goes on with each line on standard input.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest

from app import __main__ as program
from app.core.system.paths import Paths
from app.engine.messages import HostDied, Tokens
from app.ui import application
from app.ui.lock import unlock_form


def say_ready() -> None:
    """Wait until the test has looked."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


class Canary(QObject):
    """Writes the canary, has it continued and saves it elsewhere; then the engine crashes."""

    def __init__(self, window: Any, canary: str, own: Path) -> None:
        super().__init__(window)
        self.window, self.canary, self.own = window, canary, own
        window.session.take_ended.connect(self.after_a_take, Qt.ConnectionType.QueuedConnection)
        window.bridge.subscribe(self.on_tokens, Tokens)
        window.bridge.subscribe(self.on_death, HostDied)
        self.crashes = False
        self.is_over = False

    def begin(self) -> None:
        """Write enough for a saved prompt, keep a version of it, and let the model go on."""
        self.generate(16)

    def generate(self, tokens: int) -> None:
        window = self.window
        window.sampling.set_sampling(
            type(window.sampling.sampling())(temperature=0, max_tokens=tokens)
        )
        window.editor.insert_plain("\n".join([self.canary] * 24) + "\n")
        window.history.take("hourly")
        window.editor.insert_plain(self.canary)
        window.generation.go_on()

    def after_a_take(self, _ending: object) -> None:
        if self.crashes or self.is_over:
            return
        self.is_over = True
        window, documents = self.window, self.window.documents
        documents.save_to(self.own)
        self.own.write_text(f"{self.canary} by another program, and longer. " * 60, "utf-8")
        documents.save_to(self.own, overwrite=True)
        window.editor.insert_plain(self.canary)
        documents.new()  # which asks nobody here: see main
        window.editor.insert_plain(f"{self.canary} in no file")
        window.program.store.flush()
        window.models.loader.unloaded.connect(self.after_unloading)
        window.models.loader.unload()

    def after_unloading(self) -> None:
        """The engine's prompts are on the disk, and everything else."""
        self.window.models.loader.unloaded.disconnect(self.after_unloading)
        say_ready()
        self.crashes = True
        self.window.models.loader.loaded.connect(lambda _model: self.generate(2000))
        self.window.models.loader.load_last()

    def on_tokens(self, _event: Tokens) -> None:
        if self.crashes and (pid := self.window.program.worker._client.host_pid) is not None:
            self.crashes = False
            os.kill(pid, signal.SIGSEGV)

    def on_death(self, _event: HostDied) -> None:
        self.window.program.store.flush()
        say_ready()
        signal.pause()


def main(word: str, words: str, canary: str, own: str) -> int:
    began, asked = application._begin, unlock_form.UnlockDialog.exec
    kept: list[Canary] = []

    def exec_(dialog: Any) -> int:
        QTest.keyClicks(dialog.form.field, words)
        QTimer.singleShot(0, dialog, dialog.form.submit)
        return int(asked(dialog))

    def begin(window: Any, *rest: Any) -> None:
        began(window, *rest)
        window.documents.may_leave = lambda: True
        if word == "quit":
            window.editor.insert_plain(canary)
            window.program.store.flush()
            QTimer.singleShot(0, window, window.close)
        else:
            kept.append(Canary(window, canary, Path(own)))
            kept[0].begin()

    setattr(application, "_begin", begin)  # noqa: B010 (the window is driven from its first moment)
    setattr(unlock_form.UnlockDialog, "exec", exec_)  # noqa: B010 (as a writer types)
    assert bool(words) == Paths.here().key_file.exists()
    return program.main([])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
