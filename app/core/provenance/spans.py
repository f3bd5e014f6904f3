"""Where each UTF-16 unit of a text came from, in spans that cover it without a gap."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from app.core.text.run_spans import (
    RunSpan,
    RunSpans,
    cut as cut,
    joined as joined,
    length_of as length_of,
)

Kind = Literal["unknown", "typed", "pasted", "generated", "rewrite"]
"""What a text came from: "unknown" was in the file before, "rewrite" is an accepted one."""

KINDS: tuple[Kind, ...] = get_args(Kind)


class OriginRun(msgspec.Struct, frozen=True, array_like=True):
    """`length` units of one kind; of what a model wrote, from `offset` on in the take `take`.

    `take` is the key of a take, 0 for one that is not known. Both are 0 for every other kind.
    """

    length: int
    kind: Kind
    take: int = 0
    offset: int = 0

    def cut(self, start: int, end: int) -> OriginRun:
        """The units of it from `start` to `end`."""
        offset = self.offset + start if self.take else 0
        return OriginRun(end - start, self.kind, self.take, offset)

    def longer(self, by: int) -> OriginRun:
        """The run with so many more units at its end."""
        return OriginRun(self.length + by, self.kind, self.take, self.offset)

    def joins(self, following: OriginRun) -> bool:
        """Whether `following`, right after it, is the same span going on."""
        if self.kind != following.kind or self.take != following.take:
            return False
        return not self.take or self.offset + self.length == following.offset


Runs = tuple[OriginRun, ...]
"""Runs in the text's order, of which no two neighbours are one."""

OriginSpan = RunSpan[OriginRun]
OriginSpans = RunSpans[OriginRun]
