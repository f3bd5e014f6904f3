"""What other programs wrote comes in as the same text; what is hostile is a sentence."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from app.core.conversion.blocks import FormattedText, Paragraph, Span
from app.core.conversion.export import render, titled
from app.core.conversion.importing import (
    chapter_files,
    file_name,
    read_import,
    write_chapters,
)
from app.core.conversion.looks.profiles import PROFILES, profile_named
from app.core.conversion.markdown_reader import read_markdown
from app.core.conversion.markdown_writer import write_markdown
from app.core.errors import DocumentError, ParameterError
from tests.core.conversion.texts import texts

NOW = datetime(2026, 11, 28, tzinfo=UTC)
PLAIN = profile_named("manuscript")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SECONDS, MEBIBYTES = 5.0, 300
"""What any hostile file may cost: CPU time and memory."""


MEASURED = """
import re, sys, time
from app.__main__ import main
code = main(sys.argv[1:])
peak = re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1]
sys.stderr.write(f"measured {time.process_time()} {peak}")
sys.exit(code)
"""
"""Runs words and says what they cost: seconds of CPU, and KiB at the most."""


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def docx(path: Path, body: str, **parts: str) -> Path:
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    others = {f"word/{name}.xml": content.encode() for name, content in parts.items()}
    return archive(path, {"word/document.xml": document.encode()} | others)


@pytest.mark.parametrize("suffix", [".docx", ".odt", ".epub", ".html", ".md"])
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=texts())
def test_what_is_exported_is_imported_again(
    tmp_path: Path, suffix: str, text: FormattedText
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(render(titled(text, "Title", "Author", "en"), suffix, PLAIN, NOW))
    assert write_markdown(read_import(path)) == write_markdown(text)


def test_title_and_author_come_along(tmp_path: Path) -> None:
    text = titled(read_markdown("# One\n\na\n\n# Two\n\nb"), "A <Title>", "Jane Doe", "zh-CN")
    for suffix in (".docx", ".odt", ".epub"):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(render(text, suffix, PROFILES[0], NOW))
        found = read_import(path)
        assert (found.title, found.author) == ("A <Title>", "Jane Doe")
        assert found.blocks == text.blocks


def test_a_novel_comes_in_as_chapters(tmp_path: Path) -> None:
    text = read_markdown("Before.\n\n# One: a/b?\n\nx\n\n## Part\n\n# *Two*\n\ny[^1]\n\n[^1]: n")
    files = chapter_files(text, "book")
    assert [file.name for file in files] == ["01 book.md", "02 One a b.md", "03 Two.md"]
    assert files[2].text == "# *Two*\n\ny[^1]\n\n[^1]: n\n"
    assert [file.name for file in chapter_files(read_markdown("a"), "book")] == ["book.md"]
    write_chapters(tmp_path / "new" / "folder", files)
    (tmp_path / "new" / "folder" / "01 book.md").unlink()
    with pytest.raises(DocumentError, match="02 One a b"):
        write_chapters(tmp_path / "new" / "folder", files)
    assert not (tmp_path / "new" / "folder" / "01 book.md").exists()
    write_chapters(tmp_path / "new" / "folder", files, overwrite=True)


def test_a_title_is_no_path() -> None:
    assert file_name("../../etc/passwd\0 .") == "etc passwd"
    assert len(file_name("x" * 500)) == 60


def test_what_word_writes_is_understood(tmp_path: Path) -> None:
    styles = f"""<w:styles xmlns:w="{W}">
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/>
<w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Hervorhebung"><w:name w:val="Emphasis"/></w:style>
</w:styles>"""
    body = """<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>One 1</w:t></w:r></w:p>
<w:p><w:pPr><w:pStyle w:val="Mine"/><w:rPr><w:b/></w:rPr></w:pPr><w:r><w:t>On</w:t></w:r>
<w:r><w:t>e</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">He </w:t></w:r><w:ins><w:r><w:rPr>
<w:rStyle w:val="Hervorhebung"/></w:rPr><w:t>said</w:t></w:r></w:ins>
<w:del><w:r><w:delText>wrote</w:delText></w:r></w:del><w:r><w:rPr><w:b w:val="0"/></w:rPr>
<w:t xml:space="preserve"> no</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>
<w:r><w:drawing><w:p><w:r><w:t>in a picture</w:t></w:r></w:p></w:drawing></w:r></w:p>
<w:p/><w:p><w:r><w:t>#</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"""
    found = read_import(docx(tmp_path / "a.docx", body, styles=styles))
    assert write_markdown(found) == "# One\n\nHe *said* no\n\n***\n\ncell\n"
    assert found.left_out == 1


def test_any_page_of_the_web_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        """<!DOCTYPE html><title>T &amp; U</title><style>p{}</style><nav>menu</nav>
<h2>Head</H2><p>one<p>two <i>three</i>&nbsp;&hellip;<!-- no --><br>four <img src=http://x/y alt=pic>
<ul><li>a<li>b <ol start=3><li>c</ol></ul><blockquote>q</blockquote><hr>
<script>alert("<p>no")</script><pre>x
 y</pre><a href="javascript:x">l</a> & <a <b""",
        "cp1252",
    )
    found = read_import(path)
    assert found.title == "T & U"
    assert found.left_out == 1
    assert write_markdown(found) == (
        "## Head\n\none\n\ntwo *three*\xa0…\\\nfour pic\n\n- a\n\n- b\n\n  3. c\n\n> q\n\n***\n\n"
        "```\nx\n y\n```\n\n[l](<javascript:x>) &\n"
    )


def test_an_unknown_suffix_names_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"Known are: .*\.docx"):
        read_import(tmp_path / "a.doc")
    with pytest.raises(DocumentError, match="no file"):
        read_import(tmp_path / "a.docx")


