"""What every test stands on: a home of its own, and nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt
# Before anything loads OpenMP: tests run side by side, and a thread that spins while it waits
# takes the other's processor. Left alone, a prompt costs thrice the processor time.
os.environ.setdefault("GOMP_SPINCOUNT", "0")
# Started in the background, a process ignores Ctrl+C, and its children with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

import hypothesis
import psutil
import pytest

from tests.certificates import Certificate, make_certificate
from tests.side_by_side import WITH_TORCH, SideBySide

GRACE_S = 5.0
"""How long a thread or process that is already ending may take; a sound one needs none of it."""

LONGEST_FIRST = (
    *WITH_TORCH,
    "tests/host/",
    "tests/e2e/",
    "tests/kills/",
    "tests/cli/",
    "tests/sdk/",
    "tests/tasks/",
    "tests/server/",
    "tests/core/",
)
"""Tests that take seconds begin; those of the window, 50 ms each, fill the end of every process."""

HOME_VARIABLES = ("LAMPBLACK_HOME", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
REAL_ENVIRONMENT = dict(os.environ)

hypothesis.settings.register_profile("here", deadline=None)  # a machine may be busy with others
hypothesis.settings.load_profile("here")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SideBySide | None:
    """How the whole suite is divided: in the order of `LONGEST_FIRST`, not by number of tests."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return SideBySide(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by `LONGEST_FIRST`, so that no process is left alone with a long file at the end."""

    def rank(item: pytest.Item) -> int:
        begin = (n for n, prefix in enumerate(LONGEST_FIRST) if item.nodeid.startswith(prefix))
        return next(begin, len(LONGEST_FIRST))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Ten thousand tests stay until the end: no collection of garbage need look at them again."""
    gc.collect()
    gc.freeze()


def _is_home_variable(name: str) -> bool:
    return name in HOME_VARIABLES or name.startswith("XDG_")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh LAMPBLACK_HOME, and a HOME that is not the developer's; returns the former."""
    for name in [name for name in os.environ if _is_home_variable(name)]:
        monkeypatch.delenv(name)
    home = tmp_path / "lampblack-home"
    monkeypatch.setenv("LAMPBLACK_HOME", str(home))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return home


@pytest.fixture(scope="session")
def qapp(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The one QApplication of the whole run, whichever window's test comes first; in English."""
    from app.ui.application import make_application
    from app.ui.languages import speak

    application = make_application()
    assert speak(application, "en", tmp_path_factory.mktemp("texts")) == ""
    return application


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The real starter model in the user's data folder, where `dev.py test` puts it."""
    from app.core.models.starter import STARTER
    from app.core.system.paths import Paths

    with pytest.MonkeyPatch.context() as real:
        for name in {*HOME_VARIABLES, *REAL_ENVIRONMENT}:
            if not _is_home_variable(name):
                continue
            if name in REAL_ENVIRONMENT:
                real.setenv(name, REAL_ENVIRONMENT[name])
            else:
                real.delenv(name, raising=False)
        path = Paths.here().models / STARTER.file_name
    if not path.is_file():
        pytest.fail(
            f"The starter model is not at {path}; "
            "`python3 packaging/dev.py test` fetches it, as does `lampblack models get starter`."
        )
    return path


class _Warnings(logging.Handler):
    """Collects every record of WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for https, made for this session."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails on a logged warning; a test that takes `caplog` judges the log itself."""
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.found and "caplog" not in request.fixturenames:
        pytest.fail("The test logged: " + "; ".join(handler.found))


def _threads() -> set[threading.Thread]:
    # A dummy stands for a foreign (Qt's) thread; Python never learns that it ended.
    dummy = threading._DummyThread
    return {thread for thread in threading.enumerate() if not isinstance(thread, dummy)}


def _left_threads(before: set[threading.Thread]) -> list[str]:
    deadline = time.monotonic() + GRACE_S
    new = _threads() - before
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [f"thread {thread.name}" for thread in new if thread.is_alive()]


def _has_children() -> bool:
    """Whether there may be a child; Linux says so at once, where psutil looks at every process."""
    try:
        tasks = Path("/proc/self/task").iterdir()
        return any((task / "children").read_bytes() for task in tasks)
    except OSError:  # another system, or a thread that has just ended
        return True


def _children() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True)) if _has_children() else set()


def _left_processes(before: set[psutil.Process]) -> list[str]:
    _gone, alive = psutil.wait_procs(_children() - before, timeout=GRACE_S)
    return [f"process {process.pid}" for process in alive]


def _left_windows() -> list[str]:
    """The windows still seen; what was to be deleted later is deleted now.

    Else the windows of thousands of tests would be there still, and a change of the theme would
    paint them all.
    """
    widgets, core = sys.modules.get("PySide6.QtWidgets"), sys.modules.get("PySide6.QtCore")
    application = widgets.QApplication.instance() if widgets else None
    if widgets is None or core is None or not isinstance(application, widgets.QApplication):
        return []
    application.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    return [
        f"window {type(window).__name__} “{window.windowTitle()}”"
        for window in application.topLevelWidgets()
        if window.isVisible()
    ]


def _files() -> set[str]:
    """The folder that the tests run in; tools keep their caches under names with a dot."""
    names = (path.name for path in Path.cwd().iterdir())
    return {name for name in names if not name.startswith((".", "__pycache__"))}


@pytest.fixture(autouse=True)
def nothing_left(own_home: Path, quiet_log: None) -> Iterator[None]:
    """Fails when a test leaves a thread, a process, a window or a file behind."""
    threads, processes, files = _threads(), _children(), _files()
    yield
    left = [*_left_windows(), *_left_threads(threads), *_left_processes(processes)]
    left += [f"file {name}" for name in _files() - files]
    if left:
        pytest.fail("The test left behind: " + ", ".join(sorted(left)))
