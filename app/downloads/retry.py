"""Retry policy: what to try again, how soon, and when to stop."""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Callable

import msgspec

from app.core.errors import CancelledError, DownloadError
from app.downloads.messages import Waiting


class ConnectionBroken(Exception):  # noqa: N818 - not an error yet: it is tried again
    """The connection broke or the server is busy; it asked to wait for `seconds`, or 0."""

    def __init__(self, problem: str, seconds: float = 0.0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.seconds = seconds


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds; `tries` is how many may fail in a row without a byte."""

    connect_s: float = 20.0
    stall_s: float = 30.0
    tries: int = 8
    first_s: float = 1.0
    longest_s: float = 60.0
    most_asked_s: float = 600.0


class Retry:
    """Waits between tries, doubling the time with a random part, until it gives up.

    `wait` waits for seconds and says whether the user stopped meanwhile; `report` is told why.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        wait: Callable[[float], bool],
        report: Callable[[Waiting], None],
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._wait = wait
        self._report = report
        self._chance = chance
        self._failures = 0

    def again(self, broken: ConnectionBroken, *, moved: bool) -> None:
        """Wait for the next try; raises DownloadError after too many, CancelledError if stopped."""
        self._failures = 0 if moved else self._failures + 1
        if self._failures >= self._policy.tries:
            raise DownloadError(
                f"{broken.problem}, {self._failures} times in a row.",
                "What was fetched is kept; go on with the download when the network is better.",
            )
        seconds = self._seconds(broken)
        self._report(Waiting(problem=broken.problem, seconds=seconds))
        if self._wait(seconds):
            raise stopped()

    def succeeded(self) -> None:
        """Start counting from zero."""
        self._failures = 0

    def _seconds(self, broken: ConnectionBroken) -> float:
        if broken.seconds > self._policy.most_asked_s:
            raise DownloadError(
                f"{broken.problem} and asks to come again in {broken.seconds / 60:.0f} minutes.",
                "What was fetched is kept; go on with the download then.",
            )
        doubled = self._policy.first_s * 2.0 ** min(self._failures, 30)
        own = min(self._policy.longest_s, doubled) * (0.5 + self._chance() / 2)
        return max(own, broken.seconds)


def stopped() -> CancelledError:
    """The error that a stopped download ends with."""
    return CancelledError("The download was stopped.")


def asked_seconds(header: str, now: float | None = None) -> float:
    """The seconds that a Retry-After header asks for, a number or a date; 0 for anything else."""
    if header.strip().isdecimal():
        return float(header)
    try:
        date = email.utils.parsedate_to_datetime(header)
        return max(0.0, date.timestamp() - (time.time() if now is None else now))
    except (TypeError, ValueError, OverflowError):
        return 0.0
