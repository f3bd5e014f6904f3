"""What each try has shown, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from prove.plan import Try
from prove.trace import Sockets

_MAY_BE_SKIPPED = ("service", "pack")
_UNTIL = "write"
_HEAD = ("archive", "tree", "condition", "result", "seconds", "first text", "installed")


@dataclass(frozen=True)
class Ended:
    """How a command ended, and how many seconds it took."""

    code: int
    out: str
    error: str
    seconds: float


@dataclass(frozen=True)
class Row:
    """One line of the proof.

    `seconds` is the whole of the self-test, `first_text_s` from its start until the window has
    written its first text, `megabytes` what is installed. Without problems it has passed.
    """

    archive: str
    tree: str
    condition: str
    seconds: float
    first_text_s: float = 0.0
    megabytes: float = 0.0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    steps: dict[str, str] = field(default_factory=dict)


def row(tried: Try, ended: Ended, megabytes: float, problems: Iterable[str] = ()) -> Row:
    """What a run of the self-test shows, with what was found beside it."""
    report = _report(ended.out)
    return Row(
        archive=tried.artefact.kind,
        tree=tried.tree.title,
        condition=tried.condition.name,
        seconds=ended.seconds,
        first_text_s=first_text_s(report),
        megabytes=megabytes,
        problems=(*_problems(report, ended), *problems),
        notes=tuple(report.get("notes", ())),
        steps={step["name"]: step["state"] for step in report.get("steps", ())},
    )


def _report(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _problems(report: dict[str, Any], ended: Ended) -> Iterable[str]:
    """Every way in which a self-test is not the one that is asked for."""
    if ended.code:
        yield f"exit code {ended.code}"
    if ended.error.strip():
        yield f"standard error: {ended.error.strip()[-600:]}"
    if not report:
        yield f"no report: {ended.out.strip()[-300:] or 'nothing was written'}"
        return
    if not report["passed"]:
        yield f"{report['failed']}: {report['problem']}"
    if not report["is_frozen"]:
        yield "it was not the frozen program"
    for step in report["steps"]:
        if step["state"] == "skipped" and step["name"] not in _MAY_BE_SKIPPED:
            yield f"{step['name']} was skipped: {step['found']}"
    yield from (f"the window said: {note}" for note in report["notes"])


def first_text_s(report: dict[str, Any]) -> float:
    """The seconds of all steps up to the first text; 0 where none was written."""
    seconds = 0.0
    for step in report.get("steps", ()):
        if step["state"] not in ("passed", "skipped"):
            return 0.0
        seconds += float(step["seconds"])
        if step["name"] == _UNTIL:
            return seconds
    return 0.0


def socket_problems(seen: Sockets) -> Iterable[str]:
    """Whether the trace saw a program that makes no internet socket, and is refused one."""
    yield from (f"an internet socket: {call}" for call in seen.made)
    if not seen.refused:
        yield "the trace saw no internet socket refused, although the self-test tries one"


def table(rows: Sequence[Row]) -> list[str]:
    """The rows in columns, what is wrong below each."""
    cells = [_cells(one) for one in rows]
    widths = [max(map(len, column)) for column in zip(_HEAD, *cells, strict=True)]
    lines = [_line(_HEAD, widths), _line(["─" * width for width in widths], widths)]
    for one, texts in zip(rows, cells, strict=True):
        lines.append(_line(texts, widths))
        lines += (f"    {problem}" for problem in one.problems)
    failed = sum(bool(one.problems) for one in rows)
    return [*lines, f"{len(rows) - failed} passed, {failed} failed"]


def _cells(one: Row) -> list[str]:
    return [
        one.archive,
        one.tree,
        one.condition,
        "failed" if one.problems else "passed",
        f"{one.seconds:.1f} s",
        f"{one.first_text_s:.1f} s" if one.first_text_s else "",
        f"{one.megabytes:.0f} MB" if one.megabytes else "",
    ]


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        text.rjust(width) if place > 3 else text.ljust(width)
        for place, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def as_json(rows: Iterable[Row], facts: dict[str, Any]) -> str:
    """All of it, with what is known of the machine and the archives."""
    found = facts | {"rows": [asdict(one) for one in rows]}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
