"""The inbox: which job a cancel is for."""

from __future__ import annotations

import io

from app.engine.messages import Cancel, Generate
from app.host.channel import Inbox
from app.host.interface import Job


def begun(inbox: Inbox, number: int) -> Job:
    job = Job(number, lambda _event: None)
    inbox.begin(job)
    return job


def test_a_cancel_finds_its_job_however_many_wait_before_it() -> None:
    inbox = Inbox(io.BytesIO())
    for number in range(1, 5):
        inbox._take(Generate(job=number))
    running = begun(inbox, 1)
    inbox._take(Cancel(job=3))
    assert not running.cancelled
    assert not begun(inbox, 2).cancelled
    assert begun(inbox, 3).cancelled
    assert not begun(inbox, 4).cancelled


def test_a_cancel_that_comes_too_late_stops_nothing() -> None:
    inbox = Inbox(io.BytesIO())
    begun(inbox, 1)
    inbox.end(1)
    late = begun(inbox, 2)
    inbox._take(Cancel(job=1))
    assert not late.cancelled
    assert not begun(inbox, 3).cancelled
    assert not inbox._cancelled


def test_a_cancel_stops_one_of_the_jobs_that_run() -> None:
    inbox = Inbox(io.BytesIO())
    first, second = begun(inbox, 1), begun(inbox, 2)
    inbox._take(Cancel(job=1))
    assert first.cancelled
    assert not second.cancelled
