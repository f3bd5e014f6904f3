"""Row widgets for single values: numbers, choices, switches, texts and the seed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.core.errors import ParameterError
from app.core.options.rows import BoundRow
from app.core.options.settings import LANGUAGES
from app.ui.sampling.list_rows import BiasRow, OrderRow, TextsRow, in_line
from app.ui.sampling.parameter_row import ParameterRow, translated
from app.ui.sampling.parameter_slider import ParameterSlider
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import IconButton, QuietCombo
from app.ui.widgets.number_box import NumberBox


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
            parent=self,
        )
        self.box.valueChanged.connect(self._typed)
        self.slider = ParameterSlider(slider, self) if slider else None
        if self.slider is None:
            return self.box
        self.slider.moved.connect(self._slid)
        field = in_line(self.slider, self.box, spacing=10)
        field.setFocusProxy(self.slider)
        return field

    def _word(self) -> None:
        with QSignalBlocker(self.box):
            self.box.set_words(self._words())
            if self.bound.row.unit in ("%", "pt"):
                self.box.setSuffix(f"\u2009{translated(self.bound.row.unit)}")
        super()._word()

    def _place(self, grid: QGridLayout) -> None:
        """A number without a slider stands in the label's own line."""
        if self.slider is not None:
            super()._place(grid)
        else:
            self._place_in_line(grid)

    def _named(self) -> tuple[QWidget, ...]:
        return (self.box, self.slider) if self.slider else (self.box,)

    def _show_value(self) -> None:
        with QSignalBlocker(self.box):
            self.box.setValue(self._value)
        self._show_on_slider()

    def _slid(self, number: float) -> None:
        self.take(number)
        self._show_value()
        if self.slider is not None and self.slider.hasFocus():
            announce(self.slider, self._spoken())  # its position alone has no unit and no decimals

    def _typed(self, number: float) -> None:
        self.take(number)
        self._show_on_slider()

    def _show_on_slider(self) -> None:
        """Put the handle where the value is, and have the value and its unit read aloud."""
        if self.slider is not None:
            self.slider.show_number(self._value)
            self.slider.setAccessibleDescription(f"{self._spoken()}. {self._description()}")

    def _spoken(self) -> str:
        """The value as the box writes it, with its unit where it is a number."""
        is_word = self._value in self._words()
        unit = "" if is_word or self.box.suffix() else translated(self.bound.row.unit)
        return f"{self.box.text()} {unit}".strip()

    def _words(self) -> dict[float, str]:
        """What some numbers of this row are called; both the word and the number can be typed."""
        words: dict[str, dict[float, str]] = {
            "max_tokens": {-1: self.tr("no limit")},
            "repetition_window": {-1: self.tr("all"), 0: self.tr("off")},
            "dry_window": {-1: self.tr("all"), 0: self.tr("off")},
            "context": {0: self.tr("automatic")},
            "threads": {0: self.tr("automatic")},
            "batch": {0: self.tr("automatic")},
            "ubatch": {0: self.tr("automatic")},
            "gpu_layers": {-1: self.tr("automatic"), 0: self.tr("none")},
        }
        return words.get(self.bound.name, {})


class ChoiceRow(ParameterRow):
    """One of a few values, in the label's own line."""

    def _make_field(self) -> QWidget:
        self.combo = QuietCombo(self)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for choice in self.bound.row.choices:
            self.combo.addItem("", choice)
        self.combo.activated.connect(lambda index: self.take(self.combo.itemData(index)))
        return self.combo

    def _word(self) -> None:
        for index, choice in enumerate(self.bound.row.choices):
            self.combo.setItemText(index, self._shown(choice))
        super()._word()

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
            "contrast": self.tr("High contrast"),
            "sepia": self.tr("Sepia"),
            "paragraph": self.tr("Paragraph"),
            "sentence": self.tr("Sentence"),
            "full": self.tr("Full"),
            "reduced": self.tr("Reduced"),
            "auto": self.tr("Automatic"),
            "as-asked": self.tr("As asked"),
            "on": self.tr("On"),
            "off": self.tr("Off"),
            "able": self.tr("Read by models made for it"),
            "always": self.tr("Always read"),
            "every": self.tr("Every take"),
            "never": self.tr("Never"),
            "below": self.tr("Below the page"),
            "beside": self.tr("Beside the page"),
            "drop_head": self.tr("Let the model see only the end"),
            "fail": self.tr("Say so and write nothing"),
            "torch": "PyTorch",
            "sentences": self.tr("Each sentence as it is written"),
            "end": self.tr("Only that it has ended"),
            "nothing": self.tr("Nothing"),
            **LANGUAGES,
        }
        return words.get(str(choice), str(choice))


class SwitchRow(ParameterRow):
    """Yes or no: a check box that is its own label."""

    def _make_field(self) -> QWidget:
        self.check = QCheckBox(self)
        self.check.toggled.connect(self.take)
        return self.check

    def _place(self, grid: QGridLayout) -> None:
        self.label.hide()
        grid.addLayout(self._title(self.check), 0, 0)
        grid.addWidget(self.reset_button, 0, 1)

    def _word(self) -> None:
        self.check.setText(translated(self.bound.row.label))
        super()._word()

    def _show_value(self) -> None:
        with QSignalBlocker(self.check):
            self.check.setChecked(self._value)


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
        with QSignalBlocker(self.edit):
            self.edit.setPlainText(self._value)


class SeedRow(ParameterRow):
    """A number that chance chooses when the field is empty; the last one can be taken again."""

    def _make_field(self) -> QWidget:
        self.edit = QLineEdit()
        self.edit.textEdited.connect(self._typed)
        self.dice = IconButton("dice", "")
        self.dice.clicked.connect(self._choose_none)
        self.last_button = IconButton("retry", "")
        self.last_button.setEnabled(False)
        self.last_button.clicked.connect(self._choose_last)
        field = in_line(self.edit, self.dice, self.last_button)
        field.setFocusProxy(self.edit)
        self._last: int | None = None
        return field

    def _word(self) -> None:
        self.edit.setPlaceholderText(self.tr("random"))
        self.dice.name(self.tr("A new random seed each time"))
        last = self.tr("Use the last seed, {0}").format(self._last)
        self.last_button.name(self.tr("No seed was used yet") if self._last is None else last)
        super()._word()

    def _named(self) -> tuple[QWidget, ...]:
        return (self.edit,)

    def set_last_seed(self, seed: int) -> None:
        """Offer the seed that the last take was written with."""
        self._last = seed
        self.last_button.setEnabled(True)
        self._word()

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


def make_row(bound: BoundRow, parent: QWidget | None = None) -> ParameterRow:
    """The row widget for a row of any table."""
    if bound.kind == "bias":
        return BiasRow(bound, parent)
    if bound.kind == "texts":
        return (OrderRow if bound.row.choices else TextsRow)(bound, parent)
    if bound.row.choices:
        return ChoiceRow(bound, parent)
    if bound.optional:
        return SeedRow(bound, parent)
    plain = {"bool": SwitchRow, "text": TextRow}
    return plain.get(bound.kind, NumberRow)(bound, parent)
