"""The real child on a tiny model: what it writes goes the same on both engines; stops; kills."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.core.errors import CancelledError, LampblackError, ModelCrashedError
from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.core.training.giving_way import WritingMark
from app.core.training.orders import (
    HeldOutLoss,
    StyleSettings,
    Trained,
    TrainingOrder,
    TrainingPlan,
    TrainingStep,
    TrainingWaits,
)
from app.engine.learning.child import TrainingChild, trainer_command
from app.engine.messages import Load
from app.host import torch_engine
from app.host.interface import Job
from app.training.checkpoint import FILE
from tests.host.asking import scored
from tests.host.driving import load

TEXT = "the lamp burned low and the wind came in over the sill of the old house. " * 60
SETTINGS = StyleSettings(rank=4, epochs=3, rate=0.01, length=64, seed=2)
ASKED = "the wind came in over the lamp."


def order(model: Path, folder: Path, **changes: Any) -> TrainingOrder:
    folder.mkdir(exist_ok=True)
    whole = TrainingOrder(
        model=str(model),
        texts=(TEXT,),
        settings=SETTINGS,
        folder=str(folder),
        pairs=2,
        samples=3,
        threads=1,
    )
    return replace(whole, **changes)


def train(wanted: TrainingOrder, on_news: Any = None) -> tuple[Trained, list[Any]]:
    child, news = TrainingChild(trainer_command(())), list[Any]()

    def tell(one: Any) -> None:
        news.append(one)
        if isinstance(one, TrainingPlan):
            child.begin()
        if on_news is not None:
            on_news(child, one)

    return child.run(wanted, tell), news


def chances(engine: Any) -> list[float]:
    try:
        details = scored(engine, ASKED, 0, Job(1, lambda _event: None))
        return [detail.probability for detail in details]
    finally:
        engine.close()


def on_both(model: Path, folder: Path | None) -> tuple[list[float], list[float]]:
    options = LoadOptions(context=128, threads=1, tune=False, flash_attention="off", kv_type="f32")
    gguf = () if folder is None else (Adapter(path=str(folder / "adapter.gguf")),)
    peft = () if folder is None else (Adapter(path=str(folder)),)
    llama = chances(load(model, options, adapters=gguf))
    command = Load(job=1, path=str(model), engine="torch", options=options, adapters=peft)
    return llama, chances(torch_engine.load(command, Job(1, lambda _event: None)))


@pytest.fixture(scope="module")
def trained(
    tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Trained, list[Any], list[str]]:
    """A training that was paused once: its folder, its end, its news, and in which order."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    timers: list[threading.Timer] = []
    seen: list[str] = []

    def on_news(child: TrainingChild, news: Any) -> None:
        if isinstance(news, TrainingStep) and news.step == 1:
            child.pause()
            timers.append(threading.Timer(0.3, lambda: (seen.append("go"), child.go_on())))
            timers[0].start()
        elif isinstance(news, TrainingStep):
            seen.append(f"{news.step}")

    done, news = train(order(tiny_model, folder), on_news)
    timers[0].join()
    return folder, done, news, seen


def test_both_engines_write_alike_with_what_was_learned(tiny_model: Path, trained: Any) -> None:
    folder, done, news, _seen = trained
    plan = next(one for one in news if isinstance(one, TrainingPlan))
    assert plan.network_denied in ("kernel", "hook")
    assert done.loss_after < done.loss_before - 0.5
    assert sum(isinstance(one, TrainingStep) for one in news) == done.steps
    assert any(isinstance(one, HeldOutLoss) for one in news)
    assert len(done.pairs) == 2
    assert len(done.samples) == 3
    assert not done.gguf_problem
    base = on_both(tiny_model, None)
    found = on_both(tiny_model, folder)
    assert base[0] == pytest.approx(base[1], abs=1e-4)
    assert found[0] == pytest.approx(found[1], abs=1e-4)
    assert max(abs(a - b) for a, b in zip(base[0], found[0], strict=True)) > 0.01


def test_stopped_and_killed_it_goes_on_to_the_same_end(
    tiny_model: Path, trained: Any, tmp_path: Path
) -> None:
    folder, whole, _news, _seen = trained

    def stop(child: TrainingChild, news: Any) -> None:
        if isinstance(news, TrainingStep) and news.step == 3:
            child.stop()

    parts = tmp_path / "parts"
    with pytest.raises(CancelledError, match="can be resumed"):
        train(order(tiny_model, parts, pairs=0), stop)
    assert (parts / FILE).is_file()

    def kill(child: TrainingChild, news: Any) -> None:
        if isinstance(news, TrainingStep):
            child.kill()

    with pytest.raises(CancelledError):
        train(order(tiny_model, parts, pairs=0, resumes=True), kill)
    resumed, news = train(order(tiny_model, parts, pairs=0, resumes=True))
    plan = next(one for one in news if isinstance(one, TrainingPlan))
    assert plan.done >= 3
    assert resumed.loss_after == pytest.approx(whole.loss_after, abs=1e-6)
    weights = "adapter_model.safetensors"
    assert (parts / weights).read_bytes() == (folder / weights).read_bytes()


def test_a_pause_holds_it_until_it_may_go_on(trained: Any) -> None:
    seen = trained[3]
    assert seen.index("go") <= 2  # a step or two may have been under way


def test_what_cannot_be_is_a_sentence(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(LampblackError, match="too short"):
        train(order(tiny_model, tmp_path / "short", texts=("a b",)))
    child = TrainingChild(["python3", "-c", "import sys; sys.stderr.write('oh')"])
    with pytest.raises(ModelCrashedError, match="oh"):
        child.run(order(tiny_model, tmp_path / "dead"), lambda _news: None)


def test_it_waits_while_a_text_is_written(tiny_model: Path, tmp_path: Path) -> None:
    cache, seen = tmp_path / "cache", list[str]()
    mark, timers = WritingMark(cache), list[threading.Timer]()
    mark.begin(1)

    def on_news(_child: TrainingChild, news: Any) -> None:
        seen.append(type(news).__name__)
        if isinstance(news, TrainingWaits):
            timers.append(threading.Timer(0.3, lambda: (seen.append("written"), mark.end(1))))
            timers[0].start()

    train(order(tiny_model, tmp_path / "run", cache=str(cache), pairs=0), on_news)
    timers[0].join()
    assert seen[:3] == ["TrainingWaits", "written", "TrainingPlan"]
    assert seen.count("TrainingWaits") == 1
