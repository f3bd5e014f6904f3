from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStyleOptionComboBox, QWidget

from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.controls import QuietCombo, SteadyLabel

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


def test_a_text_that_changes_all_the_time_lays_nothing_out_again(qtbot) -> None:
    bar = QWidget()
    line = QHBoxLayout(bar)
    label = SteadyLabel()
    line.addWidget(label)
    line.addStretch()
    qtbot.addWidget(bar)
    label.setText("1,000 words")
    bar.show()
    qtbot.waitExposed(bar)
    requests: list[QEvent.Type] = []

    class Counter(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            requests.extend([event.type()] * (event.type() == QEvent.Type.LayoutRequest))
            return False

    counter = Counter()
    bar.installEventFilter(counter)
    QApplication.processEvents()
    requests.clear()
    for number in range(1_001, 1_005):
        label.setText(f"{number:,} words")
        QApplication.processEvents()
    assert not requests
    width = label.width()
    label.setText("1,234,567 words, 89 of them marked")
    QApplication.processEvents()
    assert requests
    assert label.width() > width
    assert label.width() >= label.sizeHint().width()
    label.setText("1")  # most of the place would be empty
    QApplication.processEvents()
    assert label.width() < width
    font = label.font()
    font.setPointSizeF(2 * font.pointSizeF())
    label.setFont(font)
    assert label.minimumSize() == label.sizeHint()
    label.setText("")
    assert label.maximumWidth() > 10_000
