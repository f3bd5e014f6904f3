from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.core.errors import ParameterError
from app.core.options.load_options import LOAD_OPTIONS
from app.core.options.rows import BoundRow, rows_by_name
from app.core.options.sampling import PARAMETERS, Sampling
from app.core.options.settings import SETTINGS
from app.ui.sampling.parameter_row import ParameterRow, tooltip
from app.ui.sampling.value_rows import NumberRow, SeedRow, make_row
from tests.ui.values import other_value

EVERY = [*PARAMETERS, *LOAD_OPTIONS, *SETTINGS]
NUMBERS = [
    bound
    for bound in EVERY
    if bound.kind in ("int", "float") and not bound.row.choices and not bound.optional
]
BOUND = rows_by_name(Sampling)


def name(bound: BoundRow) -> str:
    return bound.name


@pytest.fixture
def made(qtbot):
    def make(bound: BoundRow) -> Any:
        row = make_row(bound)
        qtbot.addWidget(row)
        row.show()
        return row

    return make


@pytest.mark.parametrize(
    "bound", [one for one in EVERY if one.kind == "text" and one.row.choices], ids=name
)
def test_a_choice_is_a_name_or_said_in_words(made, bound: BoundRow) -> None:
    names = {"llama.cpp", "f16", "f32", "bf16", "q8_0", "q4_0"}
    for choice in set(bound.row.choices) - names:
        row = made(bound)
        assert row.combo.itemText(row.combo.findData(choice)) != choice


@pytest.mark.parametrize("bound", EVERY, ids=name)
def test_a_row_starts_at_its_default_and_takes_another(made, bound: BoundRow) -> None:
    row: ParameterRow = made(bound)
    assert row.value() == bound.default
    assert not row.reset_button.isEnabled()
    row.set_value(other_value(bound))
    assert row.value() == other_value(bound)
    assert row.is_modified()
    assert row.reset_button.isEnabled()


@pytest.mark.parametrize("bound", EVERY, ids=name)
def test_reset_goes_back_and_tells(made, qtbot, bound: BoundRow) -> None:
    row = made(bound)
    row.set_value(other_value(bound))
    with qtbot.waitSignal(row.changed) as told:
        qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert told.args == [bound.default]
    assert row.value() == bound.default
    assert not row.reset_button.isEnabled()


@pytest.mark.parametrize("bound", EVERY, ids=name)
def test_setting_a_value_is_silent(made, qtbot, bound: BoundRow) -> None:
    row = made(bound)
    with qtbot.assertNotEmitted(row.changed):
        row.set_value(other_value(bound))


@pytest.mark.parametrize("bound", EVERY, ids=name)
def test_a_row_can_be_heard_and_explains_itself(made, bound: BoundRow) -> None:
    row = made(bound)
    assert row._named()
    for widget in row._named():
        assert widget.accessibleName() == bound.row.title
        assert widget.accessibleDescription().endswith(bound.row.help)
        assert bound.row.help in widget.toolTip()
        assert bound.row.label in widget.toolTip()
        heard = widget.accessibleName() + widget.accessibleDescription()
        assert bound.row.label in heard
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert bound.row.title in row.reset_button.accessibleName()


@pytest.mark.parametrize("bound", EVERY, ids=name)
def test_a_missing_row_is_grey_and_says_why(made, bound: BoundRow) -> None:
    row = made(bound)
    row.set_missing("The Torch engine cannot.")
    assert not row.field.isEnabled()
    assert not row.reset_button.isEnabled()
    assert row.note.text() == "The Torch engine cannot."
    assert row.note.isVisible()
    assert "cannot" in row.toolTip()
    row.set_missing("")
    assert row.field.isEnabled()
    assert not row.note.isVisible()


@pytest.mark.parametrize("bound", EVERY, ids=name)
def test_an_idle_row_says_why_and_can_be_edited(made, bound: BoundRow) -> None:
    row = made(bound)
    row.set_idle("Mirostat is on")
    assert row.field.isEnabled()
    assert row.property("idle") == "true"
    assert "Mirostat is on" in row.remark.text()
    assert "Mirostat is on" in row.toolTip()
    row.layout().activate()
    for other in (row.label, row.reset_button, row.field):
        assert not (other.isVisible() and other.geometry().intersects(row.remark.geometry()))


@pytest.mark.parametrize("bound", NUMBERS, ids=name)
def test_the_box_keeps_to_the_hard_limits(made, bound: BoundRow) -> None:
    row: NumberRow = made(bound)
    assert row.box.minimum() == bound.row.low
    assert row.box.maximum() == bound.row.high
    row.box.setValue(bound.row.high)
    assert row.value() == bound.row.high
    row.box.setValue(bound.row.low)
    assert row.value() == bound.row.low
    with pytest.raises(ParameterError):
        row.set_value(bound.row.high + 1)


