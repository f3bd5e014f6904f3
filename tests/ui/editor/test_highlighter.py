"""Markdown's styles on the page."""

from __future__ import annotations

from PySide6.QtGui import QFont, QTextCharFormat
from PySide6.QtWidgets import QApplication

from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.theme import DARK, LIGHT


def styled(studio):
    """Every styled part of the text, with its format."""
    editor, found = studio.window.editor, []
    block = editor.document().begin()
    while block.isValid():
        data = block.text().encode("utf-16-le")
        for part in block.layout().formats():
            text = data[part.start * 2 : (part.start + part.length) * 2].decode("utf-16-le")
            found.append((text, QTextCharFormat(part.format)))  # the part's own dies with it
        block = block.next()
    return found


def texts(studio, test):
    return [text for text, form in styled(studio) if test(form)]


def is_bold(form):
    return form.fontWeight() == QFont.Weight.Bold


def is_pale(form):
    return form.foreground().color() in (LIGHT.muted, DARK.muted)


def italics(studio):
    return texts(studio, lambda form: form.fontItalic())


def test_headings_and_emphasis_are_shown(studio):
    studio.show("# One\nA 😀 *quiet* and **still** [night](u://x).\n> said")
    assert texts(studio, is_bold) == [" One", "still"]
    assert italics(studio) == ["quiet"]
    assert texts(studio, lambda form: form.fontUnderline()) == ["night"]
    assert "> said" in texts(studio, is_pale)
    assert "#" in texts(studio, is_pale)
    assert not studio.window.editor.textCursor().charFormat().fontItalic()
    assert studio.text.startswith("# One")


def test_a_comment_at_the_end_is_undone_without_a_warning(studio):
    studio.show("The lamp.")
    studio.window.editor.move_caret(9)
    studio.window.editor.insert_plain("\n\n%% a note %%")
    studio.window.editor.undo()  # a warning of Qt's fails the test
    assert studio.text == "The lamp."


def test_a_comment_is_shown_once_it_is_closed(studio):
    studio.show("One %% two\nthree 😀\nfour")
    assert italics(studio) == []
    studio.show(" %% five")
    assert italics(studio) == ["%% two", "three 😀", "four %%"]
    editor = studio.window.editor
    editor.move_caret(0)
    editor.insert_plain("Zero ")
    editor.move_caret(editor.manuscript.text().index("three"))
    editor.insert_plain("and ")
    assert italics(studio) == ["%% two", "and three 😀", "four %%"]
    editor.move_caret(editor.manuscript.text().index("%% two"))
    editor.textCursor().deleteChar()
    assert italics(studio) == []
    for _ in range(4):
        studio.do("undo")
    assert italics(studio) == []
    for _ in range(3):
        studio.do("redo")
    assert italics(studio) == ["%% two", "and three 😀", "four %%"]


def test_code_goes_on_to_its_fence(studio):
    studio.show("```\n*code*\n```\n*text*")
    assert italics(studio) == ["text"]


def test_a_paragraph_keeps_its_kind_across_soft_breaks(studio, qtbot):
    studio.show("> " + "word " * 3000 + "\nnext")
    qtbot.waitUntil(lambda: studio.window.page.highlighter.is_done)
    assert len(studio.window.editor.page.breaks) > 3
    pale = texts(studio, is_pale)
    assert "next" not in pale
    assert sum(map(len, pale)) == 2 + 5 * 3000


def test_a_long_text_is_styled_in_slices_the_window_first(studio, qtbot):
    editor = studio.window.editor
    editor.set_text("*word* and more\n" * 3000)
    assert len(italics(studio)) < 300
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum())
    highlighter = studio.window.page.highlighter
    qtbot.waitUntil(lambda: len(editor.document().lastBlock().previous().layout().formats()) > 0)
    qtbot.waitUntil(lambda: highlighter.is_done, timeout=20_000)
    assert italics(studio) == ["word"] * 3000


def test_the_switch_is_kept(studio):
    studio.show("*word*")
    assert studio.window.actions_table["markdown"].isChecked()
    studio.do("markdown")
    assert not studio.program.settings.markdown
    assert styled(studio) == []
    studio.do("markdown")
    QApplication.processEvents()
    assert italics(studio) == ["word"]


def test_styles_follow_the_theme_and_change_nothing(studio):
    studio.window.editor.set_text("> pale")
    apply_theme("dark")
    assert {form.foreground().color().name() for _text, form in styled(studio)} == {
        DARK.muted.name()
    }
    apply_theme("light")
    assert {form.foreground().color().name() for _text, form in styled(studio)} == {
        LIGHT.muted.name()
    }
    assert not studio.window.editor.document().isModified()
    assert not studio.window.actions_table["undo"].isEnabled()
