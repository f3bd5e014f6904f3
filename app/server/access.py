"""What the service's handlers see of the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from app.engine.messages import Finished, HostEvent, JobCommand, ModelInfo


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one request may ask for; 0 is no limit."""

    max_n: int = 16
    max_tokens: int = 0
    max_seconds: float = 0


class ModelState(msgspec.Struct, frozen=True, kw_only=True):
    """The model that answers."""

    model: ModelInfo | None = None
    loading: bool = False
    names: tuple[str, ...] = ()


class EngineAccess(Protocol):
    """The engine as handlers use it."""

    state: ModelState
    limits: Limits

    async def run(self, command: JobCommand) -> Finished:
        """Do a command; raises LampblackErrors."""
        ...

    def events(self, command: JobCommand) -> AbstractAsyncContextManager[AsyncIterator[HostEvent]]:
        """The events of a command; the last is the Finished; leaving cancels."""
        ...
