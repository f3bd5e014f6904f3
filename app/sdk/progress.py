"""Where a program sees how far a long work is: a line on a terminal or in a notebook, or nothing.

A line appears only once a work has taken half a second, so that short ones flicker nowhere.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from importlib import import_module
from time import monotonic
from typing import Any, Literal, Protocol, Self

from app.core.errors import ParameterError
from app.core.system.progress_line import ProgressLine

OnProgress = Callable[[float, str], None]
"""Gets a fraction from 0 to 1 and what is done, at every step, on the thread that does it."""

Progress = OnProgress | Literal["auto", "terminal", "notebook", "off"]
"""`auto` is a notebook where the program runs in one, else a terminal, else nothing."""

_AFTER_S, _STEP_S = 0.5, 0.1
_WIDTH = 24  # characters of the bar

_terminal = threading.Lock()
"""Held by the work whose line is on the terminal; the others show none meanwhile."""


class _Line(Protocol):
    def show(self, text: str) -> None: ...

    def end(self, text: str) -> None: ...


class _TerminalLine:
    """A line on standard error that is gone at the end."""

    def __init__(self) -> None:
        self._line = ProgressLine()
        self._is_mine = False

    def show(self, text: str) -> None:
        self._is_mine = self._is_mine or _terminal.acquire(blocking=False)
        if self._is_mine:
            self._line.show(text)

    def end(self, _text: str) -> None:
        if self._is_mine:
            self._line.clear()
            _terminal.release()


class _NotebookLine:
    """A line below the cell, changed in place, that stays as it was last."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, text: str) -> None:
        shown = {"text/plain": text}
        if self._handle is None:  # IPython is no dependency: a notebook has it
            display = import_module("IPython.display").display
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)

    def end(self, text: str) -> None:
        if self._handle is not None:
            self.show(text)


def check_progress(progress: Progress) -> Progress:
    """The same; raises ParameterError for what is none of the words and cannot be called."""
    if callable(progress) or progress in ("auto", "terminal", "notebook", "off"):
        return progress
    raise ParameterError(
        f"progress is {progress!r}, which is nowhere to show it.",
        "Give 'auto', 'terminal', 'notebook', 'off', or a function of a fraction and a text.",
    )


def in_notebook() -> bool:
    """Whether this program runs in a notebook, whose front end can change what it has shown."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def _line(progress: Progress) -> _Line | None:
    if progress == "notebook" or (progress == "auto" and in_notebook()):
        return _NotebookLine()
    return _TerminalLine() if progress in ("auto", "terminal") else None


class ShownProgress:
    """One work's progress, to be entered."""

    def __init__(self, progress: Progress) -> None:
        self._call = progress if callable(progress) else None
        self._line = _line(progress)
        self._due = monotonic() + _AFTER_S
        self._text = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._line is not None:
            self._line.end(self._text)

    def tell(self, fraction: float, what: str) -> None:
        """Show how far it is, of 1, and what is done."""
        if self._call is not None:
            self._call(fraction, what)
        elif self._line is not None:
            self._text = bar(fraction, what)
            if (now := monotonic()) >= self._due:
                self._due = now + _STEP_S
                self._line.show(self._text)


def bar(fraction: float, what: str) -> str:
    """The line of a work."""
    full = round(_WIDTH * min(1.0, max(0.0, fraction)))
    return f"[{'#' * full}{'.' * (_WIDTH - full)}] {fraction:4.0%}  {what}"
