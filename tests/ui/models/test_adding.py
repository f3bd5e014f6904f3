"""Adding and loading what is not on the list: never on the window's thread, and in one way."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import app.core.models.removal as removal_module
from app.core.errors import ModelNotFoundError
from app.core.models import model_file
from tests.core.models.folders import write_folder
from tests.host.tiny_llama import write_tiny
from tests.ui.conftest import Studio


@pytest.fixture
def empty(make_studio: Any) -> Studio:
    studio: Studio = make_studio(model=None)
    return studio


def loads(studio: Studio) -> list[str]:
    return [fields["path"] for kind, _job, fields in studio.worker.asked if kind == "load"]


def test_a_file_is_looked_at_off_the_windows_thread_and_loaded(
    empty: Studio, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    inspect = model_file.inspect

    def look(path: Path) -> Any:
        threads.append(threading.current_thread())
        return inspect(path)

    monkeypatch.setattr(removal_module, "inspect", look)
    path = str(write_tiny(tmp_path / "new.gguf"))
    empty.library.add(path)
    empty.window.models.add(Path(path))
    qtbot.waitUntil(lambda: loads(empty) == [path])
    assert empty.program.settings.added_models == (path,)
    assert len(threads) == 1
    assert threading.main_thread() not in threads


def test_a_folder_of_models_is_watched_here_as_in_the_manager(
    empty: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    write_tiny(folder / "a.gguf")
    write_tiny(folder / "b.gguf")
    empty.window.models.add(folder)
    qtbot.waitUntil(lambda: any("is watched from now on" in text for text in empty.banners))
    assert empty.program.settings.watched_folders == (str(folder),)
    assert loads(empty) == []


def test_what_is_no_model_is_told(empty: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "poem.gguf").write_text("Not a model.")
    empty.window.models.add(tmp_path / "poem.gguf")
    qtbot.waitUntil(lambda: any("not a GGUF model" in text for text in empty.banners))
    assert empty.program.settings.added_models == ()


def test_a_classifier_is_never_loaded_to_write(empty: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    folder = write_folder(tmp_path / "moods")
    config = {"model_type": "bert", "architectures": ["BertForSequenceClassification"]}
    (folder / "config.json").write_text(json.dumps(config))
    empty.library.models.append(model_file.inspect(folder))
    empty.window.models.loader.load(str(folder))
    assert any("moods is a classifier: it sorts texts" in text for text in empty.banners)
    empty.window.models.add(folder)
    qtbot.waitUntil(lambda: empty.program.settings.added_models == (str(folder),))
    qtbot.waitUntil(lambda: len(empty.banners) > 0 and not empty.window.models.loader.is_loading)
    assert loads(empty) == []


@pytest.fixture
def slow(empty: Studio, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Models that are not on the list are found only when this is set."""
    go, resolve = threading.Event(), empty.library.resolve

    def wait(name: str) -> Any:
        assert threading.current_thread() is not threading.main_thread()
        assert go.wait(10)
        return resolve(name)

    monkeypatch.setattr(empty.library, "resolve", wait)
    monkeypatch.setattr(empty.library, "known", lambda _path: None)
    return go


def test_a_model_that_is_not_on_the_list_is_found_off_the_windows_thread(
    empty: Studio, slow: threading.Event, qtbot: QtBot
) -> None:
    models = empty.window.models.loader
    empty.library.add("/models/A.gguf")
    models.load("/models/A.gguf")
    assert models.is_loading
    assert loads(empty) == []
    slow.set()
    qtbot.waitUntil(lambda: loads(empty) == ["/models/A.gguf"])
    assert models.is_loading


def test_the_look_can_be_stopped(empty: Studio, slow: threading.Event, qtbot: QtBot) -> None:
    models = empty.window.models.loader
    empty.library.add("/models/A.gguf")
    models.load("/models/A.gguf")
    with qtbot.waitSignals([models.failed, models.loading_ended]):
        models.cancel()
    assert not models.is_loading
    empty.library.add("/models/B.gguf")
    models.load("/models/B.gguf")
    slow.set()
    qtbot.waitUntil(lambda: loads(empty) == ["/models/B.gguf"])


def test_a_model_that_is_gone_is_told(empty: Studio, slow: threading.Event, qtbot: QtBot) -> None:
    models = empty.window.models.loader
    slow.set()
    with qtbot.waitSignal(models.failed) as told:
        models.load("/models/gone.gguf")
    assert isinstance(told.args[0], ModelNotFoundError)
    qtbot.waitUntil(lambda: not models.is_loading)
