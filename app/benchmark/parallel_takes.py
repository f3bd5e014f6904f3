"""The goal about several takes at once, on the model and on a Q8_0 copy of it."""

from __future__ import annotations

from itertools import count

from app.benchmark.decode_speed import bare_sample
from app.benchmark.goal import Experiment, Sample, Values, by_turns
from app.benchmark.session import GoalSession, Pair, sized_options
from app.core.errors import NotMeasuredError

_TAKES = 4
_PROMPT = 128
_TURNS = 2
_NAMES = ("own", "q8_0")


def at_once(session: GoalSession) -> Experiment:
    """Goal 7: four takes in one go beside four in a row, the prompt known to both.

    Beside them the library alone computes as many tokens after the same prompt, which its four
    sequences share as well.
    """
    options = sized_options(_TAKES * session.sizes.takes + 2 * _PROMPT)
    own = session.pair(options)
    target = session.folder / f"{session.path.stem}.Q8_0-copy.gguf"
    own.ours.quantize(target, "Q8_0")
    copy = session.pair(options, path=target)
    prompt = own.prompt(_PROMPT)
    samples: dict[str, Sample] = {}
    for name, pair in zip(_NAMES, (own, copy), strict=True):
        seeds = count(1)
        pair.ours.write(prompt, pair.ours.greedy(2))
        tokens = session.sizes.takes
        together, in_a_row = (
            _takes(f"{name} {how}", pair, prompt, tokens, seeds, n)
            for how, n in (("at once", _TAKES), ("in a row", 1))
        )
        rows, row = _bare(session, name, pair, prompt)
        sides = {"together": together, "rows": rows, "row": row, "in a row": in_a_row}
        samples[name] = by_turns(sides, _TURNS)
    samples["bare"] = bare_sample(own, prompt)

    def values(taken: Values) -> Values:
        found: dict[str, float] = {}
        for name in _NAMES:
            together, rows, row = (taken[f"{name} {of}"] for of in ("at once", "rows", "row"))
            found[name] = together / taken[f"{name} in a row"]
            found[f"{name}_bare"] = rows / (_TAKES * row)
            found[f"{name}_beside"] = together / (row + (session.sizes.takes - 1) * rows)
        return found

    return Experiment(samples, values)


def _bare(session: GoalSession, name: str, pair: Pair, prompt: str) -> tuple[Sample, Sample]:
    """What a batch of four rows costs the library alone, and a single step."""
    loop = session.bare(pair.ours.settings, path=pair.path, sequences=_TAKES)
    steps = session.sizes.takes

    def rows() -> Values:
        return {f"{name} rows": loop.step(prompt, steps, rows=_TAKES, shared=True)}

    def row() -> Values:
        return {f"{name} row": loop.step(prompt, steps)}

    return rows, row


def _takes(name: str, pair: Pair, prompt: str, tokens: int, seeds: count[int], n: int) -> Sample:
    """Seconds for all takes, `n` of them at once."""

    def sample() -> Values:
        seconds = 0.0
        for _ in range(_TAKES // n):
            text = pair.ours.write(prompt, pair.ours.drawn(tokens, next(seeds)), n=n)
            if text.tokens != n * tokens:
                raise NotMeasuredError("A take ended before its time.")
            seconds += text.ended
        return {name: seconds}

    return sample
