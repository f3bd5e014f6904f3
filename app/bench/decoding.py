"""Goals about the speed of writing: beside a bare loop, out of the box, at depth, with details."""

from __future__ import annotations

from app.bench.goal import Experiment, Values
from app.bench.lab import Lab, sized_context
from app.bench.report import BARE

_WARM = 8  # tokens at the beginning of a text that are not timed


def beside_bare(lab: Lab) -> Experiment:
    """Goal 1: short texts beside the bare loop, and one long text beside it at its end."""
    sizes = lab.sizes
    pair = lab.pair(sized_context(sizes.long + 512))
    prompt = pair.prompt(64)
    count, late = sizes.decode, sizes.long - sizes.decode
    far = lab.bare(pair.ours.settings)  # a loop of its own, which keeps the long text
    far.step(prompt, 1, skip=late)

    def bare() -> Values:
        return {BARE: pair.bare.step(prompt, count, skip=_WARM)}

    def ours() -> Values:
        text = pair.ours.write(prompt, pair.ours.greedy(count + _WARM))
        return {"ours": text.step(_WARM)}

    def long() -> Values:
        text = pair.ours.write(prompt, pair.ours.greedy(sizes.long))
        return {"early": text.step(_WARM, _WARM + count), "late": text.step(late)}

    def bare_late() -> Values:
        return {"bare_late": far.step(prompt, count, skip=late)}

    def values(taken: Values) -> Values:
        early, at_end = taken[BARE] / taken["early"], taken["bare_late"] / taken["late"]
        return {"speed": taken[BARE] / taken["ours"], "growth": at_end / early}

    samples = {"ours": ours, "bare": bare, "long": long, "bare late": bare_late}
    return Experiment(samples, values)
