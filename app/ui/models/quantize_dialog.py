"""The dialog for a smaller copy: which type, measured on which passage, and what came of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.formats.gguf import GgufHeader
from app.core.formats.quantization import (
    TYPES,
    Price,
    coarsest,
    copy_path,
    estimate,
    price,
    type_named,
)
from app.engine.quantize_job import QuantizeOutcome
from app.ui.numbers import data_size_text, number_text, per_cent
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel, ProgressStrip

_NAME = Qt.ItemDataRole.UserRole
_TYPE, _SIZE, _WORDS = range(3)


class QuantizeDialog(QDialog):
    """Shows every type with the size of its copy; makes nothing itself.

    `asked` carries the type's name and the passage (empty: nothing is measured). `stopped` and
    `use_asked`, with the copy's path, are the other buttons. Closing it stops, too.
    """

    asked = Signal(str, str)
    stopped = Signal()
    use_asked = Signal(str)

    def __init__(
        self,
        model: Path,
        name: str,
        header: GgufHeader,
        folder: Path,
        passage: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._name, self._header, self._folder = model, name, header, folder
        self._source = coarsest(header.tensors)
        self._prices: dict[str, Price] = {}
        self._copy = ""
        self._is_running = False
        self.setWindowTitle(self.tr("Make a Smaller Copy"))
        self.types = self._make_types()
        self.words = NoteLabel()
        self.passage = self._make_passage(passage)
        self.strip = ProgressStrip()
        self.strip.stopped.connect(self.stopped)
        self.problem = NoteLabel("wrong")
        self.table = QWidget()
        self.table.hide()
        self.buttons = self._make_buttons()
        self._lay_out()
        self.types.currentItemChanged.connect(self._show_choice)
        self.select("Q8_0")
        self.resize(720, 620)

    @property
    def target(self) -> Path:
        """Where the copy will be."""
        return copy_path(self._model, self._name, type_named(self.selected()), self._folder)

    def selected(self) -> str:
        """The selected type's name."""
        item = self.types.currentItem()
        return str(item.data(_TYPE, _NAME)) if item is not None else TYPES[0].name

    def select(self, name: str) -> None:
        """Select a type; the next one that is allowed if this one is not."""
        items = [self.types.topLevelItem(row) for row in range(self.types.topLevelItemCount())]
        allowed = [item for item in items if item is not None and not item.isDisabled()]
        wanted = [item for item in allowed if item.data(_TYPE, _NAME) == name]
        for item in (wanted or allowed)[:1]:
            self.types.setCurrentItem(item)
        self._show_choice()

    def show_progress(self, text: str, fraction: float) -> None:
        """Show what is done just now."""
        self._is_running = True
        self.problem.say("")
        self.strip.show_fraction(text, fraction)
        self._show_choice()

    def show_error(self, sentence: str) -> None:
        """It ended in trouble, or was stopped (no sentence)."""
        self._end()
        self.problem.say(sentence)

    def show_outcome(self, outcome: QuantizeOutcome) -> None:
        """Show the copy and its price, and offer to use it."""
        self._end()
        self._copy = outcome.path
        self._fill_result(outcome)
        self.use.setEnabled(True)
        self.use.setDefault(True)
        self.use.setFocus()

    def reject(self) -> None:
        """Close, and stop what runs."""
        if self._is_running:
            self.stopped.emit()
        super().reject()

    # Building

    def _make_types(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setProperty("kind", "texts")
        tree.setAccessibleName(self.tr("Types"))
        tree.setHeaderLabels([self.tr("Type"), self.tr("Size"), self.tr("What to expect")])
        tree.setRootIsDecorated(False)
        tree.setWordWrap(True)
        tree.setTextElideMode(Qt.TextElideMode.ElideNone)
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = tree.header()
        header.setStretchLastSection(True)
        for column in (_TYPE, _SIZE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        overhead = self._header.size_bytes - sum(one.size for one in self._header.tensors)
        for kind in TYPES:
            size = estimate(self._header.tensors, kind, overhead)
            cost = price(self._source, kind, saves=size < self._header.size_bytes)
            self._prices[kind.name] = cost
            item = QTreeWidgetItem([kind.name, data_size_text(size), told(kind.words)])
            item.setData(_TYPE, _NAME, kind.name)
            item.setToolTip(_WORDS, told(cost.words))
            item.setDisabled(not cost.is_allowed)
            tree.addTopLevelItem(item)
        return tree

    def _make_passage(self, passage: str) -> QPlainTextEdit:
        field = QPlainTextEdit(passage)
        field.setProperty("kind", "field")
        field.setAccessibleName(self.tr("Passage to measure both with"))
        field.setPlaceholderText(self.tr("Nothing is measured without a passage."))
        field.setTabChangesFocus(True)
        field.setMaximumHeight(110)
        return field

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.make = buttons.addButton(self.tr("Make the Copy"), role)
        self.make.setProperty("kind", "primary")
        self.make.clicked.connect(self._ask)
        self.use = buttons.addButton(self.tr("Use the Copy"), role)
        self.use.setEnabled(False)
        self.use.clicked.connect(self._use)
        return buttons

    def _lay_out(self) -> None:
        about = self.tr("{0} is in {1} and takes {2}. It stays as it is.")
        size = data_size_text(self._header.size_bytes)
        measured = QLabel(
            self.tr("Passage to compare both with (a lower perplexity means a better grasp of it):")
        )
        measured.setBuddy(self.passage)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(10)
        top = QLabel(about.format(self._name, self._source, size))
        top.setWordWrap(True)
        whole.addWidget(top)
        whole.addWidget(self.types, 1)
        parts = (self.words, measured, self.passage, self.strip, self.problem, self.table)
        for part in (*parts, self.buttons):
            whole.addWidget(part)

    # Inside

    def _ask(self) -> None:
        self.table.hide()
        self.use.setEnabled(False)
        self.show_progress(self.tr("Beginning…"), -1)
        self.asked.emit(self.selected(), self.passage.toPlainText().strip())

    def _use(self) -> None:
        self.use_asked.emit(self._copy)
        self.accept()

    def _end(self) -> None:
        self._is_running = False
        self.strip.hide()
        self._show_choice()

    def _show_choice(self) -> None:
        cost = self._prices[self.selected()]
        exists = cost.is_allowed and self.target.exists()
        there = self.tr("{0} is there already.").format(self.target.name)
        self.words.say(there if exists else cost.words)
        idle = not self._is_running
        self.make.setEnabled(idle and cost.is_allowed and not exists)
        self.types.setEnabled(idle)
        self.passage.setEnabled(idle)

    def _fill_result(self, outcome: QuantizeOutcome) -> None:
        """A small table: the model and its copy side by side."""
        if (former := self.table.layout()) is not None:
            QWidget().setLayout(former)
        grid = QGridLayout(self.table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        rows = [
            ("", self.tr("Model"), self.tr("Copy")),
            (
                self.tr("Size"),
                data_size_text(outcome.size_before),
                data_size_text(outcome.size_after),
            ),
        ]
        if outcome.change is not None:
            before, after = outcome.perplexity_before or 0, outcome.perplexity_after or 0
            sign = "+" if outcome.change >= 0 else ""
            change = f"{number_text(after, 2)} ({sign}{per_cent(100 * outcome.change, 1)})"
            rows.append((self.tr("Perplexity"), number_text(before, 2), change))
        for line, row in enumerate(rows):
            for column, text in enumerate(row):
                label = QLabel(text)
                label.setProperty("kind", "muted" if not line or not column else "")
                grid.addWidget(label, line, column)
        grid.setColumnStretch(3, 1)
        self.table.show()
