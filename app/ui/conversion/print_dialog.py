"""The dialog of File → Print: the pages of the PDF file, on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QMarginsF, QRectF, QSizeF, QTimer, Signal
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtWidgets import QWidget

from app.core.conversion.blocks import FormattedText
from app.core.conversion.export import finished
from app.core.conversion.looks.choices import ExportChoices, ExportMemory
from app.core.conversion.looks.profile_store import ExportProfiles
from app.core.conversion.looks.profiles import PAPERS, ExportProfile
from app.core.errors import DocumentError
from app.ui.conversion.pages import SetPage, TextPages
from app.ui.conversion.questions import ConversionQuestions
from app.ui.conversion.sources import TextSource
from app.ui.conversion.text_dialog import TextDialog
from app.ui.numbers import number_text

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_SAME_MM = 4.0
"""Papers whose sides differ by less are the same one."""


class PrintJob:
    """Pages on their way to a printer; each `step` prints one of those that are `wanted`."""

    def __init__(self, printer: QPrinter, pages: TextPages, found: Sequence[SetPage]) -> None:
        self._printer, self._pages = printer, pages
        wanted = list(self._wanted(found))
        self._waiting = iter(wanted)
        self.wanted, self.count = len(wanted), 0
        self._painter = QPainter()
        self.has_begun = self._painter.begin(printer)

    def _wanted(self, found: Sequence[SetPage]) -> Iterator[SetPage]:
        """The pages that the printer's dialog asked for, as often as it did."""
        printer = self._printer
        first, last = printer.fromPage() or 1, printer.toPage() or len(found)
        chosen = found[first - 1 : last]
        if printer.pageOrder() == printer.PageOrder.LastPageFirst:
            chosen = chosen[::-1]
        copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
        for _copy in range(copies):
            yield from chosen

    def step(self) -> bool:
        """Print a page; False when there is none left."""
        page = next(self._waiting, None)
        if page is None:
            return False
        if self.count:
            self._printer.newPage()
        self.count += 1
        painter = self._painter
        painter.save()
        area = QRectF(painter.viewport())
        width, height = self._pages.size
        scale = min(area.width() / width, area.height() / height)
        natural = self._printer.resolution() / (72 * 10)
        scale = min(scale, natural * 1.02)
        painter.translate((area.width() - width * scale) / 2, (area.height() - height * scale) / 2)
        painter.scale(scale, scale)
        self._pages.paint(painter, page)
        painter.restore()
        return True

    def end(self, *, is_given_up: bool = False) -> None:
        """Hand the pages over, or take them back."""
        if is_given_up:
            self._printer.abort()
        self._painter.end()


class PrintDialog(TextDialog):
    """Prints one of several texts; `printed` carries the number of pages, and it closes."""

    printed = Signal(int)

    def __init__(
        self,
        sources: Sequence[TextSource],
        profiles: ExportProfiles,
        memory: ExportMemory,
        questions: ConversionQuestions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(sources, profiles, memory, questions, parent)
        self._job: PrintJob | None = None
        self._run = 0
        self._body: Iterator[SetPage] = iter(())
        self._set: list[SetPage] = []
        self._former = ExportChoices()
        self.setWindowTitle(self.tr("Print"))
        self._next = QTimer(self, interval=0)
        self._next.timeout.connect(self._step)
        self.send = self.add_button(self.tr("P&rint…"), self.tr("Choose the printer, and print"))
        self.send.clicked.connect(self.print_text)
        self._former = self.take_source()
        self.show_preview()

    def take_source(self) -> ExportChoices:
        """Begin with the chosen text."""
        self._former = super().take_source()
        return self._former

    def print_text(self) -> None:
        """Ask for the printer, set the pages in the background, then print them."""
        from PySide6.QtPrintSupport import QPrinter

        look = self.form.look
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setFullPage(True)
        size = QSizeF(*(10 * length for length in look.page_cm))
        paper = QPageSize(size, QPageSize.Unit.Millimeter)
        printer.setPageLayout(
            QPageLayout(paper, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
        )
        printer.setDocName(self.form.title.text() or self.form.source.stem)
        printer.setCreator("Lampblack")
        if not self.questions.printer(printer):
            return
        self.trouble.say("")
        self._run += 1
        self.set_busy(True)
        self.progress.show_fraction(self.tr("The pages are set…"), -1)
        read = self.reader()
        self.background.run(
            lambda: finished(read(), look),
            partial(self._begin, self._run, printer, on_printers_paper(look, printer)),
        )

    def _begin(self, run: int, printer: QPrinter, look: ExportProfile, text: FormattedText) -> None:
        if run != self._run:
            return
        self._printer, self._pages = printer, TextPages(text, look)
        self._body, self._set = self._pages.body(), []
        self._next.start()

    def _step(self) -> None:
        """Set or print the next page; between two of them the window answers."""
        job = self._job
        if job is None:
            self._set_page()
        elif job.step():
            words = self.tr("{0} pages are sent…", "", job.count).format(number_text(job.count))
            self.progress.show_fraction(words, job.count / job.wanted)
        else:
            self._next.stop()
            self._finish()

    def _set_page(self) -> None:
        page = next(self._body, None)
        if page is not None:
            self._set.append(page)
            words = self.tr("{0} pages are set…", "", page.number)
            self.progress.show_fraction(words.format(number_text(page.number)), -1)
            return
        self._job = PrintJob(self._printer, self._pages, self._pages.with_front(self._set))
        if not self._job.has_begun:
            self._next.stop()
            self._job = None
            self.fail(
                DocumentError(
                    "The printer could not be reached.", "See whether it is on, then try again."
                )
            )

    def _finish(self) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        job.end()
        self.set_busy(False)
        former = self._former
        self.keep(former.suffix, former.target)
        self.printed.emit(job.count)
        self.accept()

    def stop(self) -> None:
        """Print nothing more."""
        was_busy = not self.form.isEnabled()
        self._run += 1
        self._next.stop()
        job, self._job = self._job, None
        if job is not None:
            job.end(is_given_up=True)
        if was_busy:
            self.fail(DocumentError("Printing was stopped."))


def on_printers_paper(look: ExportProfile, printer: QPrinter) -> ExportProfile:
    """The profile on the paper that was chosen for the printer, where that is a known one."""
    size = printer.pageLayout().pageSize().size(QPageSize.Unit.Millimeter)
    for paper, (width, height) in PAPERS.items():
        if abs(size.width() - 10 * width) + abs(size.height() - 10 * height) < _SAME_MM:
            return msgspec.structs.replace(look, paper=paper)
    return look
