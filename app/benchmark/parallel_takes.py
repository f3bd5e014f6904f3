"""The goal about several takes at once, on the model and on a Q8_0 copy of it."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from app.benchmark.decode_speed import bare_sample
from app.benchmark.goal import Experiment, Sample, Values, by_turns
from app.benchmark.session import GoalSession, Pair, sized_options
from app.core.errors import NotMeasuredError

_TAKES = 4
_PROMPT = 128
_TURNS = 2
_STEPS = 16


def at_once(lab: GoalSession) -> Experiment:
    """Goal 7: four takes in one go beside four in a row, the prompt known to both."""
    options = sized_options(_TAKES * lab.sizes.takes + 2 * _PROMPT)
    own = lab.pair(options)
    copy = lab.pair(options, path=_copy(lab, own))
    prompt = own.prompt(_PROMPT)
    samples: dict[str, Sample] = {}
    for name, pair in (("own", own), ("q8_0", copy)):
        seeds = count(1)
        _prime(pair, prompt)
        sides = {
            "at once": _together(name, pair, prompt, lab.sizes.takes, seeds),
            "in a row": _in_a_row(name, pair, prompt, lab.sizes.takes, seeds),
        }
        samples[name] = by_turns(sides, _TURNS)
        samples[f"{name}, bare"] = by_turns(_bare(lab, name, pair, prompt))
    samples["bare"] = bare_sample(own, prompt)

    def values(taken: Values) -> Values:
        shares = {name: taken[f"{name} at once"] / taken[f"{name} in a row"] for name in _NAMES}
        return shares | {
            f"{name}_bare": taken[f"{name} rows"] / (_TAKES * taken[f"{name} row"])
            for name in _NAMES
        }

    return Experiment(samples, values)


_NAMES = ("own", "q8_0")


def _copy(lab: GoalSession, pair: Pair) -> Path:
    """The model in Q8_0, in the lab's folder."""
    target = lab.folder / f"{lab.path.stem}.Q8_0-copy.gguf"
    pair.bare.quantize(lab.path, target, "Q8_0")
    return target


def _bare(lab: GoalSession, name: str, pair: Pair, prompt: str) -> dict[str, Sample]:
    """What a batch of four rows costs the library alone, and a single step."""
    loop = lab.bare(pair.ours.settings, path=pair.path, sequences=_TAKES)

    def rows() -> Values:
        return {f"{name} rows": loop.step(prompt, _STEPS, rows=_TAKES)}

    def row() -> Values:
        return {f"{name} row": loop.step(prompt, _STEPS)}

    return {"rows": rows, "row": row}


def _prime(pair: Pair, prompt: str) -> None:
    pair.ours.write(prompt, pair.ours.greedy(2))


def _together(name: str, pair: Pair, prompt: str, tokens: int, seeds: count[int]) -> Sample:
    def sample() -> Values:
        text = pair.ours.write(prompt, pair.ours.drawn(tokens, next(seeds)), n=_TAKES)
        if text.tokens != _TAKES * tokens:
            raise NotMeasuredError("A take ended before its time.")
        return {f"{name} at once": text.ended}

    return sample


def _in_a_row(name: str, pair: Pair, prompt: str, tokens: int, seeds: count[int]) -> Sample:
    def sample() -> Values:
        seconds = 0.0
        for _ in range(_TAKES):
            text = pair.ours.write(prompt, pair.ours.drawn(tokens, next(seeds)))
            if text.tokens != tokens:
                raise NotMeasuredError("A take ended before its time.")
            seconds += text.ended
        return {f"{name} in a row": seconds}

    return sample
