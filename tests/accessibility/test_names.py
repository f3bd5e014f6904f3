"""No control without a name, and each says what it is: every window as a screen reader has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import msgspec
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QTabWidget, QWidget

from app.core.options.rows import Row, Slider, rows
from app.ui.sampling.value_rows import NumberRow
from app.ui.widgets.controls import QuietCombo
from app.ui.widgets.status_bar import StatusBar
from tests.accessibility.house import WINDOWS, House
from tests.accessibility.tree import ROLE, Control, controls, nameless
from tests.ui.conftest import Studio

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


def tabs_in_turn(window: QWidget) -> Iterator[None]:
    """Brings each tab of a window to the front."""
    yield
    for tabs in window.findChildren(QTabWidget):
        for index in range(tabs.count()):
            tabs.setCurrentIndex(index)
            yield


def roleless(found: list[Control]) -> list[str]:
    """What can have the focus and is nothing but a piece of a window to those who cannot see it."""
    known = (ROLE.Client, ROLE.NoRole)
    return [str(one) for one in found if one.role in known and not one.name]


def undescribed(found: list[Control]) -> list[str]:
    """The numbers and switches that do not say what they are for."""
    kinds = (ROLE.Slider, ROLE.SpinBox, ROLE.CheckBox)
    return [str(one) for one in found if one.role in kinds and not one.description]


@pytest.mark.parametrize("name", WINDOWS)
def test_every_control_has_a_name_and_numbers_a_description(house: House, name: str) -> None:
    window = house.open(name)
    for _tab in tabs_in_turn(window):
        found = controls(window)
        assert found
        assert nameless(found) == []
        assert roleless(found) == []
        assert undescribed(found) == []


def test_every_menu_of_the_bar_has_names(house: House) -> None:
    for menu in house.window.actions_table.menus.values():
        menu.popup(QPoint(0, 0))
        found = controls(menu)
        menu.close()
        assert len(found) > 1
        assert nameless(found) == []


def test_the_walk_finds_what_has_no_name(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    combo = QuietCombo(window)
    combo.addItem("a choice, which Qt takes for the name")
    window.show()
    (found,) = (one for one in controls(window) if one.role is ROLE.ComboBox)
    assert found.name
    assert nameless([found])


def test_a_list_of_choices_is_named_by_a_label_that_is_not_shown(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    combo = QuietCombo(window)
    combo.setAccessibleName("Language")
    window.show()
    window.hide()
    window.show()
    (label,) = window.findChildren(QLabel)
    assert (label.text(), label.isVisible()) == ("Language", False)
    assert nameless(controls(window)) == []


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """One number of each kind."""

    warmth: Annotated[
        float, Row(label="Warmth", help="How warm.", low=0, high=5, slider=Slider(0, 2, 0.05))
    ] = 0.8
    length: Annotated[
        int,
        Row(
            label="Length", help="How long.", low=0, high=99, slider=Slider(0, 90, 5), unit="pages"
        ),
    ] = 20


@pytest.mark.parametrize(
    ("row", "position", "spoken"), [(0, 80, "0.8. How warm."), (1, 20, "20 pages. How long.")]
)
def test_a_slider_says_its_value_and_unit(qtbot, row: int, position: int, spoken: str) -> None:
    widget = NumberRow(rows(Numbers)[row])
    qtbot.addWidget(widget)
    slider = widget.slider
    assert slider is not None
    heard = QAccessible.queryAccessibleInterface(slider)
    assert heard is not None
    assert heard.text(QAccessible.Text.Value) == str(position)
    assert heard.text(QAccessible.Text.Description) == spoken
    slider.triggerAction(slider.SliderAction.SliderSingleStepAdd)
    assert widget.value() == pytest.approx(0.85 if row == 0 else 25)
    assert heard.text(QAccessible.Text.Description).startswith("0.85." if row == 0 else "25 pages")


def test_a_slider_rests_at_its_steps(qtbot) -> None:
    widget = NumberRow(rows(Numbers)[1])
    qtbot.addWidget(widget)
    slider = widget.slider
    assert slider is not None
    slider.setValue(22)  # as a mouse or a screen reader may put it
    assert (widget.value(), slider.value()) == (20, 20)
    slider.setValue(24)
    assert (widget.value(), slider.value()) == (25, 25)


@pytest.mark.parametrize(
    ("show", "heard"),
    [
        (lambda bar: bar.show_words(5, 0), "Words: 5 words"),
        (lambda bar: bar.show_context(3, 8), "Context used: 3 of 8 tokens"),
        (lambda bar: bar.show_speed(7.25), "Speed: 7.2 tokens/s"),
        (lambda bar: bar.show_model(None), "Model: No model loaded"),
    ],
)
def test_the_numbers_of_the_status_bar_are_read(
    qtbot, show: Callable[[StatusBar], None], heard: str
) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    show(bar)
    labels = (bar.words, bar.context, bar.speed, bar.model)
    found = map(QAccessible.queryAccessibleInterface, labels)
    assert heard in [one.text(QAccessible.Text.Name) for one in found if one is not None]


def test_what_is_disabled_or_ticked_says_so(studio: Studio) -> None:
    retry = studio.window.page.write_bar.takes
    retry.show_take(1, 1)
    interfaces = {
        one.name: QAccessible.queryAccessibleInterface(one.widget)
        for one in controls(studio.window)
        if one.widget is not None
    }
    assert interfaces["Retry"].state().disabled
    assert not interfaces["Continue"].state().disabled
    header = studio.window.sampling.list.more.header
    header.setChecked(True)
    found = QAccessible.queryAccessibleInterface(header)
    assert found is not None
    assert found.state().checked
