"""An engine whose scores a test lets through, one window at a time."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import CancelledError, LampblackError
from app.engine.messages import (
    Event,
    Finished,
    JobCommand,
    Score,
    Scored,
    TokenDetail,
    Tokenize,
    Tokenized,
)
from app.ui.interpretability.surprise_controller import SurpriseController
from tests.ui.conftest import Studio

_PIECE = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")
_CHANCES = {"lamp": 0.05, "rained": 0.005, "purple": 0.0001}


class ScriptedScores:
    """A token for each word: "lamp" is a little surprising, "rained" more, "purple" very.

    While `gate` is closed a scoring waits for it, or for its cancel. `error` is raised instead.
    """

    def __init__(self) -> None:
        self.commands: list[Any] = []
        self.cancelled: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self.error: LampblackError | None = None
        self._words: list[str] = []
        self._job = 0

    def next_job(self) -> int:
        self._job += 1
        return self._job

    def cancel(self, job: int) -> None:
        self.cancelled.add(job)
        self.gate.set()

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        self.commands.append(command)
        if self.error is not None:
            raise self.error
        if isinstance(command, Tokenize):
            words = _PIECE.findall(command.text)
            numbers = tuple(range(len(self._words), len(self._words) + len(words)))
            self._words += words
            pieces = tuple(word.encode() for word in words)
            return Tokenized(job=command.job, ids=numbers, pieces=pieces)
        assert isinstance(command, Score)
        self.waiting.set()
        assert self.gate.wait(20)
        if command.job in self.cancelled:
            raise CancelledError("Stopped.")
        return Scored(job=command.job, details=tuple(map(self._detail, command.tokens[1:])))

    def _detail(self, token: int) -> TokenDetail:
        word = self._words[token].strip()
        return TokenDetail(id=token, text=word, probability=_CHANCES.get(word, 0.5))

    def of(self, kind: type) -> list[Any]:
        return [command for command in self.commands if isinstance(command, kind)]


@pytest.fixture
def engine(studio: Studio) -> ScriptedScores:
    studio.worker.shared = scores = ScriptedScores()
    return scores


@pytest.fixture
def heat(studio: Studio, engine: ScriptedScores) -> SurpriseController:
    return studio.window.manuscript.surprise


@pytest.fixture
def settle(heat: SurpriseController, qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: heat.is_idle)


@pytest.fixture
def marked(studio: Studio) -> Callable[[], dict[int, str]]:
    """The text in each step's layer."""

    def found() -> dict[int, str]:
        layers = studio.window.editor.layers._layers
        steps = {step: layers[f"surprise {step}"] for step in (1, 2, 3)}
        return {
            step: "|".join(one.cursor.selectedText() for one in shown)
            for step, shown in steps.items()
            if shown
        }

    return found
