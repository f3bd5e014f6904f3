"""Pasting formatted text as Markdown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

from app.ui.editor import rich_paste
from tests.ui.editor.test_editor import compose

PAGE = (
    "<html><body><!--StartFragment--><h2>A title</h2><p>It was <b>dark</b> and <i>cold</i>.</p>"
    "<ul><li>one</li><li>two</li></ul><script>alert(1)</script>"
    '<p>See <a href="https://example.org/x">this</a>.</p>'
    '<img src="http://127.0.0.1:9/x.png"><!--EndFragment--></body></html>'
)


@pytest.fixture
def put(qapp):
    def put(html: str, plain: str = "plain") -> None:
        data = QMimeData()
        data.setHtml(html)
        data.setText(plain)
        QApplication.clipboard().setMimeData(data)

    yield put
    QApplication.clipboard().clear()


def test_html_becomes_markdown_in_one_step(studio, put):
    put(PAGE)
    studio.show("before ")
    studio.do("paste_markdown")
    text = studio.text.removeprefix("before ")
    assert text.startswith("## A title\n\nIt was **dark** and *cold*.\n\n- one\n- two\n\n")
    assert "[this](<https://example.org/x>)" in text
    assert "alert" not in text
    assert not text.endswith("\n")
    studio.do("undo")
    assert studio.text == "before "


def test_the_usual_paste_stays_plain(studio, put):
    put(PAGE, "as it is *")
    studio.show("")
    studio.do("paste")
    assert studio.text == "as it is *"


def test_a_text_without_format_is_pasted_as_it_is(studio, qapp):
    QApplication.clipboard().setText("just *this*")
    studio.show("")
    studio.do("paste_markdown")
    assert studio.text == "just *this*"


def test_a_long_text_is_read_aside_and_replaces_the_selection(studio, put, qtbot):
    put("<p>One <b>two</b>.</p>" * 5000)
    studio.show("gone")
    editor = studio.window.editor
    editor.selectAll()
    studio.do("paste_markdown")
    qtbot.waitUntil(lambda: studio.text.count("**two**") == 5000, timeout=20_000)
    assert "gone" not in studio.text


def test_a_long_text_does_not_come_into_another_document(studio, put, qtbot):
    put("<p>One <b>two</b>.</p>" * 5000)
    studio.do("paste_markdown")
    studio.window.editor.set_text("another")
    qtbot.waitUntil(lambda: studio.window.manuscript.paste.is_idle, timeout=20_000)
    QApplication.processEvents()
    assert studio.text == "another"


def test_what_is_too_much_is_pasted_plain_and_said(studio, put, qtbot):
    put("<b>x</b>" * 300_000, "the plain text")
    studio.show("")
    studio.do("paste_markdown")
    qtbot.waitUntil(lambda: studio.text == "the plain text", timeout=30_000)
    assert "plain text" in studio.window.statusBar().currentMessage()


def test_a_composition_is_left_alone(studio, put):
    put(PAGE)
    studio.show("我")
    compose(studio.window.editor, "xie")
    studio.do("paste_markdown")
    assert studio.text == "我"
    compose(studio.window.editor, "", "写")
    assert studio.text == "我写"


def test_one_paragraph_goes_into_the_line(studio, put):
    put("<span>very <em>late</em></span>")
    studio.show("It was .", caret=7)
    studio.do("paste_markdown")
    assert studio.text == "It was very *late*."
    assert rich_paste.markdown_of("") == ""
