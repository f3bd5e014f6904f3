"""Calls from one Python object to many, for what happens at every key."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import MethodType
from typing import Generic, ParamSpec
from weakref import ref

from PySide6.QtCore import QObject
from shiboken6 import isValid

P = ParamSpec("P")


class Listeners(Generic[P]):
    """Is connected, disconnected and emitted as a Qt signal is, at a twentieth of its cost a call.

    Everything is called at once and in the order it was connected in. A method does not keep its
    object alive, and is left out once that is gone or Qt has deleted it. What raises an exception
    is reported, and the others are called all the same.
    """

    def __init__(self) -> None:
        self._calls: tuple[tuple[ref[object] | None, Callable[..., object]], ...] = ()

    def connect(self, call: Callable[P, object]) -> None:
        """Call it from now on."""
        self._calls += (_parts(call),)

    def disconnect(self, call: Callable[P, object]) -> None:
        """Call it no more; raises ValueError if it was not connected."""
        calls = list(self._calls)
        calls.remove(_parts(call))
        self._calls = tuple(calls)

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call everything that is connected now."""
        for owner, call in self._calls:
            try:
                if owner is None:
                    call(*args, **kwargs)
                elif (one := owner()) is not None and _is_there(one):
                    call(one, *args, **kwargs)
                else:
                    self._calls = tuple(each for each in self._calls if each[0] is not owner)
            except Exception:  # noqa: BLE001 - reported, as Qt does for a slot
                sys.excepthook(*sys.exc_info())


def _parts(call: Callable[..., object]) -> tuple[ref[object] | None, Callable[..., object]]:
    if isinstance(call, MethodType):
        return ref(call.__self__), call.__func__
    return None, call


def _is_there(one: object) -> bool:
    return not isinstance(one, QObject) or isValid(one)
