"""The dialog of the report of provenance, from which it is saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import DocumentError, LampblackError
from app.core.provenance.passages import SHOWN, Shown
from app.core.provenance.rendering import ReportFormat, ReportWords, body_html, render_report
from app.core.provenance.report import ProvenanceReport
from app.core.system.files import why, write_atomically
from app.ui.provenance.words import kind_text
from app.ui.widgets.theme import heading_font

FORMATS: dict[str, ReportFormat] = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}
"""The formats by their suffixes."""


class ProvenanceDialog(QDialog):
    """Shows a report. `failed` carries the error where it cannot be saved, `saved` the path."""

    failed = Signal(object)
    saved = Signal(str)

    def __init__(
        self, report: ProvenanceReport, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._report, self._folder = report, folder
        self._words = report_words(QLocale().bcp47Name())
        title = self._words.title.format(report.title)
        self.setWindowTitle(self.tr("Provenance Report"))
        heading = QLabel(title)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        heading.setFont(heading_font(heading.font(), 2))
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        self.page.setProperty("kind", "field")
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.setAccessibleName(title)
        self.page.document().setDocumentMargin(12)
        self.page.setHtml(body_html(report, self._words))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save = self.buttons.addButton(
            self.tr("Save As…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.save.setToolTip(self.tr("Save the report as HTML, Markdown or JSON"))
        self.save.clicked.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(18, 16, 18, 16)
        lines.setSpacing(12)
        for widget in (heading, self.page, self.buttons):
            lines.addWidget(widget)
        self.resize(820, 620)

    def _save(self) -> None:
        name = f"{Path(self._report.title).stem} – {self.tr('Provenance')}.html"
        filters = self.tr("Web page (*.html);;Markdown (*.md);;JSON (*.json)")
        chosen, kind = QFileDialog.getSaveFileName(
            self, self.tr("Save the Report"), str(self._folder / name), filters
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in FORMATS:
                path = path.with_name(path.name + f".{kind.rpartition('*.')[2].rstrip(')')}")
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write the report into a file, in the format that its suffix says."""
        form = FORMATS[path.suffix.lower()]
        try:
            write_atomically(path, render_report(self._report, form, self._words).encode())
        except OSError as error:
            self.failed.emit(_not_written(path, error))
            return
        self.saved.emit(str(path))


def _not_written(path: Path, error: OSError) -> LampblackError:
    return DocumentError(
        f"{path} cannot be written: {why(error)}.", "Save the report in another place."
    )


def report_words(language: str) -> ReportWords:
    """The words of a report in the language of the window, whose tag is given."""
    kinds: dict[Shown, str] = {kind: kind_text(kind) for kind in SHOWN}
    return ReportWords(
        kinds,
        title=QCoreApplication.translate("Origins", "Where the Text Comes From: {0}"),
        about=QCoreApplication.translate(
            "Origins",
            "Counted by words, from what Lampblack saw on this machine. “There before” was in the "
            "file when Lampblack first opened it, or was changed by another program.",
        ),
        part=QCoreApplication.translate("Origins", "Part"),
        words=QCoreApplication.translate("Origins", "Words"),
        whole=QCoreApplication.translate("Origins", "The whole"),
        models=QCoreApplication.translate("Origins", "Models"),
        model=QCoreApplication.translate("Origins", "Model"),
        licence=QCoreApplication.translate("Origins", "Licence"),
        takes=QCoreApplication.translate("Origins", "Takes"),
        take=QCoreApplication.translate("Origins", "Take"),
        made=QCoreApplication.translate("Origins", "Made"),
        standing=QCoreApplication.translate("Origins", "Words that stand"),
        had=QCoreApplication.translate("Origins", "Words it had"),
        unknown=QCoreApplication.translate("Origins", "not known"),
        language=language,
    )
