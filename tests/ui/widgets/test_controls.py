from __future__ import annotations

from PySide6.QtWidgets import QStyleOptionComboBox

from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.controls import QuietCombo

CHOICE = "Suggested for this model"


def test_a_choice_without_room_is_shortened_with_a_sign(qtbot) -> None:
    apply_theme("light")
    combo = QuietCombo()
    qtbot.addWidget(combo)
    combo.addItem(CHOICE)
    for width, is_whole in ((400, True), (150, False)):
        combo.resize(width, combo.sizeHint().height())
        option = QStyleOptionComboBox()
        combo.initStyleOption(option)
        assert (option.currentText == CHOICE) == is_whole
        assert is_whole or option.currentText.endswith("…")
        assert combo.fontMetrics().horizontalAdvance(option.currentText) < width - 24
        assert combo.currentText() == CHOICE
