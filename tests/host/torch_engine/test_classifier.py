"""Classifiers through the Torch engine, beside transformers' own pipeline."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import (
    CancelledError,
    GenerationError,
    LampblackError,
    ModelLoadError,
    ParameterError,
    PromptTooLongError,
    UnsupportedModelError,
)
from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.engine.messages import Classified, Classify, Generate, Score, Tokenize
from app.host.generation.batching import Scheduler, alone
from app.host.interface import Job
from tests.host.driving import load_torch, silent
from tests.host.tiny_classifier import KINDS, SIZE, save_classifier
from tests.host.torch_engine.test_lora import pair, write

TEXTS = (
    "The film was good.",
    "a dull and rainy day, not very fine!",
    "sea",
    "It was bad bad bad " * 6,
    "Night [SEP] and boat",
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("classifiers")
    for kind in KINDS:
        save_classifier(root / kind, kind, ("bad", "neither", "good"))
    return root


def changed(folder: Path, target: Path, **values: Any) -> Path:
    """A copy whose config.json has these values; None takes one out."""
    shutil.copytree(folder, target)
    config = json.loads((target / "config.json").read_text())
    config |= values
    config = {name: value for name, value in config.items() if value is not None}
    (target / "config.json").write_text(json.dumps(config))
    return target


def classified(engine: Any, *texts: str) -> list[list[float]]:
    """The probabilities, asked for in one request."""
    done = alone(engine.classifying(Classify(job=1, texts=texts), silent()), engine.compute)
    return [[math.exp(one) for one in row] for row in done.log_probabilities]


def by_pipeline(folder: Path, texts: Sequence[str]) -> list[list[float]]:
    """What transformers' pipeline says, text by text, in the order of the labels."""
    import transformers

    network = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, split_special_tokens=True)
    pipe = transformers.pipeline("text-classification", network, tokenizer=tokenizer, top_k=None)
    found = []
    for text in texts:
        scores = {one["label"]: one["score"] for one in pipe(text)[0]}
        found.append([scores[label] for label in network.config.id2label.values()])
    return found


def together(engine: Any, *texts: str) -> list[list[float]]:
    """The probabilities of jobs that run side by side, each with one text."""
    ended: dict[int, Classified] = {}
    scheduler = Scheduler(
        engine.compute, engine.watch, lambda job, done: ended.update({job.number: done})
    )
    for number, text in enumerate(texts):
        job = Job(number, lambda _event: None)
        work = engine.classifying(Classify(job=number, texts=(text,)), job)
        scheduler.add(job, work, background=False)
    while scheduler.is_busy:
        scheduler.step()
    rows = [ended[number].log_probabilities[0] for number in range(len(texts))]
    return [[math.exp(one) for one in row] for row in rows]


def shapes(engine: Any) -> list[tuple[int, int]]:
    """The shapes that are computed from now on."""
    found: list[tuple[int, int]] = []

    def note(_module: Any, _args: Any, given: dict[str, Any]) -> None:
        found.append(tuple(given["input_ids"].shape))

    engine._model._network.register_forward_pre_hook(note, with_kwargs=True)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_gives_the_pipeline_s_probabilities_alone_and_in_a_batch(
    kind: str, folders: Path
) -> None:
    engine = load_torch(folders / kind, options=LoadOptions(threads=1))
    assert engine.info.labels == ("bad", "neither", "good")
    expected = by_pipeline(folders / kind, TEXTS)
    alone_ = [classified(engine, text)[0] for text in TEXTS]
    assert max(max(row) - min(row) for row in expected) > 0.05  # not all alike
    for found in (alone_, classified(engine, *TEXTS), together(engine, *TEXTS)):
        for row, right in zip(found, expected, strict=True):
            assert row == pytest.approx(right, abs=1e-5)
    assert engine._model.pads is True
    seen = shapes(engine)
    together(engine, *TEXTS)
    assert [rows for rows, _tokens in seen] == [len(TEXTS)]
    engine.close()


def test_a_model_that_takes_no_rows_that_are_filled_up_gets_them_one_by_one(
    folders: Path, tmp_path: Path
) -> None:
    """Without a padding token, a decoder takes one text at a time only."""
    folder = changed(folders / "llama", tmp_path / "llama", pad_token_id=None)
    engine = load_torch(folder, options=LoadOptions(threads=1))
    for row, right in zip(together(engine, *TEXTS), by_pipeline(folder, TEXTS), strict=True):
        assert row == pytest.approx(right, abs=1e-5)
    assert engine._model.pads is False
    seen = shapes(engine)
    together(engine, *TEXTS)
    assert [rows for rows, _tokens in seen] == [1] * len(TEXTS)
    engine.close()


def test_a_padded_batch_that_gives_other_numbers_is_given_up(folders: Path) -> None:
    engine = load_torch(folders / "bert", options=LoadOptions(threads=1))
    network = engine._model._network

    def forget_mask(_module: Any, _args: Any, given: dict[str, Any]) -> Any:
        return (), given | {"attention_mask": given["attention_mask"] * 0 + 1}

    network.register_forward_pre_hook(forget_mask, with_kwargs=True)
    expected = by_pipeline(folders / "bert", TEXTS)
    for row, right in zip(together(engine, *TEXTS), expected, strict=True):
        assert row == pytest.approx(right, abs=1e-5)
    assert engine._model.pads is False
    engine.close()


