"""Drives the real window through everything that may hold it up, and listens to its event loop.

A script of its own, started by run.py with a JSON object of what to do; each line on stdout is a
JSON object: a part of the run with its delays, or at the end what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from app import __main__ as program
from app.core.models.starter import STARTER
from app.ui import application
from tests.responsive.abuse import ABUSES
from tests.responsive.home import HUGE
from tests.responsive.loop_monitor import LoopMonitor, StackSampler

LOOK_MS = 20
KEY_EVERY_MS = 90
STUCK_S = 180.0
KEYS = "the rain came down on the quay and nobody said a word. "
DIALOGS = ("settings", "all_takes", "adapters", "passport", "quantize", "shortcuts", "about")

Steps = Iterator[Callable[[], bool]]
"""What a part of the run waits for, one thing after the other."""


class Driver(QObject):
    """Goes through the parts; types, and lets the model write, all the time."""

    def __init__(self, window: Any, task: dict[str, Any]) -> None:
        super().__init__(window)
        self._window, self._task = window, task
        self._models: Path = window.program.paths.models
        self._starter = str(self._models / STARTER.file_name)
        self.problems: list[str] = []
        self._part = ""
        self._typed = 0
        self._may_write = False
        self._since = time.perf_counter()
        self.monitor = LoopMonitor(self, self._doing)
        self._sampler = StackSampler(self.monitor) if task["stacks"] else None
        if self._sampler is not None:
            self._sampler.start()
        self._plan = self._parts()
        self._is_met: Callable[[], bool] = lambda: True
        self._look_timer = self._every(LOOK_MS, self._look)
        self._key_timer = self._every(KEY_EVERY_MS, self._press)

    def _every(self, wait_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(wait_ms)
        timer.timeout.connect(call)
        timer.start()
        return timer

    # Going on

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox) and box.defaultButton() is not None:
            box.defaultButton().click()
            return
        if time.perf_counter() - self._since > STUCK_S:
            self.problems.append(f"{self._part}: nothing happened for {STUCK_S:.0f} seconds")
            self._leave()
        elif self._is_met():
            self._since = time.perf_counter()
            try:
                self._is_met = next(self._plan)
            except StopIteration:
                self._leave()

    def _leave(self) -> None:
        for timer in (self._look_timer, self._key_timer):
            timer.stop()
        self.monitor.stop()
        if self._sampler is not None:
            self._sampler.stop()
        owners = [self._window.page, self._manager]  # the manager only where it was opened
        for banner in [one for owner in owners if owner for one in owner.banners.banners()]:
            if banner.property("kind") == "error":
                self.problems.append(f"a banner: {banner.text}")
        self._window.session.stop()
        self._window.documents.save()
        self._window.close()

    def _parts(self) -> Steps:
        yield from self._warm_up()
        wanted = self._task["parts"]
        parts = {
            "windows": self._windows,
            "rest": self._rest,
            "download": lambda: self._download(1),
            "checksum": self._checksum,
            "refresh": self._refresh,
            "load": self._load,
            "service": self._service,
            "all": self._all,
        }
        for name, part in parts.items():
            if not wanted or name in wanted:
                yield from part()

    def _told(self, name: str, steps: Steps) -> Steps:
        """Do the steps, and tell how late the loop was meanwhile."""
        self._part = name
        yield lambda: True  # telling of the part before this one takes its time
        self.monitor.delays.clear()
        begun = time.perf_counter()
        yield from steps
        delays = [asdict(delay) for delay in self.monitor.delays]
        say(part={"name": name, "begun": begun, "ended": time.perf_counter()}, delays=delays)

    # The parts

    def _warm_up(self) -> Steps:
        """The start is over, and the starter model is loaded."""
        self._part = "start"
        yield lambda: self._window.program.worker.model is not None
        yield pause(1.0)

    def _rest(self) -> Steps:
        self._may_write = True
        yield from self._told("typing and writing only", iter([pause(5.0)]))
        self._may_write = False

    def _windows(self) -> Steps:
        """Opening for the first time, what has never been made before."""
        yield from self._told("the manager opens for the first time", self._open_manager())
        manager = self._manager
        for tab in (manager.catalogue, manager.downloads, manager.installed):
            title = manager.tabs.tabText(manager.tabs.indexOf(tab))
            yield from self._told(f"tab {title}", self._open_tab(tab))
        for name in DIALOGS:
            yield from self._told(f"dialog {name}, first", self._open_dialog(name))
            yield from self._told(f"dialog {name}, again", self._open_dialog(name))
        yield from self._told("the manager opens again", self._open_manager())

    def _open_manager(self) -> Steps:
        self._window.actions_table["manage"].trigger()
        yield from self._refreshed()
        yield pause(0.3)

    def _open_tab(self, tab: Any) -> Steps:
        self._manager.tabs.setCurrentWidget(tab)
        yield pause(0.3)

    def _open_dialog(self, name: str) -> Steps:
        before = set(dialogs())
        self._window.actions_table[name].trigger()
        yield lambda: bool(set(dialogs()) - before)
        yield pause(0.3)
        for dialog in set(dialogs()) - before:
            dialog.close()
        yield pause(0.2)

    def _download(self, number: int) -> Steps:
        yield from self._at_downloads()
        self._may_write = True
        for how in ("limited", "full", "cut"):
            yield from self._told(f"download, {how}", self._fetch(f"{how}-{number}"))
        self._may_write = False

    def _fetch(self, name: str) -> Steps:
        self._ask_for(name)
        yield lambda: self._state(name) in ("done", "failed")
        yield from self._after_fetch(name)

    def _ask_for(self, name: str) -> None:
        catalogue = self._manager.catalogue
        catalogue.fits.setChecked(False)
        catalogue.list.select(name)
        catalogue.action.click()

    def _after_fetch(self, name: str) -> Steps:
        if self._state(name) != "done":
            (one,) = [one for one in self._window.program.downloads.all() if one.id == name]
            self.problems.append(f"{name}: {one.problem}")
        yield from self._refreshed()

    def _state(self, name: str) -> str:
        found = [one.state for one in self._window.program.downloads.all() if one.id == name]
        return found[0] if found else ""

    def _checksum(self) -> Steps:
        yield from self._at_downloads()
        self._may_write = True
        yield from self._told("checksum", self._verify())
        self._may_write = False

    def _verify(self) -> Steps:
        self._begin_verify()
        yield lambda: not self._manager.operations._is_long
        yield from self._refreshed()

    def _begin_verify(self) -> None:
        installed = self._manager.installed
        installed.list.select(str(self._models / HUGE))
        installed.buttons["verify"].click()

    def _refresh(self) -> Steps:
        yield from self._at_downloads()
        self._may_write = True
        yield from self._told("refresh, every header again", self._refresh_again())
        yield from self._told("refresh, nothing changed", self._refresh_often())
        self._may_write = False

    def _refresh_again(self) -> Steps:
        for _ in range(2):
            self._touch()
            self._manager.refresh()
            yield from self._refreshed()
            yield pause(0.3)

    def _refresh_often(self) -> Steps:
        for _ in range(10):
            self._manager.refresh()
            yield from self._refreshed()

    def _touch(self) -> None:
        """All of the many models are one file, so that all of them look new now."""
        os.utime(next((self._models / "many").iterdir()))

    def _load(self) -> Steps:
        yield from self._at_downloads()
        yield from self._told("loading, with the probe", self._load_often(3))

    def _load_often(self, times: int) -> Steps:
        models = self._window.models.loader
        for number in range(times):
            if number % 2:
                models.load(self._starter)
            else:
                models.measure_again()
            yield lambda: not models.is_loading
            yield pause(0.3)

    def _service(self) -> Steps:
        """Others abuse the window's own service while the writer types and lets the model write."""
        service = self._window.service
        self._window.program.settings_store.change(service=True, service_port=self._task["port"])
        service.follow()
        yield lambda: bool(service.address)
        before = self._memory()
        self._may_write = True
        for name in ABUSES:
            yield from self._told(f"service, {name}", self._abuse(name))
        self._may_write = False
        say(notes=[f"memory of window and service: {before} before, {self._memory()} after"])
        service.switch()
        yield lambda: not service.address

    def _abuse(self, name: str) -> Steps:
        """It is done by a process that waits for a file, and makes one."""
        folder = Path(self._task["abuses"])
        (folder / f"{name}.go").touch()
        done = folder / f"{name}.done"
        yield done.exists
        say(notes=[f"{name}: {done.read_text('utf-8')}"])

    def _memory(self) -> str:
        child = self._window.service._service._child.pid
        sizes = (psutil.Process(pid).memory_info().rss for pid in (os.getpid(), child))
        return " and ".join(f"{size / 1e6:.0f} MB" for size in sizes)

    def _all(self) -> Steps:
        yield from self._at_downloads()
        yield from self._told("everything at once", self._everything())

    def _everything(self) -> Steps:
        names = [f"{how}-2" for how in ("limited", "full", "cut")]
        for name in names:
            self._ask_for(name)
        self._begin_verify()
        while any(self._state(name) not in ("done", "failed") for name in names):
            self._touch()
            self._manager.refresh()
            yield from self._load_often(2)
            self._may_write = True
            yield pause(1.5)
            self._may_write = False
            yield lambda: not self._window.session.running
        yield lambda: not self._manager.operations._is_long
        for name in names:
            yield from self._after_fetch(name)

    def _at_downloads(self) -> Steps:
        """The manager is open on the downloads."""
        if self._window.manager.manager is None:
            yield from self._open_manager()
        self._manager.open(self._manager.downloads)
        yield from self._refreshed()
        yield pause(0.5)

    # Helping

    @property
    def _manager(self) -> Any:
        return self._window.manager.manager

    def _refreshed(self) -> Steps:
        yield lambda: self._manager is not None and not self._manager._is_reading

    def _press(self) -> None:
        """A key in the manuscript, or let the model write."""
        window = self._window
        if window.session.running or QApplication.activeModalWidget() is not None:
            return
        self._typed += 1
        if self._may_write and self._typed % 30 == 0:
            window.actions_table["continue"].trigger()
            return
        QTest.keyClicks(window.editor, KEYS[self._typed % len(KEYS)])

    def _doing(self) -> str:
        window = self._window
        downloads = window.program.downloads.all()
        found = {
            "downloading": any(one.state == "running" for one in downloads),
            "reading the disk": self._manager is not None and self._manager._is_reading,
            "checksum": self._manager is not None and self._manager.operations._is_long,
            "loading": window.models.loader.is_loading,
            "writing": window.session.running,
        }
        return " + ".join(name for name, is_so in found.items() if is_so) or "nothing"


def pause(seconds: float) -> Callable[[], bool]:
    """Met after `seconds`."""
    over = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= over


def dialogs() -> list[QDialog]:
    """Those that are shown."""
    found = QApplication.topLevelWidgets()
    return [widget for widget in found if isinstance(widget, QDialog) and widget.isVisible()]


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main(task: dict[str, Any]) -> int:
    began = application._begin
    drivers: list[Driver] = []

    def begin(window: Any, *rest: Any) -> None:
        began(window, *rest)
        editor = window.editor
        editor.move_caret(len(editor.manuscript))
        drivers.append(Driver(window, task))

    setattr(application, "_begin", begin)  # noqa: B010 (the window is driven from its first moment)
    code = program.main(["open", task["manuscript"]])
    say(problems=drivers[0].problems)
    return code


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
