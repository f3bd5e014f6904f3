"""The dialog of File → Export: a text in one of the formats, written off the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.conversion.blocks import FormattedText
from app.core.conversion.export import FORMATS, finished, render, write_export
from app.core.conversion.importing import file_name
from app.core.conversion.looks.choices import ExportChoices, ExportMemory
from app.core.conversion.looks.profile_store import ExportProfiles
from app.core.conversion.looks.profiles import ExportProfile
from app.core.conversion.pdf.process import PdfWriting
from app.core.errors import DocumentError
from app.ui.conversion.questions import ConversionQuestions
from app.ui.conversion.sources import TextSource
from app.ui.conversion.text_dialog import TextDialog
from app.ui.conversion.texts import format_name
from app.ui.numbers import number_text
from app.ui.widgets.controls import QuietCombo


class Exported(msgspec.Struct, frozen=True):
    """A file that was written, and how many images it has not."""

    path: Path
    left_out: int = 0


class Exporting:
    """One export; `stop` may be called from any thread."""

    def __init__(
        self, read: Callable[[], FormattedText], profile: ExportProfile, target: Path
    ) -> None:
        self._read, self._profile, self._target = read, profile, target
        self._pdf = PdfWriting()
        self._is_stopped = threading.Event()

    def run(self, tell: Callable[[int], object], *, overwrite: bool) -> Exported:
        """Write the file; `tell` is told of pages. Raises LampblackError, with nothing written."""
        text, suffix = self._read(), self._target.suffix.lower()
        moment = datetime.now(UTC).replace(microsecond=0)
        if suffix == ".pdf":
            stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            data = self._pdf.run(finished(text, self._profile), self._profile, stamp, tell)
        else:
            data = render(text, suffix, self._profile, moment)
        if self._is_stopped.is_set():
            raise DocumentError("Nothing was written: it was stopped.")
        write_export(self._target, data, overwrite=overwrite)
        return Exported(self._target, text.left_out)

    def stop(self) -> None:
        """Write nothing any more."""
        self._is_stopped.set()
        self._pdf.cancel()


class ExportDialog(TextDialog):
    """Exports one of several texts; `exported` carries what was Exported, and it closes."""

    exported = Signal(object)

    def __init__(
        self,
        sources: Sequence[TextSource],
        profiles: ExportProfiles,
        memory: ExportMemory,
        questions: ConversionQuestions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(sources, profiles, memory, questions, parent)
        self._running: Exporting | None = None
        self._target = ""
        self.setWindowTitle(self.tr("Export"))
        self.format = QuietCombo()
        for row in FORMATS:
            self.format.addItem(f"{format_name(row.suffix)} ({row.suffix})", row.suffix)
        self.format.setToolTip(self.tr("What kind of file is written"))
        self.format.currentIndexChanged.connect(lambda _index: self.show_preview())
        self.form.add_row(self.tr("&Format"), self.format, 1)
        self.write = self.add_button(self.tr("&Export…"), self.tr("Choose the file, and write it"))
        self.write.clicked.connect(self.export)
        self.take_source()
        self.show_preview()

    @property
    def suffix(self) -> str:
        """The format of the file."""
        return str(self.format.currentData())

    def take_source(self) -> ExportChoices:
        """Begin with the chosen text, in the format of the last time."""
        choices = super().take_source()
        self.format.setCurrentIndex(max(0, self.format.findData(choices.suffix)))
        self._target = choices.target
        return choices

    def export(self) -> None:
        """Ask for the file, and write it in the background."""
        target = self.questions.target(self._suggestion(), self.suffix)
        if target is None:
            return
        is_there = target.exists()
        if is_there and not self.questions.replace(target):
            return
        self.trouble.say("")
        self.set_busy(True)
        self._show_pages(0)
        read = self.revised_reader() if target.suffix.lower() == ".docx" else self.reader()
        running = self._running = Exporting(read, self.form.look, target)

        def tell(pages: int) -> None:
            self.background.tell(partial(self._show_pages, pages))

        self.background.run(lambda: running.run(tell, overwrite=is_there), self._on_written)

    def stop(self) -> None:
        """Write nothing any more."""
        if self._running is not None:
            self._running.stop()

    def set_busy(self, is_busy: bool) -> None:
        """While the file is written nothing else can be chosen."""
        super().set_busy(is_busy)
        if not is_busy:
            self._running = None

    def _suggestion(self) -> Path:
        """The file of the last time, else one named by the title beside the text."""
        former = Path(self._target) if self._target else None
        if former is not None and former.parent.is_dir():
            return former.with_suffix(self.suffix)
        source = self.form.source
        name = file_name(self.form.title.text()) or source.stem
        return source.folder / f"{name}{self.suffix}"

    def _show_pages(self, pages: int) -> None:
        words = self.tr("Writing…")
        if pages:
            words = self.tr("{0} pages are set…", "", pages).format(number_text(pages))
        if self._running is not None or not pages:
            self.progress.show_fraction(words, -1)

    def _on_written(self, found: Exported) -> None:
        self.set_busy(False)
        self.keep(self.suffix, str(found.path))
        self.exported.emit(found)
        self.accept()
