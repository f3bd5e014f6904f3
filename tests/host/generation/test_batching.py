"""The scheduler with made-up work: who takes part in a step, and how each ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from app.host.generation.batching import Scheduler, alone
from app.host.interface import Answer, Job, PreemptedError, Rows, Work


class Bench:
    """A scheduler whose steps are written down; `answer` decides what becomes of rows."""

    def __init__(self) -> None:
        self.steps: list[list[int]] = []
        self.ends: dict[int, Any] = {}
        self.watched: list[int] = []
        self.now = 0.0
        self.seconds: Callable[[list[int]], float] = lambda numbers: 0.0 * len(numbers)
        self.answer: Callable[[Rows], Answer] = lambda rows: not rows.job.cancelled
        self.freed: list[int] = []
        self.scheduler = Scheduler(
            self.compute,
            self.watch,
            self.ended,
            lambda rows: self.freed.append(rows.job.number),
            clock=lambda: self.now,
        )

    def compute(self, rows: Sequence[Rows]) -> Sequence[Answer]:
        numbers = [one.job.number for one in rows]
        self.steps.append(numbers)
        self.now += self.seconds(numbers)
        return [self.answer(one) for one in rows]

    def watch(self, jobs: Sequence[Job]) -> None:
        self.watched = [job.number for job in jobs]

    def ended(self, job: Job, outcome: Any) -> None:
        assert job.number not in self.ends, "a job ends once"
        self.ends[job.number] = outcome

    def add(self, number: int, steps: int, *, background: bool = False) -> Job:
        job = Job(number, lambda event: None)
        self.scheduler.add(job, work(job, steps), background=background)
        return job

    def finish(self, most: int = 1000) -> None:
        for _ in range(most):
            if not self.scheduler.is_busy:
                return
            self.scheduler.step()
        raise AssertionError("the jobs do not come to an end")


def work(job: Job, steps: int) -> Work[str]:
    """Work of `steps` steps, each begun again after a preemption; tells how it ended."""
    lost = 0
    for _ in range(steps):
        while True:
            try:
                is_computed = yield Rows(job)
            except PreemptedError:
                lost += 1
                continue
            break
        if not is_computed:
            return f"cancelled, {lost} lost"
    return f"done, {lost} lost"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_jobs_join_and_leave_between_steps(bench: Bench) -> None:
    bench.add(1, 3)
    bench.scheduler.step()
    bench.add(2, 1)
    bench.finish()
    assert bench.steps == [[1], [1, 2], [1]]
    assert bench.ends == {1: "done, 0 lost", 2: "done, 0 lost"}
    assert bench.watched == []


def test_a_job_without_steps_ends_when_it_is_added(bench: Bench) -> None:
    bench.add(1, 0)
    assert bench.ends == {1: "done, 0 lost"}
    assert not bench.scheduler.is_busy


def test_a_cancelled_job_ends_before_the_next_step_and_the_others_go_on(bench: Bench) -> None:
    first, _ = bench.add(1, 9), bench.add(2, 2)
    bench.scheduler.step()
    first.cancel()
    bench.scheduler.step()
    assert bench.ends == {1: "cancelled, 0 lost", 2: "done, 0 lost"}
    assert bench.steps == [[1, 2], [2]]


def test_rows_that_were_not_computed_yet_are_asked_for_again(bench: Bench) -> None:
    answers: list[Answer] = [None, None, True]
    bench.answer = lambda rows: answers.pop(0) if rows.job.number == 1 else True
    bench.add(1, 1)
    bench.add(2, 1)
    bench.finish()
    assert bench.steps == [[1, 2], [1], [1]]


def test_a_job_whose_memory_is_taken_waits_for_an_end_and_begins_again(bench: Bench) -> None:
    bench.answer = lambda rows: (
        PreemptedError() if rows.job.number == 2 and len(bench.steps) == 1 else True
    )
    bench.add(1, 3)
    bench.add(2, 2)
    bench.finish()
    assert bench.steps == [[1, 2], [1], [1], [2], [2]]
    assert bench.ends == {1: "done, 0 lost", 2: "done, 1 lost"}


def test_a_job_that_waits_for_memory_can_be_cancelled(bench: Bench) -> None:
    bench.answer = lambda rows: PreemptedError() if rows.job.number == 2 else True
    bench.add(1, 3)
    second = bench.add(2, 2)
    bench.scheduler.step()
    second.cancel()
    bench.scheduler.step()
    assert bench.ends == {2: "cancelled, 1 lost"}


def test_all_preempted_are_tried_again(bench: Bench) -> None:
    bench.answer = lambda rows: PreemptedError() if len(bench.steps) == 1 else True
    bench.add(1, 1)
    bench.add(2, 1)
    bench.finish(3)
    assert set(bench.ends) == {1, 2}


def test_a_pause_frees_what_all_hold_and_they_compute_it_again(bench: Bench) -> None:
    bench.add(1, 2)
    bench.add(2, 2, background=True)
    bench.scheduler.step()
    bench.scheduler.pause()
    assert bench.freed == [1, 2]
    bench.finish()
    assert bench.ends == {1: "done, 1 lost", 2: "done, 1 lost"}


def test_the_end_ends_all_with_its_error(bench: Bench) -> None:
    bench.add(1, 2)
    bench.add(2, 2, background=True)
    error = RuntimeError("over")
    bench.scheduler.end(error)
    assert bench.ends == {1: error, 2: error}
    assert not bench.scheduler.is_busy
    assert bench.watched == []


def test_the_end_ends_even_a_job_that_goes_on_after_errors(bench: Bench) -> None:
    def stubborn(job: Job) -> Work[str]:
        while True:
            with suppress(RuntimeError):
                yield Rows(job)

    job = Job(1, lambda event: None)
    bench.scheduler.add(job, stubborn(job), background=True)
    error = RuntimeError("over")
    bench.scheduler.end(error)
    assert bench.ends == {1: error}
    assert not bench.scheduler.is_busy


def test_a_job_that_raises_ends_only_itself(bench: Bench) -> None:
    error = ValueError("its own")
    bench.answer = lambda rows: error if rows.job.number == 1 else True
    bench.add(1, 2)
    bench.add(2, 2)
    bench.finish()
    assert bench.ends == {1: error, 2: "done, 0 lost"}


def test_a_job_that_raises_at_once_is_never_run(bench: Bench) -> None:
    def broken(job: Job) -> Work[str]:
        if job.number:
            raise ValueError("at once")
        yield Rows(job)
        return ""

    job = Job(1, lambda event: None)
    bench.scheduler.add(job, broken(job), background=False)
    assert isinstance(bench.ends[1], ValueError)
    assert not bench.scheduler.is_busy


def test_a_step_that_raises_ends_its_jobs_and_not_the_host(bench: Bench) -> None:
    error = RuntimeError("a library's own")

    def fail(rows: Rows) -> Answer:
        raise error

    bench.answer = fail
    bench.add(1, 2)
    bench.add(2, 2)
    bench.scheduler.step()
    assert bench.ends == {1: error, 2: error}
    bench.answer = lambda rows: True
    bench.add(3, 1)
    bench.finish()
    assert bench.ends[3] == "done, 0 lost"


def test_the_foreground_comes_first_in_a_step(bench: Bench) -> None:
    bench.add(1, 1, background=True)
    before = bench.scheduler.has_foreground
    bench.add(2, 1)
    assert (before, bench.scheduler.has_foreground) == (False, True)
    bench.seconds = lambda numbers: 0.01
    bench.finish()
    assert bench.steps[0] == [2]
    assert bench.watched == []


def test_jobs_in_the_background_slow_the_others_by_their_share_only(bench: Bench) -> None:
    """0.01 s a step, 0.02 s with the background: at most 1.3 times as long in the long run."""
    bench.seconds = lambda numbers: 0.01 * len(numbers)
    bench.add(1, 400)
    bench.add(2, 10_000, background=True)
    while 1 not in bench.ends:
        bench.scheduler.step()
    together = sum(len(step) == 2 for step in bench.steps)
    assert len(bench.steps) == 400
    assert 400 * 0.2 < together < 400 * 0.32
    assert bench.now <= 4.0 * 1.3 + 0.1
    count = len(bench.steps)
    bench.scheduler.step()
    assert bench.steps[count:] == [[2]], "alone, they have all of it"


def test_alone_does_a_job_to_its_end() -> None:
    answers: list[Answer] = [None, PreemptedError(), True]
    assert alone(work(Job(1, print), 1), lambda rows: [answers.pop(0) for _ in rows]) == (
        "done, 1 lost"
    )


def test_all_show_their_texts_after_the_same_steps(bench: Bench) -> None:
    bench.seconds = lambda _numbers: 0.04
    jobs = [bench.add(number, 100) for number in range(3)]
    shown = []
    for _ in range(9):
        bench.scheduler.step()
        assert len({job.shows for job in jobs}) == 1
        shown.append(jobs[0].shows)
    assert shown == [True, False, False] * 3  # at most each 100 ms


def test_a_job_by_itself_shows_its_text_more_often(bench: Bench) -> None:
    bench.seconds = lambda _numbers: 0.04
    job = bench.add(1, 100)
    shown = []
    for _ in range(6):
        bench.scheduler.step()
        shown.append(job.shows)
    assert shown == [True, False] * 3  # at most each 50 ms


def test_what_a_step_leads_to_is_sent_together() -> None:
    entered: list[str] = []

    @contextmanager
    def together() -> Iterator[None]:
        entered.append("begin")
        yield
        entered.append("end")

    def compute(rows: Sequence[Rows]) -> Sequence[Answer]:
        entered.append("computed")
        return [True] * len(rows)

    scheduler = Scheduler(
        compute, lambda _jobs: None, lambda job, _end: entered.append(f"{job.number} ended"),
        together=together,
    )  # fmt: skip
    for number in range(2):
        job = Job(number, lambda event: None)
        scheduler.add(job, work(job, 1), background=False)
    scheduler.step()
    assert entered == ["computed", "begin", "0 ended", "1 ended", "end"]


def test_a_text_is_shown_also_where_it_has_no_part_in_the_steps_that_show(bench: Bench) -> None:
    bench.seconds = lambda numbers: 0.06 if len(numbers) == 1 else 0.08
    bench.add(1, 1000)
    background = bench.add(2, 1000, background=True)
    shown = 0
    for _ in range(100):
        bench.scheduler.step()
        if bench.steps[-1] == [1, 2]:
            shown += background.shows
    assert shown > 10
