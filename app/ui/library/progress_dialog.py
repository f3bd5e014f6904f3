"""The dialog of progress: today, this session, the goals, and the days of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.books.progress import reached
from app.core.store import DayWords
from app.ui.library.progress_chart import ProgressChart, day_name
from app.ui.numbers import number_text
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.number_box import NumberBox

_MOST = 9_999_999
_STEPS = (50, 1000)
_NARROWEST = 11  # characters of a column


class ProgressNow(msgspec.Struct, frozen=True, kw_only=True):
    """What is known now; `book_words` is None where the text belongs to no book.

    `days` are those of the last weeks, the oldest first and today the last. `wanted` is the goal of
    the book or, without one, of the text.
    """

    days: Sequence[DayWords]
    session: int
    words: int
    book_words: int | None = None
    goal: int = 0
    wanted: int = 0


class ProgressDialog(QDialog):
    """`goal_chosen` and `wanted_chosen` carry another goal, a day and of the book; 0 for none."""

    goal_chosen = Signal(int)
    wanted_chosen = Signal(int)

    def __init__(self, now: ProgressNow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self.setWindowTitle(self.tr("Progress"))
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.goal = NumberBox(0, _MOST, _STEPS[0], whole=True)
        self.wanted = NumberBox(0, _MOST, _STEPS[1], whole=True)
        self.chart = ProgressChart()
        self.legend = NoteLabel()
        self.table = QTableWidget(len(now.days), 5)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._fill()
        self.goal.setValue(now.goal)
        self.wanted.setValue(now.wanted)
        self.goal.valueChanged.connect(self._on_goal)
        self.wanted.valueChanged.connect(lambda value: self.wanted_chosen.emit(int(value)))
        self._show()
        self.resize(720, 640)

    def _lay_out(self) -> None:
        goals = QFormLayout()
        goals.setHorizontalSpacing(12)
        of_book, of_text = self.tr("Words wanted in the book"), self.tr("Words wanted in this text")
        names = self.tr("Words a day"), of_text if self._now.book_words is None else of_book
        for box, name in zip((self.goal, self.wanted), names, strict=True):
            box.set_words({0: self.tr("no goal")})
            box.setAccessibleName(name)
            box.setAccessibleDescription(self.tr("0 for no goal"))
            box.setToolTip(self.tr("0 for no goal"))
            label = QLabel(name)
            label.setBuddy(box)
            goals.addRow(label, box)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(18, 16, 18, 16)
        lines.setSpacing(12)
        lines.addWidget(self.facts)
        lines.addLayout(goals)
        lines.addWidget(self.chart, 2)
        lines.addWidget(self.legend)
        lines.addWidget(self.table, 2)
        lines.addWidget(self.buttons)

    def _fill(self) -> None:
        """The table, the newest day first."""
        table = self.table
        table.setAccessibleName(self.tr("The words of each day"))
        table.setProperty("kind", "texts")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.setHorizontalHeaderLabels(
            [
                self.tr("Day"),
                self.tr("Your own"),
                self.tr("Written"),
                self.tr("Cut"),
                self.tr("By the model"),
            ]
        )
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(self.fontMetrics().averageCharWidth() * _NARROWEST)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if (first := table.horizontalHeaderItem(0)) is not None:
            first.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for row, day in enumerate(reversed(self._now.days)):
            numbers = day.own, day.written, day.cut, day.by_model
            texts = [day_name(day), *(number_text(number) for number in numbers)]
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if not column else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(row, column, item)
        table.setCurrentCell(0, 0)

    def _on_goal(self, value: float) -> None:
        self._now = msgspec.structs.replace(self._now, goal=int(value))
        self.goal_chosen.emit(int(value))
        self._show()

    def _show(self) -> None:
        now, today = self._now, self._now.days[-1]
        lines = [
            self.tr("Today: {0} words of your own ({1} written, {2} cut); {3} by the model").format(
                *map(number_text, (today.own, today.written, today.cut, today.by_model))
            ),
            self.tr("Since the window was opened: {0} words of your own").format(
                number_text(now.session)
            ),
            self.tr("This text has {0} words.").format(number_text(now.words)),
        ]
        if now.book_words is not None:
            lines.append(self.tr("The book has {0} words.").format(number_text(now.book_words)))
        self.facts.setText("\n".join(lines))
        self.chart.show_days(now.days, now.goal)
        words = self.tr(
            "Full bars are your own words, less what you cut; hatched ones are the model's that "
            "stand in the text."
        )
        if now.goal:
            days = reached(now.days, now.goal)
            told = self.tr("The goal, the dashed line, was reached on {0} of {1} days.")
            words = f"{words} {told.format(number_text(days), number_text(len(now.days)))}"
        self.legend.say(words)
