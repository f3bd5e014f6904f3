"""Encodings in the window: what is guessed, Open As…, damaged files, and letters outside."""

from __future__ import annotations

import pytest

from app.ui.questions import Questions

RUSSIAN = "Старый смотритель зажёг лампу и долго смотрел на море.\n" * 3
KOREAN = "할머니는 창가에 앉아 눈이 내리는 것을 바라보았다.\n" * 3


def buttons(studio, start):
    """The buttons of the banner that begins with `start`, by their text."""
    (found,) = [b for b in studio.window.page.banners.banners() if b.text.startswith(start)]
    return {button.text(): button for button in found.buttons}


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "письмо.txt"
    path.write_bytes(RUSSIAN.encode("koi8-r"))
    return path


def test_a_guess_is_said_until_another_text_is_opened(studio, letter):
    studio.window.open_paths([letter])
    assert studio.text == RUSSIAN
    assert studio.banners == [
        "письмо.txt does not say what encoding it is in. It was read as Cyrillic (KOI8-R)."
    ]
    studio.do("new")
    assert studio.banners == []


def test_unicode_is_opened_without_a_word(studio, tmp_path):
    for name, encoding in (("a.txt", "utf-8"), ("b.txt", "utf-16"), ("c.txt", "utf-8-sig")):
        (tmp_path / name).write_text(KOREAN, encoding)
        studio.window.open_paths([tmp_path / name])
        assert (studio.text, studio.banners) == (KOREAN, [])


def test_open_as_shows_the_text_and_opens_it(studio, letter, qtbot):
    studio.window.open_paths([letter])
    buttons(studio, "письмо.txt")["Open As…"].click()
    dialog = studio.window.encodings.dialog
    assert dialog.selected() == "koi8-r"
    assert dialog.preview.toPlainText() == RUSSIAN
    dialog.select("utf-8")
    assert "byte 1 has no meaning there" in dialog.problem.text()
    assert not dialog.ok.isEnabled()
    dialog.line.setText("cyrillic mac")
    assert dialog.selected() == "mac-cyrillic"
    assert dialog.ok.isEnabled()
    shown = dialog.preview.toPlainText()
    dialog.line.setText("no such name")
    assert not dialog.ok.isEnabled()
    dialog.line.setText("cyrillic mac")
    with qtbot.waitSignal(studio.window.documents.replaced):
        dialog.ok.click()
    expected = RUSSIAN.encode("koi8-r").decode("mac-cyrillic")
    assert studio.text == expected
    assert shown == expected.replace("\xa0", " "), "as Qt gives a plain text out"
    assert studio.banners == [], "it was chosen, not guessed"
    studio.do("save")
    assert letter.read_bytes() == RUSSIAN.encode("koi8-r")


def test_a_letter_outside_is_asked_about_and_marked(studio, letter):
    studio.window.open_paths([letter])
    studio.show("😀 她")
    studio.questions.encoding_answer = "show"
    studio.do("save")
    assert studio.questions.asked == ["encoding письмо.txt: 她 😀"]
    assert letter.read_bytes() == RUSSIAN.encode("koi8-r")
    assert studio.window.isWindowModified()
    assert studio.window.editor.textCursor().selectedText() == "😀"
    marked = [one.cursor.selectedText() for one in studio.window.editor.extraSelections()]
    assert marked[-2:] == ["😀", "她"]


def test_what_a_file_held_before_it_became_utf_8_comes_back(studio, letter, qtbot):
    studio.window.open_paths([letter])
    studio.show("她")
    studio.questions.encoding_answer = "utf-8"
    studio.do("save")
    assert letter.read_text("utf-8") == RUSSIAN + "她"
    studio.show("字")
    studio.do("save")
    assert studio.questions.asked == ["encoding письмо.txt: 她"], "asked once"
    studio.do("open_as")
    dialog = studio.window.encodings.dialog
    assert dialog.selected() == "utf-8"
    assert dialog.source.count() == 2
    dialog.source.setCurrentIndex(1)
    assert dialog.selected() == "koi8-r"
    with qtbot.waitSignal(studio.window.documents.replaced):
        dialog.ok.click()
    assert studio.text == RUSSIAN
    assert studio.window.isWindowModified()
    studio.do("save")
    assert letter.read_bytes() == RUSSIAN.encode("koi8-r")
    (kept,) = studio.program.paths.snapshots.iterdir()
    assert kept.read_text("utf-8") == RUSSIAN + "她字"


