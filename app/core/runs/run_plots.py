"""What of runs can be drawn: their losses, rates and scores as curves, their measures as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.core.plots.bar_svg import Bar, bar_panel, confusion_panel
from app.core.plots.curve_svg import curve_panel
from app.core.plots.curves import SERIES, CurvePlot, Series
from app.core.plots.svg import Panel, image
from app.core.runs.comparing import Say
from app.core.runs.record import RunRecord

_NO_SHARES = ("chrF", "perplexity")


def curves_of(records: Sequence[RunRecord], say: Say) -> list[CurvePlot]:
    """The losses, rates and scores of one run or of several over each other, where there are."""
    plots = (_losses(records, say), _scores(records, say), _rates(records, say))
    return [plot for plot in plots if not plot.is_empty]


def panels_of(records: Sequence[RunRecord], say: Say) -> list[Panel]:
    """All that can be drawn of one run, or of several over each other."""
    panels = [curve_panel(plot) for plot in curves_of(records, say)]
    if len(records) == 1:
        panels += [*measure_panels(records[0], say), *_confusion(records[0], say)]
    return panels


def run_image(records: Sequence[RunRecord], say: Say) -> str:
    """An SVG file of it; empty where there is nothing to draw."""
    panels = panels_of(records, say)
    return image(panels, ", ".join(titles(records))) if panels else ""


def titles(records: Sequence[RunRecord]) -> list[str]:
    """What each run is called among these: its name, and its id where two have the same."""
    names = [one.name for one in records]
    return [one.name if names.count(one.name) == 1 else f"{one.name} ({one.id})" for one in records]


def _losses(records: Sequence[RunRecord], say: Say) -> CurvePlot:
    several = len(records) > 1
    series = []
    for number, (record, title) in enumerate(zip(records, titles(records), strict=True)):
        steps = tuple((float(step), loss) for step, loss, _rate in record.curve)
        tests = tuple((float(step), loss) for step, loss in record.held_out)
        if not several:
            series.append(Series(name=say("loss of each step"), points=steps, faint=True))
            series.append(Series(name=say("held-out loss"), points=tests, colour=1, dots=True))
        else:
            points, dots = (tests, True) if tests else (steps, False)
            series.append(Series(name=title, points=points, colour=number % SERIES, dots=dots))
    title = say("Held-out loss") if several else say("Loss")
    return _plot(title, say("step"), say("nats"), series)


def _scores(records: Sequence[RunRecord], say: Say) -> CurvePlot:
    named = titles(records) if len(records) > 1 else [say("macro F1")]
    series = [
        Series(
            name=title,
            points=tuple((float(step), score) for step, score in record.scores),
            colour=number % SERIES,
            dots=True,
        )
        for number, (record, title) in enumerate(zip(records, named, strict=True))
    ]
    return _plot(say("Macro F1 of texts held out"), say("step"), "", series)


def _rates(records: Sequence[RunRecord], say: Say) -> CurvePlot:
    named = titles(records) if len(records) > 1 else [say("learning rate")]
    series = [
        Series(
            name=title,
            points=tuple((float(step), rate) for step, _loss, rate in record.curve),
            colour=number % SERIES,
        )
        for number, (record, title) in enumerate(zip(records, named, strict=True))
    ]
    return _plot(say("Learning rate"), say("step"), "", series)


def _plot(title: str, x_name: str, y_name: str, series: Sequence[Series]) -> CurvePlot:
    drawn = tuple(one for one in series if one.points)
    return CurvePlot(title=title, x_name=x_name, y_name=y_name, series=drawn)


def measure_panels(record: RunRecord, say: Say) -> Iterator[Panel]:
    """Bars of the measures that are shares of a whole, if there are any."""
    bars = [
        Bar(say(one.name), one.value, one.low, one.high)
        for one in record.measures
        if 0 <= one.low <= one.high <= 1
        and 0 <= one.value <= 1
        and not one.name.startswith(_NO_SHARES)
    ]
    if bars:
        yield bar_panel(say("Measures with their intervals of 95 %"), bars)


def _confusion(record: RunRecord, say: Say) -> Iterator[Panel]:
    found = record.confusion
    if found is not None and found.labels:
        about = say("lines: the right label; columns: the chosen one")
        yield confusion_panel(say("Confusion"), about, found.labels, found.counts)
