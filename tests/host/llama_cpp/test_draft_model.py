"""A smaller model that guesses for the real one: the same text, the same chances, and no harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import UnsupportedModelError
from app.core.memory_fit.estimate import estimate
from app.core.memory_fit.layout import layout
from app.core.options.load_options import LoadOptions
from app.core.system.machine import this_machine
from app.engine.messages import Done, HostEvent
from app.host.generation.draft_costs import DraftCosts
from app.host.interface import Job
from app.host.llama_cpp.drafting import loading
from app.host.llama_cpp.drafting.model import DraftModel
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import Runner, load
from tests.host.tiny_llama import write_tiny

PROMPT = "abcabdacbd the cat and a hat"
ENDLESS = {"token:2": -100.0}
FREE = DraftCosts(rows=(1.0,), step=0.01, row=0.01)
"""Costs that let every guess pay."""


@pytest.fixture(scope="module", autouse=True)
def cheap() -> Iterator[None]:
    """Tiny models take no time that could be measured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "measured", lambda *_models: FREE)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A model and a rounded copy of it."""
    folder = tmp_path_factory.mktemp("drafting")
    return write_tiny(folder / "large.gguf", "F32"), write_tiny(folder / "small.gguf", "Q8_0")


def _written(engine: LlamaCppEngine, **fields: Any) -> Done:
    return Runner(engine)(PROMPT, logit_bias=ENDLESS, **fields)


def _load(files: tuple[Path, Path], **more: Any) -> LlamaCppEngine:
    large, small = files
    fields = {"context": 512, "threads": 1, "keep_prompts": False, "draft": str(small), **more}
    return load(large, LoadOptions(**fields))


@pytest.fixture(scope="module")
def engine(files: tuple[Path, Path]) -> Iterator[LlamaCppEngine]:
    loaded = _load(files)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def alone(files: tuple[Path, Path]) -> Iterator[LlamaCppEngine]:
    loaded = _load(files, drafts="off")
    yield loaded
    loaded.close()


VALUES: list[dict[str, Any]] = [
    {"temperature": 0.8},
    {"temperature": 1.0, "repetition_penalty": 1.1, "dry_multiplier": 0.5, "min_p": 0.05},
    {"temperature": 1.0, "xtc_probability": 0.5, "xtc_threshold": 0.1, "top_k": 20},
    {"temperature": 0.9, "mirostat": 2},
    {"temperature": 0.9, "grammar": "root ::= [^0-9]+"},
]


@pytest.mark.parametrize("values", VALUES, ids=["plain", "penalties", "xtc", "mirostat", "grammar"])
def test_a_seed_gives_the_text_that_it_gives_without(
    engine: LlamaCppEngine, alone: LlamaCppEngine, values: dict[str, Any]
) -> None:
    """The larger model draws each token, whatever was guessed."""
    asked: dict[str, Any] = {"seed": 7, "max_tokens": 120, **values}
    guessed, plain = _written(engine, **asked), _written(alone, **asked)
    assert guessed.takes == plain.takes
    assert guessed.stats.drafted_tokens >= guessed.stats.accepted_tokens > 10
    assert plain.stats.drafted_tokens == 0


def test_copied_generators_foresee_most_draws(engine: LlamaCppEngine) -> None:
    """Likeliest tokens alone would seldom be right where many tokens are about as likely."""
    stats = _written(engine, seed=3, max_tokens=200, temperature=1.0).stats
    assert stats.accepted_tokens > 0.4 * stats.completion_tokens


def test_greedy_is_not_guessed(engine: LlamaCppEngine, alone: LlamaCppEngine) -> None:
    asked: dict[str, Any] = {"temperature": 0.0, "max_tokens": 80}
    guessed, plain = _written(engine, **asked), _written(alone, **asked)
    assert guessed.takes == plain.takes
    assert guessed.stats.drafted_tokens == 0


def test_a_cancel_ends_it_and_the_next_text_is_right(
    engine: LlamaCppEngine, alone: LlamaCppEngine
) -> None:
    runner = Runner(engine)

    def stop(_event: HostEvent, job: Job) -> None:
        if runner.tokens:  # told at once; what follows is told together
            job.cancel()

    runner.on_event = stop
    done = runner(PROMPT, logit_bias=ENDLESS, seed=5, max_tokens=300)
    assert done.takes[0].finish_reason == "cancelled"
    asked: dict[str, Any] = {"seed": 6, "max_tokens": 60, "temperature": 0.9}
    assert _written(engine, **asked).takes == _written(alone, **asked).takes


def test_a_full_context_ends_as_without(engine: LlamaCppEngine, alone: LlamaCppEngine) -> None:
    asked: dict[str, Any] = {"seed": 2, "max_tokens": -1, "temperature": 1.0}
    guessed, plain = _written(engine, **asked), _written(alone, **asked)
    (take,), (other,) = guessed.takes, plain.takes
    assert take.finish_reason == other.finish_reason == "length"
    assert len(take.token_ids) == len(other.token_ids)
    assert guessed.stats.drafted_tokens > 20


def test_several_takes_go_without(engine: LlamaCppEngine) -> None:
    assert _written(engine, seed=2, n=2, max_tokens=30).stats.drafted_tokens == 0


def test_a_draft_model_that_fails_is_given_up(
    engine: LlamaCppEngine, alone: LlamaCppEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_model: DraftModel, _tokens: object) -> None:
        raise UnsupportedModelError("It broke.")

    monkeypatch.setattr(DraftModel, "_read", failing)
    asked: dict[str, Any] = {"seed": 6, "max_tokens": 60, "temperature": 0.9}
    assert _written(engine, **asked).takes == _written(alone, **asked).takes
    assert engine._draft is not None
    assert engine._draft._is_broken
    engine._draft._is_broken = False


def test_wrong_guesses_are_given_up(files: tuple[Path, Path], tmp_path: Path) -> None:
    """A model that foresees nothing costs a few steps, not every one."""
    large, _small = files
    stranger = write_tiny(tmp_path / "stranger.gguf", "F32", seed=9)
    engine = _load((large, stranger))
    assert engine._draft is not None
    engine._draft.costs = DraftCosts(rows=(1.2, 1.3, 1.4), step=0.3, row=0.05)
    stats = _written(engine, seed=1, max_tokens=300, temperature=1.0).stats
    assert stats.drafted_tokens < 30
    engine.close()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"named": {5: "<|other|>"}}, "another vocabulary"),
        (None, "There is no file"),
        (b"GGUF", ""),
    ],
)
def test_what_cannot_guess_is_left_out_with_a_sentence(
    files: tuple[Path, Path], tmp_path: Path, made: Any, words: str
) -> None:
    other = tmp_path / "other.gguf"
    if isinstance(made, bytes):
        other.write_bytes(made)
    elif made is not None:
        write_tiny(other, "F32", **made)
    engine = _load((files[0], other))
    (note,) = [note for note in engine.info.notes if "draft model" in note]
    assert words in note
    assert note.startswith("No draft model is used: ")
    assert engine._draft is None
    engine.close()


def test_one_that_is_too_slow_is_left_out(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = DraftCosts(rows=(1.1, 1.2), step=0.9, row=0.5)
    monkeypatch.setattr(loading, "measured", lambda *_models: slow)
    engine = _load(files)
    assert any("guesses too slowly here" in note for note in engine.info.notes)
    engine.close()


def test_the_fit_counts_both(files: tuple[Path, Path]) -> None:
    large, small = files
    options, machine = LoadOptions(context=512, gpu_layers=0), this_machine()
    alone = estimate(layout(large, "llama.cpp"), options, machine)
    both = LoadOptions(context=512, gpu_layers=0, draft=str(small))
    fit = estimate(layout(large, "llama.cpp"), both, machine)
    assert fit.total - alone.total == fit.sum_of("draft") > small.stat().st_size // 2
