"""The crash log: what went wrong is written down on this machine, and shown, never sent."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from app import __version__
from app.core.system.crash_report import crash_text

_PREFIX = "crash-"
_SEEN = "report-"
_KEPT = 20
_QUIET = (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)


class CrashLog:
    """Writes crashes and unexpected errors of this process into a file of its own.

    `on_problem` is called with the file, from any thread, for each unexpected error.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{_PREFIX}{os.getpid()}.log"
        self._file: TextIO | None = None
        self._former: tuple[object, object] | None = None
        self.on_problem: Callable[[Path], None] = lambda _path: None

    def left_behind(self) -> tuple[Path, ...]:
        """The reports of programs that ended unexpectedly, renamed, so that each comes once."""
        found = []
        for path in sorted(self._folder.glob(f"{_PREFIX}*")):
            with contextlib.suppress(OSError):
                if path == self._path or _is_alive(path):
                    continue
                if not path.stat().st_size:
                    path.unlink()
                    continue
                stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(path.stat().st_mtime))
                found.append(path.replace(path.with_name(f"{_SEEN}{stamp}-{path.stem}.txt")))
        self._prune()
        return tuple(found)

    def install(self) -> None:
        """Begin to write; where the folder cannot be written, stderr has it alone."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        self._former = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(self._on_qt_message)

    def close(self) -> None:
        """The program ends well; an empty log goes."""
        qInstallMessageHandler(None)
        if self._former is not None:
            sys.excepthook, threading.excepthook = self._former  # type: ignore[assignment]  # ours
            self._former = None
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        with contextlib.suppress(OSError):
            if self._path.stat().st_size:
                self._path.replace(self._path.with_name(f"{_SEEN}{os.getpid()}.txt"))
            else:
                self._path.unlink()

    def write(self, text: str) -> None:
        """Add to the log, and to stderr."""
        print(text, file=sys.stderr, end="")  # noqa: T201 (the terminal's user reads it)
        if self._file is not None and not self._file.closed:
            self._file.write(text)
            self._file.flush()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.write(f"{_now()} Lampblack {__version__}\n{crash_text(error.with_traceback(trace))}")
        self.on_problem(self._path)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        error = args.exc_value or args.exc_type()
        self._on_exception(args.exc_type, error, args.exc_traceback)

    def _on_qt_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind not in _QUIET:
            print(f"Qt: {text}", file=sys.stderr)  # noqa: T201 (a warning is no crash)
        if kind is QtMsgType.QtFatalMsg:
            self.write(f"{_now()} Qt: {text}\n")

    def _prune(self) -> None:
        with contextlib.suppress(OSError):
            for old in sorted(self._folder.glob(f"{_SEEN}*.txt"))[:-_KEPT]:
                old.unlink()


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _is_alive(path: Path) -> bool:
    """Whether the process that writes this log still runs."""
    import psutil

    number = path.stem.removeprefix(_PREFIX)
    return number.isdigit() and psutil.pid_exists(int(number))
