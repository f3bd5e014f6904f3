"""What is known of the selected runs: their curves, their figures and settings, the confusion."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from app.core.plots.curves import CurvePlot
from app.core.runs.record import RunRecord
from app.core.runs.run_plots import curves_of
from app.ui.numbers import number_text
from app.ui.runs.tables import ConfusionTable, RunTable
from app.ui.runs.words import RunWords
from app.ui.sentences import told
from app.ui.texts import moment_text
from app.ui.widgets.controls import NoteLabel, QuietCombo
from app.ui.widgets.curve import Curve
from app.ui.widgets.theme import heading_font


class RunDetails(QWidget):
    """One run, or several over and beside each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots: list[CurvePlot] = []
        self._records: tuple[RunRecord, ...] = ()
        self._wanted, self._is_filling = 0, False
        self.heading = QLabel()
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setWordWrap(True)
        self.heading.setFont(heading_font(self.heading.font(), 2))
        self.facts, self.problem = NoteLabel(), NoteLabel("wrong")
        self.choice = QuietCombo()
        self.choice.setAccessibleName(self.tr("Which curves"))
        self.choice.setToolTip(self.tr("Which curves"))
        self.choice.currentIndexChanged.connect(self._show_plot)
        self.curves = Curve()
        self.table, self.confusion = RunTable(), ConfusionTable()
        self.table.setAccessibleName(self.tr("Figures and settings"))
        self.confusion.setAccessibleName(self.tr("Right labels in lines, chosen ones in columns"))
        self.confusion_about = NoteLabel()
        self.confusion_about.say(lambda: self.tr("Right labels in lines, chosen ones in columns"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(self.tr("What is known of the run"))
        self.tabs.addTab(_column(self.choice, self.curves), self.tr("Curves"))
        self.tabs.addTab(_column(self.table), self.tr("Figures and Settings"))
        self.tabs.addTab(_column(self.confusion_about, self.confusion), self.tr("Confusion"))
        self.tabs.currentChanged.connect(self._on_tab)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(12, 0, 0, 0)
        lines.setSpacing(6)
        for above in (self.heading, self.facts, self.problem):
            lines.addWidget(above)
        lines.addWidget(self.tabs, 1)

    def minimumSizeHint(self) -> QSize:
        """As much as the curves need."""
        return QSize(240, super().minimumSizeHint().height())

    def show_problem(self, run: str, sentence: str) -> None:
        """A run whose record cannot be read."""
        self._records = ()
        self.heading.setText(run)
        self.facts.say("")
        self.problem.say(sentence)
        self.tabs.hide()

    def show_nothing(self) -> None:
        """No run is selected."""
        self.show_problem("", "")
        self.heading.setText(self.tr("Select a run, or several to compare them."))

    def show_runs(self, records: Sequence[RunRecord], words: RunWords) -> None:
        """Show at least one run."""
        if tuple(records) == self._records:
            return
        self._records = tuple(records)
        first = records[0]
        count = len(records)
        beside = self.tr("{0} runs beside each other", "", count).format(number_text(count))
        self.heading.setText(first.name if count == 1 else beside)
        self.facts.say(" · ".join(_facts(first, words)) if count == 1 else self._hint())
        self.problem.say(told(first.problem) if count == 1 else "")
        self.table.show_runs(records, words)
        self._fill_choice(curves_of(records, words.say))
        confusion = first.confusion if count == 1 else None
        if confusion is not None:
            self.confusion.show_confusion(confusion)
        self._show_tabs({0: bool(self._plots), 2: confusion is not None})

    def _show_tabs(self, known: dict[int, bool]) -> None:
        """Show the tabs that have something, and the one that was last looked at, if it has."""
        self._is_filling = True
        for place, has_something in known.items():
            self.tabs.setTabVisible(place, has_something)
        wanted = (self._wanted, 0, 1)
        self.tabs.setCurrentIndex(next(one for one in wanted if self.tabs.isTabVisible(one)))
        self._is_filling = False
        self.tabs.show()

    def _on_tab(self, place: int) -> None:
        if not self._is_filling:
            self._wanted = place

    def _hint(self) -> str:
        return self.tr("Curves lie over each other; in the table what differs is in bold type.")

    def _fill_choice(self, plots: list[CurvePlot]) -> None:
        wanted = self.choice.currentText()
        self._plots = plots
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([plot.title for plot in plots])
        self.choice.setCurrentIndex(max(0, self.choice.findText(wanted)))
        self.choice.blockSignals(False)
        self.choice.setVisible(len(plots) > 1)
        self.curves.shows_title = len(plots) < 2
        self._show_plot()

    def _show_plot(self) -> None:
        place = self.choice.currentIndex()
        if 0 <= place < len(self._plots):
            self.curves.show_plot(self._plots[place])


def _facts(record: RunRecord, words: RunWords) -> list[str]:
    facts = [words.say(record.kind), words.say(record.state), moment_text(record.begun_at)]
    if record.ended_at > record.begun_at:
        facts.append(words.show(record.ended_at - record.begun_at, "seconds"))
    return facts


def _column(*widgets: QWidget) -> QWidget:
    page = QWidget()
    lines = QVBoxLayout(page)
    lines.setContentsMargins(0, 8, 0, 0)
    lines.setSpacing(8)
    for place, widget in enumerate(widgets):
        lines.addWidget(widget, int(place == len(widgets) - 1))
    return page
