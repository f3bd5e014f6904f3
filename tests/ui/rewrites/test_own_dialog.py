"""Own actions are written, changed and shared in their dialog."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import SettingsError
from app.core.rewrites.table import REWRITES
from app.ui.rewrites.own_dialog import OwnRewritesDialog, example_text, read_examples
from tests.ui.conftest import Studio


@pytest.fixture
def dialog(studio: Studio) -> OwnRewritesDialog:
    return studio.window.manuscript.rewrite_menus.edit_own()


def listed(dialog: OwnRewritesDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_an_action_is_written_changed_and_deleted(
    studio: Studio, dialog: OwnRewritesDialog
) -> None:
    dialog._begin_new(None)
    dialog.name.setText("Noir")
    dialog.prompt.setPlainText("Tell it coldly.\n\n{selection}")
    dialog.examples.setPlainText("He wept.\n=>\nHe had a drink.")
    dialog.key.setText("ctrl+alt+f6")
    dialog.save.click()
    assert dialog.problem.text() == ""
    own = studio.window.manuscript.rewrites.offers.own
    (noir,) = own.own()
    assert noir.examples == (("He wept.", "He had a drink."),)
    assert noir.key == "Ctrl+Alt+F6"
    dialog.name.setText("Noir II")
    dialog.save.click()
    assert listed(dialog) == [action.name for action in own.own()] == ["Noir II"]
    dialog.delete.click()
    assert listed(dialog) == []
    dialog.reject()


def test_what_is_wrong_is_said_and_nothing_is_lost(dialog: OwnRewritesDialog) -> None:
    dialog._begin_new(REWRITES[1])
    assert dialog.name.text() == "Shorten, my own"
    dialog.prompt.setPlainText("Shorter.")
    dialog.save.click()
    assert "no place for the selection" in dialog.problem.text()
    assert dialog.prompt.toPlainText() == "Shorter."
    dialog.prompt.setPlainText("{selection}")
    dialog.key.setText("Ctrl+K")
    dialog.save.click()
    assert dialog.problem.text() == "Ctrl+K is the key of something else."
    assert listed(dialog) == []
    dialog.reject()


def test_actions_are_shared_by_files(
    dialog: OwnRewritesDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "noir.json"
    monkeypatch.setattr(dialog._files, "target", lambda _title, _name: file)
    monkeypatch.setattr(dialog._files, "source", lambda _title: file)
    dialog._begin_new(REWRITES[0])
    dialog.save.click()
    dialog.share.click()
    assert file.exists()
    dialog.delete.click()
    dialog.take_in.click()
    assert listed(dialog) == ["Rewrite, my own"]
    file.write_text("{}")
    dialog.take_in.click()
    assert "cannot be imported" in dialog.problem.text()
    dialog.reject()


def test_examples_are_written_as_text() -> None:
    pairs = [("One.\n\nTwo.", "Both."), ("He left.", "He fled.")]
    assert read_examples(example_text(pairs)) == pairs
    assert read_examples("  ") == []
    with pytest.raises(SettingsError, match="no answer"):
        read_examples("One.")
