"""A request's JSON object, read field by field: what is taken is struck off, the rest is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from app.core.errors import ParameterError
from app.core.options.rows import BoundRow

_PLAIN_NAME = re.compile(r"[\w.\-]{1,40}", re.ASCII)
_MOST_NAMED = 40


class RequestError(ParameterError):
    """A request that cannot be done as it was asked.

    `param` is the field at fault as the client wrote it, `code` what its program may compare.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message, hint)
        self.param = param
        self.code = code
        self.status = status


class Fields:
    """The fields of a request; a null is a field that was not given.

    `reduced` says of a field what it was taken for, because what it asks for is more than there is.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.reduced = ""
        self._left = {name: value for name, value in values.items() if value is not None}

    def has(self, name: str) -> bool:
        """Whether the field was given and is still to be taken."""
        return name in self._left

    def take(self, name: str) -> Any:
        """The field's value as it came, None if there is none; struck off."""
        return self._left.pop(name, None)

    def read(self, bound: BoundRow, name: str = "") -> Any:
        """The field's value within the row's limits, or the row's default."""
        name = name or bound.name
        return self.check(bound, name, self.take(name)) if self.has(name) else bound.default

    def check(self, bound: BoundRow, name: str, value: Any) -> Any:
        """A value within the row's limits; a RequestError names the field as the client did."""
        try:
            return msgspec.structs.replace(bound, name=name).check(value)
        except ParameterError as error:
            raise RequestError(error.message, error.hint, param=name[:80]) from None

    def names(self) -> tuple[str, ...]:
        """The names of what was not taken."""
        return tuple(self._left)


def shown_names(names: Iterable[str]) -> str:
    """Names for a header: those that could not stand in one are shown as `?`."""
    shown = [name if _PLAIN_NAME.fullmatch(name) else "?" for name in names]
    more = [f"and {len(shown) - _MOST_NAMED} more"] if len(shown) > _MOST_NAMED else []
    return ", ".join(shown[:_MOST_NAMED] + more)
