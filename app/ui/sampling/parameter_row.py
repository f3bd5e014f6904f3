"""Row widgets: what all rows of the panels have in common, whatever they hold."""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.core.errors import ParameterError
from app.core.options.rows import BoundRow
from app.ui.sampling.parameter_slider import ParameterSlider
from app.ui.sentences import told
from app.ui.widgets.controls import ElidedLabel, IconButton, NoteLabel, set_property
from app.ui.widgets.number_box import shown_number

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
        self._missing = self._idle = self._problem = ""
        self._has_help = self._has_term = False
        self.label = ElidedLabel(self)
        self.remark = ElidedLabel(self)
        self.remark.setProperty("kind", "muted")
        self.remark.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.reset_button = IconButton("reset", "", self)
        self.reset_button.setFixedHeight(_LINE)
        self.reset_button.clicked.connect(self.reset)
        self.note = NoteLabel(parent=self)
        self.field = self._make_field()
        self._lay_out()
        self._word()
        self._show_all()

    def reword(self) -> None:
        """Say everything in the language that is spoken now."""
        self._word()
        self._show_all()

    # For each kind

    def _word(self) -> None:
        """Name the row and all in it, in the present language."""
        self.label.setText(translated(self.bound.row.title))
        self._name_all()

    def _make_field(self) -> QWidget:
        """Build the part that holds the value."""
        raise NotImplementedError

    def _show_value(self) -> None:
        """Put the present value into the field, without a signal."""
        raise NotImplementedError

    def _place(self, grid: QGridLayout) -> None:
        """Place label, reset button and field: here, the field below the label."""
        grid.addLayout(self._title(self.label), 0, 0)
        grid.addWidget(self.reset_button, 0, 1)
        grid.addWidget(self.field, 1, 0, 1, 2)

    def _named(self) -> tuple[QWidget, ...]:
        """The widgets that carry the row's name for assistive programs."""
        return (self.field,)

    def _place_in_line(self, grid: QGridLayout) -> None:
        """Place all in one line, for a small field."""
        grid.addLayout(self._title(self.label), 0, 0)
        grid.addWidget(self.reset_button, 0, 1)
        grid.addWidget(self.field, 0, 2)
        grid.setColumnStretch(0, 1)

    # For all kinds

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
        if reason != self._missing:
            self._missing = reason
            self.field.setEnabled(not reason)
            self._show_note()

    def set_idle(self, reason: str) -> None:
        """Dim the row with the reason why it does nothing at present; it can still be edited."""
        if reason != self._idle:
            self._idle = reason
            self._show_note()

    def show_term(self, shown: bool) -> None:
        """Show the parameter's own name beside the plain one, where nothing else stands there."""
        if (has_term := shown and bool(self.bound.row.plain)) != self._has_term:
            self._has_term = has_term
            self._show_note()

    def show_help(self) -> None:
        """Keep the help in sight below the field, where there is room for it."""
        self._has_help = True
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

    def _title(self, label: QWidget) -> QHBoxLayout:
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(label)
        title.addWidget(self.remark, 1)
        return title

    def _name_all(self) -> None:
        label = translated(self.bound.row.title)
        tip = tooltip(self.bound)
        self.setToolTip(tip)
        self.reset_button.name(self.tr("Reset “{0}”").format(label))
        self.label.setBuddy(self.field)
        for widget in self._named():
            widget.setAccessibleName(label)
            widget.setAccessibleDescription(self._description())
            widget.setToolTip(tip)

    def _description(self) -> str:
        """The help, after the parameter's own name where the row is called otherwise."""
        own = f"{translated(self.bound.row.label)}. " if self.bound.row.plain else ""
        return own + translated(self.bound.row.help)

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
        self.note.say(reason or (translated(self.bound.row.help) if self._has_help else ""))
        term = translated(self.bound.row.label) if self._has_term else ""
        beside = ("" if self._missing else self._idle) or term
        self.remark.setText(f"·  {beside}" if beside else "")
        reason = told(reason) or self._idle
        dim = bool(self._missing or self._idle)
        set_property(self.label, "kind", "idle" if dim else "")
        for widget in (self, *self.findChildren(ParameterSlider), *self.findChildren(QCheckBox)):
            set_property(widget, "idle", "true" if dim else "false")
        tip = tooltip(self.bound)
        self.setToolTip(f"{tip}<p><i>{escape(reason, quote=False)}</i></p>" if reason else tip)
        self._show_reset()


def tooltip(bound: BoundRow) -> str:
    """The help of a row and its limits, as rich text so that it wraps."""
    row = bound.row
    name = translated(row.label)
    name = f"{translated(row.plain)} ({name})" if row.plain else name
    parts = [f"<b>{escape(name, quote=False)}</b>"]
    parts.append(escape(translated(row.help), quote=False))
    if (
        row.low is not None
        and row.high is not None
        and not row.choices
        and bound.kind in ("int", "float")
    ):
        limits = QCoreApplication.translate("ParameterRow", "From {0} to {1}")
        unit = f" {translated(row.unit)}" if row.unit else ""
        ends = (shown_number(end, QLocale()) for end in (row.low, row.high))
        parts.append(f"{limits.format(*ends)}{unit}.")
    return "".join(f"<p>{part}</p>" for part in parts)