def test_a_text_is_never_cut_in_silence(folders: Path) -> None:
    engine = load_torch(folders / "roberta", options=LoadOptions(context=4096, threads=1))
    assert engine.info.context == SIZE  # one position is for padding
    assert engine.info.notes == (f"roberta reads at most {SIZE} tokens at once.",)
    fits = "good " * (SIZE - 2)
    assert len(classified(engine, fits)) == 1
    with pytest.raises(PromptTooLongError, match=f"{SIZE + 1} tokens"):
        classified(engine, fits + "good")
    assert engine.count("good film") == 4
    engine.close()


@pytest.mark.parametrize("text", ["  Good, [SEP] film\n\nqué? ", "好 good 🙂", "", " \n"])
def test_the_pieces_of_a_text_are_the_text(text: str, folders: Path) -> None:
    engine = load_torch(folders / "bert", options=LoadOptions(threads=1))
    found = engine.tokenize(Tokenize(job=1, text=text))
    assert b"".join(found.pieces).decode() == (text if found.ids else "")
    assert 3 not in found.ids  # the token of [SEP]
    assert len(found.ids) == engine.count(text) - 2
    engine.close()


def test_anything_but_classifying_is_refused_with_the_labels(folders: Path) -> None:
    engine = load_torch(folders / "bert", options=LoadOptions(threads=1))
    refusals = [
        lambda: engine.writing(Generate(job=1, prompt="Once"), silent()),
        lambda: engine.generate(Generate(job=1, prompt="Once"), silent()),
        lambda: engine.scoring(Score(job=1, text="Once"), silent()),
        lambda: engine.perplexity("Once upon", silent()),
        lambda: engine.lay_out("Once", ()),
    ]
    for refusal in refusals:
        with pytest.raises(UnsupportedModelError, match=r"by its labels \(bad, neither, good\)"):
            refusal()
    engine.close()


def test_a_writer_is_no_classifier(torch_engine: Any) -> None:
    with pytest.raises(UnsupportedModelError, match="is no classifier"):
        alone(
            torch_engine.classifying(Classify(job=1, texts=("a",)), silent()), torch_engine.compute
        )


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ({"auto_map": {"AutoConfig": "x.C"}}, UnsupportedModelError, "code of its own"),
        ({"problem_type": "regression"}, UnsupportedModelError, "one number"),
        ({"id2label": {"0": "LABEL_0"}}, UnsupportedModelError, "one number"),
        ({"problem_type": "multi_label_classification"}, UnsupportedModelError, "multi-label"),
        ({"id2label": {str(n): f"x{n}" for n in range(1001)}}, UnsupportedModelError, "1,001"),
        ({"id2label": None, "num_labels": 10**12}, UnsupportedModelError, "1,000,000,000,000"),
        ({"id2label": {"0": "a", "1": "a", "2": "b"}}, LampblackError, "id2label"),
        ({"id2label": {"0": "a", "2": "b", "3": "c"}}, LampblackError, "id2label"),
        ({"id2label": {"0": "a", "1": ["b"], "2": "c"}}, LampblackError, "id2label"),
        ({"id2label": {"0": "a", "1": "b\n", "2": " b"}}, LampblackError, "id2label"),
        ({"id2label": {"0": "a", "1": "b"}}, ModelLoadError, "could not load"),
        ({"model_type": "no_such_type"}, LampblackError, "could not load"),
    ],
)
def test_what_chooses_no_label_or_is_damaged_is_a_sentence(
    values: dict[str, Any],
    error: type[LampblackError],
    told: str,
    folders: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = changed(folders / "bert", tmp_path / "model", **values)
    with pytest.raises(error, match=told):
        load_torch(folder)


def test_a_folder_without_the_head_s_numbers_is_refused(
    folders: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The library would draw numbers for what is missing, and any answer would be made up."""
    from safetensors.torch import load_file, save_file

    folder = changed(folders / "bert", tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelLoadError, match=r"no numbers for classifier\.weight"):
        load_torch(folder)


def test_a_tokenizer_of_another_model_is_told(folders: Path, tmp_path: Path) -> None:
    folder = changed(folders / "bert", tmp_path / "model")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["boat"] = 40_000
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    engine = load_torch(folder, options=LoadOptions(threads=1))
    assert classified(engine, "a film")
    with pytest.raises(GenerationError, match="tokenizer"):
        classified(engine, "a boat")
    engine.close()


def test_adapters_are_refused(folders: Path, tmp_path: Path) -> None:
    adapter = Adapter(path=str(write(tmp_path / "a", {"first": pair(6, 4)})))
    with pytest.raises(ParameterError, match="takes no adapters"):
        load_torch(folders / "bert", adapters=(adapter,))


def test_a_cancel_ends_it_between_layers(folders: Path) -> None:
    engine = load_torch(folders / "bert", options=LoadOptions(threads=1))
    job = silent()
    layer = engine._model._network.bert.encoder.layer[1]
    layer.register_forward_hook(lambda *_: job.cancel())
    engine.watch([job])
    with pytest.raises(CancelledError):
        alone(engine.classifying(Classify(job=1, texts=TEXTS), job), engine.compute)
    engine.watch([])
    engine.close()


def test_long_requests_are_computed_in_steps_that_others_take_part_in(folders: Path) -> None:
    engine = load_torch(folders / "bert", options=LoadOptions(threads=1))
    classified(engine, *TEXTS)
    seen = shapes(engine)
    many = tuple("good " * (1 + n % (SIZE - 2)) for n in range(600))
    found = classified(engine, *many)
    assert len(found) == 600
    assert len(seen) > 2
    assert max(rows * tokens for rows, tokens in seen) <= 8192
    assert found[61] == pytest.approx(classified(engine, many[61])[0], abs=1e-5)
    engine.close()
