from __future__ import annotations

import os
import signal
import threading

import pytest

from app.engine.client import EngineClient
from app.engine.messages import (
    Counted,
    Described,
    Done,
    Failed,
    HostDied,
    Load,
    Loaded,
    Loading,
    Prefill,
    Tokens,
)
from app.engine.worker import Worker


def load(worker, path):
    return worker.load(Load(job=0, path=str(path), engine="fake"))


def test_jobs_are_done_in_order(worker, listener, script_file):
    load(worker, script_file())
    first = worker.generate(prompt="a")
    second = worker.count(prompt="a b")
    third = worker.unload()
    assert listener.wait_for(Done, first).takes[0].text == "One two three."
    assert listener.wait_for(Counted, second).tokens == 2
    listener.wait_for(Done, third)
    assert worker.model is None
    jobs = [event.job for event in listener.events if hasattr(event, "job")]
    assert jobs == sorted(jobs)


def test_every_failure_is_an_event(worker, listener):
    job = worker.generate(prompt="x")
    failed = listener.wait_for(Failed, job)
    assert failed.kind == "no_model_loaded"
    assert failed.message
    assert failed.hint


def test_describe(worker, listener):
    assert listener_engines(listener.wait_for(Described, worker.describe())) == {
        "llama.cpp",
        "torch",
    }


def listener_engines(described):
    return {report.engine for report in described.engines}


def test_cancel_reaches_the_running_and_the_waiting(worker, listener, script_file):
    load(worker, script_file(repeat=10_000, pause_s=0.005))
    running = worker.generate(prompt="x")
    waiting = worker.generate(prompt="y")
    listener.wait_for(Tokens, running)
    assert worker.busy
    worker.cancel()
    assert listener.wait_for(Done, running).takes[0].finish_reason == "cancelled"
    assert listener.wait_for(Failed, waiting).kind == "cancelled"
    assert worker.model is not None


def test_cancel_of_one_leaves_the_other(worker, listener, script_file):
    load(worker, script_file(repeat=20, pause_s=0.005))
    running = worker.generate(prompt="x")
    waiting = worker.generate(prompt="y")
    worker.cancel(waiting)
    assert listener.wait_for(Done, running).takes[0].finish_reason == "stop"
    assert listener.wait_for(Failed, waiting).kind == "cancelled"


def test_a_cancel_that_ends_the_host_is_followed_by_a_reload(worker, listener, script_file):
    load(worker, script_file(prefill_fault="hang"))
    job = worker.generate(prompt="x")
    listener.wait_for(Prefill, job)
    worker.cancel(job)
    assert listener.wait_for(Done, job).takes[0].finish_reason == "cancelled"
    listener.wait_for(Loading)
    listener.wait_for(Loaded)
    assert worker.model is not None


@pytest.mark.parametrize("phase", [Prefill, Tokens])
def test_kill_then_write_again(worker, listener, script_file, phase):
    load(worker, script_file(repeat=40, step_s=0.01, pause_s=0.01))
    job = worker.generate(prompt="x")
    listener.wait_for(phase, job)
    os.kill(worker._client.host_pid, signal.SIGKILL)
    listener.wait_for(HostDied)
    failed = listener.wait_for(Failed, job)
    assert failed.kind == "model_crashed"
    again = worker.generate(prompt="x")
    assert listener.wait_for(Done, again).takes[0].finish_reason == "stop"


def test_a_bug_in_the_listener_of_one_event_does_not_end_the_worker(
    worker, listener, script_file, capsys
):
    load(worker, script_file())
    listener.wait_for(Loaded)

    def break_once(event: object) -> None:
        if isinstance(event, Tokens):
            listener.hook = lambda event: None
            raise ZeroDivisionError("a bug")

    listener.hook = break_once
    job = worker.generate(prompt="x")
    failed = listener.wait_for(Failed, job)
    assert "ZeroDivisionError" in failed.message
    said = capsys.readouterr().err
    assert said.endswith("\nZeroDivisionError\n")
    assert "a bug" not in said  # a message may hold the text
    assert listener.wait_for(Done, worker.generate(prompt="x"))


def test_close_in_the_middle_of_a_generation(worker, listener, script_file):
    load(worker, script_file(repeat=10_000, pause_s=0.01))
    listener.wait_for(Tokens, worker.generate(prompt="x"))
    worker.close()
    assert worker.model is None


def test_a_cancel_of_a_waiting_job_leaves_nothing_with_the_client(listener, script_file):
    client = EngineClient(cancel_s=0.3)
    worker = Worker(client)
    worker.listen(listener)
    gate = threading.Event()
    listener.hook = lambda event: gate.wait(30)  # the worker waits in its first event
    worker.load(Load(job=0, path=str(script_file()), engine="fake"))
    waiting = [worker.generate(prompt="x") for _ in range(5)]
    for job in waiting:
        worker.cancel(job)
    gate.set()
    for job in waiting:
        assert listener.wait_for(Failed, job).kind == "cancelled"
    worker.close()
    assert client._runs.cancelled == set()
