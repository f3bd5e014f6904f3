"""Runs the steps of the self-test one after the other, each within its time."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from types import FrameType
from typing import Any

import msgspec
from msgspec.structs import replace

from app import __version__
from app.cli.selftest.report import CannotTryError, SelftestReport, StepResult
from app.cli.selftest.steps import Selftest
from app.cli.selftest.table import STEPS, SelftestStep
from app.core.errors import CancelledError, LampblackError
from app.core.system.files import why
from app.program import Program

_ENDINGS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

Tell = Callable[[StepResult], object]


def try_program(
    program: Program,
    *,
    tell: Tell = lambda _result: None,
    skipped: Sequence[str] = (),
    steps: Sequence[SelftestStep] = STEPS,
) -> SelftestReport:
    """The report, each row of which is told as soon as it is known.

    Of `program` only the folder of models is read. Raises CancelledError after Ctrl+C. Nothing is
    left in either case.
    """
    begun = perf_counter()
    selftest = Selftest(program)
    with _ending_by_signal() as asked:

        def told(result: StepResult) -> None:
            if asked:  # what was interrupted may have swallowed it
                raise KeyboardInterrupt
            tell(result)

        try:
            results, error = _results(selftest, steps, skipped, told)
            notes = selftest.home.notes() if hasattr(selftest, "home") else ()
        except KeyboardInterrupt:
            raise CancelledError("The self-test was stopped; nothing of it is left.") from None
        finally:
            with _undisturbed():
                is_gone = selftest.close()
    failed = next((one for one in results if one.state == "failed"), None)
    report = SelftestReport(
        lampblack=__version__,
        passed=failed is None,
        is_frozen=bool(getattr(sys, "frozen", False)),
        platform=selftest.opened.get("platform", ""),
        seconds=perf_counter() - begun,
        steps=tuple(results),
        versions=selftest.versions,
        notes=notes,
    )
    if failed is not None and error is not None:
        remedy = error.hint or next(one.remedy for one in steps if one.name == failed.name)
        return replace(report, failed=failed.name, problem=error.message, remedy=remedy)
    if not is_gone:
        problem = f"The temporary home {selftest.home.folder} could not be removed."
        remedy = "Remove it by hand."
        return replace(report, passed=False, failed="home", problem=problem, remedy=remedy)
    return report


def as_json(report: SelftestReport) -> Any:
    """The report as it is written for programs."""
    return msgspec.to_builtins(report)


def _results(
    selftest: Selftest, steps: Sequence[SelftestStep], skipped: Sequence[str], tell: Tell
) -> tuple[list[StepResult], LampblackError | None]:
    """A row for every step; those after a failure are not run."""
    results: list[StepResult] = []
    failure: LampblackError | None = None
    for step in steps:
        result = StepResult(name=step.name, title=step.title)
        if failure is None:
            result, failure = _result(selftest, step, is_skipped=step.name in skipped)
        results.append(result)
        tell(result)
    return results, failure


def _result(
    selftest: Selftest, step: SelftestStep, *, is_skipped: bool
) -> tuple[StepResult, LampblackError | None]:
    result = StepResult(name=step.name, title=step.title)
    if is_skipped:
        return replace(result, state="skipped", found="left out as asked"), None
    begun = perf_counter()
    error: LampblackError | None = None
    try:
        found = selftest.within(step.limit_s, step.run)
        result = replace(result, state="passed", found=found)
    except CannotTryError as reason:
        result = replace(result, state="skipped", found=str(reason))
    except TimeoutError:
        error = LampblackError(f"It took longer than {step.limit_s:g} seconds.")
    except LampblackError as trouble:
        error = trouble
    except OSError as trouble:
        error = LampblackError(f"A file or process could not be used: {why(trouble)}.")
    except Exception as trouble:  # noqa: BLE001 - a bug fails its step; the home must still go
        error = LampblackError(
            f"It met an unexpected problem: {type(trouble).__name__}: {trouble}."
        )
    if error is not None:
        result = replace(result, state="failed", found=error.message)
    return replace(result, seconds=perf_counter() - begun), error


@contextmanager
def _ending_by_signal() -> Iterator[list[int]]:
    """Let whatever asks the program to end interrupt the main thread as Ctrl+C does.

    The list has the number of each signal that came.
    """
    came: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    with _handled(interrupt):
        yield came


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Clean up whatever is asked meanwhile: it takes some seconds at most."""
    with _handled(signal.SIG_IGN):
        yield


@contextmanager
def _handled(handler: Any) -> Iterator[None]:
    """Handle them so; what whoever started the program has it ignore, as nohup does, stays so."""
    heeded = [one for one in _ENDINGS if signal.getsignal(one) is not signal.SIG_IGN]
    former = {number: signal.signal(number, handler) for number in heeded}
    try:
        yield
    finally:
        for number, before in former.items():
            signal.signal(number, before)
