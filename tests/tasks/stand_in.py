"""A stand-in for the engine: its tokens are words, and its answers what a test says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from app.core.errors import PromptTooLongError, TemplateError
from app.engine.messages import (
    ChoiceScore,
    ChoicesScored,
    Classified,
    Classify,
    Count,
    Counted,
    Done,
    Event,
    Finished,
    Generate,
    JobCommand,
    ModelInfo,
    Score,
    ScoreChoices,
    Scored,
    Stats,
    Take,
    TokenDetail,
    Tokenize,
    Tokenized,
    Tokens,
)

WORD = re.compile(r"\s*[^\s\u3000-\u9fff]{1,8}|\s*[\u3000-\u9fff]|\s+")


def pieces(text: str) -> list[str]:
    return [found.group() for found in WORD.finditer(text)]


def shown(command: Any) -> str:
    """All that the model reads."""
    return str(command.prompt) + "".join(turn.content for turn in command.messages)


def asked_text(command: Any) -> str:
    """The text that a chat form ends with."""
    return str(command.messages[-1].content).partition("\n\n")[2]


class StandIn:
    """An engine that refuses what does not fit and notes every command."""

    def __init__(
        self,
        *,
        context: int = 2000,
        template: bool = True,
        engine: str = "fake",
        labels: tuple[str, ...] = (),
    ) -> None:
        self.model: ModelInfo | None = ModelInfo(
            name="stand-in",
            path="stand-in",
            engine=engine,
            context=context,
            has_chat_template=template and not labels,
            labels=labels,
        )
        self.commands: list[Any] = []
        self.cancelled: set[int] = set()
        self.answer: Callable[[Any], str] = asked_text
        self.likelihood: Callable[[str, str], float] = lambda _shown, _choice: -1.0
        self.broken_template = False
        self.on_piece: Callable[[], None] = lambda: None

    def next_job(self) -> int:
        return len(self.commands) + 1

    def cancel(self, job: int) -> None:
        self.cancelled.add(job)

    def recover(self, job: int, on_event: Callable[[Event], None]) -> None:
        """No model was lost, so that there is nothing to do."""

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        self.commands.append(command)
        if self.broken_template and isinstance(command, Generate | Count) and command.messages:
            raise TemplateError("The model's chat template failed.", "Use another.")
        if isinstance(command, Count):
            return Counted(job=command.job, tokens=len(pieces(shown(command))))
        if isinstance(command, Tokenize):
            found = tuple(piece.encode() for piece in pieces(command.text))
            begin = (b"<s>",) if command.begins else ()
            ids = tuple(range(len(found) + len(begin)))
            return Tokenized(job=command.job, ids=ids, pieces=begin + found)
        if isinstance(command, ScoreChoices):
            return self._choices(command)
        if isinstance(command, Classify):
            return self._classified(command)
        if isinstance(command, Score):
            self._fit(len(command.tokens))
            details = (
                TokenDetail(id=token, text=str(token), probability=0.5)
                for token in command.tokens[1:]
            )
            return Scored(job=command.job, details=tuple(details))
        assert isinstance(command, Generate)
        return self._generate(command, on_event)

    def _fit(self, count: int) -> None:
        assert self.model is not None
        if 0 < self.model.context <= count:  # a server may not tell its length
            raise PromptTooLongError(f"{count} tokens are too many.")

    def _choices(self, command: ScoreChoices) -> ChoicesScored:
        self._fit(len(pieces(shown(command))))
        scores = tuple(
            ChoiceScore(log_probability=self.likelihood(shown(command), choice), tokens=1)
            for choice in command.choices
        )
        return ChoicesScored(job=command.job, choices=scores, prompt_tokens=10)

    def _classified(self, command: Classify) -> Classified:
        """As `likelihood` says of a text and a label, with two tokens around each text."""
        assert self.model is not None
        counts = [len(pieces(text)) + 2 for text in command.texts]
        self._fit(max(counts))
        rows = [
            tuple(self.likelihood(text, label) for label in self.model.labels)
            for text in command.texts
        ]
        return Classified(job=command.job, log_probabilities=tuple(rows), tokens=tuple(counts))

    def _generate(self, command: Generate, on_event: Callable[[Event], None]) -> Done:
        assert self.model is not None
        read = len(pieces(shown(command)))
        dropped = max(0, read - self.model.context) if command.overflow == "drop_head" else 0
        self._fit(read - dropped if dropped == 0 else 0)
        text, reason = "", "stop"
        answer = pieces(self.answer(command))
        for count, piece in enumerate(answer):
            if command.job in self.cancelled:
                reason = "cancelled"
                break
            if 0 <= command.sampling.max_tokens <= count:
                reason = "length"
                break
            text += piece
            on_event(Tokens(job=command.job, take=0, text=piece, tokens=1))
            self.on_piece()
        take = Take(index=0, text=text, finish_reason=reason)  # type: ignore[arg-type]  # one of the reasons
        stats = Stats(prompt_tokens=read, completion_tokens=len(answer), dropped_tokens=dropped)
        seed = command.sampling.seed
        return Done(job=command.job, takes=(take,), stats=stats, seed=41 if seed is None else seed)

    def of(self, kind: type[Any]) -> list[Any]:
        """The commands of a kind."""
        return [command for command in self.commands if isinstance(command, kind)]
