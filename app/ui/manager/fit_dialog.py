"""Does it fit? The sum of what a model needs, what is free, and every way to load it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.memory_fit.advice import VERDICTS
from app.core.memory_fit.estimate import MEMORY, Fit
from app.core.memory_fit.fallbacks import Fallback
from app.core.memory_fit.report import FitReport, as_chosen
from app.core.models.model_file import ModelFile
from app.core.system.machine import COMFORT
from app.ui.manager.card_texts import verdict_text
from app.ui.numbers import data_size_text, number_text
from app.ui.sentences import joined, told
from app.ui.widgets.controls import FlowingNote, set_property
from app.ui.widgets.theme import heading_font


class FitDialog(QDialog):
    """Shows one report; holds nothing up.

    `load_requested` carries the options to load with for this once, `entry_requested` the id of a
    smaller model in the catalogue.
    """

    load_requested = Signal(object)
    entry_requested = Signal(str)

    def __init__(self, model: ModelFile, report: FitReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._report = model, report
        self.setWindowTitle(self.tr("Does It Fit?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = self._heading(model.name, 2)
        self.name.setWordWrap(True)
        fit = report.fit
        whole = self.tr("{0} It needs {2} in all.")
        if fit.grows:
            whole = self.tr("{0} It needs {1} at once and {2} at most, with a full context.")
        sizes = map(data_size_text, (fit.at_once, fit.total))
        self.verdict = QLabel(whole.format(told(VERDICTS[fit.verdict]), *sizes))
        self.verdict.setWordWrap(True)
        self.verdict.setProperty("kind", "wrong" if fit.verdict == "too large" else "")
        self.advice = FlowingNote()
        self.advice.say("\n".join((*report.advice, *self._room(), *fit.notes)))
        self.ways = QButtonGroup(self)
        self._make_buttons()
        self._lay_out()
        self.resize(600, 700)

    def step(self) -> Fallback:
        """The way that is chosen."""
        return self._report.steps[self.ways.checkedId()]

    def sums(self) -> list[tuple[str, str]]:
        """The arithmetic as it is shown: what, and how much."""
        rows = []
        for row in range(self.grid.rowCount()):
            first, second = (self.grid.itemAtPosition(row, column) for column in (0, 1))
            cells = [item.widget() for item in (first, second) if item is not None]
            texts = [cell.text() for cell in cells if isinstance(cell, QLabel)]
            rows.append((texts[0] if texts else "", texts[1] if len(texts) > 1 else ""))
        return rows

    # Building

    def _room(self) -> tuple[str, ...]:
        """Why something can be tight that is smaller than what is free."""
        fit = self._report.fit
        if fit.verdict != "tight" or fit.needed.get(MEMORY, 0) > fit.free[MEMORY]:
            return ()
        words = self.tr(
            "What fits takes {0} % of the free memory at most: other programs need some, too."
        )
        return (words.format(number_text(COMFORT * 100)),)

    def _heading(self, text: str, larger: int = 0) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(heading_font(self.font(), larger))
        return label

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.load = self.buttons.addButton(self.tr("Load This Way"), role)
        self.load.setToolTip(self.tr("For this once; the settings stay as they are"))
        set_property(self.load, "kind", "primary")
        self.load.clicked.connect(self._load_chosen)
        self.anyway = self.buttons.addButton(self.tr("Load as Asked Anyway"), role)
        self.anyway.setToolTip(self.tr("With your settings as they are, whatever comes of it"))
        self.anyway.clicked.connect(lambda: self._load(self._report.steps[0]))
        self.anyway.setVisible(self._report.fit.verdict != "fits")

    def _lay_out(self) -> None:
        body = QWidget()
        body.setProperty("kind", "body")
        column = QVBoxLayout(body)
        column.setContentsMargins(18, 4, 18, 8)
        column.setSpacing(8)
        column.addLayout(self._make_sums())
        column.addWidget(self.advice)
        column.addSpacing(6)
        column.addWidget(self._heading(self.tr("Ways to Load It")))
        told = FlowingNote()
        told.say(self.tr("Each step comes on top of the ones before it."))
        column.addWidget(told)
        column.addLayout(self._make_ladder())
        column.addWidget(self._make_copy())
        column.addStretch(1)
        area = QScrollArea()
        area.setProperty("kind", "plain")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.windowTitle())
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 14, 0, 14)
        whole.setSpacing(8)
        for widget in (self.name, self.verdict):
            line = QHBoxLayout()
            line.setContentsMargins(18, 0, 18, 0)
            line.addWidget(widget)
            whole.addLayout(line)
        whole.addWidget(area, 1)
        line = QHBoxLayout()
        line.setContentsMargins(18, 0, 18, 0)
        line.addWidget(self.buttons)
        whole.addLayout(line)

    def _make_sums(self) -> QGridLayout:
        fit = self._report.fit
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(24)
        self.grid.setVerticalSpacing(3)
        self.grid.setColumnStretch(0, 1)
        for device in sorted(fit.needed, key=lambda name: name == MEMORY):
            self._add_sum(fit, device)
        return self.grid

    def _add_sum(self, fit: Fit, device: str) -> None:
        head = self._heading(self.tr("Memory") if device == MEMORY else device)
        is_first = self.grid.rowCount() <= 1
        head.setContentsMargins(0, 0 if is_first else 10, 0, 0)
        self.grid.addWidget(head, self.grid.rowCount(), 0, 1, 2)
        for part in fit.parts:
            if part.device == device:
                what = told(part.what)
                self._add_row(what[:1].upper() + what[1:], part.bytes)
        rule = QFrame()
        rule.setProperty("kind", "rule")
        rule.setFixedHeight(1)
        self.grid.addWidget(rule, self.grid.rowCount(), 0, 1, 2)
        self._add_row(self.tr("Needed"), fit.needed[device])
        back = self._report.given_back if device == MEMORY else 0
        if back:
            self._add_row(self.tr("Free now"), fit.free[device] - back, "muted")
            self._add_row(self.tr("Given back by the loaded model"), back, "muted")
        self._add_row(self.tr("Free in all") if back else self.tr("Free now"), fit.free[device])

    def _add_row(self, what: str, size: int, kind: str = "") -> None:
        row = self.grid.rowCount()
        for column, text in enumerate((what, data_size_text(size))):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("kind", kind)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            label.setAlignment(side | Qt.AlignmentFlag.AlignTop)
            self.grid.addWidget(label, row, column)

    def _make_ladder(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        steps = self._report.steps
        taken = [step.options for step in steps].index(self._report.taken or steps[0].options)
        for number, step in enumerate(steps):
            title = self._title(steps[number - 1], step) if number else self.tr("As asked")
            words = self.tr("{0}: {1}, {2}")
            verdict = verdict_text(step.fit.verdict).lower()
            radio = QRadioButton(words.format(title, data_size_text(step.fit.total), verdict))
            radio.setChecked(number == taken)
            self.ways.addButton(radio, number)
            note = FlowingNote()
            note.setContentsMargins(24, 0, 0, 6)
            parts = [self._words(steps[number - 1], step) if number else self.tr("As you set it.")]
            if step.options == self._report.taken:
                parts.append(self._by_itself())
            note.say(joined(parts))
            radio.setAccessibleDescription(note.text())
            column.addWidget(radio)
            column.addWidget(note)
        return column

    def _title(self, before: Fallback, step: Fallback) -> str:
        """What is otherwise than on the step before, in a few words."""
        if before.options.gpu_layers != step.options.gpu_layers:
            words = self.tr("{0} layers on the graphics card")
            return words.format(step.fit.gpu_layers)
        if before.options.kv_type != step.options.kv_type:
            return self.tr("Memory of the text (KV cache) as {0}").format(step.options.kv_type)
        if before.options.flash_attention != step.options.flash_attention:
            return self.tr("Flash attention")
        return self.tr("Context of {0} tokens").format(number_text(step.fit.context))

    def _words(self, before: Fallback, step: Fallback) -> str:
        """What that means for who writes."""
        if before.options.gpu_layers != step.options.gpu_layers:
            return self.tr("As many as the free memory of the card holds; the rest is slower.")
        if before.options.kv_type != step.options.kv_type:
            words = self.tr(
                "What the model keeps of your text takes {0} a token in place of {1}; what it "
                "writes hardly changes."
            )
            sizes = (one.fit.sum_of("cache") / one.fit.context for one in (step, before))
            return words.format(*map(data_size_text, sizes))
        if before.options.flash_attention != step.options.flash_attention:
            return self.tr(
                "A way of reading that needs less memory; the same seed gives another text."
            )
        words = self.tr("The model sees that much of your text at once, in place of {0}.")
        return words.format(number_text(before.fit.context))

    def _by_itself(self) -> str:
        if self._report.is_slow:
            return self.tr(
                "Lampblack would load it like this by itself: what does not stay in memory is "
                "read from the disk again and again, which is slow."
            )
        return self.tr("Lampblack would load it like this by itself.")

    def _make_copy(self) -> QWidget:
        """The last step: another file of the same model, or a smaller one of its family."""
        entry = self._report.smaller
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 4, 0, 0)
        self.smaller = QPushButton(self.tr("Show in Catalogue"))
        if entry is None:
            row.hide()  # and else nothing: shown without a parent, it would be a window
        else:
            note = FlowingNote("")
            words = self.tr("A smaller model that fits: {0}, which needs {1}.")
            note.say(words.format(entry.name, data_size_text(entry.memory_bytes)))
            line.addWidget(note, 1)
            line.addWidget(self.smaller)
            self.smaller.clicked.connect(lambda: self._show_entry(entry.id))
        return row

    # What is chosen

    def _load_chosen(self) -> None:
        self._load(self.step())

    def _load(self, step: Fallback) -> None:
        self.load_requested.emit(as_chosen(step))
        self.accept()

    def _show_entry(self, entry_id: str) -> None:
        self.entry_requested.emit(entry_id)
        self.accept()
