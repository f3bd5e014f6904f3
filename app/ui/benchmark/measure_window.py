"""Measuring the real window from inside, for the benchmark; imported by nothing else.

What is found goes to the standard output, one object of JSON a line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.core.errors import LampblackError
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.messages import Failed
from app.ui.benchmark.measure_editor import EditorTrial
from app.ui.window.main_window import MainWindow

TICK_S = 0.001
"""How often the event loop is asked to answer, in seconds."""

_CALM_TICKS, _MOST_TICKS = 20, 5_000
"""How many must come in time before the loop counts as idle, and after how many it is not asked."""

_HEAVY = ("jinja2", "llama_cpp", "numpy", "torch", "transformers")
_CONTEXT = 1024  # tokens; the window is measured, not the reading of a long prompt


class Ticks(QObject):
    """How late the events come that are posted every millisecond, in seconds.

    One event that keeps the loop makes all that are posted meanwhile wait, each a millisecond
    less than the one before; a timer alone would count that as a single late one.
    """

    def __init__(self, parent: QObject, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(parent)
        self.late: list[float] = []
        self._clock = clock
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(TICK_S * 1000))
        self._timer.timeout.connect(self.tick)

    def begin(self) -> None:
        """Begin to listen; what was heard before is forgotten."""
        self.late = []
        self._last = self._clock()
        self._timer.start()

    @property
    def is_calm(self) -> bool:
        """Whether the last events all came in time: the loop has nothing else to do."""
        last = self.late[-_CALM_TICKS:]
        return len(last) == _CALM_TICKS and max(last) < TICK_S

    def end(self) -> None:
        """Listen no more."""
        self._timer.stop()

    def tick(self) -> None:
        """The loop has come round."""
        now = self._clock()
        late = max(0.0, now - self._last - TICK_S)
        self._last = now
        self.late.append(late)
        while (late := late - TICK_S) > 0:
            self.late.append(late)


def latencies(late: Sequence[float]) -> dict[str, float]:
    """The median, the 99th percentile and the worst, in milliseconds."""
    ordered = sorted(late)
    last = len(ordered) - 1
    return {
        "p50": ordered[last // 2] * 1000,
        "p99": ordered[min(last, -(-len(ordered) * 99 // 100) - 1)] * 1000,
        "worst": ordered[last] * 1000,
        "samples": len(ordered),
    }


def on_shown(words: Sequence[str], window: MainWindow, seconds: float) -> None:
    """The window was painted for the first time; takes the seconds of processor time until then."""
    if words[0] == "start":
        _answer({"processor": seconds})
        window.models.panel.refreshed.connect(lambda: _settled(window))
    elif words[0] == "edit":
        window.models.panel.refreshed.connect(lambda: _edit(window, Path(words[1]), int(words[2])))
    else:
        model, tokens = words[1], int(words[2])
        Streaming(window, model, tokens).begin()


def _settled(window: MainWindow) -> None:
    """Everything is made that the start makes: say so, and hold still while memory is counted."""
    assert window.sampling.list.rows  # made by now, or now
    QApplication.processEvents()
    _answer({"pid": os.getpid(), "libraries": sorted(set(_HEAVY) & set(sys.modules))})
    sys.stdin.read()
    window.close()


def _edit(window: MainWindow, folder: Path, keys: int) -> None:
    """Open and type in the texts of a folder, beside a bare editor."""
    window.page.show_page()
    trial = EditorTrial(window)
    found = trial.opening(folder / "megabyte.txt")
    found |= trial.typing(folder / "novel.txt", {"start": 0, "middle": 0.5, "end": 1}, keys)
    found |= trial.typing(folder / "paragraph.txt", {"paragraph": 0.5}, keys)
    trial.close()
    _answer(found)
    window.close()


class Streaming(QObject):
    """Loads a model and lets it write at the end of the text, and listens to the event loop."""

    def __init__(self, window: MainWindow, model: str, tokens: int) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        self._ticks = Ticks(self)
        self._looks = QTimer(self, interval=_CALM_TICKS // 2)
        self._looks.timeout.connect(self._load)
        window.program.settings_store.change(load=LoadOptions(context=_CONTEXT))
        window.sampling.set_sampling(Sampling(temperature=0, max_tokens=tokens))
        window.models.ready.connect(self._write)
        window.models.loader.failed.connect(self._fail)
        window.session.failed.connect(self._fail)
        window.session.measured.connect(self._done)

    def begin(self) -> None:
        """As soon as the window has nothing else to do."""
        self._window.models.panel.refreshed.connect(self._wait)

    def _wait(self) -> None:
        self._window.models.panel.refreshed.disconnect(self._wait)
        editor = self._window.editor
        editor.move_caret(len(editor.manuscript))
        self._ticks.begin()
        self._looks.start()

    def _load(self) -> None:
        if self._ticks.is_calm or len(self._ticks.late) > _MOST_TICKS:
            self._looks.stop()
            self._ticks.begin()
            self._window.models.load(self._model)

    def _write(self) -> None:
        self._window.generation.go_on()

    def _done(self) -> None:
        self._ticks.end()
        words = self._window.editor.manuscript.words
        _answer(latencies(self._ticks.late) | {"words": words})
        self._leave()

    def _fail(self, trouble: LampblackError | Failed) -> None:
        _answer({"problem": trouble.message})
        self._leave()

    def _leave(self) -> None:
        self._window.documents.save()
        self._window.close()


def _answer(found: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
