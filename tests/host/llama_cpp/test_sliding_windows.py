"""What is reused of a text whose model looks through sliding windows, where parts of it are gone.

Whatever is reused, the scores after it must be those of a cold reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.options.load_options import LoadOptions
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import Runner, load
from tests.host.gguf_shapes import Shape, write

WINDOWED = Shape(
    "gemma3", width=64, inner=128, heads=2, kv_heads=1, head=32, vocabulary=512, tied=True,
    window=32, random=True,
)  # fmt: skip
OPTIONS = LoadOptions(context=1024, batch=64, ubatch=64, gpu_layers=0, threads=1, tune=False)
TEXT = "".join(chr(33 + number * number % 89) for number in range(600))
OTHER = "".join(chr(33 + number * 7 % 83) for number in range(500))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("windowed") / "model.gguf", WINDOWED)


@pytest.fixture
def runner(model: Path, tmp_path: Path) -> Iterator[Runner]:
    engine = _load(model, tmp_path)
    yield Runner(engine)
    engine.close()


def _load(model: Path, folder: Path) -> LlamaCppEngine:
    return load(model, OPTIONS, cache=str(folder))


def _written(runner: Runner, prompt: str, *, exact: bool = False) -> tuple[list[float], int]:
    """The probability of each token that the model likes best, and how many tokens were reused."""
    done = runner(prompt, max_tokens=8, temperature=0.0, probabilities=1, exact=exact)
    details = [detail for event in runner.tokens for detail in event.details]
    return [detail.probability for detail in details], done.stats.reused_tokens


def _check(runner: Runner, prompt: str) -> int:
    """The scores are those of a cold reading; how many tokens were reused."""
    found, reused = _written(runner, prompt)
    cold, _ = _written(runner, prompt, exact=True)
    assert found == pytest.approx(cold, rel=1e-2)
    return reused


def test_an_edit_in_the_middle_reuses_what_is_before_it(runner: Runner) -> None:
    _written(runner, TEXT)
    assert _check(runner, TEXT[:300] + "+" + TEXT[301:400]) >= 300


def test_an_edit_or_a_retry_after_a_restart_is_not_computed_with_half_a_memory(
    model: Path, tmp_path: Path
) -> None:
    """A saved state of the layers with a window holds the last window only."""
    for prompt in (TEXT[:100], TEXT[:300] + "++", TEXT[:590], TEXT):
        first = Runner(_load(model, tmp_path))
        _written(first, TEXT)
        first.engine.close()
        again = Runner(_load(model, tmp_path))
        _check(again, prompt)
        again.engine.close()


def test_a_text_that_grew_after_a_restart_is_not_read_again(model: Path, tmp_path: Path) -> None:
    first = Runner(_load(model, tmp_path))
    text = first(TEXT, max_tokens=8, temperature=0.0).takes[0].text
    first.engine.close()
    again = Runner(_load(model, tmp_path))
    assert _check(again, TEXT + text + "and on") >= 600 - WINDOWED.window
    again.engine.close()


def test_a_guest_leaves_what_a_retry_needs(runner: Runner) -> None:
    _written(runner, TEXT)
    with runner.engine.guest():
        _written(runner, OTHER)
    assert _check(runner, TEXT) >= 600 - WINDOWED.window


def test_another_text_may_have_taken_what_is_before_the_window(runner: Runner) -> None:
    """llama.cpp gives cells before a window to other texts, be there empty ones or not."""
    cold, _ = _written(runner, TEXT[:200] + "++", exact=True)
    for number in range(3):
        _written(runner, TEXT)
        _written(runner, OTHER[number:])
        assert _written(runner, TEXT[:200] + "++")[0] == pytest.approx(cold, rel=1e-2)
