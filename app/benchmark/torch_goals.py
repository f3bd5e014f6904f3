"""The goal about the Torch engine: its loop and its kept models beside transformers' own ways."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import msgspec

from app.benchmark.goal import Experiment, Values
from app.benchmark.our_engine import OurEngine
from app.benchmark.session import GoalSession, passage, sized_options
from app.core.errors import NotMeasuredError
from app.engine.messages import Describe, Described

_PROMPT = 400  # characters
_WARM = 4  # tokens at the beginning of a text that are not timed


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


def _check_torch(ours: OurEngine) -> None:
    """Raise NotMeasuredError, with the reason, where the Torch engine does not work."""
    described = ours.client.run(Describe(job=ours.client.next_job()), lambda _event: None)
    assert isinstance(described, Described)
    for report in described.engines:
        if report.engine == "torch" and not report.available:
            raise NotMeasuredError(report.problem)


def _kept(cache: Path) -> Path:
    """The model folder that the first load has kept."""
    for config in cache.rglob("config.json"):
        return config.parent
    raise NotMeasuredError("The disk has no room to keep what is made out of the GGUF file.")
