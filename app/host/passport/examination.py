"""The examination: tries a loaded model for its passport, within limits of time and tokens."""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from pathlib import Path

from msgspec.structs import replace

from app.core.formats.split_files import all_parts
from app.core.passport import LANGUAGES, Finding, Kind, Passport
from app.engine.messages import Working
from app.host.interface import Engine, Job
from app.host.passport import texts
from app.host.passport.scoring import is_echo, is_in, repetition
from app.host.passport.template_check import look_at_template
from app.host.passport.trials import Clock, Trials, TrialText
from app.host.prompt_cache.fingerprint import fingerprint

ANSWER_TOKENS = 48
PROSE_TOKENS = 96
LANGUAGE_TOKENS = 32
MOST_TOKENS = (
    PROSE_TOKENS + ANSWER_TOKENS * len(texts.INSTRUCTIONS) + LANGUAGE_TOKENS * len(texts.LANGUAGES)
)
"""The most that is written in one examination."""

_PROSE_TEMPERATURE = 0.8
_STEPS = 2 + len(texts.INSTRUCTIONS) + len(texts.LANGUAGES)


class Examination:
    """One examination of the model in `engine`; `job` hears of every step and can stop it."""

    def __init__(self, engine: Engine, job: Job, clock: Clock = time.perf_counter) -> None:
        self._engine = engine
        self._job = job
        self._trials = Trials(engine, job, clock)
        self._step = 0
        self._passport = _blank(engine)

    def passport(self) -> Passport:
        """Do all trials; raises CancelledError when it is stopped."""
        with self._engine.guest():
            self._try_template()
            if self._passport.template == "right":
                self._try_instructions()
            else:
                self._note(kind="base" if self._passport.template == "none" else "unclear")
            self._try_prose()
            self._try_languages()
        return self._finished()

    def _tell(self, what: str, steps: int = 1) -> None:
        self._trials.check()
        fraction = min(1.0, self._step / _STEPS)
        self._job.emit(Working(job=self._job.number, what=what, fraction=fraction))
        self._step += steps

    def _note(self, **found: object) -> None:
        self._passport = replace(self._passport, **found)

    def _try_template(self) -> None:
        self._tell("Finding out how to talk to it")
        count = len(self._engine.lay_out(texts.PASSAGE, ()).ids)
        per_word = count / len(texts.PASSAGE.split())
        self._note(**asdict(look_at_template(self._engine)), tokens_per_word=per_word)

    def _try_instructions(self) -> None:
        answers: list[TrialText] = []
        followed = 0
        for instruction in texts.INSTRUCTIONS:
            self._tell("Asking it something")
            answer = self._trials.answer(instruction.text, ANSWER_TOKENS)
            if answer is not None and not answer.cut:
                answers.append(answer)
                followed += _follows(answer, instruction)
        stops = _stops(answers)
        self._note(
            stops=stops,
            followed=followed,
            instructions=len(answers),
            kind=_kind(stops, followed, len(answers)),
        )

    def _try_prose(self) -> None:
        if self._passport.template != "right":
            self._step += len(texts.INSTRUCTIONS)
        self._tell("Letting it go on with a text")
        written = self._trials.go_on(texts.PASSAGE, PROSE_TOKENS, temperature=_PROSE_TEMPERATURE)
        self._note(
            repetition=None if written is None else repetition(written.text),
            prompt_tokens_per_s=self._trials.prompt_tokens_per_s,
            tokens_per_s=self._trials.tokens_per_s,
        )

    def _try_languages(self) -> None:
        tried, known = [], []
        for language in texts.LANGUAGES:
            self._tell(f"Trying {LANGUAGES[language.code]}")
            written = self._write_in(language)
            if written is not None and not written.cut:
                tried.append(language.code)
                is_own = not is_echo(written.text, language.question)
                if is_own and is_in(written.text, language.code):
                    known.append(language.code)
        self._note(languages=tuple(known), languages_tried=tuple(tried))

    def _write_in(self, language: texts.Language) -> TrialText | None:
        if self._passport.kind == "instruct":
            return self._trials.answer(language.question, LANGUAGE_TOKENS)
        return self._trials.go_on(language.beginning, LANGUAGE_TOKENS)

    def _finished(self) -> Passport:
        bytes_each = self._engine.position_bytes
        return replace(
            self._passport,
            tokens_per_s=self._passport.tokens_per_s or self._trials.tokens_per_s,
            memory_per_1000=1000 * bytes_each or None,
            tokens_written=self._trials.tokens,
            seconds=self._trials.seconds,
            made_at=time.time(),
        )


def _blank(engine: Engine) -> Passport:
    info = engine.info
    return Passport(
        model=info.name,
        fingerprint=_fingerprint(Path(info.path)),
        size_bytes=info.size_bytes,
        engine=info.engine,
        build=info.settings.build,
        device=info.settings.device,
    )


def _fingerprint(path: Path) -> str:
    """The digest of the model's files; empty where they cannot be read any more."""
    try:
        if path.is_dir():
            return fingerprint(sorted(path.glob("*.safetensors")))
        return fingerprint(all_parts(path))
    except OSError:
        return ""


def _follows(answer: TrialText, instruction: texts.Instruction) -> bool:
    words = re.findall(r"\w+", answer.text.lower())
    return instruction.word in words and len(words) <= instruction.most_words


def _stops(answers: list[TrialText]) -> Finding:
    """One answer that ends shows that it can; a long one is no fault."""
    if not answers:
        return "not tried"
    return "yes" if any(answer.stopped for answer in answers) else "no"


def _kind(stops: Finding, followed: int, answers: int) -> Kind:
    """What it acts like; a few wrong answers out of all prove nothing yet."""
    if stops == "yes" and followed:
        return "instruct"
    if answers < len(texts.INSTRUCTIONS):
        return "not tried"
    return "unclear" if stops == "yes" else "base"
