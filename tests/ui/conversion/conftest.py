"""A window whose questions about files are answered by the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.conversion.export_dialog import ExportDialog
from app.ui.conversion.questions import ConversionQuestions
from app.ui.conversion.text_dialog import TextDialog
from tests.ui.conftest import Studio

SOURCE = """# One

He said "so"[^1]. ![a lamp](http://127.0.0.1:9/x.png)

***

The *second* scene.

[^1]: A note.

# Two

End.
"""


class FakeConversionQuestions(ConversionQuestions):
    """Answers as the test says, and notes what was asked."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.asked: list[str] = []
        self.target_answer: Path | None = None
        self.replace_answer = False
        self.file_answer: Path | None = None
        self.folder_answer: Path | None = None
        self.printer_answer: Callable[[QPrinter], bool] = lambda _printer: False

    def target(self, suggestion: Path, suffix: str) -> Path | None:
        self.asked.append(f"target {suggestion.name} {suffix}")
        return self.target_answer

    def replace(self, path: Path) -> bool:
        self.asked.append(f"replace {path.name}")
        return self.replace_answer

    def printer(self, printer: QPrinter) -> bool:
        self.asked.append("printer")
        return self.printer_answer(printer)

    def import_file(self, folder: Path) -> Path | None:
        return self.file_answer

    def folder(self, suggestion: Path) -> Path | None:
        return self.folder_answer

    def shared_profile(self) -> Path | None:
        return self.file_answer

    def profile_target(self, name: str) -> Path | None:
        self.asked.append(f"profile {name}")
        return self.target_answer


class Desk:
    """A window with a text on its page, and its dialogs."""

    def __init__(self, studio: Studio, qtbot: QtBot) -> None:
        self.studio, self.qtbot = studio, qtbot
        self.controller = studio.window.manuscript.conversion
        self.questions = self.controller.questions = FakeConversionQuestions()

    def open(self) -> ExportDialog:
        self.studio.do("export")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        self.settle(dialog)
        return dialog

    def settle(self, dialog: TextDialog) -> None:
        self.qtbot.waitUntil(lambda: dialog.background.is_idle, timeout=20_000)
        dialog.show_preview()
        self.qtbot.waitUntil(lambda: dialog.preview.is_idle, timeout=20_000)

    def choose(self, dialog: ExportDialog, suffix: str, profile: str = "reading") -> None:
        dialog.format.setCurrentIndex(dialog.format.findData(suffix))
        form = dialog.form
        form.profile.setCurrentIndex(form.profile.findData(profile))

    def press(self, dialog: ExportDialog) -> None:
        """Press Export, and wait for what comes of it."""
        dialog.write.click()
        background = dialog.background
        self.qtbot.waitUntil(lambda: background.is_idle, timeout=60_000)


@pytest.fixture
def desk(studio: Studio, qtbot: QtBot) -> Desk:
    studio.show(SOURCE)
    return Desk(studio, qtbot)
