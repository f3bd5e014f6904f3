"""Removing from the window's list: the same question, words and outcome as in the manager."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.core.models.model_file import ModelFile
from app.core.models.removal import Removal, plan_removal
from app.ui.manager.questions import ManagerQuestions
from app.ui.questions import Questions, Removed
from tests.ui.conftest import Studio


@pytest.fixture(params=["own", "watched", "added"])
def model(
    studio: Studio, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> ModelFile:
    """A model of the list, selected in it."""
    folder = studio.program.paths.models if request.param == "own" else tmp_path / request.param
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tale.gguf"
    path.write_bytes(b"GGUF")
    if request.param == "watched":
        studio.program.settings_store.put("watched_folders", str(folder))
    if request.param == "added":
        studio.program.settings_store.put("added_models", str(path))
    model = studio.library.add(str(path))
    panel = studio.window.models.panel
    with qtbot.waitSignal(panel.refreshed):
        panel.refresh(model.path)
    return model


def remove(studio: Studio, qtbot: QtBot, answer: Removed) -> None:
    studio.questions.remove_answer = answer
    removal = studio.window.models.removal
    with qtbot.waitSignal(removal.said):
        studio.window.models.panel.remove_action.trigger()


def test_it_asks_first_and_no_leaves_all_as_it_is(
    studio: Studio, model: ModelFile, qtbot: QtBot
) -> None:
    studio.questions.remove_answer = "no"
    studio.window.models.panel.remove_action.trigger()
    qtbot.waitUntil(lambda: bool(studio.questions.asked))
    studio.window.models._background.wait()
    assert studio.questions.asked == [f"remove tale: {plan_removal(model).sentence}"]
    assert "goes to the trash" in studio.questions.asked[0]
    assert not studio.program.metadata.record(model).hidden
    assert Path(model.path).exists()


def test_off_the_list_the_file_stays(studio: Studio, model: ModelFile, qtbot: QtBot) -> None:
    remove(studio, qtbot, "list")
    assert studio.program.metadata.record(model).hidden
    assert studio.program.settings.added_models == ()
    assert Path(model.path).exists()
    said = "tale is off the list; its files stay where they are."
    assert studio.window.status.currentMessage() == said


def test_into_the_trash(studio: Studio, model: ModelFile, qtbot: QtBot) -> None:
    studio.window.models.removal._trash = lambda path: Path(path).unlink()
    remove(studio, qtbot, "trash")
    assert not Path(model.path).exists()
    assert studio.program.settings.added_models == ()
    assert "tale is in the trash" in studio.window.status.currentMessage()


@pytest.mark.parametrize("kind", [Questions, ManagerQuestions])
@pytest.mark.parametrize("has_files", [True, False])
def test_the_question_is_one_for_all(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, kind: type[Questions], *, has_files: bool
) -> None:
    shown: list[QMessageBox] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box) or 0)
    plan = Removal(("/a/tale.gguf",) if has_files else (), 0, "It goes.")
    assert kind(studio.window).remove("tale", plan) == "no"
    (box,) = shown
    assert (box.text(), box.informativeText()) == ("Remove tale?", "It goes.")
    names = {button.text().replace("&", "") for button in box.buttons()}
    with_files = {"Move to the Trash", "Only Take Off the List", "Cancel"}
    assert names == (with_files if has_files else {"Take Off the List", "Cancel"})
    default = box.defaultButton()
    assert default is not None
    assert default.text().replace("&", "") == "Cancel"
