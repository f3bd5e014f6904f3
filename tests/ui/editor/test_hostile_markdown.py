"""Hostile Markdown and HTML are letters: nothing is fetched, shown or run."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel

from app.ui.questions import question_box


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Hears whoever tries to fetch something from this machine."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def hostile(listener: socket.socket) -> str:
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    return (
        f"![a](http://{host}/a.png) ![b](file:///etc/passwd)\n"
        f"<img src='http://{host}/b.png'><link rel=stylesheet href='http://{host}/c.css'>\n"
        f"<script src='//{host}/d.js'>alert(1)</script> <iframe src='http://{host}/e'></iframe>\n"
        f"[x](javascript:alert(1)) <style>@import url(http://{host}/f.css)</style>\n"
        f"<svg><image href='http://{host}/g.svg'/></svg> &lt;b&gt; {{{{ 7 * 7 }}}}\n"
    )


def is_untouched(listener: socket.socket, document: QTextDocument) -> bool:
    """Whether nobody called, and no piece of the page is a picture, a link or a list."""
    block, plain = document.begin(), True
    while block.isValid():
        plain = plain and block.textList() is None
        for run in block.textFormats():
            plain = plain and not run.format.isImageFormat() and not run.format.isAnchor()
        block = block.next()
    return plain and not select.select([listener], [], [], 0)[0]


def test_a_file_is_shown_and_saved_letter_by_letter(
    studio: Any, listener: socket.socket, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.md"
    path.write_text(hostile(listener))
    studio.window.documents.open_path(path)
    studio.window.grab()  # everything is laid out and painted
    assert studio.text == hostile(listener)
    assert is_untouched(listener, studio.window.editor.document())
    studio.window.editor.insert_plain("!")
    assert studio.window.documents.save()
    assert path.read_text() == "!" + hostile(listener)


def test_what_is_pasted_is_its_plain_text(studio: Any, listener: socket.socket) -> None:
    data = QMimeData()
    data.setText("plain")
    data.setHtml(hostile(listener))
    studio.window.editor.insertFromMimeData(data)
    only_html = QMimeData()
    only_html.setHtml(hostile(listener))
    studio.window.editor.insertFromMimeData(only_html)
    studio.window.grab()
    assert studio.text.startswith("plain")
    assert is_untouched(listener, studio.window.editor.document())
    picture = QUrl(f"http://127.0.0.1:{listener.getsockname()[1]}/b.png")
    kind = QTextDocument.ResourceType.ImageResource.value
    assert not studio.window.editor.document().resource(kind, picture)


def test_a_name_in_a_question_is_a_name(studio: Any) -> None:
    box = question_box(studio.window, "Save <b>“<i>x</i>.md”</b>?", "In <img src='file:///a'>.")
    labels = [label for label in box.findChildren(QLabel) if "<" in label.text()]
    assert len(labels) == 2
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    box.deleteLater()
