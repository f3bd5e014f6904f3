"""Learning labels in this process: every method, Chinese, resuming, and what is loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from msgspec.structs import replace

from app.core.errors import CancelledError, GenerationError, LampblackError, ModelLoadError
from app.core.options.load_options import LoadOptions
from app.core.training.classifier_orders import (
    BASELINES,
    MODEL,
    ClassifierTrained,
    HeldOutScores,
)
from app.core.training.label_figures import scores
from app.core.training.labelled_texts import split
from app.core.training.orders import TrainingStep
from app.engine.messages import Load
from app.host import torch_engine
from app.host.interface import Job
from app.training.classifier import ClassifierTraining
from app.training.classifier_models import make_learner
from app.training.classifier_work import Surroundings, learn_labels
from app.training.words import word_tokenizer
from tests.host.torch_engine.test_classifier import classified
from tests.training.labelled import LABELS, order, save_encoder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """BERT without a head, its numbers drawn so that words keep what they are."""
    return save_encoder(tmp_path_factory.mktemp("base") / "tiny")


def learned(wanted: Any, news: list[Any] | None = None) -> ClassifierTrained:
    tell = (lambda _one: None) if news is None else news.append
    return learn_labels(wanted, Surroundings(tell, lambda: None, lambda: None, lambda: 1))


def chosen_by_engine(folder: Path, texts: list[str]) -> list[int]:
    options = LoadOptions(context=512, threads=1)
    command = Load(job=1, path=str(folder), engine="torch", options=options)
    engine = torch_engine.load(command, Job(1, lambda _event: None))
    try:
        assert engine.info.labels == LABELS
        rows = classified(engine, *texts)
        return [row.index(max(row)) for row in rows]
    finally:
        engine.close()


@pytest.mark.parametrize("chinese", [False, True])
def test_a_recurrent_network_learns_and_is_loaded_as_any_classifier(
    tmp_path: Path, *, chinese: bool
) -> None:
    news: list[Any] = []
    wanted = order(tmp_path / "run", chinese=chinese)
    done = learned(wanted, news)
    found = scores(done.right, done.chosen)
    assert found.macro_f1 > 0.9
    assert scores(done.right, done.others["most_frequent"]).accuracy == 0.5
    tests = [one for one in news if isinstance(one, HeldOutScores)]
    assert found.macro_f1 == max(one.macro_f1 for one in tests) == tests[-1].best
    assert done.best_step in {one.step for one in tests}
    steps = [one for one in news if isinstance(one, TrainingStep)]
    assert steps[-1].loss < steps[0].loss
    held = split(wanted.targets, wanted.settings.seed).held_out
    folder = tmp_path / "run" / MODEL
    assert not list(folder.glob("*.bin"))
    assert chosen_by_engine(folder, [wanted.texts[place] for place in held]) == [*done.chosen]


@pytest.mark.parametrize("method", ["full", "head", "pooled"])
def test_an_encoder_learns_and_is_loaded_again(tmp_path: Path, encoder: Path, method: Any) -> None:
    rate, epochs = {"full": (3e-3, 12), "head": (1e-2, 14), "pooled": (3e-2, 40)}[method]
    settings = {"epochs": epochs, "rate": rate, "batch": 8, "patience": 40}
    wanted = order(tmp_path / "run", method, str(encoder), settings=settings)
    done = learned(wanted)
    assert scores(done.right, done.chosen).macro_f1 > 0.7
    assert scores(done.right, done.others["lstm"]).macro_f1 > 0.9
    assert scores(done.right, done.others["tfidf"]).macro_f1 > 0.9
    assert done.others.keys() == BASELINES.keys()
    held = split(wanted.targets, wanted.settings.seed).held_out
    texts = [wanted.texts[place] for place in held]
    assert chosen_by_engine(tmp_path / "run" / MODEL, texts) == [*done.chosen]


def test_only_what_shall_learn_learns(tmp_path: Path, encoder: Path) -> None:
    counts = {}
    for method in ("full", "head", "pooled"):
        wanted = order(tmp_path / method, method, str(encoder))
        learner = make_learner(wanted, range(40), lambda: None)
        counts[method] = sum(one.numel() for one in learner.learning)
    assert counts["pooled"] == 2 * 32 + 2
    assert counts["pooled"] < counts["head"] < counts["full"] / 2


def test_stopped_it_goes_on_to_the_same_numbers(tmp_path: Path) -> None:
    def training(folder: Path) -> ClassifierTraining:
        wanted = order(folder, settings={"epochs": 4})
        parts = split(wanted.targets, wanted.settings.seed)
        torch.manual_seed(1)
        return ClassifierTraining(make_learner(wanted, parts.learned, lambda: None), wanted, parts)

    whole = training(tmp_path / "whole")
    whole.run(lambda _news: None, lambda: None)
    for stop in (1, 2, 3, 5):
        folder = tmp_path / f"stop{stop}"
        part, left = training(folder), [stop]

        def wait(left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise CancelledError("Stopped.")

        with pytest.raises(CancelledError):
            part.run(lambda _news: None, wait)
        again = training(folder)
        assert again.resume()
        assert again.state.step == part.state.step
        again.run(lambda _news: None, lambda: None)
        assert again.state.tests == whole.state.tests
        for one, other in zip(again.learner.learning, whole.learner.learning, strict=True):
            assert torch.equal(one, other)
    assert not training(tmp_path / "none").resume()


def test_it_ends_early_once_it_gets_no_better(tmp_path: Path) -> None:
    settings = {"epochs": 200, "patience": 3}
    done = learned(order(tmp_path / "run", settings=settings))
    assert done.stopped_early
    assert done.steps < 150


def test_numbers_that_run_away_and_bases_that_are_none_are_sentences(
    tmp_path: Path, encoder: Path
) -> None:
    wanted = order(tmp_path / "run", "full", str(encoder))
    parts = split(wanted.targets, 1)
    learner = make_learner(wanted, parts.learned, lambda: None)
    learner.learning[0].data.fill_(float("inf"))
    with pytest.raises(GenerationError, match="ran away"):
        ClassifierTraining(learner, wanted, parts).run(lambda _news: None, lambda: None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelLoadError, match="could not be loaded to learn labels"):
        make_learner(order(tmp_path, "full", str(tmp_path / "empty")), parts.learned, lambda: None)
    (encoder / "config.json").rename(tmp_path / "config.json")
    try:
        with pytest.raises(LampblackError):
            make_learner(wanted, parts.learned, lambda: None)
    finally:
        (tmp_path / "config.json").rename(encoder / "config.json")


def test_words_are_small_and_chinese_is_cut_by_character() -> None:
    tokenizer = word_tokenizer(["The SEA, the boat", "我爱大海 sea"], 8)
    cut = tokenizer.convert_ids_to_tokens(tokenizer("THE 大海 [PAD] whale")["input_ids"])
    assert cut[:4] == ["[CLS]", "the", "大", "海"]
    assert cut[-1] == "[UNK]"
    assert tokenizer("")["input_ids"] == [2]


def test_a_very_long_text_is_read_to_its_length(tmp_path: Path) -> None:
    wanted = order(tmp_path / "run")
    wanted = type(wanted)(**{**_fields(wanted), "texts": ("dull " * 2_000_000, *wanted.texts[1:])})
    learner = make_learner(wanted, range(len(wanted.texts)), lambda: None)
    assert learner.tokens[0] == 32


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_every_label_weighs_alike_in_the_loss(tmp_path: Path, encoder: Path) -> None:
    whole = order(tmp_path / "run", "pooled", str(encoder), settings={"batch": 512})
    few = [place for place, target in enumerate(whole.targets) if target][:5]
    kept = [place for place, target in enumerate(whole.targets) if not target] + few
    texts = tuple(whole.texts[place] for place in kept)
    targets = tuple(whole.targets[place] for place in kept)
    wanted = replace(whole, texts=texts, targets=targets)
    parts = split(targets, 1)
    assert [targets[place] for place in parts.learned].count(1) == 4  # of 5, one is held out
    learner = make_learner(wanted, parts.learned, lambda: None)
    training = ClassifierTraining(learner, wanted, parts)
    losses: list[list[float]] = [[], []]
    for place in parts.learned:
        logits = learner.logits([place])[0].detach()
        losses[targets[place]].append(-float(logits.log_softmax(0)[targets[place]]))
    alike = sum(sum(one) / len(one) for one in losses) / 2
    assert training._learn(0) == pytest.approx(alike, rel=1e-5)
    plain = sum(map(sum, losses)) / len(parts.learned)
    assert abs(alike - plain) > 1e-4


def test_it_ends_when_macro_f1_no_longer_rises_and_keeps_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lower loss only decides between equals."""
    wanted = order(tmp_path / "run", settings={"epochs": 50, "patience": 3})
    parts = split(wanted.targets, 1)
    right = tuple(wanted.targets[place] for place in parts.held_out)
    wrong = tuple(1 - target for target in right)
    half = (*right[: len(right) // 2], *wrong[len(right) // 2 :])
    told = iter([(wrong, 9.0), (half, 8.0), (half, 7.0), (wrong, 1.0), (half, 7.5), (half, 7.5)])
    training = ClassifierTraining(make_learner(wanted, parts.learned, lambda: None), wanted, parts)
    kept: list[torch.Tensor] = []

    def chosen(_wait: Any) -> Any:
        kept.append(training.learner.learning[0].detach().clone())
        return next(told)

    monkeypatch.setattr(training, "_chosen", chosen)
    training.run(lambda _news: None, lambda: None)
    assert len(training.state.tests) == 6
    assert training.state.best_step == 3 * training.steps_each
    assert training.stopped_early
    assert torch.equal(training.learner.learning[0], kept[2])
