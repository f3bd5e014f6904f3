"""File → Export: the dialog, its preview, and the file that comes of it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.core.conversion.importing import read_import
from app.core.conversion.looks.choices import ExportChoices, ExportMemory
from app.core.conversion.markdown_writer import write_markdown
from app.core.conversion.pdf import process
from app.core.errors import DocumentError
from app.ui.conversion.export_dialog import Exporting
from tests.ui.conversion.conftest import Desk


def test_the_text_becomes_a_file_and_its_folder_is_offered(desk: Desk, tmp_path: Path) -> None:
    dialog = desk.open()
    assert dialog.form.note.text() == "1 image will be left out."
    desk.choose(dialog, ".docx")
    dialog.form.title.setText("The Lamp")
    dialog.form.author.setText("Jane Doe")
    desk.questions.target_answer = tmp_path / "a.docx"
    desk.press(dialog)
    assert desk.questions.asked == ["target The Lamp.docx .docx"]
    found = read_import(tmp_path / "a.docx")
    assert (found.title, found.author) == ("The Lamp", "Jane Doe")
    assert "He said “so”[^1]. a lamp" in write_markdown(found)
    (banner,) = desk.studio.window.page.banners.banners()
    assert banner.text == f"Exported to {tmp_path / 'a.docx'}. 1 image was left out."
    folders: list[Path] = []
    desk.controller.show_folder = folders.append
    (button,) = banner.buttons
    assert button.text() == "Show in Folder"
    button.click()
    assert folders == [tmp_path]


def test_a_pdf_file_is_written(desk: Desk, tmp_path: Path) -> None:
    dialog = desk.open()
    desk.choose(dialog, ".pdf", "manuscript")
    desk.questions.target_answer = tmp_path / "a.pdf"
    desk.press(dialog)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"x.png" not in data


def test_what_was_chosen_is_remembered_by_document(desk: Desk, tmp_path: Path) -> None:
    desk.questions.target_answer = tmp_path / "a.odt"
    dialog = desk.open()
    desk.choose(dialog, ".odt", "manuscript")
    dialog.form.author.setText("Jane Doe")
    dialog.form.contact.setPlainText("1 Road\nHome")
    desk.press(dialog)
    memory = ExportMemory(desk.studio.program.paths.exports_file)
    name = desk.studio.window.documents.marked_as
    assert memory.get(name).target == str(tmp_path / "a.odt")
    other = memory.get("another")
    assert (other.author, other.title, other.target) == ("Jane Doe", "", "")
    dialog = desk.open()
    assert dialog.suffix == ".odt"
    assert dialog.form.look.id == "manuscript"
    assert dialog.form.contact.toPlainText() == "1 Road\nHome"
    dialog.reject()


def test_a_file_is_written_over_only_when_asked(desk: Desk, tmp_path: Path) -> None:
    target = desk.questions.target_answer = tmp_path / "a.md"
    target.write_text("mine")
    dialog = desk.open()
    desk.choose(dialog, ".md")
    desk.press(dialog)
    assert (target.read_text(), dialog.isVisible()) == ("mine", True)
    assert desk.questions.asked[-1] == "replace a.md"
    desk.questions.replace_answer = True
    desk.press(dialog)
    assert target.read_text().startswith("# One\n\nHe said “so”")


def test_what_goes_wrong_is_a_sentence_and_the_dialog_stays(desk: Desk, tmp_path: Path) -> None:
    desk.questions.target_answer = tmp_path / "none" / "a.txt"
    dialog = desk.open()
    desk.choose(dialog, ".txt")
    desk.press(dialog)
    assert "there is no" in dialog.trouble.text()
    assert dialog.write.isEnabled()
    assert not dialog.progress.isVisible()
    dialog.reject()


def test_the_selection_alone_can_be_written(desk: Desk, tmp_path: Path) -> None:
    editor = desk.studio.window.editor
    start = desk.studio.text.index("The *second*")
    cursor = editor.cursor_at(start, start + len("The *second* scene."))
    editor.setTextCursor(cursor)
    desk.questions.target_answer = tmp_path / "a.txt"
    dialog = desk.open()
    assert dialog.form.scope.count() == 2
    dialog.form.scope.setCurrentIndex(1)
    desk.settle(dialog)
    desk.choose(dialog, ".txt")
    desk.press(dialog)
    assert (tmp_path / "a.txt").read_text() == "The second scene.\n"


def is_inked(page: QImage) -> bool:
    """Whether anything dark is on a page."""
    width, height = page.width(), page.height()
    places = ((x, y) for y in range(0, height, 2) for x in range(0, width, 2))
    return any(page.pixelColor(*place).lightness() < 140 for place in places)


def test_the_preview_shows_pages_or_how_the_file_begins(desk: Desk) -> None:
    dialog = desk.open()
    desk.choose(dialog, ".pdf")
    dialog.form.title.setText("The Lamp")
    desk.settle(dialog)
    shown = dialog.preview.pages._pages
    assert len(shown) == 4  # title, contents, two chapters
    assert all(map(is_inked, shown))
    assert dialog.preview.note.text() == "These are the first pages."
    desk.choose(dialog, ".txt")
    desk.settle(dialog)
    assert dialog.preview.text.toPlainText().startswith("One\n\nHe said “so”[1]. a lamp\n")
    dialog.reject()


def test_no_preview_opens_what_a_text_names(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    image = QImage(9, 9, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(secret))
    hostile = (
        f"![x](http://127.0.0.1:9/x.png) ![y]({secret.as_uri()}) ![z]({secret})\n\n"
        f'<img src="{secret}"> <iframe src="http://127.0.0.1:9/"></iframe> <script>x</script>'
    )
    desk.studio.show(hostile)
    opened: list[str] = []
    is_watching = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if is_watching and event in ("open", "socket.connect", "subprocess.Popen"):
            opened.append(f"{event} {arguments[0]}")

    sys.addaudithook(hook)
    try:
        dialog = desk.open()
        for suffix in (".pdf", ".html", ".md"):
            desk.choose(dialog, suffix)
            desk.settle(dialog)
    finally:
        is_watching = False
    assert not [what for what in opened if "secret" in what or not what.startswith("open")]
    assert dialog.preview.pages._pages
    dialog.reject()


def test_a_newer_preview_gives_the_former_up(desk: Desk, qtbot: QtBot) -> None:
    desk.studio.show("\n\n".join(["word " * 60] * 1000))
    dialog = desk.open()
    desk.choose(dialog, ".pdf")
    shown = dialog.preview.pages
    for title in ("A", "B", "C"):
        dialog.form.title.setText(title)
        dialog.show_preview()
    qtbot.waitUntil(lambda: dialog.preview.is_idle, timeout=20_000)
    assert len(shown._pages) == 8
    dialog.reject()


def test_it_can_be_stopped_and_nothing_is_written(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = shutil.which("sleep")
    assert sleeper
    monkeypatch.setattr(process, "program_command", lambda _word: [sleeper, "60"])
    desk.questions.target_answer = tmp_path / "a.pdf"
    dialog = desk.open()
    desk.choose(dialog, ".pdf")
    dialog.write.click()
    assert dialog.progress.isVisible()
    assert not dialog.form.isEnabled()
    dialog.progress.stop_button.click()
    qtbot.waitUntil(lambda: dialog.background.is_idle, timeout=10_000)
    assert dialog.trouble.text() == "Nothing was written: it was stopped."
    assert dialog.form.isEnabled()
    dialog.write.click()
    dialog.reject()  # closing it stops, too
    assert list(tmp_path.glob("a.*")) == []


def test_a_stopped_export_writes_no_file_of_any_kind(desk: Desk, tmp_path: Path) -> None:
    dialog = desk.open()
    running = Exporting(dialog.reader(), dialog.form.look, tmp_path / "a.md")
    running.stop()
    with pytest.raises(DocumentError, match="stopped"):
        running.run(lambda _pages: None, overwrite=False)
    assert not (tmp_path / "a.md").exists()
    dialog.reject()


def test_two_hundred_texts_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "exports.json"
    memory = ExportMemory(path)
    for number in range(203):
        memory.keep(str(number), ExportChoices(title=str(number)))
    assert memory.get("2").title == ""
    assert memory.get("3").title == "3"
    path.write_text('{"format": 9}')
    memory.keep("x", ExportChoices(title="x"))
    assert path.read_text() == '{"format": 9}'
