"""The tables of the Runs window: what is known of runs, and which label was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.core.runs.comparing import ComparedRow, compared, unit_of
from app.core.runs.record import RunConfusion, RunRecord
from app.core.runs.run_plots import titles
from app.ui.numbers import number_text
from app.ui.runs.words import RunWords
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.curve import series_colour
from app.ui.widgets.theme import heading_font

_NARROWEST = 12  # characters of a column
_DARKEST = 0.55
_MOST_LABELS, _FEW_LABELS = 60, 8


class PlainTable(QTableWidget):
    """A table that is only read."""

    def __init__(self) -> None:
        super().__init__(0, 0)
        self.setProperty("kind", "texts")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(self.fontMetrics().averageCharWidth() * _NARROWEST)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def begin(self) -> None:
        """Have the arrow keys begin at the first cell, which is not marked yet."""
        keep = QItemSelectionModel.SelectionFlag.NoUpdate
        self.selectionModel().setCurrentIndex(self.model().index(0, 0), keep)

    def put(self, row: int, column: int, text: str, tip: str = "") -> QTableWidgetItem:
        """Put a text into a cell; what is cut off is told by the tooltip."""
        item = QTableWidgetItem(text)
        item.setToolTip(tip or text)
        self.setItem(row, column, item)
        return item


class RunTable(PlainTable):
    """What is known of one run, or of several beside each other; what differs is in bold type."""

    def show_runs(self, records: Sequence[RunRecord], words: RunWords) -> None:
        """A column for each run."""
        several = len(records) > 1
        rows = compared(records)
        results = sum(row.group in ("run", "figures") for row in rows)
        rows[results:results] = _measures(records, words)
        self.clear()
        self.setColumnCount(1 + len(records))
        self.setRowCount(len(rows))
        self.setHorizontalHeaderLabels(["", *titles(records)])
        bold = heading_font(self.font())
        for place, row in enumerate(rows):
            name = self.put(place, 0, words.field(row.name))
            values = _texts(row, words)
            cells = [self.put(place, 1 + at, text) for at, text in enumerate(values)]
            if several and row.differs:
                for item in (name, *cells):
                    item.setFont(bold)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.begin()


def _measures(records: Sequence[RunRecord], words: RunWords) -> list[ComparedRow]:
    """The intervals of measures, as texts."""
    names = dict.fromkeys(one.name for record in records for one in record.measures)
    found = []
    for name in names:
        texts = []
        for record in records:
            one = next((one for one in record.measures if one.name == name), None)
            low_high = f"{number_text(one.low, 3)} – {number_text(one.high, 3)}" if one else None
            texts.append(low_high)
        title = words.say("interval of 95 %")
        found.append(ComparedRow("run", f"{words.say(name)}: {title}", tuple(texts)))
    return found


def _texts(row: ComparedRow, words: RunWords) -> list[str]:
    if row.name in ("kind", "state") and row.group == "run":
        return [words.say(str(value)) for value in row.values]
    unit = unit_of(row.name) if row.group == "figures" else ""
    return [words.show(value, unit) for value in row.values]


class ConfusionTable(PlainTable):
    """Right labels in lines, chosen ones in columns; the darker, the more of a line's whole."""

    def __init__(self) -> None:
        super().__init__()
        self._shares: dict[tuple[int, int], float] = {}
        on_theme_change(self._shade)

    def show_confusion(self, found: RunConfusion) -> None:
        """The matrix; of very many labels the most frequent."""
        order = sorted(range(len(found.labels)), key=lambda place: -sum(found.counts[place]))
        kept = sorted(order[:_MOST_LABELS])
        names = [found.labels[place] for place in kept]
        self.clear()
        self._shares = {}
        self.setRowCount(len(kept))
        self.setColumnCount(1 + len(kept))
        self.setHorizontalHeaderLabels(["", *names])
        header = self.horizontalHeader()
        is_small = len(kept) <= _FEW_LABELS
        modes = QHeaderView.ResizeMode
        header.setSectionResizeMode(modes.Stretch if is_small else modes.ResizeToContents)
        header.setSectionResizeMode(0, modes.ResizeToContents)
        for line, right in enumerate(kept):
            whole = max(1, sum(found.counts[right]))
            self.put(line, 0, names[line])
            for column, chosen in enumerate(kept):
                count = found.counts[right][chosen]
                tip = f"{names[line]} → {names[column]}: {number_text(count)}"
                item = self.put(line, 1 + column, number_text(count), tip)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, tip)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self._shares[line, 1 + column] = count / whole
        self._shade()
        self.begin()

    def _shade(self) -> None:
        """In the colours of the theme that is shown now."""
        for (line, column), share in self._shares.items():
            item = self.item(line, column)
            if item is not None:
                item.setBackground(_shade(share))


def _shade(share: float) -> QColor:
    colour = series_colour(0)
    colour.setAlphaF(_DARKEST * share)
    return colour
