"""Examining a model through the worker and the real host, on a script."""

from __future__ import annotations

from typing import Any

from app.core.passport import words
from app.engine.messages import (
    Counted,
    Done,
    Examined,
    Failed,
    HostDied,
    Load,
    Loaded,
    Prefill,
    Tokens,
    Working,
)


def load(worker: Any, listener: Any, path: Any) -> None:
    job = worker.load(Load(job=0, path=str(path), engine="fake"))
    listener.wait_for(Loaded, job)


def test_a_model_is_examined(worker: Any, listener: Any, script_file: Any) -> None:
    load(worker, listener, script_file())
    before = len(listener.events)
    job = worker.examine()
    assert not worker.busy
    examined = listener.wait_for(Examined, job)
    assert words(examined.passport)
    steps = [event for event in listener.events[before:] if isinstance(event, Working)]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1
    assert not [e for e in listener.events[before:] if isinstance(e, Prefill | Tokens)]


def test_without_a_model_there_is_no_examination(worker: Any) -> None:
    assert worker.examine() == 0


def test_it_gives_way_to_any_command(worker: Any, listener: Any, script_file: Any) -> None:
    load(worker, listener, script_file(repeat=1000, pause_s=0.005))
    job = worker.examine()
    listener.wait_for(Working, job)
    count = worker.count(prompt="a b")
    assert listener.wait_for(Failed, job).kind == "cancelled"
    assert listener.wait_for(Counted, count).tokens == 2


def test_it_can_be_stopped(worker: Any, listener: Any, script_file: Any) -> None:
    load(worker, listener, script_file(repeat=1000, pause_s=0.005))
    job = worker.examine()
    listener.wait_for(Working, job)
    worker.cancel(job)
    assert listener.wait_for(Failed, job).kind == "cancelled"
    assert worker.model is not None


def test_it_does_not_begin_while_the_model_reads_ahead(
    worker: Any, listener: Any, script_file: Any
) -> None:
    load(worker, listener, script_file(step_s=0.05))
    reading = worker.read_ahead(prompt="a b c")
    assert worker.examine() == 0
    listener.wait_for(Done, reading)


def test_a_crash_is_told_and_not_repeated(worker: Any, listener: Any, script_file: Any) -> None:
    load(worker, listener, script_file(decode_fault="abort"))
    job = worker.examine()
    listener.wait_for(HostDied)
    assert listener.wait_for(Failed, job).kind == "model_crashed"
    assert worker.examine() == 0
