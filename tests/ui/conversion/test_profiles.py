"""Export profiles of one's own: made, changed, removed, shared."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from app.core.conversion.looks.profile_store import ExportProfiles
from app.core.conversion.looks.profiles import PROFILES, ExportProfile
from app.core.errors import SettingsError
from app.ui.conversion.profile_dialog import ProfileDialog
from tests.ui.conversion.conftest import Desk


def test_a_profile_is_made_out_of_a_shipped_one(desk: Desk) -> None:
    dialog = desk.open()
    editor = dialog.form.edit_profile()
    assert editor.name.text() == "Reading copy, my own"
    assert editor.profile() == msgspec.structs.replace(PROFILES[0], words="")
    editor.numbers["size_pt"].setValue(14)
    editor.paper.setCurrentIndex(editor.paper.findData("A5"))
    editor.checks["is_smart"].setChecked(False)
    editor.name.setText("Reading copy")
    editor.save.click()
    assert "built in" in editor.note.text()
    editor.name.setText("Large")
    editor.save.click()
    look = dialog.form.look
    assert (look.name, look.size_pt, look.paper, look.is_smart) == ("Large", 14, "A5", False)

    editor = dialog.form.edit_profile()
    assert editor.name.text() == "Large"
    editor.name.setText("Larger")
    editor.save.click()
    store = ExportProfiles(desk.studio.program.paths.export_profiles_file)
    assert [one.id for one in store.all()[len(PROFILES) :]] == ["Larger"]
    dialog.form._remove("Larger")
    assert dialog.form.look.id == "reading"
    dialog.reject()


def test_a_profile_is_shared_as_a_file(desk: Desk, tmp_path: Path) -> None:
    dialog = desk.open()
    desk.questions.target_answer = desk.questions.file_answer = tmp_path / "mine.json"
    dialog.form.profile.setCurrentIndex(1)
    dialog.form._share("manuscript")
    dialog.form._take_in()
    assert dialog.form.look.name == "Manuscript for submissions 2"
    assert dialog.form.look.is_submission
    (tmp_path / "mine.json").write_text("{}")
    dialog.form._take_in()
    assert "cannot be imported" in dialog.form.note.text()
    dialog.reject()


@pytest.mark.parametrize(
    "values",
    [{"size_pt": 1e9}, {"paper": "A0"}, {"font": "x' onload='"}, {"scene_break": "\n"}, [], 5],
)
def test_a_shared_profile_that_cannot_be_is_refused(tmp_path: Path, values: object) -> None:
    path = tmp_path / "a.json"
    content = {"lampblack_export_profiles": 1, "profiles": {"Bad": values}}
    path.write_text(json.dumps(content))
    store = ExportProfiles(tmp_path / "own.json")
    with pytest.raises(SettingsError, match="Bad cannot be used"):
        store.take_in(path)
    assert store.all() == PROFILES
    assert not (tmp_path / "own.json").exists()
    path.rename(tmp_path / "own.json")
    store = ExportProfiles(tmp_path / "own.json")
    store.save("Good", ExportProfile("", ""))
    kept = json.loads((tmp_path / "own.json").read_text())["profiles"]
    assert kept["Bad"] == values
    assert [one.id for one in store.all()] == [*(one.id for one in PROFILES), "Good"]


def test_a_newer_file_of_profiles_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text('{"lampblack_export_profiles": 99, "profiles": {}}')
    store = ExportProfiles(path)
    assert "newer" in store.problem
    with pytest.raises(SettingsError, match="cannot be saved"):
        store.save("Mine", PROFILES[0])
    assert "99" in path.read_text()


def test_a_dialog_shows_every_field_of_a_profile(desk: Desk) -> None:
    dialog = ProfileDialog(PROFILES[1], desk.studio.window, is_own=False)
    shown = {*dialog.fields, *dialog.checks}
    fields = {field.name for field in msgspec.structs.fields(ExportProfile)}
    assert fields - {"id", "words"} == shown
    dialog.deleteLater()
