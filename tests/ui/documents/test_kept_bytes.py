"""A file that is opened, edited and saved in the window keeps every byte of its other lines."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

LINES = st.lists(
    st.tuples(st.text(alphabet="ab é“—", max_size=12), st.sampled_from(["\n", "\r\n", "\r"])),
    min_size=3,
    max_size=12,
)
ENCODINGS = {
    "utf-8": ("", "utf-8"),
    "utf-8 with a mark": ("\ufeff", "utf-8"),
    "utf-16-le": ("\ufeff", "utf-16-le"),
    "utf-16-be": ("\ufeff", "utf-16-be"),
}


@pytest.mark.parametrize("name", ENCODINGS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES, share=st.floats(0, 1))
def test_typing_in_one_line_leaves_all_others_as_they_are(studio, tmp_path, name, lines, share):
    mark, codec = ENCODINGS[name]
    lines = [(f"{number}: {text}", end) for number, (text, end) in enumerate(lines)]
    path = tmp_path / "mixed.txt"
    path.write_bytes("".join([mark, *(text + end for text, end in lines)]).encode(codec))
    assert studio.window.documents.open_path(path)
    index = min(len(lines) - 1, int(share * len(lines)))
    editor = studio.window.editor
    editor.move_caret(sum(len(text) + 1 for text, _end in lines[:index]) + 1)
    editor.insert_plain("typed 世")
    assert studio.window.documents.save()
    text, end = lines[index]
    lines[index] = (text[:1] + "typed 世" + text[1:], end)
    assert path.read_bytes() == "".join([mark, *(one + end for one, end in lines)]).encode(codec)


@pytest.mark.parametrize(
    ("codec", "words"),
    [("gb18030", "她走进了雨中，没有回头。"), ("cp1252", "It’s “café”, naïve — isn’t it…")],
)
def test_old_encodings_stay_with_their_line_ends(studio, tmp_path, codec, words):
    lines = [f"{number} {words}".encode(codec) for number in range(30)]
    ends = [b"\r\n" if number % 3 else b"\n" for number in range(30)]
    path = tmp_path / "old.txt"
    path.write_bytes(b"".join(line + end for line, end in zip(lines, ends, strict=True)))
    assert studio.window.documents.open_path(path, codec)
    editor = studio.window.editor
    editor.move_caret(editor.manuscript.text().index("15 "))
    editor.insert_plain("x")
    assert studio.window.documents.save()
    lines[15] = b"x" + lines[15]
    assert path.read_bytes() == b"".join(a + b for a, b in zip(lines, ends, strict=True))


@pytest.mark.skipif(sys.platform == "win32", reason="has no mode bits")
def test_permissions_attributes_and_links_stay(studio, tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_text("one\n")
    path.chmod(0o640)
    link.symlink_to(path)
    has_attributes = hasattr(os, "setxattr")
    if has_attributes:
        try:
            os.setxattr(path, "user.lampblack-test", b"kept")
        except OSError:  # the file system has none
            has_attributes = False
    assert studio.window.documents.open_path(link)
    studio.window.editor.insert_plain("x")
    assert studio.window.documents.save()
    assert path.read_text() == "xone\n"
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    if has_attributes:
        assert os.getxattr(path, "user.lampblack-test") == b"kept"


def test_a_hard_link_keeps_what_it_had_and_that_is_said_once(studio, tmp_path):
    path, backup = tmp_path / "novel.md", tmp_path / "backup.md"
    path.write_text("One.")
    os.link(path, backup)
    assert studio.window.documents.open_path(path)
    for text in (" Two.", " Three."):
        studio.show(text)
        studio.do("save")
    assert (path.read_text(), backup.read_text()) == ("One. Two. Three.", "One.")
    assert studio.banners == [
        "novel.md had another name on this disk, a hard link, which keeps what it held before. It "
        "has a file of its own now."
    ]
