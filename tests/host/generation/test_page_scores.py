"""A page scored by the real engines: its numbers are those of the engine's own score."""

from __future__ import annotations

import math
from typing import Any

import pytest

from app.core.interpretability.surprise import SurpriseRun, SurpriseSum
from app.core.interpretability.surprise_text import read_text
from app.engine.messages import Score, Tokenize
from app.host.interface import Job
from app.tasks.page_scoring import PageScoring

TEXT = (
    "The old keeper lit the lamp. %%not read%% Outside it drummed on the copper roof.\n\n"
    "雨下了整整一夜，🏮 glowed, and a purple elephant did arithmetic."
)


class Direct:
    """The engine in this process, with the client's methods."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def next_job(self) -> int:
        return 1

    def cancel(self, job: int) -> None:
        raise AssertionError(job)

    def run(self, command: Any, on_event: Any) -> Any:
        if isinstance(command, Tokenize):
            return self._engine.tokenize(command)
        return self._engine.score(command, Job(command.job, on_event))


def score(engine: Any, text: str, start: int = 0) -> list[tuple[int, SurpriseRun]]:
    found: list[tuple[int, SurpriseRun]] = []
    read = read_text(text)
    scoring = PageScoring(Direct(engine), engine.info, read, read.place_of(start))
    scoring.run(lambda runs, _fraction: found.extend(runs))
    return found


def test_they_are_the_engine_s(engine: Any) -> None:
    check(engine)


def test_they_are_the_torch_engine_s(torch_engine: Any) -> None:
    check(torch_engine)


def check(engine: Any) -> None:
    found = score(engine, TEXT)
    whole = engine.score(Score(job=1, text=read_text(TEXT).text), Job(1, lambda _event: None))
    total = SurpriseSum()
    total.add(run for _place, run in found)
    assert total.tokens >= len(whole.details) - 1  # the first word of two tokens has none at all
    expected = -sum(math.log(one.probability) for one in whole.details)
    assert total.surprise == pytest.approx(expected, rel=1e-4)
    data = TEXT.encode("utf-16-le")
    words = {
        data[place * 2 : (place + run.length) * 2].decode("utf-16-le").strip(): run.surprise
        for place, run in found
    }
    assert {"keeper", "copper", "雨", "整", "🏮", "elephant", "arithmetic"} <= set(words)
    assert "not" not in words
    assert words["arithmetic"] > words["the"]
    # A passage of it is judged after the same text: its words have the same numbers.
    start = TEXT.index("Outside")
    later = dict(score(engine, TEXT, start))
    assert set(later) == {place for place, _run in found if place >= start - 1}  # and its space
    for place, run in found:
        if place >= start - 1:
            assert later[place].surprise == pytest.approx(run.surprise, abs=1e-3)


def test_windows_agree_where_the_context_is_the_same(small_engine: Any) -> None:
    """In 256 tokens of context: each word once, with numbers near those of the whole."""
    text = "The keeper climbed the stairs and lit the lamp, and then the rain began. " * 30
    found = score(small_engine, text)
    places = [place for place, _run in found]
    assert places == sorted(set(places))
    assert sum(run.length for _place, run in found) == len(text)
    head = small_engine.score(Score(job=1, text=text[:300]), Job(1, lambda _event: None))
    known = [run.surprise for _place, run in found if run.tokens][:40]
    expected = [-math.log(one.probability) for one in head.details][:40]
    assert known == pytest.approx(expected, abs=1e-3)