@pytest.mark.parametrize("bound", [b for b in NUMBERS if b.row.slider], ids=name)
def test_the_slider_covers_its_range_and_rests_at_the_ends(made, bound: BoundRow) -> None:
    row: NumberRow = made(bound)
    assert row.slider is not None
    slider = bound.row.slider
    assert slider is not None
    row.slider.setValue(row.slider.minimum())
    row.slider.setValue(row.slider.maximum())
    assert row.value() == pytest.approx(slider.high)
    row.slider.setValue(row.slider.minimum())
    assert row.value() == pytest.approx(slider.low)
    row.set_value(bound.row.high)
    assert row.slider.value() == row.slider.maximum()
    assert row.value() == bound.row.high


@pytest.mark.parametrize("bound", [b for b in NUMBERS if b.row.slider], ids=name)
def test_slider_steps_give_clean_numbers(made, bound: BoundRow) -> None:
    row: NumberRow = made(bound)
    assert row.slider is not None
    for position in range(0, row.slider.maximum() + 1, max(1, row.slider.maximum() // 7)):
        row.slider.setValue(position)
        assert len(repr(row.value())) <= 8
        assert row.box.value() == row.value()


def test_a_value_between_the_steps_is_kept_exactly(made) -> None:
    row = made(BOUND["temperature"])
    row.set_value(0.123456789)
    assert row.value() == 0.123456789
    assert row.box.text() == "0.123457"


def test_keys_step_the_slider(made, qtbot) -> None:
    row = made(BOUND["temperature"])
    row.slider.setFocus()
    with qtbot.waitSignal(row.changed):
        qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.value() == 0.85


def wheel(widget) -> QWheelEvent:
    position = QPointF(widget.rect().center())
    return QWheelEvent(
        position,
        QPointF(widget.mapToGlobal(position.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


@pytest.mark.parametrize(
    ("row_name", "part"), [("top_p", "slider"), ("top_p", "box"), ("mirostat", "combo")]
)
def test_the_wheel_scrolls_the_panel_and_not_the_value(made, row_name: str, part: str) -> None:
    row = made(BOUND[row_name])
    widget = getattr(row, part)
    widget.clearFocus()
    event = wheel(widget)
    QApplication.sendEvent(widget, event)
    assert row.value() == BOUND[row_name].default
    assert not event.isAccepted()


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1.25", 1.25), ("1,25", 1.25), ("3", 3.0), ("9", 5.0), ("abc", 0.8), ("", 0.8)],
)
def test_typing_into_the_box(made, qtbot, typed: str, value: float) -> None:
    row = made(BOUND["temperature"])
    row.box.setFocus()
    row.box.selectAll()
    qtbot.keyClick(row.box, Qt.Key.Key_Delete)
    qtbot.keyClicks(row.box, typed)
    qtbot.keyClick(row.box, Qt.Key.Key_Return)
    assert row.value() == value


@pytest.mark.parametrize(("typed", "value"), [("-1", -1), ("no limit", -1), ("300", 300)])
def test_a_word_stands_for_a_number(made, qtbot, typed: str, value: int) -> None:
    row = made(BOUND["max_tokens"])
    row.box.setFocus()
    row.box.selectAll()
    qtbot.keyClicks(row.box, typed)
    qtbot.keyClick(row.box, Qt.Key.Key_Return)
    assert row.value() == value
    assert row.box.text() == ("no limit" if value == -1 else "300")


def test_seed_is_random_until_typed(made, qtbot) -> None:
    row: SeedRow = made(BOUND["seed"])
    assert row.edit.placeholderText() == "random"
    qtbot.keyClicks(row.edit, "123")
    assert row.value() == 123
    qtbot.mouseClick(row.dice, Qt.MouseButton.LeftButton)
    assert row.value() is None
    assert row.edit.text() == ""


def test_seed_of_the_last_take_can_be_used(made, qtbot) -> None:
    row: SeedRow = made(BOUND["seed"])
    assert not row.last_button.isEnabled()
    row.set_last_seed(99)
    assert "99" in row.last_button.toolTip()
    with qtbot.waitSignal(row.changed):
        qtbot.mouseClick(row.last_button, Qt.MouseButton.LeftButton)
    assert (row.value(), row.edit.text()) == (99, "99")


@pytest.mark.parametrize("typed", ["x", "1.5", "99999999999"])
def test_a_wrong_seed_is_said_and_not_taken(made, qtbot, typed: str) -> None:
    row: SeedRow = made(BOUND["seed"])
    with qtbot.assertNotEmitted(row.changed):
        row.edit.setText("")
        row._typed(typed)
    assert row.problem().startswith("Seed")
    assert row.note.isVisible()
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)


def test_tooltips_name_the_limits() -> None:
    assert "From 0 to 5." in tooltip(BOUND["temperature"])
    assert "From -1 to 1000000 tokens." in tooltip(BOUND["max_tokens"])
    assert "From" not in tooltip(BOUND["mirostat"])


def test_help_can_stay_in_sight(made) -> None:
    row = made(BOUND["temperature"])
    row.show_help()
    assert row.note.text() == BOUND["temperature"].row.help
    row.set_missing("No.")
    assert row.note.text() == "No."


@pytest.mark.parametrize("bound", [one for one in EVERY if one.kind == "bool"], ids=name)
def test_a_switch_says_what_it_switches(made, bound: BoundRow) -> None:
    assert made(bound).check.text() == bound.row.label
