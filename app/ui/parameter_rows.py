"""Row widgets: one for each kind of row in the tables of parameters and settings."""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import ParameterError
from app.core.rows import BoundRow, limit_text
from app.ui.controls import (
    ElidedLabel,
    IconButton,
    Note,
    NumberBox,
    QuietCombo,
    QuietSlider,
    set_property,
)

_LINE = 20


def translated(text: str) -> str:
    """A label or help sentence of a table in the user's language."""
    return QCoreApplication.translate("Parameters", text)


class ParameterRow(QWidget):
    """One row: its label, its field, a reset button, and a note where there is something to say.

    `value` is always valid; `problem_changed` tells of what was typed and cannot be. A row can be
    missing (the engine cannot do it: disabled, with the reason) or idle (it does nothing at
    present: dimmed, but it can be edited).
    """

    changed = Signal(object)
    problem_changed = Signal(str)

    def __init__(self, bound: BoundRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bound = bound
        self._value = bound.default
        self._default = bound.default
        self._missing = self._idle = self._problem = self._help = ""
        self.label = ElidedLabel(translated(bound.row.label), self)
        self.aside = ElidedLabel(self)
        self.aside.setProperty("kind", "muted")
        self.aside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.reset_button = IconButton("reset", self.tr("Reset"), self)
        self.reset_button.setFixedHeight(_LINE)
        self.reset_button.clicked.connect(self.reset)
        self.note = Note(parent=self)
        self.field = self._make_field()
        self._lay_out()
        self._name_all()
        self._show_all()

    # For each kind

    def _make_field(self) -> QWidget:
        """Build the part that holds the value."""
        raise NotImplementedError

    def _show_value(self) -> None:
        """Put the present value into the field, without telling anybody."""
        raise NotImplementedError

    def _place(self, grid: QGridLayout) -> None:
        """Place label, reset button and field: here, the field below the label."""
        grid.addLayout(self._title(), 0, 0)
        grid.addWidget(self.reset_button, 0, 1)
        grid.addWidget(self.field, 1, 0, 1, 2)

    def _named(self) -> tuple[QWidget, ...]:
        """The widgets that carry the row's name for assistive programs."""
        return (self.field,)

    def _place_in_line(self, grid: QGridLayout) -> None:
        """Place all in one line, for a small field."""
        grid.addLayout(self._title(), 0, 0)
        grid.addWidget(self.reset_button, 0, 1)
        grid.addWidget(self.field, 0, 2)
        grid.setColumnStretch(0, 1)

    # For everybody

    def value(self) -> Any:
        """The present value, in the field's own type."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show a value (ParameterError outside its limits); does not emit `changed`."""
        self._value = self.bound.check(value)
        self._problem = ""
        self._show_all()

    def set_default(self, value: Any) -> None:
        """Change what Reset goes back to."""
        self._default = self.bound.check(value)
        self._show_reset()

    def reset(self) -> None:
        """Take the default again."""
        self._value = self._default
        self._show_value()
        self._set_problem("")
        self.changed.emit(self._value)

    def is_modified(self) -> bool:
        """Whether the value differs from the default."""
        return bool(self._value != self._default)

    def set_missing(self, reason: str) -> None:
        """Grey the row with the reason why the engine cannot do it; empty brings it back."""
        self._missing = reason
        self.field.setEnabled(not reason)
        self._show_note()

    def set_idle(self, reason: str) -> None:
        """Dim the row with the reason why it does nothing at present; it can still be edited."""
        if reason != self._idle:
            self._idle = reason
            self._show_note()

    def show_help(self) -> None:
        """Keep the help in sight below the field, where there is room for it."""
        self._help = translated(self.bound.row.help)
        self._show_note()

    def problem(self) -> str:
        """The sentence about what was typed and cannot be; empty if all is well."""
        return self._problem

    def take(self, value: Any) -> None:
        """Take what the user entered: check it, show what follows, tell the listeners."""
        try:
            checked = self.bound.check(value)
        except ParameterError as error:
            self.refuse(error)
            return
        changed = checked != self._value
        self._value = checked
        self._set_problem("")
        if changed:
            self.changed.emit(checked)

    def refuse(self, error: ParameterError) -> None:
        """Say what is wrong with what was typed, and keep the former value."""
        self._set_problem(error.message)

    # Inside

    def _set_problem(self, sentence: str) -> None:
        changed = sentence != self._problem
        self._problem = sentence
        self._show_note()
        if changed:
            self.problem_changed.emit(sentence)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.setRowMinimumHeight(0, _LINE)
        self._place(grid)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addLayout(grid)
        whole.addWidget(self.note)

    def _title(self) -> QHBoxLayout:
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self.label)
        title.addWidget(self.aside, 1)
        return title

    def _name_all(self) -> None:
        label = translated(self.bound.row.label)
        tip = tooltip(self.bound)
        self.setToolTip(tip)
        self.reset_button.name(self.tr("Reset “{0}”").format(label))
        self.label.setBuddy(self.field)
        for widget in self._named():
            widget.setAccessibleName(label)
            widget.setAccessibleDescription(translated(self.bound.row.help))
            widget.setToolTip(tip)

    def _show_all(self) -> None:
        self._show_value()
        self._show_reset()
        self._show_note()

    def _show_reset(self) -> None:
        able = self.is_modified() and not self._missing
        self.reset_button.setEnabled(able)
        self.reset_button.setVisible(able)  # the label has its room otherwise

    def _show_note(self) -> None:
        reason = self._problem or self._missing
        set_property(self.note, "kind", "wrong" if self._problem else "muted")
        self.note.say(reason or self._help)
        self.aside.setText(f"·  {self._idle}" if self._idle and not self._missing else "")
        reason = reason or self._idle
        dim = bool(self._missing or self._idle)
        set_property(self.label, "kind", "idle" if dim else "")
        set_property(self, "idle", "true" if dim else "false")
        for slider in self.findChildren(QuietSlider):
            set_property(slider, "idle", "true" if dim else "false")
        tip = tooltip(self.bound)
        self.setToolTip(f"{tip}<p><i>{escape(reason, quote=False)}</i></p>" if reason else tip)
        self._show_reset()


