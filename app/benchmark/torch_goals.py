"""Goals about PyTorch: writing and loading beside transformers' own ways, learning beside peft."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

import msgspec

from app.benchmark.baseline import Child
from app.benchmark.goal import Experiment, Sample, Values, by_turns
from app.benchmark.our_engine import OurEngine
from app.benchmark.session import GoalSession, passage, sized_options
from app.core.errors import NotMeasuredError
from app.engine.learning.child import WAITING
from app.engine.messages import Describe, Described

_PROMPT = 400  # characters
_WARM = 4  # tokens at the beginning of a text that are not timed
_TURNS = 2
_LETTERS = 5  # of a token at least, about
_ROWS = 6  # of the text to learn: a step takes four, and one is held out


def beside_generate(session: GoalSession) -> Experiment:
    """Goal 13: writing beside `generate` with a streamer; loading a GGUF file again beside first.

    The first load is taken once, for it takes half a minute; both in a host that has imported
    PyTorch already.
    """
    cache = session.folder / "kept"
    ours = OurEngine(session.path, cache, session.folder / "engine.log", engine="torch")
    session.callback(ours.close)
    _check_torch(ours)
    options = sized_options(session.sizes.decode + 512)
    options = msgspec.structs.replace(options, threads=session.sizes.threads)
    begun = perf_counter()
    ours.load(options)
    first = perf_counter() - begun
    baseline = session.baseline("torch")
    opened = baseline.ask("open", path=str(_kept(cache)), threads=ours.settings.threads)
    session.note_build("transformers' generate", opened["build"])
    session.note_build("ours, torch", ours.settings.build)
    ours.never_write(opened["ends"])
    prompt, count = passage(0, _PROMPT), session.sizes.decode

    def generate() -> Values:
        return {"generate": float(baseline.ask("generate", prompt=prompt, tokens=count)["step"])}

    def write() -> Values:
        return {"ours": ours.write(prompt, ours.greedy(count)).step(_WARM)}

    def load_again() -> Values:
        begun = perf_counter()
        ours.load(options)
        return {"again": perf_counter() - begun}

    def values(taken: Values) -> Values:
        return {"speed": taken["generate"] / taken["ours"], "load": first / taken["again"]}

    return Experiment({"load": load_again, "ours": write, "generate": generate}, values)


def beside_peft(session: GoalSession) -> Experiment:
    """Goal 21: a step of the optimizer, ours and a plain loop's, in our numbers and in float32.

    Both learn the same rows with the same settings, in a process each. The model is made out of
    the GGUF file once, and read from there by both.
    """
    session.baseline("peft").ask("check")
    model = kept_model(session)
    samples = {
        name: _by_turns(session, model, name, numbers)
        for name, numbers in (("own", ""), ("whole", "float32"))
    }

    def values(taken: Values) -> Values:
        found: dict[str, float] = {}
        for name in samples:
            found[f"{name}_speed"] = taken[f"{name} theirs"] / taken[f"{name} ours"]
            found[f"{name}_memory"] = taken[f"{name} ours memory"] / taken[f"{name} theirs memory"]
        return found

    return Experiment(samples, values)


def _by_turns(session: GoalSession, model: Path, name: str, numbers: str) -> Sample:
    """Seconds of a step and the most memory so far, of a pair of children."""
    ours = session.baseline("training", WAITING)
    length = session.sizes.learned
    opened = ours.ask(
        "open",
        path=str(model),
        text=passage(0, _ROWS * _LETTERS * length),
        length=length,
        numbers=numbers,
        threads=session.sizes.threads,
        folder=mkdtemp(dir=session.folder),
    )
    theirs = session.baseline("peft")
    session.note_build("a loop with peft", theirs.ask("open", path=str(model), **opened)["build"])
    return by_turns(
        {
            side: _step(f"{name} {side}", child)
            for side, child in (("ours", ours), ("theirs", theirs))
        },
        _TURNS,
    )


def _step(name: str, child: Child) -> Sample:
    def sample() -> Values:
        found = child.ask("step")
        return {name: float(found["seconds"]), f"{name} memory": float(found["memory"])}

    return sample


def kept_model(session: GoalSession) -> Path:
    """The model as a folder, made once in a session; raises NotMeasuredError."""
    cache = session.folder / "kept"
    ours = OurEngine(session.path, cache, session.folder / "engine.log", engine="torch")
    try:
        _check_torch(ours)
        ours.load(sized_options(64))
    finally:
        ours.close()
    return _kept(cache)


def _check_torch(ours: OurEngine) -> None:
    """Raise NotMeasuredError, with the reason, where the Torch engine does not work."""
    described = ours.client.run(Describe(job=ours.client.next_job()), lambda _event: None)
    assert isinstance(described, Described)
    for report in described.engines:
        if report.engine == "torch" and not report.available:
            raise NotMeasuredError(report.problem)


def _kept(cache: Path) -> Path:
    """The model folder that a load has kept."""
    for config in cache.rglob("config.json"):
        return config.parent
    raise NotMeasuredError("The disk has no room to keep what is made out of the GGUF file.")
