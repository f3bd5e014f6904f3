"""The fake engine: behaves as its script says, in the real child process, for tests of the rest.

The "model" is a JSON file, read into `Script`. Nothing in the program offers it to a user.
"""

from __future__ import annotations

import math
import re
import sys
import zlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec

from app.core.errors import CancelledError, TemplateError, UnsupportedModelError
from app.core.formats.classifiers import writes_nothing
from app.engine.messages import (
    Alternative,
    ChatMessage,
    ChoiceScore,
    ChoicesScored,
    Classified,
    Classify,
    Count,
    Counted,
    Detokenize,
    Detokenized,
    Done,
    EngineReport,
    EngineSettings,
    FinishReason,
    Generate,
    Load,
    Loading,
    Measured,
    ModelInfo,
    Prefill,
    PromptScored,
    PromptsScored,
    Read,
    Score,
    ScoreChoices,
    Scored,
    ScorePrompts,
    Stats,
    Take,
    TokenDetail,
    Tokenize,
    Tokenized,
    Tokens,
    Working,
)
from app.host.fake_script import Script as Script, Template, let_others, misbehave, wait
from app.host.generation.batching import alone
from app.host.interface import (
    Answer,
    Engine,
    Job,
    Rows,
    TokenizedPrompt,
    Work,
)

_START, _END = 1, 2
"""The fake's control tokens; words have numbers above."""


