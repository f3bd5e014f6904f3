"""Reading ahead: it gives way to everything, and its only event is its own Done."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest

from app.core.options.sampling import Sampling
from app.core.system.processes import program_command
from app.engine.messages import (
    Counted,
    Done,
    Failed,
    Generate,
    HostDied,
    Load,
    Loaded,
    Loading,
    Prefill,
    Read,
    Tokens,
)
from app.engine.process import Ended, HostProcess
from app.host import main
from app.host.channel import Inbox
from app.host.main import Host
from tests.host.asking import serve


def load(worker, listener, path):
    job = worker.load(Load(job=0, path=str(path), engine="fake"))
    listener.wait_for(Loaded, job)


def begun(worker):
    """Wait until the host reads; the worker keeps that to itself, so the client is asked."""
    reading = threading.Event()
    quiet = worker._post_quietly

    def watch(event):
        if isinstance(event, Prefill):
            reading.set()
        quiet(event)

    worker._post_quietly = watch
    return reading


def test_a_prompt_is_read_and_only_the_end_is_told(worker, listener, script_file):
    load(worker, listener, script_file())
    before = len(listener.events)
    job = worker.read_ahead(prompt="a b c")
    assert not worker.busy
    done = listener.wait_for(Done, job)
    assert done.takes == ()
    assert done.stats.prompt_tokens == 3
    assert listener.events[before:] == [done]


def test_nothing_is_read_without_a_model_or_beside_a_job(worker, listener, script_file):
    assert worker.read_ahead(prompt="a") == 0
    load(worker, listener, script_file(repeat=1000, pause_s=0.01))
    job = worker.generate(prompt="x")
    assert worker.read_ahead(prompt="a") == 0
    listener.wait_for(Tokens, job)
    assert worker.read_ahead(prompt="a") == 0
    worker.cancel()
    listener.wait_for(Done, job)


def test_a_last_event_leaves_the_worker_free(worker, listener, script_file):
    free = {}

    def ask(event):
        if isinstance(event, Loaded):
            free[event.job] = not worker.busy and worker.read_ahead(prompt="a b c")

    listener.hook = ask
    load(worker, listener, script_file())
    (ahead,) = free.values()
    assert ahead
    assert listener.wait_for(Done, ahead).stats.prompt_tokens == 3


def test_whatever_is_asked_for_stops_it_at_once(worker, listener, script_file):
    load(worker, listener, script_file(steps=300, step_s=0.01))
    reading = begun(worker)
    ahead = worker.read_ahead(prompt="a b c")
    assert reading.wait(30)
    counted = worker.count(prompt="a b")
    assert listener.wait_for(Counted, counted).tokens == 2
    assert not [event for event in listener.events if getattr(event, "job", 0) == ahead]
    assert worker.model is not None


def test_a_newer_one_takes_its_place(worker, listener, script_file):
    load(worker, listener, script_file(steps=100, step_s=0.005))
    reading = begun(worker)
    first = worker.read_ahead(prompt="a b c")
    assert reading.wait(30)
    second = worker.read_ahead(prompt="a b c d")
    third = worker.read_ahead(prompt="a b c d e")
    assert listener.wait_for(Done, third).stats.prompt_tokens == 5
    told = {getattr(event, "job", 0) for event in listener.events}
    assert not told & {first, second}
    assert worker._client._runs.cancelled == set()


@pytest.mark.parametrize("job_given", [True, False])
def test_it_can_be_stopped(worker, listener, script_file, job_given):
    load(worker, listener, script_file(steps=300, step_s=0.01))
    reading = begun(worker)
    ahead = worker.read_ahead(prompt="a b c")
    assert reading.wait(30)
    worker.cancel(ahead if job_given else None)
    assert listener.wait_for(Counted, worker.count(prompt="a")).tokens == 1
    assert not [event for event in listener.events if getattr(event, "job", 0) == ahead]


def test_a_failure_is_silent(worker, listener, script_file):
    load(worker, listener, script_file(prefill_fault="fail"))
    ahead = worker.read_ahead(prompt="a")
    listener.wait_for(Counted, worker.count(prompt="a"))
    assert not [event for event in listener.events if getattr(event, "job", 0) == ahead]


def test_after_a_crash_nothing_is_read_ahead_until_the_next_load(worker, listener, script_file):
    load(worker, listener, script_file(prefill_fault="exit"))
    worker.read_ahead(prompt="a")
    listener.wait_for(HostDied)
    listener.wait_for(Loaded)  # the model is back without being asked for
    assert not [event for event in listener.events if isinstance(event, Failed)]
    listener.wait_for(Counted, worker.count(prompt="a"))
    assert worker.read_ahead(prompt="a") == 0
    load(worker, listener, script_file("well.json"))
    listener.wait_for(Done, worker.read_ahead(prompt="a"))


def test_close_while_it_reads(worker, listener, script_file):
    load(worker, listener, script_file(steps=300, step_s=0.01))
    reading = begun(worker)
    worker.read_ahead(prompt="a")
    assert reading.wait(30)
    worker.close()
    assert worker.model is None


def asked(host, command):
    """Send a command; gives its last event once it is asked for that."""
    box = host.events.open(command.job)
    host.send(command)

    def answer():
        while isinstance(event := box.get(), Prefill | Loading | Tokens):
            pass
        assert not isinstance(event, Ended)
        return event

    return answer


def test_the_host_itself_stops_it_for_any_command(script_file):
    """Also where a client does not say so, and also when the command was there first."""
    host = HostProcess(program_command("engine-host"))
    try:
        path = str(script_file(steps=300, step_s=0.01))
        asked(host, Load(job=1, path=path, engine="fake"))()
        for job in (2, 4):
            first = asked(host, Read(job=job, prompt="a b"))
            second = asked(host, Read(job=job + 1, prompt="a b"))
            assert first().kind == "cancelled"
        loaded = asked(host, Load(job=6, path=str(script_file("other.json")), engine="fake"))
        assert second().kind == "cancelled"
        assert isinstance(loaded(), Loaded)
    finally:
        host.end()


@pytest.fixture
def host(script_file):
    """A host in this process, with a loaded script, and its inbox."""
    events: list[Any] = []
    inbox = Inbox(io.BytesIO())
    made = Host(events.append, inbox)
    serve(made, inbox, Load(job=1, path=str(script_file()), engine="fake"))
    return made, inbox, events


def test_an_idle_host_settles_once(host, capsys, monkeypatch):
    monkeypatch.setattr(main, "IDLE_S", 0.01)
    made, inbox, _events = host
    assert not made.is_settled
    made.turn()
    assert capsys.readouterr().err == "settled\n"
    assert made.is_settled
    serve(made, inbox, Generate(job=2, prompt="a"))
    assert not made.is_settled
    assert not capsys.readouterr().err


@pytest.mark.parametrize("beside", [False, True])
def test_a_long_cold_prompt_is_settled_once_nothing_else_is_asked_for(host, monkeypatch, beside):
    """Also where a warm one, begun beside it, ends later."""
    made, inbox, events = host
    ended_before: list[int] = []
    engine = made._engine
    settle = engine.settle
    monkeypatch.setattr(
        engine,
        "settle",
        lambda: (ended_before.append(sum(isinstance(e, Done) for e in events)), settle()),
    )
    others = [Generate(job=3, sampling=Sampling(max_tokens=40))] if beside else []
    serve(made, inbox, Generate(job=2, prompt="a " * 600, sampling=Sampling(max_tokens=1)), *others)
    assert made.is_settled
    assert ended_before == [1 + len(others)]


def test_a_command_that_waits_is_begun_before_a_cold_prompt_is_settled(host, capsys):
    made, inbox, events = host
    serve(made, inbox, Generate(job=2, prompt="a " * 600), Generate(job=3))
    assert capsys.readouterr().err == "settled\n"
    assert [e.job for e in events if isinstance(e, Done)] == [2, 3]


def test_a_host_without_a_model_has_nothing_to_settle():
    made = Host(lambda _event: None, Inbox(io.BytesIO()))
    assert made.is_settled
