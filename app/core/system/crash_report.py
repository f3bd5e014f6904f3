"""What is written down of an unexpected error: its kind and where it came from, nothing else.

The message of an exception may hold anything: a piece of the text, a path, what a server said. It
is left out of every log and report, and so are the names of folders outside of the program.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import LampblackError

_ROOT = Path(__file__).resolve().parents[3]
_LIBRARIES = ("site-packages", "dist-packages", "_internal")
_FIRST, _LAST = 20, 40  # places of one error; what has called itself is in thousands
_MOST_ERRORS = 8


def crash_text(error: BaseException) -> str:
    """The error, and those that led to it, in lines: each with the places that it went through."""
    lines = ["Traceback, last call last; messages are left out, as they may hold texts or paths:"]
    for one, how in _chain(error):
        lines += [f"{how}:"] if how else []
        lines += [*_places(one), f"{_name(one)}"]
    return "\n".join(lines) + "\n"


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """The error and what it came of, the newest first."""
    found: BaseException | None = error
    how, seen = "", set[int]()
    while found is not None and id(found) not in seen and len(seen) < _MOST_ERRORS:
        yield found, how
        seen.add(id(found))
        how = "which was caused by" if found.__cause__ else "while this was handled"
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _name(error: BaseException) -> str:
    kind = type(error)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    if isinstance(error, LampblackError):
        return f"{name} ({error.kind})"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name} (errno {error.errno})"
    return name


def _places(error: BaseException) -> list[str]:
    found = traceback.extract_tb(error.__traceback__)
    lines = [f"  {_file(place.filename)}:{place.lineno} in {place.name}" for place in found]
    left_out = len(lines) - _FIRST - _LAST
    if left_out > 0:
        lines[_FIRST:-_LAST] = [f"  … {left_out} more …"]
    return lines


def _file(name: str) -> str:
    """A file of the program or of a library by its place in there; of any other the name alone."""
    path = Path(name)
    if path.is_relative_to(_ROOT / "app"):
        return path.relative_to(_ROOT).as_posix()
    for folder in _LIBRARIES:
        if folder in path.parts:
            after = len(path.parts) - path.parts[::-1].index(folder)
            return "/".join(path.parts[after:])
    return path.name
