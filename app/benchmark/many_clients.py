"""The goal about many clients at once: beside a bare batch, a newcomer, and the window first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from math import inf

from app.benchmark.decode_speed import bare_sample
from app.benchmark.goal import Experiment, Sample, Values, by_turns
from app.benchmark.our_engine import TimedGeneration
from app.benchmark.session import GoalSession, Pair, sized_options
from app.core.errors import NotMeasuredError

_PROMPT = 64
_NEW = 256
"""The tokens of a newcomer's prompt."""

_WARM = 8
_BEGIN = 24
"""The tokens that those who came first write at most while the others' prompts are read."""

_COUNTS = (4, 8)
_WRITERS = 3
_ENDLESS = 4000


def at_once(session: GoalSession) -> Experiment:
    """Goal 14: clients with prompts of their own, through the client and its one host."""
    pair = session.pair(
        sized_options(8 * _PROMPT + 8 * (session.sizes.takes + _WARM + _BEGIN) + _ENDLESS)
    )
    prompts = [pair.prompt(_PROMPT, number) for number in range(max(_COUNTS))]
    sides: dict[str, Sample] = {}
    for number in _COUNTS:
        sides[f"{number}"] = _clients(pair, prompts[:number], session.sizes.takes)
        sides[f"{number} bare"] = _rows(session, pair, prompts[0], number)
    numbers = count(100)
    samples = {
        "clients": by_turns(sides),
        "newcomer": by_turns(
            {
                "alone": lambda: {"alone": _first(pair, next(numbers))},
                "beside": lambda: {"beside": _beside(pair, prompts, next(numbers))},
            }
        ),
        "window": by_turns(
            {
                "own": lambda: {"own": _step(pair, prompts[0], session.sizes.takes)},
                "shared": lambda: {"shared": _shared(pair, prompts, session.sizes.takes)},
            }
        ),
        "bare": bare_sample(pair, prompts[0]),
    }

    def values(taken: Values) -> Values:
        beside = {f"clients_{one}": taken[f"{one} bare"] / taken[f"{one}"] for one in _COUNTS}
        return beside | {
            "newcomer": taken["beside"] / taken["alone"],
            "window": taken["own"] / taken["shared"],
        }

    return Experiment(samples, values)


def _clients(pair: Pair, prompts: Sequence[str], tokens: int) -> Sample:
    """Seconds of a step in which each client gets a token, once all of them write."""

    def sample() -> Values:
        length = tokens + _WARM + _BEGIN
        texts = pair.ours.together(prompts, pair.ours.greedy(length))
        if any(text.tokens != length for text in texts):
            raise NotMeasuredError("A text ended before its time.")
        return {f"{len(prompts)}": step_of_all(texts, _WARM)}

    return sample


def step_of_all(texts: Sequence[TimedGeneration], start: int) -> float:
    """Seconds per token of each while all of them write, from the count of tokens `start` on.

    Raises NotMeasuredError where they hardly write at the same time.
    """
    begun = max(next((at for at, count in text.arrived if count >= start), inf) for text in texts)
    over = min(text.arrived[-1][0] for text in texts if text.arrived)
    return sum(text.step_within(begun, over) for text in texts) / len(texts)


def _rows(session: GoalSession, pair: Pair, prompt: str, number: int) -> Sample:
    loop = session.bare(pair.ours.settings, path=pair.path, sequences=number)
    tokens, skip = session.sizes.takes, _WARM + _BEGIN // 2
    return lambda: {f"{number} bare": loop.step(prompt, tokens, skip=skip, rows=number)}


def _first(pair: Pair, number: int) -> float:
    """A newcomer's first token, its prompt unknown."""
    return pair.ours.write(pair.prompt(_NEW, number), pair.ours.greedy(2)).cold()


def _beside(pair: Pair, prompts: Sequence[str], number: int) -> float:
    with pair.ours.writing(prompts[:_WRITERS], pair.ours.greedy(_ENDLESS)):
        return _first(pair, number)


def _step(pair: Pair, prompt: str, tokens: int) -> float:
    return pair.ours.write(prompt, pair.ours.greedy(tokens + _WARM)).step(_WARM)


def _shared(pair: Pair, prompts: Sequence[str], tokens: int) -> float:
    """The window's step while a batch job writes in the background."""
    with pair.ours.writing(prompts[1:2], pair.ours.greedy(_ENDLESS), background=True):
        return _step(pair, prompts[0], tokens)
