"""What the self-test does with run records: kept, compared, and on a page."""

from __future__ import annotations

from app.core.errors import LampblackError
from app.core.plots.svg import safe_text
from app.core.runs.comparing import compared
from app.core.runs.html_report import plain, report
from app.core.runs.keeping import RunKeeper
from app.core.runs.record import RunRecord, RunRecords
from app.core.runs.run_plots import run_image

_NAMES = ("Rain 雨", "Snow & <ice>")


def keep_runs(records: RunRecords) -> str:
    """Record two trainings, compare them, draw them and write a page; raises LampblackError."""
    for number, name in enumerate(_NAMES, 1):
        _train(records, name, number)
    found = records.look()
    if found.problems or {one.name for one in found.records} != {*_NAMES}:
        raise LampblackError("The runs that were recorded cannot be read.")
    differing = {row.name for row in compared(found.records) if row.differs}
    if differing != {"name", "loss_after", "rank"}:
        raise LampblackError(f"Of the two runs this differs: {', '.join(sorted(differing))}.")
    image, page = run_image(found.records, plain), report(found.records)
    if not all(safe_text(name) in text for name in _NAMES for text in (image, page)):
        raise LampblackError("The names of the runs do not stand in their report as they are.")
    return f"{len(found.records)} runs, a page of {len(page.encode()):,} bytes"


def _train(records: RunRecords, name: str, number: int) -> None:
    run = records.new_id("style")
    keeper = RunKeeper(
        records,
        RunRecord(
            id=run,
            kind="style",
            state="running",
            begun_at=float(number),
            name=name,
            model="starter",
            model_path="starter.gguf",
            settings={"rank": 8 * number},
        ),
    )
    if records.read(run).state != "running":
        raise LampblackError("A run that goes on is not known as one.")
    curve = tuple((step, 3.0 / (step + number), 1e-4) for step in range(1, 20))
    keeper.end("done", curve=curve, figures={"loss_after": curve[-1][1]})
