"""Goals about disturbances: a busy neighbour, and a cancel."""

from __future__ import annotations

from functools import partial
from itertools import count, repeat

from app.benchmark.decode_speed import bare_sample
from app.benchmark.goal import Experiment, Values
from app.benchmark.report import BARE
from app.benchmark.session import GoalSession, sized_options

_PROMPT = 64
_BARE_STEPS = 32
_SETTLING_S = 2.0
"""How long a busy neighbour may slow the writing down before it is judged."""

_CANCELS = 3  # per round and kind, each at another moment of a step
_LONG = 4096


def busy_neighbour(session: GoalSession) -> Experiment:
    """Goal 8: writing from two seconds after another program took a core for itself."""
    pair = session.pair(sized_options(_LONG))
    prompt = pair.prompt(_PROMPT)
    neighbour = session.baseline("busy")

    def one_thread() -> Values:
        return {"one_thread": pair.bare.step(prompt, _BARE_STEPS, threads=1)}

    def disturbed() -> Values:
        sampling = pair.ours.greedy(_LONG - 2 * _PROMPT)
        seconds = _SETTLING_S + session.sizes.busy
        try:
            text = pair.ours.write_for(prompt, sampling, seconds, lambda: neighbour.ask("start"))
        finally:
            neighbour.ask("stop")
        return {"disturbed": text.step_since(_SETTLING_S)}

    samples = {
        "one thread": one_thread,
        "disturbed": disturbed,
        "bare": bare_sample(pair, prompt),
    }
    return Experiment(samples, lambda taken: {"speed": taken["one_thread"] / taken["disturbed"]})


def cancelling(session: GoalSession) -> Experiment:
    """Goal 9: from the cancel to the client's last event, in the middle of either work."""
    tokens = session.sizes.prompt
    pair = session.pair(sized_options(max(_LONG, 2 * tokens)))
    prompt = pair.prompt(_PROMPT)
    read, step = pair.bare.read(pair.prompt(tokens)), pair.bare.step(prompt, _BARE_STEPS)
    numbers = count()

    def writing() -> Values:
        # Spread over a step, so that not every cancel meets the same moment of it.
        delays = [4 * step + step * (next(numbers) % 5) / 5 for _ in range(_CANCELS)]
        cancel = partial(pair.ours.cancel_after, prompt, sampling, reading=False)
        return {"writing": max(map(cancel, delays))}

    def reading() -> Values:
        delays = [read * (1 + next(numbers) % 5) / 10 for _ in range(_CANCELS)]
        cold = [pair.prompt(tokens, next(numbers)) for _ in delays]
        cancel = partial(pair.ours.cancel_after, reading=True)
        return {"reading": max(map(cancel, cold, repeat(sampling), delays))}

    def values(taken: Values) -> Values:
        return {
            "steps": taken["writing"] / taken[BARE],
            "writing": 1000 * taken["writing"],
            "reading": 1000 * taken["reading"],
        }

    sampling = pair.ours.greedy(_LONG - 2 * _PROMPT)
    bare = bare_sample(pair, prompt)
    return Experiment({"writing": writing, "bare": bare, "reading": reading}, values)
