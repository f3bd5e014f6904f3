"""Open changes out to a Word document and in again, in the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.core.changes.marked import SIGNS
from app.core.conversion.export import render
from app.core.conversion.import_process import found_in
from app.core.conversion.looks.profiles import PROFILES
from app.ui.conversion.import_dialog import ImportDialog
from tests.core.conversion.test_revisions import ANSWER, NOW, TEXT


def exported(studio, folder: Path) -> Path:
    """What is written of the document on the page."""
    source = studio.window.manuscript.conversion.sources()[0]
    assert source.revised is not None
    path = folder / "a.docx"
    path.write_bytes(render(source.revised(), ".docx", PROFILES[0], NOW))
    return path


def test_they_go_out_and_come_back(studio, tmp_path):
    studio.show(TEXT)
    changes = studio.window.manuscript.changes
    changes.tracked.begin(0, len(TEXT), "Tiny").finish(ANSWER)
    path = exported(studio, tmp_path)
    conversion = studio.window.manuscript.conversion
    plain = conversion.sources()[0].read()
    assert not SIGNS.search(render(plain, ".md", PROFILES[0], NOW).decode())
    changes.reject_all()
    assert conversion.sources()[0].revised is None
    found = found_in(path)
    conversion._take_document(found.revised.rstrip("\n"), found.authors)
    editor = studio.window.editor
    assert editor.manuscript.text() == TEXT.rstrip("\n")
    assert {one.author for one in changes.tracked.open} == {"Tiny"}
    studio.do("accept_changes")
    assert studio.text == ANSWER.rstrip("\n")


def test_the_dialog_says_what_becomes_of_them(studio, qtbot, tmp_path):
    studio.show(TEXT)
    changes = studio.window.manuscript.changes
    changes.tracked.begin(0, len(TEXT), "Tiny").finish(ANSWER)
    path = exported(studio, tmp_path)
    conversion = studio.window.manuscript.conversion
    dialog = conversion.import_file(path)
    assert isinstance(dialog, ImportDialog)
    qtbot.waitUntil(partial(dialog.take.isEnabled), timeout=60_000)
    assert "Tracked changes stay open in one document" in dialog.missing.text()
    dialog.one.setChecked(True)
    dialog.take.click()
    assert len(changes.tracked.open) > 4
    assert studio.window.editor.manuscript.text() == TEXT.rstrip("\n")
