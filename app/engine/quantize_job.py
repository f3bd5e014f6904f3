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


def steps(order: QuantizeJob) -> Steps:
    """Make the copy and measure both; whatever happens, what was loaded before is loaded again."""
    present = order.loaded
    try:
        before = None
        if order.passage:
            if not _is_same(order.load, present):
                present = order.load
                yield order.load
            before = yield Perplexity(job=0, text=order.passage)
        made = yield Quantize(
            job=0, source=order.load.path, target=order.target, type_name=order.type_name
        )
        after = None
        if order.passage:
            present = msgspec.structs.replace(order.load, path=order.target)
            yield present
            after = yield Perplexity(job=0, text=order.passage)
    finally:
        if order.loaded is not None and not _is_same(order.loaded, present):
            yield order.loaded
    return _outcome(order, made, before, after)


def drive(order: QuantizeJob, run: Callable[[JobCommand], Finished]) -> QuantizeOutcome:
    """Run the steps with `run`, which numbers a command and returns its last event or raises."""
    going = steps(order)
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
    return other is not None and _what(one) == _what(other)


def _what(load: Load) -> tuple[object, ...]:
    return load.path, load.engine, load.adapters


def _outcome(
    order: QuantizeJob, made: Finished, before: Finished | None, after: Finished | None
) -> QuantizeOutcome:
    assert isinstance(made, Quantized), "Quantize ends with Quantized or raises"
    measured = isinstance(before, Measured) and isinstance(after, Measured)
    return QuantizeOutcome(
        path=made.path,
        type_name=order.type_name,
        size_before=made.size_before,
        size_after=made.size_after,
        tokens=after.tokens if isinstance(after, Measured) else 0,
        perplexity_before=before.perplexity if measured and isinstance(before, Measured) else None,
        perplexity_after=after.perplexity if measured and isinstance(after, Measured) else None,
    )