def bomb(path: Path) -> None:
    """A part that unpacks to half a billion."""
    head = f'<w:document xmlns:w="{W}"><w:body>'.encode()
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("word/document.xml", "w", force_zip64=True) as part:
        part.write(head)
        for _ in range(500):
            part.write(b" " * 1_000_000)


def many_parts(path: Path) -> None:
    archive(path, {f"word/{n}.xml": b"" for n in range(20_000)} | {"word/document.xml": b"<a/>"})


def entities(path: Path) -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<!DOCTYPE d [<!ENTITY a0 "aaaaaaaaaa">{levels}]><d xmlns="{W}">&a11;</d>'
    archive(path, {"word/document.xml": text.encode()})


def external(path: Path) -> None:
    secret = path.parent / "secret.txt"
    secret.write_text("canary")
    text = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        f'<w:document xmlns:w="{W}"><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:document>'
    )
    archive(path, {"word/document.xml": text.encode()})


def deep(path: Path) -> None:
    docx(path, "<w:ins>" * 100_000)


def endless(path: Path) -> None:
    docx(path, "<w:p/>" * 5_000_000)


def deep_lists(path: Path) -> None:
    items = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{n}"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
        for n in range(5_000)
    )
    docx(path, items)


def large(path: Path) -> None:
    """200 MB, of which the text is small."""
    docx(path, "<w:p><w:r><w:t>kept</w:t></w:r></w:p>")
    with zipfile.ZipFile(path, "a") as target:
        for number in range(200):
            target.writestr(f"word/media/image{number}.png", os.urandom(1_000_000))


def torn(path: Path) -> None:
    docx(path, "<w:p/>" * 1000)
    path.write_bytes(path.read_bytes()[:-30])


def damaged(path: Path) -> None:
    docx(path, "".join(f"<w:p>{n}</w:p>" for n in range(1000)))
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)


def open_tags(path: Path) -> None:
    path.write_text("<a " * 1_000_000)


def open_quotes(path: Path) -> None:
    path.write_text("<a b='" * 1_000_001)


def open_brackets(path: Path) -> None:
    path.write_text("<" * 5_000_000)


def open_items(path: Path) -> None:
    path.write_text("<ul><li>" * 100_000)


def references(path: Path) -> None:
    path.write_text("&ax" * 1_000_000)


HOSTILE = {
    ".docx": (bomb, many_parts, entities, external, deep, endless, deep_lists, large, torn,
              damaged),
    ".html": (open_tags, open_quotes, open_brackets, open_items, references),
}  # fmt: skip
KEPT = (deep_lists, large, open_tags, open_quotes, references)
"""What is cut or read instead of refused."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
@pytest.mark.parametrize(
    ("suffix", "make"),
    [
        pytest.param(suffix, make, id=f"{make.__name__}{suffix}")
        for suffix, makers in HOSTILE.items()
        for make in makers
    ],
)
def test_a_hostile_file_is_a_sentence_in_time_and_memory(
    tmp_path: Path, suffix: str, make: object
) -> None:
    path, out = tmp_path / f"a{suffix}", tmp_path / "out"
    assert callable(make)
    make(path)
    child = subprocess.run(
        [sys.executable, "-c", MEASURED, "import", str(path), "--to", str(out)],
        capture_output=True,
        env=os.environ | {"LAMPBLACK_HOME": str(tmp_path / "home")},
        check=False,
    )
    said, _, measured = (child.stdout + child.stderr).rpartition(b"measured ")
    seconds, kibibytes = map(float, measured.split())
    assert seconds < SECONDS
    assert kibibytes < MEBIBYTES * 1024
    assert b"unexpected problem" not in said, said
    assert child.returncode == (0 if make in KEPT else 1), said
    assert b"canary" not in said
    if make not in KEPT:
        assert said.startswith(b"lampblack: a.")
        assert not out.exists()


def test_nothing_that_a_file_names_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file that is opened while hostile links are read is the file itself."""
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    page = tmp_path / "a.html"
    page.write_text(
        f'<base href="file:///"><link rel=stylesheet href="{secret.as_uri()}">'
        f'<img src="{secret.as_uri()}"><img src="http://127.0.0.1:9/x.png" alt="kept">'
        f'<iframe src="{secret.as_uri()}">inside</iframe><object data="{secret}">o</object>'
    )
    book = archive(
        tmp_path / "a.epub",
        {
            "META-INF/container.xml": b'<c><rootfile full-path="../../secret.txt"/></c>',
            "secret.txt": b"",
        },
    )
    opened: list[str] = []
    events = ("open", "socket.connect", "urllib.Request", "subprocess.Popen")

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in events:
            opened.append(f"{event} {arguments[0]}")

    watching = True
    sys.addaudithook(hook)
    try:
        assert write_markdown(read_import(page)) == "kept\n"
        with pytest.raises(DocumentError, match="no part"):
            read_import(book)
    finally:
        watching = False
    assert not [what for what in opened if "secret" in what or not what.startswith("open")]


def test_a_zip_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    for content in (b"", b"PK", b"PK\x05\x06" + b"\xff" * 18, io.BytesIO(b"x" * 100).read()):
        path.write_bytes(content)
        with pytest.raises(DocumentError, match="damaged"):
            read_import(path)
    path.write_bytes(archive(tmp_path / "b.epub", {"META-INF/container.xml": b"<c>"}).read_bytes())
    with pytest.raises(DocumentError, match="damaged"):
        read_import(path)


def test_text_files_keep_their_encoding_door(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("夜里\r\n下雨\r\n", "gb18030")
    assert read_import(path).blocks == (
        Paragraph((Span("夜里"),)), Paragraph((Span("下雨"),)),
    )  # fmt: skip
