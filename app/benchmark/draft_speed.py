"""The goal about a draft model: the model in full precision, with a copy of it that guesses."""

from __future__ import annotations

from itertools import count

import msgspec

from app.benchmark.decode_speed import bare_sample
from app.benchmark.goal import Experiment, Sample, Values, by_turns
from app.benchmark.our_engine import OurEngine
from app.benchmark.session import GoalSession, sized_options
from app.core.errors import NotMeasuredError
from app.core.options.sampling import Sampling

_F32, _Q4_0 = 0, 2  # the numbers of the types in GGUF files
_PROMPT = 128
_WARM = 4  # tokens at the beginning of a text that are not timed
_TURNS = 3
_TEXTS = {"prose": Sampling(temperature=0.8), "chance": Sampling(temperature=2.5, top_k=0)}
"""A text as writers have it written, and one of which no word can be foreseen."""


def beside_alone(session: GoalSession) -> Experiment:
    """Goal 20: writing with a draft model beside writing alone, the same seeds."""
    large, small = (session.folder / f"{name}.gguf" for name in ("F32", "Q4_0"))
    maker = session.baseline("bare")
    for target, number in ((large, _F32), (small, _Q4_0)):
        maker.ask("copy", source=str(session.path), target=str(target), number=number)
    tokens = session.sizes.decode
    options = sized_options(tokens + 2 * _PROMPT)
    pair = session.pair(options, path=large)
    together = msgspec.structs.replace(options, drafts="auto", draft=str(small))
    drafting = session.ours(together, path=large)
    if not drafting.draft:
        raise NotMeasuredError("The copy does not guess here: the larger model is as fast alone.")
    drafting.never_write(pair.bare.ends)
    prompt = pair.prompt(_PROMPT)
    sides = {"alone": pair.ours, "drafted": drafting}
    samples: dict[str, Sample] = {}
    for name in _TEXTS:
        samples[name] = by_turns(
            {side: _written(name, side, host, prompt, tokens) for side, host in sides.items()},
            _TURNS,
        )
    samples["bare"] = bare_sample(pair, prompt)

    def values(taken: Values) -> Values:
        return {name: taken[f"{name} alone"] / taken[f"{name} drafted"] for name in _TEXTS}

    return Experiment(samples, values)


def _written(name: str, side: str, host: OurEngine, prompt: str, tokens: int) -> Sample:
    """Seconds per token, of another text each time."""
    seeds = count(1)

    def sample() -> Values:
        text = _TEXTS[name]
        drawn = host.drawn(tokens, next(seeds))
        sampling = msgspec.structs.replace(drawn, temperature=text.temperature, top_k=text.top_k)
        return {f"{name} {side}": host.write(prompt, sampling).step(_WARM)}

    return sample
