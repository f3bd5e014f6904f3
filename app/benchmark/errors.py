"""Why a number could not be had."""

from __future__ import annotations

from app.core.errors import LampblackError


class NotMeasuredError(LampblackError):
    """Something that a measurement needs is not here; the sentence says what."""

    kind = "not_measured"
