"""Goals about the speed of writing: beside a bare loop, out of the box, at depth, with details."""

from __future__ import annotations

import msgspec

from app.benchmark.baseline import Child
from app.benchmark.goal import TURNS, Experiment, Sample, Values, by_turns
from app.benchmark.our_engine import OurEngine
from app.benchmark.report import BARE
from app.benchmark.session import GoalSession, Pair, sized_options
from app.core.errors import NotMeasuredError
from app.core.options.load_options import LoadOptions

_WARM = 8  # tokens at the beginning of a text that are not timed
_PROMPT = 64
_BARE_STEPS = 32
_TRIES = 5  # texts that the high-level library may begin before one is long enough
_ALTERNATIVES = 5


def bare_sample(pair: Pair, prompt: str, count: int = _BARE_STEPS) -> Sample:
    """The bare loop's step, which every round measures to show how fast the machine is."""
    return lambda: {BARE: pair.bare.step(prompt, count, skip=_WARM)}


def _turn(count: int) -> int:
    """The tokens of one turn of a round of about `count`."""
    return max(8, count * 3 // (2 * TURNS))


def beside_bare(session: GoalSession) -> Experiment:
    """Goal 1: beginnings of a text by turns, then a long one and a bare loop at its depth."""
    sizes = session.sizes
    pair = session.pair(sized_options(sizes.long + 2 * _PROMPT))
    prompt = pair.prompt(_PROMPT)
    count, late, turn = sizes.decode, sizes.long - sizes.decode, _turn(sizes.decode)
    far = session.bare(pair.ours.settings)  # a loop of its own, which keeps the long prompt
    deep = pair.prompt(_PROMPT + late)
    far.step(deep, 1)

    def early() -> Values:
        return {"early": pair.ours.write(prompt, pair.ours.greedy(turn + _WARM)).step(_WARM)}

    def long() -> Values:
        return {"late": pair.ours.write(prompt, pair.ours.greedy(sizes.long)).step(late)}

    def values(taken: Values) -> Values:
        early, at_end = taken[BARE] / taken["early"], taken["bare_late"] / taken["late"]
        return {"speed": early, "growth": at_end / early}

    samples = {
        "early": by_turns({"ours": early, "bare": bare_sample(pair, prompt, turn)}),
        "late": long,
        "bare late": lambda: {"bare_late": far.step(deep, count)},
    }
    return Experiment(samples, values)


def out_of_the_box(session: GoalSession) -> Experiment:
    """Goal 2: default options and default sampling beside `Llama` with its own."""
    count = _turn(session.sizes.decode)
    pair = session.pair(LoadOptions())
    prompt = pair.prompt(_PROMPT)
    llama = session.baseline("llama")
    session.note_build("high-level Llama", llama.ask("open", path=str(session.path))["build"])

    def ours() -> Values:
        text = pair.ours.write(prompt, pair.ours.drawn(count + _WARM, seed=1))
        return {"ours": text.step(_WARM)}

    samples = {
        "ours": ours,
        "bare": bare_sample(pair, prompt, count),
        "llama": lambda: {"llama": _llama_step(llama, prompt, count)},
    }

    def values(taken: Values) -> Values:
        return {"speed": taken["llama"] / taken["ours"], "ceiling": taken["llama"] / taken[BARE]}

    return Experiment({"all": by_turns(samples)}, values)


def _llama_step(llama: Child, prompt: str, count: int) -> float:
    """Its seconds per token; it draws by chance, so that a text may end too early."""
    for _ in range(_TRIES):
        written = llama.ask("write", prompt=prompt, tokens=count)
        if written["tokens"] >= count / 4:
            return float(written["seconds"] / written["tokens"])
    raise NotMeasuredError("The high-level library ended every text too early to be timed.")


def at_depth(session: GoalSession) -> Experiment:
    """Goal 3: our choice of flash attention beside both settings, each in a host of its own."""
    sizes = session.sizes
    options = sized_options(sizes.long + sizes.decode + 2 * _PROMPT)
    pair = session.pair(options)
    prompt = pair.prompt(sizes.long)
    hosts = {"ours": pair.ours}
    for setting in ("on", "off"):
        hosts[setting] = session.ours(msgspec.structs.replace(options, flash_attention=setting))
        hosts[setting].never_write(pair.bare.ends)
    count = _turn(sizes.decode)
    samples = {name: _deep(name, host, prompt, count) for name, host in hosts.items()}
    for sample in samples.values():
        sample()  # reads the prompt, which is then known

    return Experiment(
        {"all": by_turns(samples), "bare": bare_sample(pair, prompt)},
        lambda taken: {name: taken[name] / taken["ours"] for name in ("on", "off")},
    )


def _deep(name: str, host: OurEngine, prompt: str, count: int) -> Sample:
    return lambda: {name: host.write(prompt, host.greedy(count + _WARM)).step(_WARM)}


def with_probabilities(session: GoalSession) -> Experiment:
    """Goal 10: the same text with and without the five likeliest tokens of each place."""
    count = _turn(session.sizes.decode)
    pair = session.pair(sized_options(count + 2 * _PROMPT))
    prompt = pair.prompt(_PROMPT)

    def written(name: str, probabilities: int) -> Sample:
        def sample() -> Values:
            sampling = pair.ours.greedy(count + _WARM)
            text = pair.ours.write(prompt, sampling, probabilities=probabilities)
            return {name: text.step(_WARM)}

        return sample

    samples = {
        "plain": written("plain", 0),
        "detailed": written("detailed", _ALTERNATIVES),
    }
    together = {"both": by_turns(samples), "bare": bare_sample(pair, prompt)}
    return Experiment(together, lambda taken: {"cost": taken["detailed"] / taken["plain"]})
