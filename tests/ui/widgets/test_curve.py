"""The chart of lines: what it tells, and that it draws whatever it is given."""

from __future__ import annotations

import math

import pytest
from pytestqt.qtbot import QtBot

from app.core.plots.curves import MOST_POINTS, CurvePlot, Series
from app.ui.widgets.curve import Curve, CurveLine

FALLING = tuple((float(step), 3.0 - step / 100) for step in range(1, 101))


@pytest.fixture
def curve(qtbot: QtBot) -> Curve:
    made = Curve("Loss", "Step", "Nats per token")
    qtbot.addWidget(made)
    made.resize(400, 240)
    return made


def test_it_says_in_words_what_it_shows(curve: Curve) -> None:
    assert curve.accessibleName() == "Loss"
    assert curve.accessibleDescription() == "Nothing to show yet."
    curve.show_lines([CurveLine(name="Held out", points=((4.0, 3.25), (8.0, 2.75), (12.0, 3.0)))])
    told = "Held out: 3.25 at 4, 3.00 at 12; the least is 2.75 at 8."
    assert curve.accessibleDescription() == told


@pytest.mark.parametrize(
    "points",
    [
        (),
        ((1.0, 2.0),),
        ((1.0, 2.0), (2.0, 2.0)),
        ((1.0, math.nan), (2.0, math.inf)),
        ((0.0, 0.0), (1.0, 0.0)),
        ((1.0, 1e-12), (2.0, 1e12)),
        ((1.0, -1.7e308), (2.0, 1.7e308), (3.0, 1e299)),
        tuple((float(step), math.sin(step)) for step in range(50_000)),
    ],
)
def test_it_draws_whatever_it_is_given(
    curve: Curve, points: tuple[tuple[float, float], ...]
) -> None:
    empty = curve.grab().toImage()
    curve.show_lines([CurveLine(name="a", points=points), CurveLine(name="b", points=FALLING)])
    assert curve.grab().toImage() != empty


def test_of_many_points_few_are_drawn_and_all_are_told(curve: Curve) -> None:
    many = tuple((float(step), float(step % 7)) for step in range(100_001))
    curve.show_lines([CurveLine(name="Loss", points=many)])
    layout = curve.layout_now()
    assert layout is not None
    assert len(layout.series[0].points) <= MOST_POINTS
    middle = (layout.left + layout.right) / 2
    assert curve._values_at(middle).endswith(" (50,000)")
    assert curve._values_at(0).endswith(" (0)")


def test_no_line_that_was_shown_before_stays(curve: Curve) -> None:
    curve.show_lines([CurveLine(name="Held out", points=FALLING)])
    curve.show_lines([])
    assert curve.plot.is_empty
    falling = (Series(name="b", points=FALLING),)
    curve.show_plot(CurvePlot(title="a", x_name="", y_name="", series=falling))
    curve.show_lines([])
    assert curve.accessibleDescription() == "Nothing to show yet."


def test_the_pointer_is_told_the_nearest_numbers(curve: Curve) -> None:
    curve.show_lines([CurveLine(name="Loss", points=FALLING)])
    assert curve._values_at(curve.width()) == "Loss: 2.000 (100)"