def tooltip(bound: BoundRow) -> str:
    """The help of a row and its limits, as rich text so that it wraps."""
    row = bound.row
    parts = [f"<b>{escape(translated(row.label), quote=False)}</b>"]
    parts.append(escape(translated(row.help), quote=False))
    limited = row.low is not None and row.high is not None and not row.choices
    if limited and bound.kind in ("int", "float"):
        limits = QCoreApplication.translate("ParameterRow", "From {0} to {1}")
        unit = f" {translated(row.unit)}" if row.unit else ""
        parts.append(f"{limits.format(limit_text(row.low), limit_text(row.high))}{unit}.")
    return "".join(f"<p>{part}</p>" for part in parts)


class NumberRow(ParameterRow):
    """A number: a slider over its comfortable range and a box over all of it."""

    def _make_field(self) -> QWidget:
        row = self.bound.row
        slider = row.slider
        whole = self.bound.kind == "int"
        self.box = NumberBox(
            -1e9 if row.low is None else row.low,
            1e9 if row.high is None else row.high,
            slider.step if slider else 1,
            whole=whole,
            words=self._words(),
            parent=self,
        )
        if row.unit in ("%", "pt"):
            self.box.setSuffix(f"\u2009{row.unit}")
        self.box.valueChanged.connect(self._typed)
        self.slider = QuietSlider(slider, self) if slider else None
        if self.slider is None:
            return self.box
        self.slider.moved.connect(self._slid)
        return self._beside(self.slider, self.box)

    def _beside(self, slider: QWidget, box: QWidget) -> QWidget:
        field = QWidget(self)
        line = QHBoxLayout(field)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(slider, 1)
        line.addWidget(box)
        field.setFocusProxy(slider)
        return field

    def _place(self, grid: QGridLayout) -> None:
        """A number without a slider stands in the label's own line."""
        if self.slider is not None:
            super()._place(grid)
        else:
            self._place_in_line(grid)

    def _named(self) -> tuple[QWidget, ...]:
        return (self.box, self.slider) if self.slider else (self.box,)

    def _show_value(self) -> None:
        self.box.blockSignals(True)
        self.box.setValue(self._value)
        self.box.blockSignals(False)
        if self.slider is not None:
            self.slider.show_number(self._value)

    def _slid(self, number: float) -> None:
        self.take(number)
        self._show_value()

    def _typed(self, number: float) -> None:
        self.take(number)
        if self.slider is not None:
            self.slider.show_number(self._value)

    def _words(self) -> dict[float, str]:
        """What some numbers of this row are called; both the word and the number can be typed."""
        words: dict[str, dict[float, str]] = {
            "max_tokens": {-1: self.tr("no limit")},
            "repetition_window": {-1: self.tr("all"), 0: self.tr("off")},
            "dry_window": {-1: self.tr("all"), 0: self.tr("off")},
            "context": {0: self.tr("automatic")},
            "threads": {0: self.tr("automatic")},
            "gpu_layers": {-1: self.tr("automatic"), 0: self.tr("none")},
        }
        return words.get(self.bound.name, {})


