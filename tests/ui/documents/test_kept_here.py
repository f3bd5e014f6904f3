"""The mark of a document that never goes to another machine, wherever the document goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.store import Recovery
from tests.ui.conftest import Studio


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    path = tmp_path / "diary.md"
    path.write_text("Dear diary", encoding="utf-8")
    return path


def is_marked(studio: Studio) -> bool:
    """Whether window, menu and status bar agree that it is."""
    shown = {
        studio.window.kept_here.is_on,
        studio.window.actions_table["keep_here"].isChecked(),
        studio.window.status.kept_here.isVisible(),
    }
    assert len(shown) == 1
    return shown.pop()


def test_it_is_there_again_with_its_file_and_only_with_that(
    make_studio: Callable[..., Studio], diary: Path, tmp_path: Path
) -> None:
    studio, other = make_studio(), tmp_path / "letter.md"
    other.write_text("Dear all", encoding="utf-8")
    studio.window.open_paths([diary])
    assert not is_marked(studio)
    studio.do("keep_here")
    assert is_marked(studio)
    studio.window.open_paths([other])
    assert not is_marked(studio)
    studio.window.open_paths([diary])
    assert is_marked(studio)
    studio.do("new")
    assert not is_marked(studio)
    studio.window.close()
    again = make_studio()
    again.window.open_paths([diary])
    assert is_marked(again)
    again.do("keep_here")
    assert not is_marked(again)
    again.do("new")
    again.window.open_paths([diary])
    assert not is_marked(again)


def test_it_goes_along_to_other_names(studio: Studio, tmp_path: Path) -> None:
    studio.show("secret")
    studio.do("keep_here")
    first, second = tmp_path / "a.md", tmp_path / "b.md"
    for path in (first, second):
        studio.questions.save_answer = path
        studio.do("save_as")
        assert is_marked(studio)
    store = studio.program.store
    assert store.is_kept_here(str(first))
    assert store.is_kept_here(str(second))


def test_saving_over_a_marked_file_takes_its_mark(studio: Studio, diary: Path) -> None:
    studio.window.open_paths([diary])
    studio.do("keep_here")
    studio.do("new")
    studio.show("something else")
    studio.questions.save_answer, studio.questions.overwrite_answer = diary, True
    studio.do("save_as")
    assert studio.window.documents.path == diary
    assert is_marked(studio)


def test_a_text_without_a_file_is_marked_again_after_a_crash(studio: Studio) -> None:
    journal = "0" * 32
    studio.program.store.keep_here(journal)
    found = Recovery(id=journal, path="", text="secret", changed_at=1.0)
    assert studio.window.documents.restore(found)
    assert studio.window.documents.journal != journal
    assert is_marked(studio)
    assert not studio.program.store.is_kept_here(journal)


def test_a_marked_file_that_is_gone_leaves_its_mark_to_the_text(
    studio: Studio, diary: Path
) -> None:
    studio.window.open_paths([diary])
    studio.do("keep_here")
    studio.do("new")
    diary.unlink()
    found = Recovery(id="0" * 32, path=str(diary), text="Dear diary, more", changed_at=1.0)
    assert studio.window.documents.restore(found)
    assert studio.window.documents.path is None
    assert is_marked(studio)


def test_the_copy_of_a_damaged_file_is_marked_as_it_is(studio: Studio, diary: Path) -> None:
    studio.window.open_paths([diary])
    studio.do("keep_here")
    studio.do("new")
    diary.write_bytes("Dear diary, \xff\xfe café".encode("latin-1"))
    assert studio.window.documents.open_copy(diary)
    assert studio.window.documents.path is None
    assert is_marked(studio)


def test_where_the_disk_refuses_it_holds_in_this_window(
    studio: Studio, diary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.window.open_paths([diary])
    monkeypatch.setattr(studio.program.store, "keep_here", lambda *_a, **_k: False)
    studio.do("keep_here")
    assert is_marked(studio)
    studio.do("keep_here")
    assert is_marked(studio)  # it could not be taken off


def test_pressing_the_note_tells_how_to_take_it_off(studio: Studio) -> None:
    studio.do("keep_here")
    studio.window.status.kept_here.click()
    assert "Take the mark off with File" in studio.window.status.currentMessage()
    assert is_marked(studio)
