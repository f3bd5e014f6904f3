"""Plays a restless writer in the real window, and measures the program whenever it is at rest.

A script of its own, started by run.py with a JSON object of what to do; each line on stdout is a
JSON object: a sample, or at the end what went wrong.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest

from app import __main__ as program
from app.core.options.sampling import Sampling
from app.engine.messages import Prefill, Stats
from app.ui import application
from tests.soak.measuring import files, mapped_models, own_memory

LOOK_MS = 20
LOADS = 60
"""How often a model is loaded at least, so that there is something to compare."""

LONGEST = 5000
"""Characters after which the older half is cut, for a page takes memory by its length."""

STUCK_S = 600
SENTENCES = (
    "The rain had stopped. ",
    "Nobody answered, ",
    "She put the letter away.\n",
    "灯塔还亮着。",
    "Но море молчало. ",
)
WISHES = ("Describe the weather.", "Let somebody knock at the door.", "Write a short letter.")
SAMPLING = Sampling(temperature=1.0, max_tokens=48)


class Writer(QObject):
    """Does something at random whenever nothing runs, and stops much of it before its end."""

    def __init__(self, window: Any, models: list[str], tokens: int, seed: int) -> None:
        super().__init__(window)
        self._window, self._models, self._wanted = window, models, tokens
        self._chance = random.Random(seed)
        self._tokens = 0
        self._stop_in = 0
        self._waits = 0
        self._fresh = False
        self._last_load = 0
        self._me = psutil.Process()
        self._host: psutil.Process | None = None
        self._hosts: set[int] = set()
        self.problems: list[str] = []
        self.did: Counter[str] = Counter()
        window.session.measured.connect(self._count)
        window.models.loader.loaded.connect(self._on_loaded)
        window.bridge.arrived.connect(self._on_event)
        for sign in (window.session.reading, window.session.speed, window.models.loader.loading):
            sign.connect(self._stop_when_due)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _count(self, stats: Stats) -> None:
        self._tokens += stats.completion_tokens

    def _on_loaded(self, _model: object) -> None:
        self._fresh, self._last_load = True, self._tokens

    def _on_event(self, event: object) -> None:
        """Nothing is fresh any more once something was read, be it ahead."""
        if isinstance(event, Prefill):
            self._fresh = False

    def _stop_when_due(self, *_: object) -> None:
        """Press Esc after a number of the model's events."""
        self._stop_in -= 1
        if self._stop_in == 0:
            self._do("stop")

    @property
    def _rests(self) -> bool:
        window = self._window
        return not (window.session.running or window.models.busy or window.program.worker.busy)

    def _look(self) -> None:
        """Go on if nothing runs."""
        self._waits += 1
        if self._waits * LOOK_MS > STUCK_S * 1000:
            self.problems.append(f"nothing happened for {STUCK_S} seconds")
            self._leave()
            return
        if not self._rests:
            return
        self._waits, self._stop_in = 0, 0
        for banner in self._window.page.banners.banners():
            if banner.property("kind") == "error":
                self.problems.append(f"a banner: {banner.text}")
        if self._window.program.worker.model is not None:
            self._measure()
        if self._tokens >= self._wanted or self.problems:
            self._leave()
            return
        self._act()

    def _leave(self) -> None:
        self._timer.stop()
        self._window.documents.save()
        self._window.close()

    # Measuring

    def _measure(self) -> None:
        worker = self._window.program.worker
        pid = worker._client.host_pid
        if pid is None:
            return
        if self._host is None or self._host.pid != pid:
            self._host = psutil.Process(pid)
            self._hosts.add(pid)
            if len(self._hosts) > 1:
                self.problems.append("the engine host was replaced")
        host, me = self._host, self._me
        say(
            sample={
                "tokens": self._tokens,
                "model": Path(worker.model.path).name,
                "fresh": self._fresh,
                "host": own_memory(host),
                "window": own_memory(me),
                "mapped": mapped_models(host),
                "host_threads": host.num_threads(),
                "window_threads": me.num_threads(),
                "host_files": files(host),
                "window_files": files(me),
                "children": len(me.children(recursive=True)),
            },
            pids=[me.pid, *(child.pid for child in me.children(recursive=True))],
        )

    # Acting

    def _act(self) -> None:
        often = self._tokens - self._last_load >= self._wanted / LOADS
        if often or self._window.program.worker.model is None:
            self._load()
            return
        if len(self._window.editor.manuscript) > LONGEST:
            self._cut()
            return
        acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (30, self._continue),
            (16, lambda: self._write("continue_many")),
            (20, self._retry),
            (4, self._instruct),
            (8, self._type),
            (8, self._undo),
            (5, lambda: self._do("redo")),
            (4, lambda: self._do("accept")),
            (6, lambda: self._do(self._chance.choice(("take_before", "take_after")))),
            (6, self._load),
            (1, lambda: self._do("unload")),
        )
        weights = [weight for weight, _act in acts]
        self._chance.choices(acts, weights)[0][1]()

    def _do(self, name: str) -> None:
        """As its key would; an action that is not to be had now does nothing."""
        action = self._window.actions_table[name]
        self.did[name] += action.isEnabled()
        action.trigger()

    def _write(self, name: str) -> None:
        """Let the model write, and stop four in ten of these somewhere."""
        self._maybe_stop(0.4)
        self._do(name)
        if self._chance.random() < 0.05:
            self._do("stop")

    def _maybe_stop(self, chance: float) -> None:
        if self._chance.random() < chance:
            self._stop_in = self._chance.randint(1, 40)

    def _continue(self) -> None:
        editor = self._window.editor
        editor.move_caret(len(editor.manuscript))
        self._write("continue")

    def _retry(self) -> None:
        for _ in range(self._chance.randint(1, 2)):
            self._write("retry")

    def _instruct(self) -> None:
        line = self._window.page.write_bar.line
        line.setText(self._chance.choice(WISHES))
        QTest.keyClick(line, Qt.Key.Key_Return)
        line.clear()
        self._window.editor.setFocus()

    def _type(self) -> None:
        self._window.editor.insert_plain(self._chance.choice(SENTENCES))

    def _cut(self) -> None:
        editor = self._window.editor
        cursor = editor.textCursor()
        cursor.setPosition(LONGEST // 2)
        cursor.setPosition(0, cursor.MoveMode.KeepAnchor)
        editor.setTextCursor(cursor)
        self.did["cut"] += 1
        QTest.keyClick(editor, Qt.Key.Key_Delete)

    def _undo(self) -> None:
        for _ in range(self._chance.randint(1, 3)):
            self._do("undo")

    def _load(self) -> None:
        """The other model, sometimes stopped on the way."""
        model = self._window.program.worker.model
        others = [path for path in self._models if model is None or path != model.path]
        self._maybe_stop(0.2)
        self.did["load"] += 1
        self._window.models.load(self._chance.choice(others))


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main(task: dict[str, Any]) -> int:
    began = application._begin
    writers: list[Writer] = []

    def begin(window: Any, *rest: Any) -> None:
        began(window, *rest)
        window.sampling.set_sampling(SAMPLING)
        writers.append(Writer(window, task["models"], task["tokens"], task["seed"]))

    setattr(application, "_begin", begin)  # noqa: B010 (the window is driven from its first moment)
    code = program.main(["open", task["manuscript"]])
    say(problems=writers[0].problems, did=writers[0].did)
    return code


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
