"""The report of one run or several: one page of HTML that opens without a network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from app import __version__
from app.core.plots.curve_svg import curve_panel
from app.core.plots.page import fact_table, heat_table, page, table
from app.core.plots.svg import inline, safe_text
from app.core.runs.comparing import (
    Say,
    Unit,
    compared,
    data_text,
    plain_name,
    shown,
    unit_of,
)
from app.core.runs.record import RunConfusion, RunRecord, Setting
from app.core.runs.run_plots import curves_of, measure_panels, titles
from app.core.units import size_text

Show = Callable[[Setting | None, Unit], str]
"""Writes a value as the reader's language has it."""

_MOST_LABELS = 25


def plain(text: str) -> str:
    """A word of the vocabulary as it is in English."""
    return text


def report(
    records: Sequence[RunRecord], say: Say = plain, show: Show = shown, language: str = "en"
) -> str:
    """The page of at least one run; every name in it stands as text, and files without folders."""
    one = records[0]
    title = f"{say('Run')}: {one.name}" if len(records) == 1 else say("Comparison of runs")
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [f"<p class=quiet>Lampblack {safe_text(__version__)}, {made}</p>"]
    if len(records) > 1:
        parts += _comparison(records, say, show)
    for record, name in zip(records, titles(records), strict=True):
        parts += _run(record, name, say, show, is_alone=len(records) == 1)
    return page(title, parts, language)


def _comparison(records: Sequence[RunRecord], say: Say, show: Show) -> Iterator[str]:
    for plot in curves_of(records, say):
        yield inline(curve_panel(plot))
    rows = compared(records)
    yield f"<p class=quiet>{safe_text(say('Lines in bold differ.'))}</p>"
    yield table(
        ("", *map(safe_text, titles(records))),
        [
            (
                safe_text(say(plain_name(row.name))),
                *(safe_text(_value(value, row.group, row.name, say, show)) for value in row.values),
            )
            for row in rows
        ],
        marked=[row.differs for row in rows],
    )


def _value(value: Setting | None, group: str, name: str, say: Say, show: Show) -> str:
    if group == "run" and name in ("kind", "state"):
        return say(str(value))
    return show(value, unit_of(name) if group == "figures" else "")


def _run(record: RunRecord, name: str, say: Say, show: Show, *, is_alone: bool) -> Iterator[str]:
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.begun_at))
    if not is_alone:
        yield f"<h2>{safe_text(name)}</h2>"
    facts = [say(record.kind), say(record.state), begun]
    if record.ended_at > record.begun_at:
        facts.append(show(record.ended_at - record.begun_at, "seconds"))
    yield f"<p>{safe_text(', '.join(facts))}</p>"
    if record.problem:
        yield f"<p>{safe_text(say(record.problem))}</p>"
    if record.figures:
        yield f"<h3>{safe_text(say('Figures'))}</h3>"
        yield fact_table(
            (say(plain_name(key)), show(value, unit_of(key)))
            for key, value in record.figures.items()
        )
    if record.measures:
        yield from _measures(record, say)
    plots = curves_of([record], say) if is_alone else []
    for panel in (*map(curve_panel, plots), *measure_panels(record, say)):
        yield inline(panel)
    if record.confusion is not None:
        yield from _confusion(record.confusion, say)
    yield from _origin(record, say, show)


def _measures(record: RunRecord, say: Say) -> Iterator[str]:
    yield f"<h3>{safe_text(say('Measures'))}</h3>"
    yield table(
        (safe_text(say("measure")), safe_text(say("value")), safe_text(say("interval of 95 %"))),
        [
            (safe_text(say(one.name)), f"{one.value:.3f}", f"{one.low:.3f} – {one.high:.3f}")
            for one in record.measures
        ],
        numbers=2,
    )


def _confusion(found: RunConfusion, say: Say) -> Iterator[str]:
    order = sorted(range(len(found.labels)), key=lambda place: -sum(found.counts[place]))
    kept = sorted(order[:_MOST_LABELS])
    yield f"<h3>{safe_text(say('Confusion'))}</h3>"
    about = say("lines: the right label; columns: the chosen one")
    yield f"<p class=quiet>{safe_text(about)}</p>"
    yield heat_table(
        [found.labels[place] for place in kept],
        [[found.counts[place][other] for other in kept] for place in kept],
        [sum(found.counts[place]) for place in kept],
    )


def _origin(record: RunRecord, say: Say, show: Show) -> Iterator[str]:
    if record.settings:
        yield f"<h3>{safe_text(say('Settings'))}</h3>"
        yield fact_table(
            (say(plain_name(key)), show(value, "")) for key, value in record.settings.items()
        )
    yield f"<h3>{safe_text(say('Origin'))}</h3>"
    lines = [
        (say("run"), record.id),
        (say("model"), record.model),
        (say("SHA-256 of the model"), record.model_sha256 or say("not known")),
        (say("data"), data_text(record)),
        (say("SHA-256 of the data"), record.data_sha256 or say("not known")),
        (say("seed"), str(record.seed)),
    ]
    lines += [(say(plain_name(key)), value) for key, value in record.facts.items()]
    lines += list(record.versions.items())
    if record.machine is not None:
        one = record.machine
        cores = f"{one.cores} {say('cores')}, {size_text(one.memory)}, {one.system}"
        lines.append((say("machine"), f"{one.processor}, {cores}"))
    yield fact_table(lines)
