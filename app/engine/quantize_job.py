"""Making a smaller copy of a model with its price: sizes, and the perplexity of both."""

from __future__ import annotations

from collections.abc import Callable, Generator

import msgspec

from app.core.errors import LampblackError
from app.engine.messages import (
    Finished,
    JobCommand,
    Load,
    Measured,
    Perplexity,
    Quantize,
    Quantized,
)

Steps = Generator[JobCommand, Finished, "QuantizeOutcome"]
"""Commands to be run one after the other; each one's last event, or its error, goes back in.

The commands have no job number yet.
"""


class QuantizeJob(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made of the model that `load` loads.

    With a `passage` both are measured on it. `loaded` is what was loaded before, and is again
    afterwards.
    """

    load: Load
    target: str
    type_name: str
    passage: str = ""
    loaded: Load | None = None


class QuantizeOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The copy and its price; a perplexity is None where no passage was given."""

    path: str
    type_name: str
    size_before: int
    size_after: int
    tokens: int = 0
    perplexity_before: float | None = None
    perplexity_after: float | None = None

    @property
    def change(self) -> float | None:
        """By how much the copy's perplexity is higher, as a part of the model's."""
        if not self.perplexity_before or self.perplexity_after is None:
            return None
        return self.perplexity_after / self.perplexity_before - 1


def steps(job: QuantizeJob) -> Steps:
    """Make the copy and measure both; whatever happens, what was loaded before is loaded again."""
    present = job.loaded
    try:
        before = None
        if job.passage:
            if not _is_same(job.load, present):
                present = job.load
                yield job.load
            before = yield Perplexity(job=0, text=job.passage)
        made = yield Quantize(
            job=0, source=job.load.path, target=job.target, type_name=job.type_name
        )
        after = None
        if job.passage:
            present = msgspec.structs.replace(job.load, path=job.target)
            yield present
            after = yield Perplexity(job=0, text=job.passage)
    finally:
        if job.loaded is not None and not _is_same(job.loaded, present):
            yield job.loaded
    return _outcome(job, made, before, after)


def drive(job: QuantizeJob, run: Callable[[JobCommand], Finished]) -> QuantizeOutcome:
    """Run the steps with `run`, which numbers a command and returns its last event or raises."""
    going = steps(job)
    try:
        command = next(going)
        while True:
            try:
                finished = run(command)
            except (LampblackError, KeyboardInterrupt) as error:
                command = going.throw(error)
            else:
                command = going.send(finished)
    except StopIteration as ended:
        outcome: QuantizeOutcome = ended.value
        return outcome


def _is_same(one: Load, other: Load | None) -> bool:
    names = ("path", "engine", "adapters")
    return all(getattr(one, name) == getattr(other, name, None) for name in names)


def _outcome(
    job: QuantizeJob, made: Finished, before: Finished | None, after: Finished | None
) -> QuantizeOutcome:
    assert isinstance(made, Quantized), "Quantize ends with Quantized or raises"
    return QuantizeOutcome(
        path=made.path,
        type_name=job.type_name,
        size_before=made.size_before,
        size_after=made.size_after,
        tokens=after.tokens if isinstance(after, Measured) else 0,
        perplexity_before=before.perplexity if isinstance(before, Measured) else None,
        perplexity_after=after.perplexity if isinstance(after, Measured) else None,
    )
