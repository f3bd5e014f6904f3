"""How a model runs best on this machine: what was measured, and where it is remembered."""

from __future__ import annotations

from typing import Literal

import msgspec

Waiting = Literal["active", "passive"]
"""What the threads of a step do while one waits for another: spin, or sleep."""


class Tuning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured of one model with one build on one machine.

    `step_s` holds the usual seconds of a single step in an almost empty context by number of
    threads, `row_s` the seconds per row of a prompt with `threads`. `rows_cost` are the costs of
    batches of 2, 3, 4, … rows as multiples of a single step.
    """

    threads: int
    flash_attention: bool
    batch: int
    ubatch: int
    waiting: Waiting = "active"
    step_s: dict[int, float] = {}
    row_s: float = 0.0
    rows_cost: tuple[float, ...] = ()
