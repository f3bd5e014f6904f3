"""An engine that says how likely words are, as the test scripts it."""

from __future__ import annotations

import math
import re
import threading
from typing import Any

from app.core.errors import LampblackError
from app.engine.messages import Alternative, Score, Scored, TokenDetail

OTHERS = (" door", " lamp", "s", "\ufffd", "<|im_end|>", " 门", " gate", " wall", " roof", " sea")


class ScoringEngine:
    """Words are tokens, half as likely as `likely` says, and the same others stand beside each."""

    def __init__(self) -> None:
        self.asked: list[Score] = []
        self.cancelled: list[int] = []
        self.problem: LampblackError | None = None
        self.rests = [0.5, 0.25]  # how likely what follows is, in the order of the questions
        self.gate = threading.Event()
        self.gate.set()
        self._job = 0

    def next_job(self) -> int:
        self._job += 1
        return 1000 + self._job

    def cancel(self, job: int) -> None:
        self.cancelled.append(job)
        self.gate.set()

    def run(self, command: Any, _on_event: Any) -> Any:
        assert isinstance(command, Score)
        self.asked.append(command)
        assert self.gate.wait(10)
        if self.problem is not None:
            raise self.problem
        if command.told == 0:
            share = self.rests.pop(0)
            return Scored(job=0, details=(), log_probability=4 * math.log(share), tokens=4)
        words = re.findall(r"\s*\S+|\s+$", command.text)
        details = tuple(_detail(number, word) for number, word in enumerate(words))
        return Scored(job=0, details=details, tokens=len(details))


def _detail(number: int, word: str) -> TokenDetail:
    others = [
        Alternative(
            id=100 + place, text=text, probability=0.2 / place, torn=b"\xe9" * (text == "\ufffd")
        )
        for place, text in enumerate(OTHERS, 1)
    ]
    alternatives = (Alternative(id=number, text=word, probability=0.4), *others)
    return TokenDetail(id=number, text=word, probability=0.4, alternatives=alternatives)