class ChoiceRow(ParameterRow):
    """One of a few values, in the label's own line."""

    def _make_field(self) -> QWidget:
        self.combo = QuietCombo(self)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for choice in self.bound.row.choices:
            self.combo.addItem(self._shown(choice), choice)
        self.combo.activated.connect(lambda index: self.take(self.combo.itemData(index)))
        return self.combo

    def _place(self, grid: QGridLayout) -> None:
        self._place_in_line(grid)

    def _show_value(self) -> None:
        self.combo.setCurrentIndex(self.bound.row.choices.index(self._value))

    def _shown(self, choice: Any) -> str:
        """A choice as people say it."""
        if choice == 0 and self.bound.row.neutral == 0:
            return self.tr("Off")
        words = {
            "system": self.tr("Like the desktop"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
            "auto": self.tr("Automatic"),
            "on": self.tr("On"),
            "off": self.tr("Off"),
            "drop_head": self.tr("Let the model see only the end"),
            "fail": self.tr("Say so and write nothing"),
            "torch": "PyTorch",
        }
        return words.get(str(choice), str(choice))


class SwitchRow(ParameterRow):
    """Yes or no: a check box that is its own label."""

    def _make_field(self) -> QWidget:
        self.check = QCheckBox(translated(self.bound.row.label), self)
        self.check.toggled.connect(self.take)
        return self.check

    def _place(self, grid: QGridLayout) -> None:
        self.label.hide()
        grid.addWidget(self.field, 0, 0)
        grid.addWidget(self.reset_button, 0, 1)
        grid.setColumnStretch(0, 1)

    def _show_value(self) -> None:
        self.check.blockSignals(True)
        self.check.setChecked(self._value)
        self.check.blockSignals(False)


class TextRow(ParameterRow):
    """A text of several lines."""

    def _make_field(self) -> QWidget:
        self.edit = QPlainTextEdit(self)
        self.edit.setProperty("kind", "field")
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(self.edit.fontMetrics().lineSpacing() * 5 + 14)
        self.edit.textChanged.connect(lambda: self.take(self.edit.toPlainText()))
        return self.edit

    def _show_value(self) -> None:
        self.edit.blockSignals(True)
        self.edit.setPlainText(self._value)
        self.edit.blockSignals(False)


class SeedRow(ParameterRow):
    """A number that chance chooses when the field is empty; the last one can be taken again."""

    def _make_field(self) -> QWidget:
        field = QWidget()
        line = QHBoxLayout(field)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(self.tr("random"))
        self.edit.textEdited.connect(self._typed)
        self.dice = IconButton("dice", self.tr("A new random seed each time"))
        self.dice.clicked.connect(self._choose_none)
        self.last_button = IconButton("retry", self.tr("No seed was used yet"))
        self.last_button.setEnabled(False)
        self.last_button.clicked.connect(self._choose_last)
        for widget, stretch in ((self.edit, 1), (self.dice, 0), (self.last_button, 0)):
            line.addWidget(widget, stretch)
        field.setFocusProxy(self.edit)
        self._last: int | None = None
        return field

    def _named(self) -> tuple[QWidget, ...]:
        return (self.edit,)

    def set_last_seed(self, seed: int) -> None:
        """Offer the seed that the last take was written with."""
        self._last = seed
        self.last_button.setEnabled(True)
        self.last_button.name(self.tr("Use the last seed, {0}").format(seed))

    def _show_value(self) -> None:
        self.edit.setText("" if self._value is None else str(self._value))
        self.dice.setEnabled(self._value is not None)

    def _typed(self, text: str) -> None:
        try:
            self.take(self.bound.parse(text))
        except ParameterError as error:
            self.refuse(error)
        self.dice.setEnabled(self._value is not None)

    def _choose_none(self) -> None:
        self.take(None)
        self._show_value()

    def _choose_last(self) -> None:
        self.take(self._last)
        self._show_value()
