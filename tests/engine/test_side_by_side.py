"""Several callers of one client: whose events are whose, and what one's end is to the others."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from app.core.errors import CancelledError, EngineStoppedError, ModelCrashedError
from app.core.options.sampling import Sampling
from app.engine.gpu_crashes import LoadWatch
from app.engine.messages import Count, Generate, Load, Loading, Perplexity, Prefill, Tokens, Working
from app.engine.process import Ended, Mailboxes

ENDLESS = {"repeat": 100_000, "pause_s": 0.002}
PATIENCE_S = 20


@pytest.fixture
def beside(driver):
    """Begin commands in threads of their own; the result is the job, its future and its events."""
    pool = ThreadPoolExecutor(16)
    sent: dict[int, threading.Event] = {}
    send = driver.client._begin

    def begin_and_tell(host: Any, command: Any, run: Any) -> None:
        send(host, command, run)
        if command.job in sent:
            sent[command.job].set()

    driver.client._begin = begin_and_tell

    def begin(
        kind: Any = Generate, *, until: Any = None, is_sent: bool = False, **fields: Any
    ) -> Any:
        """Wait for an event of the kind `until`, or until the command was sent to the host."""
        job, begun, events = driver.client.next_job(), threading.Event(), []
        sent[job] = threading.Event()
        if kind is Generate:
            fields["sampling"] = Sampling(max_tokens=-1)

        def hear(event: Any) -> None:
            events.append(event)
            if until is not None and isinstance(event, until):
                begun.set()

        future = pool.submit(driver.client.run, kind(job=job, **fields), hear)
        if until is not None:
            assert begun.wait(PATIENCE_S)
        if is_sent:
            assert sent[job].wait(PATIENCE_S)
        return job, future, events

    yield begin
    driver.client.close()
    pool.shutdown()


def outcome(future: Future[Any]) -> Any:
    return future.exception(PATIENCE_S) or future.result()


def test_each_caller_has_its_own_events_and_text(driver, beside, script_file):
    replies = {f"<{n}>": (f"{n} ", "a ", f"{n}!") for n in range(50)}
    driver.load(script_file(replies=replies))
    with ThreadPoolExecutor(8) as pool:
        jobs = [driver.client.next_job() for _ in range(50)]
        heard: list[list[Any]] = [[] for _ in jobs]
        futures = [
            pool.submit(
                driver.client.run,
                Generate(job=job, prompt=f"<{n}>", background=n % 3 == 0),
                heard[n].append,
            )
            for n, job in enumerate(jobs)
        ]
        texts = [future.result(PATIENCE_S).takes[0].text for future in futures]
    assert texts == [f"{n} a {n}!" for n in range(50)]
    for job, events, text in zip(jobs, heard, texts, strict=True):
        assert {event.job for event in events} == {job}
        assert "".join(one.text for one in events if isinstance(one, Tokens)) == text


def test_a_cancel_leaves_the_others(driver, beside, script_file):
    driver.load(script_file(**ENDLESS))
    first, *others = [beside(until=Tokens) for _ in range(3)]
    pid = driver.client.host_pid
    driver.client.cancel(first[0])
    assert outcome(first[1]).takes[0].finish_reason == "cancelled"
    for job, future, _ in others:
        assert not future.done()
        driver.client.cancel(job)
        assert outcome(future).takes[0].finish_reason == "cancelled"
    assert driver.client.host_pid == pid


def test_a_cancelled_job_that_hangs_ends_the_host_and_the_others_can_ask_again(
    driver, beside, script_file
):
    driver.load(script_file(prefill_fault="hang"))
    other = beside(until=Prefill)
    hung = beside(is_sent=True)
    driver.client.cancel(other[0])
    assert outcome(other[1]).takes[0].finish_reason == "cancelled"
    assert isinstance(outcome(hung[1]), EngineStoppedError)
    script_file()  # the same file, cured
    assert driver.generate(prompt="x").takes[0].text == "One two three."


def test_a_background_job_that_hangs_is_given_up_and_so_is_what_waits_behind_it(
    driver, beside, script_file
):
    """The host cannot tell a hang from its waiting for others: what is asked for next decides."""
    driver.load(script_file(decode_fault="hang"))
    pid = driver.client.host_pid
    hung = beside(until=Tokens, background=True)
    driver.client.cancel(hung[0])
    assert outcome(hung[1]).takes[0].text == "One "
    assert driver.client.host_pid == pid
    script_file()
    asked = beside(is_sent=True)
    driver.client.cancel(asked[0])
    assert outcome(asked[1]).takes[0].finish_reason == "cancelled"
    assert driver.client.host_pid == pid, "it only waited, and was answered by the other thread"


def test_a_crash_is_raised_once_by_each_and_the_next_reloads(driver, beside, script_file):
    driver.load(script_file(**ENDLESS))
    running = [beside(until=Tokens, background=n > 1) for n in range(4)]
    os.kill(driver.client.host_pid, signal.SIGKILL)
    ends = [outcome(future) for _, future, _ in running]
    assert sorted(type(end).__name__ for end in ends) == [
        *["EngineStoppedError"] * 3,
        ModelCrashedError.__name__,
    ]
    script_file()
    assert driver.generate(prompt="x").takes[0].text == "One two three."


def test_a_load_ends_jobs_in_the_background(driver, beside, script_file):
    driver.load(script_file(**ENDLESS))
    running = [beside(until=Tokens, background=True) for _ in range(3)]
    driver.load(script_file("other.json", words=("Other.",)))
    for _, future, _ in running:
        assert isinstance(outcome(future), EngineStoppedError)
    assert driver.generate(prompt="x").takes[0].text == "Other."


def test_jobs_in_the_background_go_on_after_what_is_measured_alone(driver, beside, script_file):
    driver.load(script_file(repeat=60, pause_s=0.001))
    running = [beside(until=Tokens, background=True) for _ in range(2)]
    measured = beside(Perplexity, text="a b")
    exact = beside(exact=True)
    assert outcome(measured[1]).tokens == 2
    assert len(outcome(exact[1]).takes[0].text) == 60 * len("One two three.")
    for _, future, _ in running:
        assert outcome(future).takes[0].text == "One two three." * 60


@pytest.mark.parametrize("kind", [Perplexity, Load, Generate, Count])
def test_what_waits_for_another_job_can_be_cancelled_without_harm_to_it(
    driver, beside, script_file, kind
):
    """The host lives, the job that runs goes on, and the model that was to go stays."""
    path = script_file(**ENDLESS)
    driver.load(path)
    running = beside(until=Tokens)
    fields: dict[Any, dict[str, Any]] = {
        Perplexity: {"text": "a"},
        Load: {"path": str(path), "engine": "fake"},
        Generate: {"exact": True},
        Count: {"prompt": "a"},
    }
    if kind is Count:  # it has to wait only behind another one that waits
        beside(Perplexity, is_sent=True, text="a")
    waiting = beside(kind, is_sent=True, **fields[kind])
    driver.client.cancel(waiting[0])
    end = outcome(waiting[1])
    if kind is Generate:
        assert end.takes[0].finish_reason == "cancelled"
    else:
        assert isinstance(end, CancelledError)
    assert not running[1].done()
    driver.client.cancel(running[0])
    assert outcome(running[1]).takes[0].finish_reason == "cancelled"
    assert driver.client.model is not None
    assert beside(until=Tokens)


def test_a_command_that_waits_behind_a_long_measurement_can_be_cancelled(
    driver, beside, script_file
):
    driver.load(script_file(steps=10, step_s=0.05))
    measured = beside(Perplexity, until=Working, text="a b")
    waiting = beside(is_sent=True)
    driver.client.cancel(waiting[0])
    assert outcome(waiting[1]).takes[0].finish_reason == "cancelled"
    assert not measured[1].done()
    assert outcome(measured[1]).tokens == 2


def test_a_close_ends_all(driver, beside, script_file):
    driver.load(script_file(**ENDLESS))
    running = [beside(until=Tokens, background=n > 1) for n in range(4)]
    waiting = beside(Perplexity, text="a")
    driver.client.close()
    for _, future, _ in [*running, waiting]:
        assert isinstance(outcome(future), EngineStoppedError)
    assert driver.client.host_pid is None


def test_several_callers_after_a_crash_load_the_model_once(driver, beside, listener, script_file):
    driver.load(script_file())
    os.kill(driver.client.host_pid, signal.SIGKILL)
    host = driver.client._host
    assert host is not None
    host._process.wait(PATIENCE_S)
    running = [beside() for _ in range(6)]
    pids = set()
    for _, future, _ in running:
        assert outcome(future).takes[0].text == "One two three."
        pids.add(driver.client.host_pid)
    assert len(pids) == 1
    driver.client.recover(driver.client.next_job(), listener)  # nothing to do
    assert {driver.client.host_pid} == pids


def test_an_error_of_a_listener_stops_its_own_job(driver, beside, script_file):
    driver.load(script_file(**ENDLESS))
    other = beside(until=Tokens)

    def refuse(event: Any) -> None:
        if isinstance(event, Tokens):
            raise EngineStoppedError("The listener is gone.")

    run: Callable[..., Any] = driver.client.run
    with pytest.raises(EngineStoppedError, match="listener"):
        run(Generate(job=driver.client.next_job(), sampling=Sampling(max_tokens=-1)), refuse)
    assert not other[1].done()
    driver.client.cancel(other[0])
    measured = beside(Perplexity, text="a b")
    assert outcome(measured[1]).tokens == 2, "the engine is free again"


def test_the_end_of_the_host_reaches_all_although_one_box_is_full():
    boxes = Mailboxes()
    full, other = boxes.open(1), boxes.open(2)
    for _ in range(full._limit):
        boxes.put(Tokens(job=1, take=0, text="x", tokens=1))
    boxes.put(Ended("nonsense"))
    assert other.get() == Ended("nonsense")
    assert boxes.open(3).get() == Ended("nonsense"), "one that comes late is told, too"


def test_what_others_do_does_not_touch_the_mark_of_a_load():
    watch, load = LoadWatch(None), Load(job=1, path="x", engine="fake")
    watch.hear(load, Loading(job=1, fraction=0.0, gpu="card"))
    watch.end(Generate(job=2))
    assert watch.crash(Generate(job=2)) == ""
    assert watch.crash(load) == "card"


def test_a_command_that_meets_a_load_waits_for_it(driver, beside, script_file):
    """The model is asked for between the look at it and the sending of a command."""
    driver.load(script_file(steps=20, step_s=0.01))
    send, path = driver.client._exchange, script_file("other.json", words=("Other.",))

    def late(command: Any, run: Any, on_event: Any) -> Any:
        if isinstance(command, Generate):
            driver.client._exchange = send
            loads.append(beside(Load, is_sent=True, path=str(path), engine="fake"))
        return send(command, run, on_event)

    loads: list[Any] = []
    driver.client._exchange = late
    assert driver.generate(prompt="x").takes[0].text == "Other."
    assert outcome(loads[0][1]).model.name == "other"
