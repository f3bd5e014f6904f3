"""The slider of a parameter; the wheel leaves it alone."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from app.core.options.rows import Slider
from app.ui.widgets.controls import QuietWheel


class ParameterSlider(QuietWheel, QSlider):
    """A slider over the comfortable range of a number; values beyond it rest at the end.

    Its positions are the number in units of its last decimal (80 for 0.8): they are read aloud.
    """

    moved = Signal(float)

    def __init__(self, slider: Slider, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        low, step = Decimal(str(slider.low)), Decimal(str(slider.step))
        self._unit = Decimal(1).scaleb(min(_exponent(low), _exponent(step)))
        first, one = int(low / self._unit), int(step / self._unit)
        steps = round((slider.high - slider.low) / slider.step)
        self.setRange(first, first + steps * one)
        self.setSingleStep(one)
        self.setPageStep(max(1, steps // 10) * one)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._tell)

    def show_number(self, number: float) -> None:
        """Put the handle where `number` is, without a signal."""
        with QSignalBlocker(self):
            self.setValue(self._at_step(round(Decimal(str(number)) / self._unit)))
        self.update()

    def number(self) -> float:
        """The number under the handle, exact to the step."""
        return float(self._at_step(self.value()) * self._unit)

    def _at_step(self, position: int) -> int:
        """The nearest position within the range that is at a step."""
        low, step = self.minimum(), self.singleStep()
        return min(max(low + round((position - low) / step) * step, low), self.maximum())

    def _tell(self) -> None:
        self.moved.emit(self.number())


def _exponent(number: Decimal) -> int:
    """The power of ten of the last decimal; 0 for whole numbers."""
    exponent = number.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
