"""A smaller network that guesses for the real one: the same text, the same chances, and no harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.memory_fit.estimate import estimate
from app.core.memory_fit.layout import layout
from app.core.options.load_options import LoadOptions
from app.core.system.machine import this_machine
from app.engine.messages import Done, HostEvent
from app.host.generation.draft_costs import DraftCosts
from app.host.interface import Job
from tests.host.driving import Runner, load_torch
from tests.host.tiny_llama import write_tiny

PROMPT = "abcabdacbd the cat and a hat"
ENDLESS = {"token:2": -100.0}
FREE = DraftCosts(rows=(1.0,), step=0.01, row=0.01)
"""Costs that let every guess pay."""


@pytest.fixture(scope="module", autouse=True)
def cheap() -> Iterator[None]:
    """Tiny models take no time that could be measured."""
    from app.host.torch_engine import drafting

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drafting, "measured", lambda *_models: FREE)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A model and a rounded copy of it."""
    folder = tmp_path_factory.mktemp("drafting")
    return write_tiny(folder / "large.gguf", "F32"), write_tiny(folder / "small.gguf", "Q8_0")


def _load(files: tuple[Path, Path], **more: Any) -> Any:
    large, small = files
    fields = {"context": 512, "threads": 1, "keep_prompts": False, "draft": str(small), **more}
    return load_torch(large, options=LoadOptions(**fields))


@pytest.fixture(scope="module")
def engine(files: tuple[Path, Path]) -> Iterator[Any]:
    loaded = _load(files)
    assert loaded.info.draft == "small"
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def alone(files: tuple[Path, Path]) -> Iterator[Any]:
    loaded = _load(files, drafts="off")
    assert loaded.info.draft == ""
    yield loaded
    loaded.close()


def _written(engine: Any, **fields: Any) -> Done:
    return Runner(engine)(PROMPT, logit_bias=ENDLESS, **fields)


VALUES: list[dict[str, Any]] = [
    {"temperature": 0.8},
    {"temperature": 1.0, "repetition_penalty": 1.1, "dry_multiplier": 0.5, "min_p": 0.05},
    {"temperature": 1.0, "xtc_probability": 0.5, "xtc_threshold": 0.1, "top_k": 20},
    {"temperature": 0.9, "mirostat": 2},
    {"temperature": 0.9, "mirostat": 1},
]


@pytest.mark.parametrize("values", VALUES, ids=["plain", "penalties", "xtc", "miro2", "miro1"])
def test_a_seed_gives_the_text_that_it_gives_without(
    engine: Any, alone: Any, values: dict[str, Any]
) -> None:
    """The larger model draws each token, whatever was guessed."""
    asked: dict[str, Any] = {"seed": 7, "max_tokens": 80, **values}
    guessed, plain = _written(engine, **asked), _written(alone, **asked)
    assert guessed.takes == plain.takes
    assert guessed.stats.drafted_tokens >= guessed.stats.accepted_tokens > 10
    assert guessed.stats.draft_gain > 1
    assert 0 < guessed.stats.draft_kept <= 1
    assert plain.stats.drafted_tokens == plain.stats.draft_gain == 0


def test_probabilities_are_those_of_each_tokens_own_row(engine: Any, alone: Any) -> None:
    asked: dict[str, Any] = {"seed": 3, "max_tokens": 30, "temperature": 0.8, "probabilities": 3}
    runs = [Runner(engine), Runner(alone)]
    for runner in runs:
        runner(PROMPT, logit_bias=ENDLESS, **asked)
    found, plain = ([one for event in run.tokens for one in event.details] for run in runs)
    assert [one.id for one in found] == [one.id for one in plain]
    assert [one.probability for one in found] == pytest.approx(
        [one.probability for one in plain], abs=1e-4
    )


def test_greedy_is_not_guessed(engine: Any, alone: Any) -> None:
    asked: dict[str, Any] = {"temperature": 0.0, "max_tokens": 60}
    guessed, plain = _written(engine, **asked), _written(alone, **asked)
    assert guessed.takes == plain.takes
    assert guessed.stats.drafted_tokens == 0


def test_stops_and_banned_phrases_hold_among_guesses(engine: Any, alone: Any) -> None:
    asked: dict[str, Any] = {"seed": 9, "max_tokens": 60, "temperature": 0.8}
    text = _written(alone, **asked).takes[0].text
    asked |= {"banned_phrases": (text[10:12], text[20:23]), "stop": (text[-4:],)}
    guessed, plain = _written(engine, **asked), _written(alone, **asked)
    assert guessed.takes == plain.takes
    assert guessed.stats.accepted_tokens > 5
    assert text[10:12] not in guessed.takes[0].text


def test_a_cancel_ends_it_and_the_next_text_is_right(engine: Any, alone: Any) -> None:
    runner = Runner(engine)

    def stop(_event: HostEvent, job: Job) -> None:
        if runner.tokens:
            job.cancel()

    runner.on_event = stop
    done = runner(PROMPT, logit_bias=ENDLESS, seed=5, max_tokens=300)
    assert done.takes[0].finish_reason == "cancelled"
    asked: dict[str, Any] = {"seed": 6, "max_tokens": 60, "temperature": 0.9}
    assert _written(engine, **asked).takes == _written(alone, **asked).takes


def test_a_full_context_ends_as_without(engine: Any, alone: Any) -> None:
    asked: dict[str, Any] = {"seed": 2, "max_tokens": -1, "temperature": 1.0}
    guessed, plain = _written(engine, **asked), _written(alone, **asked)
    (take,), (other,) = guessed.takes, plain.takes
    assert take.finish_reason == other.finish_reason == "length"
    assert take.token_ids == other.token_ids
    assert guessed.stats.drafted_tokens > 20


def test_several_takes_go_without(engine: Any) -> None:
    assert _written(engine, seed=2, n=2, max_tokens=20).stats.drafted_tokens == 0


def test_one_that_fails_is_given_up(
    engine: Any, alone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.errors import GenerationError

    def failing(*_arguments: object) -> None:
        raise GenerationError("It broke.")

    monkeypatch.setattr(engine._draft._model, "read", failing)
    asked: dict[str, Any] = {"seed": 6, "max_tokens": 80, "temperature": 0.9}
    assert _written(engine, **asked).takes == _written(alone, **asked).takes
    assert engine._draft._is_broken
    engine._draft._is_broken = False
    engine._draft._forget()


@pytest.mark.parametrize(
    ("made", "words"),
    [({"named": {5: "<|other|>"}}, "another vocabulary"), (None, "There is no file")],
)
def test_what_cannot_guess_is_left_out_with_a_sentence(
    files: tuple[Path, Path], tmp_path: Path, made: Any, words: str
) -> None:
    other = tmp_path / "other.gguf"
    if made is not None:
        write_tiny(other, "F32", **made)
    engine = _load((files[0], other))
    (note,) = [note for note in engine.info.notes if "draft model" in note]
    assert note.startswith("No draft model is used: ")
    assert words in note
    assert engine._draft is None
    assert _written(engine, seed=1, max_tokens=5).stats.draft_gain == 0
    engine.close()


def test_the_fit_counts_both(files: tuple[Path, Path]) -> None:
    large, small = files
    machine, found = this_machine(), layout(large, "torch")
    alone = estimate(found, LoadOptions(context=512, gpu_layers=0), machine)
    both = LoadOptions(context=512, gpu_layers=0, draft=str(small))
    fit = estimate(found, both, machine)
    assert fit.total - alone.total == fit.sum_of("draft") > 0
