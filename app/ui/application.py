"""The application: everything around the main window that there is once per process."""

from __future__ import annotations

import ctypes
import gc
import locale
import os
import sys
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication

from app import __version__
from app.core.system.paths import resource
from app.core.system.priority import shorten_time_slice
from app.program import Program
from app.ui.crash_log import CrashLog
from app.ui.languages import speak
from app.ui.startup import FirstPaint
from app.ui.widgets.apply_theme import apply_theme, interface_font
from app.ui.window.main_window import MainWindow

APPLICATION_ID = "io.github.lampblack.Lampblack"
_ICON = resource("icons") / "lamp.svg"
_LETTERS = "C.UTF-8"
_TURN_S = 0.0005  # how long a thread behind the window may keep the interpreter from it
_CATEGORIES = ("LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES")


class LampblackApplication(QApplication):
    """The QApplication; `opened` has the path of a file that the system asks it to open.

    macOS names files by an event, where the others name them on the command line.
    """

    opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Take the files that are opened in the Finder."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.opened.emit(event.file())
            return True
        return super().event(event)


def run_window(
    program: Program,
    files: Sequence[str] = (),
    on_shown: Callable[[MainWindow], None] | None = None,
) -> int:
    """Show the window until it is closed; the result is the exit code.

    `on_shown` is called when it was painted for the first time, before anything else is begun.
    """
    application = make_application()
    sys.setswitchinterval(_TURN_S)
    shorten_time_slice()  # its own threads, made by now or later, keep the usual one
    crashes = CrashLog(program.paths.logs)
    reports = crashes.left_behind()
    crashes.install()
    try:
        trouble = speak(application, program.settings.language, program.paths.cache)
        apply_theme(program.settings.theme)
        if not _is_unlocked(program):
            return 0
        window = MainWindow(program)
        crashes.on_problem = window.bridge.post
        window.open_paths([Path(name) for name in files])
        application.opened.connect(lambda name: window.open_paths([Path(name)]))
        first = FirstPaint(window)
        if on_shown is not None:
            first.painted.connect(lambda: on_shown(window))
        first.painted.connect(lambda: _begin(window, reports, trouble))
        window.show()
        gc.freeze()  # what the start made stays; the collector need not walk over it again
        gc.enable()
        return application.exec()
    finally:
        crashes.close()


def _is_unlocked(program: Program) -> bool:
    """Ask for the passphrase where there is one; False where the writer leaves instead."""
    if not program.paths.may_have_key() or not program.vault.is_locked:
        return True
    from app.ui.lock.unlock_form import unlock_at_start

    return unlock_at_start(program.vault)


def take_plain_letters(environ: MutableMapping[str, str]) -> None:
    """Let C's letters be those of this process, and all else stay the user's.

    In Turkish the capital of i is not I, by which PySide looks for the setter of `interval`. Qt
    takes the locale again and again from the environment, so that it is changed there.
    """
    if whole := environ.pop("LC_ALL", ""):
        environ.update(dict.fromkeys(("LANG", *_CATEGORIES), whole))
    environ["LC_CTYPE"] = _LETTERS


def make_application() -> LampblackApplication:
    """The process's QApplication, named, and in English until `speak` is called."""
    if sys.platform != "win32" and ctypes.CDLL(None).toupper(ord("i")) != ord("I"):
        take_plain_letters(os.environ)
        locale.setlocale(locale.LC_CTYPE, _LETTERS)
    application = LampblackApplication([sys.argv[0]])
    application.setApplicationName("Lampblack")
    application.setOrganizationName("Lampblack")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(APPLICATION_ID)
    application.setFont(interface_font(application.font()))
    application.setWindowIcon(QIcon(str(_ICON)))
    return application


def _begin(window: MainWindow, reports: Sequence[Path], trouble: str) -> None:
    from app.ui.documents.recovery import RecoveryController
    from app.ui.widgets.motion import follow_desktop

    window.begin()
    follow_desktop()
    if trouble:
        window.page.banners.say(trouble, "notice")
    if reports:
        window.notices.show_crash(reports[-1])
    RecoveryController(window.program, window.documents, window.questions, window).begin()
