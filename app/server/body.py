"""The body of a request: within its limit, JSON and nothing that JSON does not have."""

from __future__ import annotations

import json
from collections import Counter
from math import isfinite
from typing import Any

from starlette.requests import Request

from app.core.errors import ParameterError

MAX_DEPTH = 64
"""How deep lists and objects may lie in each other; a JSON schema needs a dozen."""

JSON_KEY = "lampblack.json"
"""Where a request's scope has its body as read at the door."""


def read_json(request: Request) -> dict[str, Any]:
    """The fields of the request's body; raises ParameterError where it is no object.

    They were checked at the door: no NaN, no infinity, no name twice, no deep nest.
    """
    value = request.scope.get(JSON_KEY)
    if not isinstance(value, dict):
        raise ParameterError("The body must be a JSON object.")
    return value


def parse_json(body: bytes) -> Any:
    """The value of a body; raises ParameterError with the reason."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError:
        raise ParameterError("The body is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise ParameterError(
            f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None
    except ValueError:  # an integer of more digits than Python reads
        raise ParameterError("The body has a number that is too long.") from None
    except RecursionError:
        raise _too_deep() from None
    _check_depth(value)
    return value


def _refuse(name: str) -> float:
    raise ParameterError(f"{name} is not a number in JSON.")


def _finite(digits: str) -> float:
    if not isfinite(number := float(digits)):
        raise ParameterError(f"The number {digits[:40]} is too large.")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _times),) = Counter(name for name, _value in pairs).most_common(1)
        raise ParameterError(f"The field {twice[:80]!r} is there twice.")
    return found


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> ParameterError:
    return ParameterError(f"The body is nested more than {MAX_DEPTH} levels deep.")