class FakeEngine(Engine):
    """A loaded script."""

    def __init__(self, command: Load, script: Script) -> None:
        options = command.options
        self._script = script
        self._info = ModelInfo(
            name=Path(command.path).stem,
            path=command.path,
            engine="fake",
            architecture="fake",
            context=options.context or 2048,
            trained_context=2048,
            has_chat_template=script.template != "none" and not script.labels,
            labels=script.labels,
            adapters=command.adapters,
            settings=EngineSettings(
                engine="fake",
                context=options.context or 2048,
                gpu_layers=options.gpu_layers if script.gpu else 0,
            ),
        )

    @property
    def info(self) -> ModelInfo:
        """The script as a model."""
        return self._info

    def generate(self, request: Generate, job: Job) -> Done:
        """Read and write as the script says."""
        return alone(self.writing(request, job), self.compute)

    def writing(self, request: Generate, job: Job) -> Work[Done]:
        """A word is a step."""
        if self._script.labels:
            raise writes_nothing(self._info.name, self._script.labels)
        total = yield from self._prefill(request, job)
        if job.cancelled:
            return self._done(request, job, [""] * request.n, total, "cancelled")
        texts, reason = yield from self._write(request, job)
        return self._done(request, job, texts, total, reason)

    def compute(self, rows: Sequence[Rows]) -> list[Answer]:
        """There is nothing to compute."""
        return [not one.job.cancelled for one in rows]

    def release(self, rows: Rows) -> None:
        """It has no memory."""

    def watch(self, jobs: Sequence[Job]) -> None:
        """It looks for cancels itself."""

    def read(self, request: Read, job: Job) -> Done:
        """Read as the script says."""
        total = alone(self._prefill(request, job), self.compute)
        return Done(job=job.number, stats=Stats(prompt_tokens=total))

    def _prefill(self, request: Generate | Read, job: Job) -> Work[int]:
        """Emit the script's steps until a cancel; the prompt's length in tokens."""
        script, total = self._script, self.count(request.prompt, request.messages)
        for step in range(script.steps):
            wait(script.step_s)
            job.emit(Prefill(job=job.number, done=total * (step + 1) // script.steps, total=total))
            misbehave(script.prefill_fault, job, script)
            if job.cancelled:
                break
            yield from let_others(job)
        return total

    def settle(self) -> None:
        """Tell the log, for tests of when it is called."""
        sys.stderr.write("settled\n")
        sys.stderr.flush()

    def _write(self, request: Generate, job: Job) -> Work[tuple[list[str], FinishReason]]:
        script = self._script
        texts = [""] * request.n
        for index, word in enumerate(self._words(request) * script.repeat):
            wait(script.pause_s)
            if index == script.fault_after:
                misbehave(script.decode_fault, job, script)
            if job.cancelled:
                return texts, "cancelled"
            if index == request.sampling.max_tokens:
                return texts, "length"
            for take in range(request.n):
                text = word if take == 0 else f"{take + 1}{word}"
                texts[take] += text
                job.emit(Tokens(job=job.number, take=take, text=text, tokens=1))
            yield from let_others(job)
        return texts, "stop"

    def _words(self, request: Generate) -> tuple[str, ...]:
        asked = request.messages[-1].content if request.messages else request.prompt
        replies = self._script.replies
        return next((replies[text] for text in replies if text in asked), self._script.words)

    def _done(
        self, request: Generate, job: Job, texts: list[str], total: int, reason: FinishReason
    ) -> Done:
        written = sum(len(text.split()) for text in texts)
        return Done(
            job=job.number,
            takes=tuple(
                Take(index=index, text=text, finish_reason=reason)
                for index, text in enumerate(texts)
            ),
            stats=Stats(
                prompt_tokens=total, completion_tokens=written, prefill_s=0.5, decode_s=0.5
            ),
            seed=request.sampling.seed or 7,
            settings=self._info.settings,
        )

    def count(
        self, prompt: str, messages: tuple[ChatMessage, ...] = (), *, special: bool = False
    ) -> int:
        """One token per word."""
        del special
        return sum(len(text.split()) for text in (prompt, *(turn.content for turn in messages)))

    def counted(self, request: Count) -> Counted:
        """The same, also of texts."""
        tokens = self.count(f"{request.prompt} {request.suffix or ''}", request.messages)
        texts = tuple(self.count(text) for text in request.texts)
        return Counted(job=request.job, tokens=tokens, texts=texts)

    def tokenize(self, request: Tokenize) -> Tokenized:
        """A token for every word."""
        words = request.text.split()
        ids = tuple(3 + zlib.crc32(word.encode()) for word in words)
        return Tokenized(job=request.job, ids=ids, pieces=tuple(word.encode() for word in words))

    def detokenize(self, request: Detokenize) -> Detokenized:
        """It forgets what it read."""
        return Detokenized(job=request.job, text=" ".join(map(str, request.ids)))

    def score(self, request: Score, job: Job) -> Scored:
        """Every word, and every token after the first, is half certain.

        Behind a prompt a word has the space before it, and the script's words are the others, each
        half as likely as the one before.
        """
        words = list(map(str, request.tokens[1:])) or request.text.split()
        if request.is_behind:
            words = re.findall(r"\s*\S+|\s+$", request.text)
        told = words if request.told < 0 else words[: request.told]
        details = tuple(
            TokenDetail(
                id=index,
                text=word,
                probability=0.5,
                alternatives=self._alternatives(index, word, request.probabilities),
            )
            for index, word in enumerate(told)
        )
        total = len(words) * math.log(0.5)
        return Scored(job=job.number, details=details, log_probability=total, tokens=len(words))

    def _alternatives(self, number: int, word: str, count: int) -> tuple[Alternative, ...]:
        others = [f" {one.strip()}" for one in self._script.words if one.strip() != word.strip()]
        texts = [(number, word), *((1000 + place, text) for place, text in enumerate(others))]
        return tuple(
            Alternative(id=one, text=text, probability=0.5 ** (place + 1))
            for place, (one, text) in enumerate(texts[:count])
        )

    def scoring(self, request: Score, job: Job) -> Work[Scored]:
        """In one step."""
        yield from let_others(job)
        return self.score(request, job)

    def choosing(self, request: ScoreChoices, job: Job) -> Work[ChoicesScored]:
        """In one step."""
        yield from let_others(job)
        return self.score_choices(request, job)

    def score_choices(self, request: ScoreChoices, job: Job) -> ChoicesScored:
        """The more of a choice's letters the prompt has, the likelier it is."""
        asked = request.prompt + "".join(turn.content for turn in request.messages)
        scores = tuple(
            ChoiceScore(log_probability=-1.0 / (1 + asked.count(choice.strip())), tokens=1)
            for choice in request.choices
        )
        return ChoicesScored(job=job.number, choices=scores, prompt_tokens=len(asked.split()))

    def comparing(self, request: ScorePrompts, job: Job) -> Work[PromptsScored]:
        """A word of the text is likelier where the prompt has it; a step for each prompt."""
        found, words = [], request.text.split()
        for number, gone in enumerate(request.without):
            wait(self._script.step_s)
            misbehave(self._script.prefill_fault, job, self._script)
            yield from let_others(job)
            if job.cancelled:
                raise CancelledError("Stopped.")
            kept = [one.text for place, one in enumerate(request.pieces) if place not in gone]
            prompt = " ".join(kept).split()
            found.append(-math.fsum(1.0 if word in prompt else 3.0 for word in words))
            job.emit(PromptScored(job=job.number, number=number, log_probability=found[-1]))
            job.emit(Prefill(job=job.number, done=number + 1, total=len(request.without)))
        return PromptsScored(job=job.number, log_probabilities=tuple(found), tokens=len(words))

    def classifying(self, request: Classify, job: Job) -> Work[Classified]:
        """The more often a label is in the text, the likelier it is."""
        labels = self._script.labels
        if not labels:
            raise UnsupportedModelError("The script has no labels.")
        yield from let_others(job)
        found = []
        for text in request.texts:
            scores = [text.count(label) for label in labels]
            total = math.log(sum(map(math.exp, scores)))
            found.append(tuple(score - total for score in scores))
        tokens = tuple(len(text.split()) for text in request.texts)
        return Classified(job=job.number, log_probabilities=tuple(found), tokens=tokens)

    def perplexity(self, text: str, job: Job) -> Measured:
        """Between two words at every place."""
        for step in range(self._script.steps):
            wait(self._script.step_s)
            if job.cancelled:
                raise CancelledError("Stopped.")
            fraction = (step + 1) / self._script.steps
            job.emit(Working(job=job.number, what="measuring", fraction=fraction))
        return Measured(job=job.number, perplexity=2.0, tokens=len(text.split()))

    def lay_out(self, prompt: str, messages: tuple[ChatMessage, ...]) -> TokenizedPrompt:
        """A token for every word, and those that the script's template puts around a turn."""
        words: list[str] = []
        parts = [] if messages else [prompt]
        if messages and self._script.template in ("none", "fails"):
            raise TemplateError("The script has no template that works.")
        for turn in _turned(messages, self._script.template):
            parts += [turn.role, turn.content, "" if self._script.template == "no end" else "\0"]
        ids = [_START] * (2 if messages and self._script.template == "doubles bos" else 1)
        for word in " ".join(parts).split(" "):
            ids.append(_END if word == "\0" else 3 + zlib.crc32(word.encode()))
            words.append("" if word == "\0" else f"{word} ")
        pieces = [b""] * (len(ids) - len(words)) + [word.encode() for word in words]
        return TokenizedPrompt(tuple(ids), tuple(pieces), _START, frozenset({_END}))

    def guest(self) -> AbstractContextManager[None]:
        """It keeps nothing anyway."""
        return nullcontext()

    @property
    def position_bytes(self) -> int:
        """A made-up figure."""
        return 1000

    def close(self) -> None:
        """Nothing to free."""


def _turned(messages: tuple[ChatMessage, ...], template: Template) -> list[ChatMessage]:
    """The turns as the template lets them through."""
    others = [turn for turn in messages if turn.role != "system"]
    if template == "loses system":
        return others
    if template == "moves system" and len(others) < len(messages):
        content = "\n\n".join(turn.content for turn in messages[:2])
        return [ChatMessage(role="user", content=content), *messages[2:]]
    return [*messages]


def load(command: Load, job: Job) -> FakeEngine:
    """Read the script and load as it says."""
    script = msgspec.json.decode(Path(command.path).read_bytes(), type=Script)
    gpu = script.gpu if command.options.gpu_layers else ""
    for step in range(script.steps):
        wait(script.step_s)
        if job.cancelled:
            raise CancelledError("Stopped.")
        job.emit(Loading(job=job.number, fraction=(step + 1) / script.steps, gpu=gpu))
        if gpu or not script.gpu:
            misbehave(script.load_fault, job, script)
    return FakeEngine(command, script)


def describe() -> EngineReport:
    """A fake works everywhere."""
    return EngineReport(engine="fake", available=True, version="1")
