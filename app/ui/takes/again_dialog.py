"""The dialog that asks which one thing is to be different when a take is written again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.options.presets import Preset
from app.core.options.rows import BoundRow
from app.core.options.sampling import PARAMETERS, Sampling
from app.ui.sampling.parameter_row import translated
from app.ui.takes.again import OneChange
from app.ui.texts import model_title
from app.ui.widgets.controls import QuietCombo
from app.ui.widgets.number_box import NumberBox, shown_number

_SEEDS = 2**32
_STEP = 0.05


class AgainDialog(QDialog):
    """Offers a new seed, a preset, a model, or one number; `chosen` carries the OneChange."""

    chosen = Signal(object)

    def __init__(
        self,
        sampling: Sampling,
        model: str,
        models: Sequence[str],
        presets: Sequence[Preset],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Again, But…"))
        self._presets, self._models = presets, [one for one in models if one != model]
        self._rows: list[BoundRow] = [
            row for row in PARAMETERS if row.kind in ("int", "float") and row.name != "seed"
        ]
        intro = QLabel(
            self.tr("The same prompt with the same settings, but for one thing. What changes?")
        )
        intro.setWordWrap(True)
        self.what = QuietCombo()
        self.what.setAccessibleName(self.tr("What changes"))
        self.values = QStackedWidget()
        self._boxes: list[QWidget] = []
        self._offer(
            self.tr("Seed"), self._number(secrets.randbelow(_SEEDS), 0, _SEEDS - 1, whole=True)
        )
        self._offer(self.tr("Preset"), self._choice([translated(one.name) for one in presets]))
        if self._models:
            self._offer(self.tr("Model"), self._choice([model_title(one) for one in self._models]))
        for row in self._rows:
            self._offer(translated(row.row.label), self._row_box(row, sampling))
        self.what.currentIndexChanged.connect(self.values.setCurrentIndex)
        form = QFormLayout()
        form.addRow(self.tr("What changes"), self.what)
        form.addRow(self.tr("To"), self.values)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.write = buttons.addButton(
            self.tr("Write Again"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addWidget(intro)
        whole.addLayout(form)
        whole.addWidget(buttons)
        self.what.setFocus()

    def change(self) -> OneChange:
        """The one thing that is chosen now."""
        at, box = self.what.currentIndex(), self._boxes[self.what.currentIndex()]
        if isinstance(box, QComboBox):
            number = box.currentIndex()
            if at == 1:
                return OneChange(preset=self._presets[number])
            return OneChange(model=self._models[number])
        value: Any = box.value() if isinstance(box, NumberBox) else 0
        if at == 0:
            return OneChange(values={"seed": int(value)})
        row = self._rows[at - (3 if self._models else 2)]
        return OneChange(values={row.name: row.check(int(value) if row.kind == "int" else value)})

    # Inside

    def _choose(self) -> None:
        self.chosen.emit(self.change())
        self.accept()

    def _offer(self, name: str, box: QWidget) -> None:
        self.what.addItem(name)
        box.setAccessibleName(name)
        self._boxes.append(box)
        self.values.addWidget(box)

    def _choice(self, names: Sequence[str]) -> QComboBox:
        box = QuietCombo()
        box.addItems(list(names))
        return box

    def _row_box(self, row: BoundRow, sampling: Sampling) -> NumberBox:
        low, high = row.row.low, row.row.high
        value = getattr(sampling, row.name)
        return self._number(
            value if value is not None else row.default or 0,
            low if low is not None else -1,
            high if high is not None else _SEEDS,
            whole=row.kind == "int",
        )

    def _number(self, value: float, low: float, high: float, *, whole: bool) -> NumberBox:
        box = NumberBox(low, high, 1 if whole else _STEP, whole=whole)
        box.setValue(value)
        ends = (shown_number(end, box.locale()) for end in (low, high))
        limits = self.tr("{0} to {1}").format(*ends)
        box.setAccessibleDescription(limits)
        box.setToolTip(limits)
        return box
