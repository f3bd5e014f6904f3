"""File → Print: the pages of the preview on paper, here into a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QPageSize
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.conversion.print_dialog import PrintDialog, PrintJob
from tests.ui.conversion.conftest import Desk


class Paper:
    """A printer that prints into a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first = self.last = 0
        self.size = QPageSize(QPageSize.PageSizeId.A4)

    def __call__(self, printer: QPrinter) -> bool:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self.path))
        printer.setPageSize(self.size)
        if self.last:
            printer.setFromTo(self.first, self.last)
        return True

    @property
    def pages(self) -> int:
        return self.path.read_bytes().count(b"/Type /Page\n")


@pytest.fixture
def paper(desk: Desk, tmp_path: Path) -> Paper:
    made = Paper(tmp_path / "printed.pdf")
    desk.questions.printer_answer = made
    return made


def open_dialog(desk: Desk) -> PrintDialog:
    desk.studio.do("print")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, PrintDialog)
    desk.settle(dialog)
    return dialog


def send(desk: Desk, qtbot: QtBot) -> int:
    dialog = open_dialog(desk)
    with qtbot.waitSignal(dialog.printed, timeout=20_000) as printed:
        dialog.send.click()
    return int(printed.args[0])


def test_the_pages_of_the_preview_are_printed(desk: Desk, qtbot: QtBot, paper: Paper) -> None:
    assert send(desk, qtbot) == 4  # title, contents, two chapters
    assert paper.pages == 4
    assert b"595.0" in paper.path.read_bytes()


def test_some_pages_and_another_paper_can_be_chosen(desk: Desk, qtbot: QtBot, paper: Paper) -> None:
    paper.first, paper.last = 2, 3
    paper.size = QPageSize(QPageSize.PageSizeId.Letter)
    assert send(desk, qtbot) == 2
    assert b"612.0" in paper.path.read_bytes()


def test_without_a_printer_nothing_happens(desk: Desk) -> None:
    dialog = open_dialog(desk)
    dialog.send.click()
    assert desk.questions.asked == ["printer"]
    assert dialog.isVisible()
    assert dialog.form.isEnabled()
    dialog.reject()


def test_a_printer_that_cannot_be_reached_is_a_sentence(
    desk: Desk, qtbot: QtBot, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(job: PrintJob, *_rest: object) -> None:
        job.has_begun = False

    monkeypatch.setattr(PrintJob, "__init__", fails)
    dialog = open_dialog(desk)
    dialog.send.click()
    qtbot.waitUntil(lambda: bool(dialog.trouble.text()))
    assert dialog.trouble.text().startswith("The printer could not be reached.")
    assert dialog.form.isEnabled()
    dialog.reject()


def test_it_can_be_stopped_while_pages_are_sent(
    desk: Desk, qtbot: QtBot, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = PrintJob.step

    def stepping(job: PrintJob) -> bool:
        done = step(job)
        if job.count == 2:
            dialog.progress.stop_button.click()
        return done

    dialog = open_dialog(desk)
    monkeypatch.setattr(PrintJob, "step", stepping)
    dialog.send.click()
    qtbot.waitUntil(lambda: bool(dialog.trouble.text()))
    assert dialog.trouble.text() == "Printing was stopped."
    assert not dialog._next.isActive()
    assert dialog.form.isEnabled()
    dialog.reject()
