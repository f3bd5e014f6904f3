"""The starter in full precision with its copy in four bits as draft model."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.options.load_options import LoadOptions
from app.host.generation.draft_costs import DraftCosts
from app.host.llama_cpp.drafting import loading
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import library, native
from tests.host.driving import Runner, load

STORY = "The keeper opened the door and looked out at the sea, which was grey and very wide."
F32, Q4_0 = 0, 2
CHEAP = DraftCosts(rows=(1.05, 1.1, 1.15), step=0.2, row=0.02)
"""Another machine's: here both models may be as fast, with one thread and busy neighbours."""


@pytest.fixture(scope="module")
def copies(
    starter_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Path]]:
    library()
    folder = tmp_path_factory.mktemp("copies")
    made = folder / "large.gguf", folder / "small.gguf"
    for path, kind in zip(made, (F32, Q4_0), strict=True):
        parameters = native.llama_model_quantize_default_params()
        parameters.ftype, parameters.allow_requantize = kind, True
        names = str(starter_model).encode(), str(path).encode()
        assert native.llama_model_quantize(*names, ctypes.byref(parameters)) == 0
    yield made
    for path in made:
        path.unlink()  # 600 MB


@pytest.fixture(scope="module")
def engine(copies: tuple[Path, Path]) -> Iterator[LlamaCppEngine]:
    large, small = copies
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "measured", lambda *_models: CHEAP)
        options = LoadOptions(
            context=512, threads=2, kv_type="f32", draft=str(small), tune=False
        )  # the usual f16 rounds otherwise where several rows are computed
        loaded = load(large, options)
    assert loaded.info.draft == "small"
    yield loaded
    loaded.close()


def _both(engine: LlamaCppEngine, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> Any:
    """The same with the draft model and without anything that guesses."""
    asked: dict[str, Any] = {"max_tokens": 60, **fields}
    guessed = Runner(engine)(STORY, **asked)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_costs", ())
        return guessed, Runner(engine)(STORY, **asked)


def test_greedy_is_the_same_token_by_token(
    engine: LlamaCppEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At temperature 0 nothing is guessed; at 0.01, which is as good as that, much is."""
    guessed, plain = _both(engine, monkeypatch, temperature=0.0)
    assert guessed.takes == plain.takes
    assert guessed.stats.drafted_tokens == 0
    nearly, _alone = _both(engine, monkeypatch, temperature=0.01, seed=1)
    assert nearly.takes[0].token_ids == plain.takes[0].token_ids
    assert nearly.stats.accepted_tokens > 20
    assert nearly.stats.draft_gain > 1.1


@pytest.mark.parametrize("temperature", [0.8, 1.2])
def test_a_seed_gives_the_same_text(
    engine: LlamaCppEngine, monkeypatch: pytest.MonkeyPatch, temperature: float
) -> None:
    guessed, plain = _both(engine, monkeypatch, temperature=temperature, seed=5)
    assert guessed.takes == plain.takes
    assert guessed.stats.accepted_tokens > 0
