"""Scales with round ticks, and curves as numbers: where everything lies, and what is told."""

from __future__ import annotations

import math
import random
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st

from app.core.plots.bar_svg import Bar, bar_panel, confusion_panel
from app.core.plots.curve_svg import curve_panel
from app.core.plots.curves import CurvePlot, Series, lay_out, nearest, thinned
from app.core.plots.scales import scale_of
from app.core.plots.svg import image, inline, safe_text

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("values", "ticks", "labels"),
    [
        ((0.0, 10.0), (0, 2, 4, 6, 8, 10), ["0", "2", "4", "6", "8", "10"]),
        ((2.93, 3.17), (2.9, 2.95, 3.0, 3.05, 3.1, 3.15, 3.2), None),
        ((0.0, 5e-4), (0, 1e-4, 2e-4, 3e-4, 4e-4, 5e-4), None),
        ((7.0, 7.0), None, None),
        ((), (0, 0.2, 0.4, 0.6, 0.8, 1.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((math.nan, math.inf, 1.0, 3.0), (1, 1.5, 2, 2.5, 3), None),
    ],
)
def test_ticks_are_round(
    values: tuple[float, ...], ticks: tuple[float, ...] | None, labels: list[str] | None
) -> None:
    found = scale_of(values)
    if ticks is not None:
        assert found.ticks == pytest.approx(ticks)
    if labels is not None:
        assert [found.label(one) for one in found.ticks] == labels
    assert len({found.label(one) for one in found.ticks}) == len(found.ticks)
    assert scale_of((3.0, 4.0), 6, whole=True).ticks == (3, 4)
    tight = scale_of((1, 97), 5, whole=True, tight=True)
    assert (tight.low, tight.high, tight.ticks) == (1, 97, (25, 50, 75))
    assert scale_of((0, 3), 8, whole=True, tight=True).ticks == (0, 1, 2, 3)
    assert scale_of((0, 60), 2, whole=True, tight=True).ticks == (0, 20, 40, 60)


@given(st.lists(NUMBERS, max_size=20), st.integers(2, 12))
def test_a_scale_has_room_for_all_and_few_ticks(values: list[float], most: int) -> None:
    found = scale_of(values, most)
    assert found.low < found.high
    assert 2 <= len(found.ticks) <= most + 2
    for value in values:
        assert -1e-6 <= (value - found.low) / (found.high - found.low) <= 1 + 1e-6
        assert 0 <= found.share(value) <= 1


def plot(*series: Series) -> CurvePlot:
    return CurvePlot(title="Loss", x_name="step", y_name="nats", series=series)


def test_points_lie_where_their_numbers_say() -> None:
    line = Series(name="a", points=((0, 0), (5, 10), (10, 5)))
    faint = Series(name="b", points=((0, 10), (10, 0)), faint=True)
    whole = plot(line, faint)
    found = lay_out(whole, (100, 20, 300, 220))
    assert [one.series.name for one in found.series] == ["b", "a"]  # what is faint lies behind
    assert [*map(list, found.series[1].points)] == [[100, 220], [200, 20], [300, 120]]
    assert [*found.x_ticks[0]] == [100, "0"]
    assert [*found.y_ticks[-1]] == [20, "10"]
    told = [(series.name, point) for series, point in nearest(found, whole, 210)]
    assert told == [("b", (0, 10)), ("a", (5, 10))] or told == [("b", (10, 0)), ("a", (5, 10))]
    assert [point for _series, point in nearest(found, whole, 0)] == [(0, 10), (0, 0)]


def test_what_is_no_number_is_not_drawn() -> None:
    assert plot(Series(name="a", points=((0, math.nan),))).is_empty
    broken = Series(name="a", points=((0, 1), (1, math.nan), (2, math.inf), (3, 2)))
    found = lay_out(plot(broken), (0, 0, 100, 100))
    assert len(found.series[0].points) == 2


def test_no_peak_is_lost_where_points_are_left_out() -> None:
    draw = random.Random(1)
    points = [(float(x), draw.random()) for x in range(10_000)]
    points[4321] = (4321.0, 9.0)
    points[8765] = (8765.0, -9.0)
    kept = thinned(points, 400)
    assert len(kept) <= 400
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert {(4321.0, 9.0), (8765.0, -9.0)} <= set(kept)
    assert [x for x, _y in kept] == sorted({x for x, _y in kept})
    assert thinned(points[:5]) == points[:5]


HOSTILE = "</svg><script>alert(1)</script>&\"'\x00\x1b\ud800\uffff\u202e"


def test_a_hostile_name_stays_a_text() -> None:
    series = Series(name=HOSTILE, points=((0, 1), (1, 2)), dots=True)
    panels = [
        curve_panel(CurvePlot(title=HOSTILE, x_name=HOSTILE, y_name=HOSTILE, series=(series,))),
        bar_panel(HOSTILE, [Bar(HOSTILE, 0.5, 0.4, 0.6)]),
        confusion_panel(HOSTILE, HOSTILE, [HOSTILE, "b"], [[1, 2], [0, 4]]),
    ]
    root = ElementTree.fromstring(image(panels, HOSTILE))
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {
        "svg", "title", "style", "rect", "g", "text", "path", "circle",
    }  # fmt: skip
    assert "<script>" in "".join(root.itertext())
    for panel in panels:
        assert ElementTree.fromstring(inline(panel)).get("role") == "img"
    assert "\x00" not in safe_text(HOSTILE)


def test_an_image_holds_all_its_panels_within_its_size() -> None:
    many = tuple(
        Series(name=f"run {number} of a long name", points=((0, 1), (9, number)), colour=number)
        for number in range(9)
    )
    panels = [curve_panel(plot(*many)), bar_panel("b", [Bar("a", 0.0, 0.0, 0.0)] * 30)]
    root = ElementTree.fromstring(image(panels, "t"))
    height = float(root.get("height", "0"))
    assert height >= sum(panel.height for panel in panels)
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", "-1")) <= panels[0].width
    keys = [text for text in root.iter(f"{SVG}text") if (text.text or "").startswith("run")]
    assert len({(one.get("x"), one.get("y")) for one in keys}) == 9