def test_without_its_former_bytes_no_encoding_is_changed(studio, letter, monkeypatch):
    studio.window.open_paths([letter])
    studio.show("她")
    studio.questions.encoding_answer = "utf-8"
    monkeypatch.setattr(studio.program.store, "keep_former", lambda *_given: False)
    studio.do("save")
    assert letter.read_bytes() == RUSSIAN.encode("koi8-r")
    assert studio.banners[-1].startswith("письмо.txt was not saved")


def test_a_damaged_file_is_opened_as_a_copy(studio, tmp_path):
    path = tmp_path / "torn.txt"
    data = b"One\ntwo\n" + b"\0" * 512
    path.write_bytes(data)
    studio.window.open_paths([path])
    assert studio.text == ""
    buttons(studio, "torn.txt cannot be opened")["Open a Copy"].click()
    assert studio.text == "One\ntwo\n\ufffd"
    assert studio.banners[-1] == (
        "This is a copy of torn.txt, which was left alone. Damaged places, each marked with "
        "\ufffd: 1 (line 3)."
    )
    assert studio.window.documents.path is None
    assert studio.window.isWindowModified()
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("button", "answer"),
    [("Save as UTF-8", "utf-8"), ("Show the Letters", "show"), ("Cancel", "cancel")],
)
def test_the_question_names_the_letters(studio, monkeypatch, button, answer):
    from PySide6.QtWidgets import QMessageBox

    from app.core.errors import EncodingChangeError

    def press(box):
        assert "Cyrillic (KOI8-R), which cannot hold: 她 😀" in box.informativeText()
        (found,) = [b for b in box.buttons() if b.text().replace("&", "") == button]
        found.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    error = EncodingChangeError("It cannot be saved so.", "Save it as UTF-8.")
    error.encoding, error.letters = "Cyrillic (KOI8-R)", frozenset("她😀")
    assert Questions(studio.window).encoding_change("a.txt", error) == answer


def chosen(studio, path, encoding, qtbot):
    """Open a file in an encoding of the writer's choice."""
    studio.window.encodings.open_as(path)
    dialog = studio.window.encodings.dialog
    dialog.select(encoding)
    with qtbot.waitSignal(studio.window.documents.replaced):
        dialog.ok.click()


def reopened(studio, path):
    """What the recent menu opens."""
    studio.do("new")
    menu = studio.window.recent_menu
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.toolTip() == str(path)).trigger()
    assert studio.window.documents.path == path
    return studio.text


def test_the_chosen_encoding_is_remembered_with_the_file(make_studio, letter, qtbot):
    studio = make_studio()
    chosen(studio, letter, "mac-cyrillic", qtbot)
    as_chosen = studio.text
    studio.window.editor.move_caret(5)
    assert as_chosen != RUSSIAN
    assert reopened(studio, letter) == as_chosen
    assert studio.window.editor.caret == 5
    studio.window.close()
    assert reopened(make_studio(), letter) == as_chosen


def test_an_encoding_that_the_file_is_not_in_any_more_is_dropped_in_silence(studio, letter, qtbot):
    letter.write_text(KOREAN, "johab")
    chosen(studio, letter, "johab", qtbot)
    assert studio.text == KOREAN
    letter.write_text(RUSSIAN, "utf-16")
    assert reopened(studio, letter) == RUSSIAN
    assert studio.banners == []
    letter.write_text(KOREAN, "johab")
    reopened(studio, letter)
    assert studio.window.documents.document.guessed, "it was forgotten"


def test_another_program_may_have_made_it_utf_8(studio, letter, qtbot):
    chosen(studio, letter, "mac-cyrillic", qtbot)
    letter.write_text(RUSSIAN, "utf-8")
    assert reopened(studio, letter) == RUSSIAN


def test_a_file_that_became_utf_8_is_read_as_that(studio, letter, qtbot):
    chosen(studio, letter, "mac-cyrillic", qtbot)
    text = studio.text
    studio.show("她")
    studio.questions.encoding_answer = "utf-8"
    studio.do("save")
    assert reopened(studio, letter) == text + "她"
