"""Guessing ahead changes nothing, shown on a machine whose logits depend on the text alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st

from app.core.options.sampling import Sampling
from app.engine.messages import Generate, HostEvent, Tokens
from app.host.generation import decode_loop
from app.host.generation.batching import SHOWN_EACH_S, alone
from app.host.generation.decode_loop import (
    ContextFullError,
    RunningTake,
    Times,
    Writer,
)
from app.host.generation.prompt_lookup import Costs
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.interface import Answer, Job, Rows, Work
from app.host.torch_engine.sampling.chain import TorchSamplerChain
from app.host.torch_engine.sampling.penalties import BreakerTable

LETTERS = "abcdefgh ."
PROMPT = np.array([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1], np.int32)
FREE: Costs = (1.0,)


class Letters(Vocabulary):
    """A vocabulary of a few letters and an end."""

    size = len(LETTERS) + 1
    bos: int | None = None
    start: int | None = None
    ends = frozenset({len(LETTERS)})
    infill = None

    def tokenize(self, text: str, *, special: bool = False) -> Ids:
        del special
        return np.array([LETTERS.index(letter) for letter in text], np.int32)

    def piece(self, token: int) -> bytes:
        return b"" if token in self.ends else LETTERS[token].encode()

    def shown(self, token: int) -> bytes:
        return self.piece(token)


def done(rows: Sequence[Rows]) -> list[Answer]:
    """The machine computes by itself."""
    return [True for _one in rows]


class Line(RunningTake):
    """A take whose memory is a list of tokens."""

    def __init__(self, index: int, transcript: Transcript, chain: TorchSamplerChain) -> None:
        super().__init__(index, transcript)
        self.chain = chain
        self.memory: list[int] = PROMPT.tolist()
        self.held = len(self.memory)

    @property
    def length(self) -> int:
        return self.held


class Machine:
    """Logits are a function of the tokens in the memory, so that reading rows changes no bit."""

    def __init__(self, size: int, job: Job, cancel_at: int = -1) -> None:
        self.size = size
        self.steps = self.rows = 0
        self.may_draft = True
        self._job = job
        self._cancel_at = cancel_at

    def draw(self, take: Line, forbidden: Collection[int]) -> int | None:
        return take.chain.choose(self.logits(take), forbidden)

    def logits(self, take: Line) -> npt.NDArray[np.float32]:
        state = [*take.memory[: take.held][-3:], take.held // 40]
        chance = np.random.default_rng([token + 1 for token in state])
        logits = (chance.standard_normal(Letters.size) * 3).astype(np.float32)
        logits[-1] = -6
        return logits

    def step(self, running: Sequence[Line], prompt: Ids, drafts: Sequence[int] = ()) -> Work[bool]:
        yield Rows(self._job)
        assert not drafts or len(running) == 1
        self.steps += 1
        self.rows += len(running) + len(drafts)
        for take in running:
            assert take.memory == [*prompt.tolist(), *take.ids][: take.held]
            more = [take.token_at(take.held, prompt), *drafts]
            if len(take.memory) + len(more) > self.size:
                raise ContextFullError
            if self.steps == self._cancel_at:
                self._job.cancel()
                return False
            take.memory += more
            take.held += 1
        return True

    def follow(self, take: Line) -> None:
        take.held += 1
        assert take.held <= len(take.memory)

    def settle(self, take: Line) -> None:
        del take.memory[take.held :]

    def forget(self, take: Line, prompt: Ids) -> None:
        take.held = len(prompt) + len(take.ids) - 1
        del take.memory[take.held :]

    def remember(self, take: Line, prompt: Ids) -> None:
        take.chain.remember(prompt, take.ids)


class Run:
    """One request, written with guesses or without."""

    def __init__(self, costs: Costs, size: int = 400, cancel_at: int = -1, **fields: Any) -> None:
        names = Sampling.__struct_fields__
        sampling = Sampling(**{name: fields.pop(name) for name in names if name in fields})
        request = Generate(job=1, sampling=sampling, **fields)
        self.events: list[HostEvent] = []
        job = Job(1, self.events.append)
        words = Letters()
        self.lines = []
        for index in range(request.n):
            breakers = BreakerTable(words)
            chain = TorchSamplerChain(sampling, words, size, 3 + index, breakers)
            chain.remember(PROMPT)
            transcript = Transcript(sampling.stop, sampling.banned_phrases)
            self.lines.append(Line(index, transcript, chain))
        self.machine, self.times = Machine(size, job, cancel_at), Times()
        seconds = iter(range(10_000)).__next__  # so that every round's text is sent
        writer = Writer(self.machine, words, request, job, costs)
        alone(writer.write(self.lines, PROMPT, self.times), done, clock=seconds)

    @property
    def result(self) -> list[Any]:
        """All that may be seen of it, but for how the tokens were bundled."""
        found: list[Any] = [line.finished() for line in self.lines]
        for line in self.lines:
            own = [event for event in self.events if isinstance(event, Tokens)]
            own = [event for event in own if event.take == line.index]
            found += [event.text for event in own if event.text]
            found.append([detail for event in own for detail in event.details])
        return found


REQUESTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "greedy": {"temperature": 0.0},
    "warm": {"temperature": 1.5, "top_k": 0, "min_p": 0.0},
    "everything": {
        "temperature": 1.2,
        "dynatemp_range": 0.4,
        "xtc_probability": 0.5,
        "repetition_penalty": 1.1,
        "frequency_penalty": 0.1,
        "dry_multiplier": 0.8,
        "typical_p": 0.98,
    },
    "mirostat": {"mirostat": 1},
    "mirostat 2": {"mirostat": 2},
    "stop": {"stop": ("bcd", "aa", "h.")},
    "bans": {"banned_phrases": ("bc", "de", "a b", "hh", "fga"), "repetition_penalty": 1.2},
    "probabilities": {"probabilities": 3, "banned_phrases": ("cd", "ea")},
    "short": {"max_tokens": 7},
    "full": {"size": 40, "max_tokens": -1},
    "two": {"n": 2, "probabilities": 2, "stop": ("ab",)},
}


@pytest.mark.parametrize("temperature", [None, 0.3])
@pytest.mark.parametrize("name", REQUESTS)
def test_the_text_is_that_of_single_steps(name: str, temperature: float | None) -> None:
    asked = {"max_tokens": 200, **REQUESTS[name]}
    if temperature is not None:
        asked["temperature"] = temperature
    plain, ahead = Run((), **asked), Run(FREE, **asked)
    assert ahead.result == plain.result
    assert plain.times.drafted == 0


@given(
    st.sampled_from(sorted(REQUESTS)),
    st.lists(st.lists(st.integers(0, Letters.size - 1), max_size=5), max_size=60),
    st.integers(0, 3),
)
def test_guesses_of_any_kind_change_nothing(
    name: str, guesses: list[list[int]], honest: int
) -> None:
    """Chance guesses, each after a few tokens that will really follow."""
    asked = {"max_tokens": 60, **REQUESTS[name]}
    plain = Run((), **asked)

    class Guesser:
        def __init__(self, prompt: Ids, costs: Costs) -> None:
            del prompt, costs

        def draft(self, written: Sequence[int], most: int) -> list[int]:
            places = [line.ids for line in plain.lines if line.ids[: len(written)] == [*written]]
            known = places[0][len(written) :][:honest] if places else []
            return [*known, *(guesses.pop() if guesses else [])][: max(0, most)]

        def written(self, guessed: int, right: int) -> None:
            assert 0 <= right <= guessed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(decode_loop, "Lookup", Guesser)
        ahead = Run(FREE, **asked)
    assert ahead.result == plain.result
    assert all(len(line.memory) == line.held for line in ahead.lines)
    if honest and not asked.get("n") and len(plain.lines[0].ids) > 5:
        assert ahead.times.accepted
        assert ahead.machine.steps < plain.machine.steps


def test_repeating_text_takes_fewer_steps() -> None:
    plain, ahead = (Run(costs, temperature=0.0, max_tokens=200) for costs in ((), FREE))
    assert ahead.result == plain.result
    assert ahead.times.accepted > 20
    assert ahead.machine.steps + ahead.times.accepted == plain.machine.steps


def test_a_cancel_in_a_batch_leaves_the_memory_right() -> None:
    whole = Run((), temperature=0.3, max_tokens=200).lines[0].ids
    for step in range(1, 30):
        line = Run(FREE, temperature=0.3, max_tokens=200, cancel_at=step).lines[0]
        assert line.ids == whole[: len(line.ids)]
        assert line.finish == "cancelled"
        assert line.memory == [*PROMPT.tolist(), *line.ids][: line.held]


def test_text_is_sent_at_most_so_often_and_never_late_at_the_end() -> None:
    seconds = [0.0]
    events: list[HostEvent] = []
    job = Job(1, events.append)
    words = Letters()
    sampling = Sampling(max_tokens=60)
    chain = TorchSamplerChain(sampling, words, 400, 3, BreakerTable(words))
    chain.remember(PROMPT)
    line = Line(0, Transcript((), ()), chain)
    steps = Machine(400, job)

    def clock() -> float:
        seconds[0] += SHOWN_EACH_S / 3
        return seconds[0]

    writer = Writer(steps, words, Generate(job=1, sampling=sampling), job)
    alone(writer.write([line], PROMPT, Times()), done, clock=clock)
    texts = [event.text for event in events if isinstance(event, Tokens)]
    assert len(line.ids) == 60
    assert 18 <= len(texts) <= 21  # the first token at once, then three at a time, then the rest
    assert "".join(texts) == line.finished().text


def test_bans_that_leave_nothing_are_the_reason_of_the_end() -> None:
    """The end token is still there to be chosen, until it is banned as well."""
    letters = tuple(letter.upper() for letter in LETTERS)
    (line,) = Run((), banned_phrases=letters).lines
    assert (line.finish, line.finished().text) == ("stop", "")
    (line,) = Run((), banned_phrases=letters, logit_bias={f"token:{len(LETTERS)}": -100.0}).lines
    assert (line.finish, line.finished().text) == ("banned", "")


def test_going_back_too_often_is_the_same_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_loop, "MAX_RETREATS", 1)
    (line,) = Run((), banned_phrases=tuple(LETTERS)).lines
    assert line.finish == "banned"
