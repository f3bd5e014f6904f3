"""Open changes come back with their document: reopened, recovered, saved under another name."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.store import Recovery

TEXT, ANSWER = "She go home. It rains a lot.", "She goes home. It rained."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tale.md"
    path.write_text(TEXT, "utf-8")
    return path


def tracked(studio):
    return studio.window.manuscript.changes.tracked


def propose(studio) -> None:
    assert tracked(studio).begin(0, len(TEXT), "Tiny").finish(ANSWER) == 2


def opened(studio, qtbot, path: Path) -> list[tuple[int, int, str]]:
    """Open a file; what is open in it then."""
    keeper = studio.window.manuscript.changes.keeper
    assert studio.window.documents.open_path(path)
    qtbot.waitUntil(lambda: not keeper.is_opening)
    return spans(studio)


def spans(studio) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.added) for one in tracked(studio).open]


BOTH = [(4, 6, "goes"), (16, 27, "rained")]


def test_they_come_back_with_the_file(studio, qtbot, path):
    assert opened(studio, qtbot, path) == []
    propose(studio)
    studio.window.editor.move_caret(0)
    studio.window.editor.insert_plain("Then ")
    studio.do("save")
    studio.do("new")
    assert spans(studio) == []
    assert studio.text == ""
    moved = [(start + 5, end + 5, added) for start, end, added in BOTH]
    assert opened(studio, qtbot, path) == moved
    studio.do("accept_changes")
    assert studio.text == "Then " + ANSWER
    studio.do("save")
    assert opened(studio, qtbot, path) == []


def test_they_come_back_in_another_window(make_studio, qtbot, path):
    studio = make_studio()
    opened(studio, qtbot, path)
    propose(studio)
    studio.window.close()
    studio.program.close()
    assert opened(make_studio(), qtbot, path) == BOTH


def test_what_does_not_fit_any_more_is_a_take(studio, qtbot, path):
    opened(studio, qtbot, path)
    propose(studio)
    studio.do("new")
    path.write_text(TEXT.replace("It rains a lot", "The sun shines"), "utf-8")
    assert opened(studio, qtbot, path) == [BOTH[0]]
    [banner] = studio.banners
    assert banner == "1 proposed change does not fit this text any more. It is kept in All Takes."
    [take] = studio.program.store.takes_of(str(path))
    assert (take.text, take.model) == ("rains a lot → rained", "Tiny")


def test_a_recovered_text_has_them(studio, qtbot):
    store = studio.program.store
    studio.show(TEXT)
    propose(studio)
    keeper = studio.window.manuscript.changes.keeper
    keeper.keep()
    journal = studio.window.documents.journal
    data = store.kept_changes.of(journal)
    assert data
    studio.do("new")
    assert store.kept_changes.of(journal) == ""
    store.kept_changes.keep(journal, data)  # as a program leaves it that was killed
    recovery = Recovery(id=journal, path="", text=TEXT, changed_at=1.0)
    assert studio.window.documents.restore(recovery)
    qtbot.waitUntil(lambda: not keeper.is_opening)
    assert spans(studio) == BOTH
    assert studio.window.editor.manuscript.text() == TEXT


def test_they_go_along_with_a_new_name(studio, qtbot, path, tmp_path):
    opened(studio, qtbot, path)
    propose(studio)
    studio.questions.save_answer = tmp_path / "other.md"
    studio.do("save_as")
    studio.do("new")
    assert opened(studio, qtbot, tmp_path / "other.md") == BOTH
    assert opened(studio, qtbot, path) == BOTH
    studio.window.documents.follow(tmp_path / "moved.md")
    store = studio.program.store
    assert store.kept_changes.of(str(path)) == ""
    assert store.kept_changes.of(str(tmp_path / "moved.md"))


def test_a_window_that_only_reads_leaves_what_the_other_one_keeps(studio, qtbot, path):
    opened(studio, qtbot, path)
    propose(studio)
    studio.do("new")
    store = studio.program.store
    data = store.kept_changes.of(str(path))
    path.write_text(TEXT.replace("It rains a lot", "The sun shines"), "utf-8")
    keeper = studio.window.manuscript.changes.keeper
    studio.window.documents.open_path(path)
    studio.window.editor.setReadOnly(True)
    qtbot.waitUntil(lambda: not keeper.is_opening and not keeper.keeping.isActive())
    assert spans(studio) == [BOTH[0]]
    studio.do("new")
    assert store.kept_changes.of(str(path)) == data


def test_what_is_written_before_they_are_read_carries_them_along(studio, qtbot, path):
    opened(studio, qtbot, path)
    propose(studio)
    studio.do("new")
    keeper, editor = studio.window.manuscript.changes.keeper, studio.window.editor
    with qtbot.waitSignal(keeper.opening.timeout):
        studio.window.documents.open_path(path)
    assert keeper.is_opening
    editor.replace_text(0, 0, "Then 😀 ")
    editor.replace_text(12, 14, "We")  # so that the words around find the first no more
    qtbot.waitUntil(lambda: not keeper.is_opening)
    assert editor.manuscript.text() == "Then 😀 She We home. It rains a lot."
    assert spans(studio) == [(12, 12, "goes"), (24, 35, "rained")]
    editor.undo()
    editor.undo()
    assert editor.manuscript.text() == TEXT


def test_who_proposes_something_waits_for_them(studio, qtbot, path):
    opened(studio, qtbot, path)
    propose(studio)
    studio.do("new")
    studio.window.documents.open_path(path)
    assert studio.window.manuscript.changes.keeper.is_opening
    proposal = tracked(studio).begin(0, 12, "Tiny")
    assert spans(studio) == [BOTH[1]]  # what is proposed anew takes the place of the other
    proposal.finish("She went home.")
    assert [one[2] for one in spans(studio)] == ["went", "rained"]


def test_they_go_along_with_a_file_that_is_moved_before_they_are_read(
    studio, qtbot, path, tmp_path
):
    opened(studio, qtbot, path)
    propose(studio)
    studio.do("new")
    studio.window.documents.open_path(path)
    assert studio.window.manuscript.changes.keeper.is_opening
    studio.window.documents.follow(tmp_path / "moved.md")
    assert spans(studio) == BOTH
    studio.do("new")
    assert studio.program.store.kept_changes.of(str(path)) == ""
    assert studio.program.store.kept_changes.of(str(tmp_path / "moved.md"))
