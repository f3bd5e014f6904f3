"""Open changes as Word's revisions: written, read back, and seen by LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from app.core.changes.compare import TextChange, applied, compare
from app.core.changes.marked import SIGNS, marked, unmarked
from app.core.changes.styles import with_whole_spans
from app.core.conversion.export import FORMATS, formatted, render
from app.core.conversion.import_process import found_in
from app.core.conversion.importing import read_import, read_revisions
from app.core.conversion.looks.profiles import PROFILES
from app.core.conversion.markdown_writer import write_markdown
from tests.core.conversion.test_importing import W, docx

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
PLAIN = replace(PROFILES[0], is_smart=False)
TEXT = (
    "# The quay\n\nThe rain came down *all night*. Maren had not slept.\n\nNobody was there.\n\n"
    "- one boat\n- two boats\n\nIn the evening she wrote a letter.\n"
)
ANSWER = (
    "# The old quay\n\nThe rain fell *all night*. Maren had not slept.\n\nShe waited & listened."
    "\n\n- one boat\n- three boats\n\n## Later\n\nIn the evening she wrote a long letter.\n"
)
WORDS = st.lists(
    st.sampled_from(["one", "two", "three", "我", "雨", ".", "\n\n", "\n\n# ", "\n\n- "]),
    max_size=14,
).map(" ".join)


def document(text: str, answer: str, author: str = "Tiny") -> bytes:
    changes = compare(text, answer)
    authors = [author] * len(changes)
    found = formatted(Path("a.md"), marked(text, changes, authors))
    return render(replace(found, authors=(author,)), ".docx", PLAIN, NOW)


def put(folder: Path, data: bytes) -> Path:
    path = folder / "a.docx"
    path.write_bytes(data)
    return path


@given(text=WORDS, answer=WORDS)
def test_a_marked_text_has_both(text, answer):
    changes = compare(text, answer)
    signs = marked(text, changes, ["Tiny"] * len(changes))
    original, found, authors = unmarked(signs, ("Tiny",))
    assert _letters(original) == _letters(text)
    assert _letters(applied(original, found)) == _letters(answer)
    assert set(authors) <= {"Tiny"}
    assert not SIGNS.search(original + applied(original, found))


def test_they_are_words_revisions(tmp_path):
    path = put(tmp_path, document(TEXT, ANSWER))
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode()
    assert not SIGNS.search(xml)
    added = re.findall(r"<w:ins [^>]*>.*?<w:t [^>]*>([^<]*)</w:t>", xml)
    removed = re.findall(r"<w:del [^>]*>.*?<w:delText [^>]*>([^<]*)</w:delText>", xml)
    assert [one.strip() for one in removed] == ["came down", "Nobody was there.", "two"]
    assert [one.strip() for one in added] == [
        "old", "fell", "She waited &amp; listened.", "three", "Later", "long",
    ]  # fmt: skip
    assert 'w:author="Lampblack, Tiny" w:date="2026-11-28T09:00:00Z"' in xml
    numbers = re.findall(r'<w:(?:ins|del) w:id="(\d+)"', xml)
    assert len(set(numbers)) == len(numbers)
    assert re.search(r"<w:rPr><w:ins [^>]*/></w:rPr></w:pPr>", xml)


def test_they_are_read_back(tmp_path):
    path = put(tmp_path, document(TEXT, ANSWER))
    found = read_revisions(path)
    assert found.authors == ("Tiny",)
    original, changes, authors = unmarked(write_markdown(found), found.authors)
    assert original == TEXT
    assert applied(original, changes) == ANSWER
    assert set(authors) == {"Tiny"}
    assert write_markdown(read_import(path)) == ANSWER


def test_the_importer_gives_both(tmp_path):
    path = put(tmp_path, document(TEXT, ANSWER))
    found = found_in(path)
    assert [one.text for one in found.chapters] == [ANSWER]
    assert unmarked(found.revised, found.authors)[0] == TEXT
    plain = tmp_path / "plain.docx"
    plain.write_bytes(render(formatted(Path("a.md"), TEXT), ".docx", PLAIN, NOW))
    assert (found_in(plain).revised, found_in(plain).authors) == ("", ())


@given(text=WORDS, answer=WORDS)
def test_any_answer_makes_a_document_that_word_reads(tmp_path_factory, text, answer):
    folder = tmp_path_factory.mktemp("docx")
    path = put(folder, document("Begin.\n\n" + text, "Begin.\n\n" + answer))
    with zipfile.ZipFile(path) as archive:
        assert ElementTree.fromstring(archive.read("word/document.xml")).tag.endswith("document")
    accepted = write_markdown(read_import(path))
    wanted = write_markdown(formatted(Path("a.md"), "Begin.\n\n" + answer))
    assert _letters(accepted) == _letters(wanted)
    found = read_revisions(path)
    original, changes, _authors = unmarked(write_markdown(found), found.authors)
    assert _letters(original) == _letters(write_markdown(formatted(Path("a.md"), text)), "Begin.")
    assert _letters(applied(original, changes)) == _letters(wanted)


def _letters(text: str, before: str = "") -> str:
    """The letters of a text: what a line is, such as a heading, no revision of letters tells."""
    return re.sub(r"[\s#\-\\*]|&#32;", "", before + text)


def test_several_authors(tmp_path):
    changes = (TextChange(0, "One", "1"), TextChange(8, "", "and "))
    found = formatted(Path("a.txt"), marked("One two three.", changes, ["A", "B & C"]))
    path = put(tmp_path, render(replace(found, authors=("A", "B & C")), ".docx", PLAIN, NOW))
    again = read_revisions(path)
    assert again.authors == ("A", "B & C")
    original, _changes, whose = unmarked(write_markdown(again), again.authors)
    assert (original, whose) == ("One two three.\n", ("A", "B & C"))


def test_other_formats_have_no_signs():
    text = formatted(Path("a.md"), TEXT)
    for row in FORMATS:
        if row.suffix not in (".docx", ".pdf", ".epub", ".odt"):
            assert not SIGNS.search(render(text, row.suffix, PLAIN, NOW).decode())


def test_a_change_within_another_ends_only_itself(tmp_path):
    inner = '<w:del w:author="B"><w:r><w:delText>not </w:delText></w:r></w:del>'
    ins = (
        f'<w:ins w:author="A"><w:r><w:t>He </w:t></w:r>{inner}<w:r><w:t>came. </w:t></w:r></w:ins>'
    )
    docx(tmp_path / "a.docx", f"<w:p>{ins}<w:r><w:t>It rained.</w:t></w:r></w:p>")
    again = read_revisions(tmp_path / "a.docx")
    original, changes, _whose = unmarked(write_markdown(again), again.authors)
    assert original == "not It rained.\n"
    assert applied(original, changes) == "He came. It rained.\n"


def test_signs_in_the_text_of_a_document_are_no_changes(tmp_path):
    docx(tmp_path / "a.docx", "<w:p><w:r><w:t>a\ufdd1b\ufdd2c\ufdd3</w:t></w:r></w:p>")
    again = read_revisions(tmp_path / "a.docx")
    assert unmarked(write_markdown(again), again.authors) == ("abc\n", (), ())


@pytest.mark.parametrize("number", ["²", "٣", "9" * 6000, "-1", ""])
def test_strange_numbers_are_no_levels(tmp_path, number):
    layout = f'<w:pPr><w:outlineLvl w:val="{number}"/><w:numPr><w:ilvl w:val="{number}"/></w:numPr>'
    styles = f'<w:styles xmlns:w="{W}"><w:style w:styleId="a">{layout}</w:pPr></w:style></w:styles>'
    paragraph = f"<w:p>{layout}</w:pPr><w:r><w:t>Hi.</w:t></w:r></w:p>"
    docx(tmp_path / "a.docx", paragraph, styles=styles)
    assert write_markdown(read_revisions(tmp_path / "a.docx")).endswith("Hi.\n")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_sees_the_same_changes(tmp_path):
    path = put(tmp_path, document(TEXT, ANSWER))
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = ["soffice", home, "--headless", "--convert-to", "fodt", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=180)
    xml = (tmp_path / "a.fodt").read_text("utf-8")
    regions = re.findall(r"<text:changed-region .*?</text:changed-region>", xml, re.S)
    kinds = re.findall(r"<text:(insertion|deletion)>", "".join(regions))
    assert kinds.count("deletion") >= 3
    assert kinds.count("insertion") >= 5
    assert all("<dc:creator>Lampblack, Tiny</dc:creator>" in one for one in regions)
    deleted = re.findall(r'<text:changed-region [^>]*text:id="(\w+)">\s*<text:deletion>', xml)
    parts = [
        re.search(f'change-start text:change-id="{one}"/>(.*?)<text:change-end', xml, re.S)
        for one in deleted
    ]
    removed = " ".join(part.group(1) for part in parts if part is not None)
    assert all(word in removed for word in ("came down", "Nobody was there.", "two"))


@pytest.mark.parametrize(
    ("text", "answer", "removed", "added"),
    [
        ("The old keeper.", "The **old** keeper.", ["old"], ["old"]),
        ("The *old* keeper.", "The old keeper.", ["old"], ["old"]),
        ("The old keeper.", "The *young keeper*.", ["old keeper"], ["young keeper"]),
        ("The *old* keeper.", "The **old** keeper.", ["old"], ["old"]),
        ("A ***very*** old man.", "A **very** old man.", ["very"], ["very"]),
        ("*Old man* here.", "*Old* man here.", ["Old man"], ["Old", " man"]),
        ("灯塔的老人", "灯塔的**老人**", ["老人"], ["老人"]),
        ("Say `x` now.", "Say x now.", ["x"], ["x"]),
        ("A **b** c", "Other words", ["A ", "b", " c"], ["Other words"]),
    ],
)
def test_a_change_of_emphasis_is_one_of_content(tmp_path, text, answer, removed, added):
    path = put(tmp_path, document(text, answer))
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode()
    assert re.findall(r"<w:delText [^>]*>([^<]*)</w:delText>", xml) == removed
    assert re.findall(r"<w:ins [^>]*><w:r>.*?<w:t [^>]*>([^<]*)</w:t>", xml) == added
    found = read_revisions(path)
    original, changes, _authors = unmarked(write_markdown(found), found.authors)
    assert (original, applied(original, changes)) == (f"{text}\n", f"{answer}\n")


STYLED = st.lists(
    st.sampled_from(["one", "two", "我", " ", "*", "**", "_", "`", "\n\n", "\\", "~~"]), max_size=14
).map("".join)


@given(text=STYLED, answer=STYLED)
def test_joined_changes_lead_to_the_same_text(text, answer):
    changes = compare(text, answer)
    joined, authors = with_whole_spans(text, changes, ["Tiny"] * len(changes))
    assert applied(text, joined).replace("_", "*") == answer.replace("_", "*")
    assert len(authors) == len(joined)
    for one in joined:
        assert one.removed.replace("_", "*") == text[one.position : one.end].replace("_", "*")
    assert all(a.end <= b.position for a, b in pairwise(joined))


def test_changes_of_formatting_are_accepted_and_counted(tmp_path):
    was = "<w:rPrChange w:id='1' w:author='A'><w:rPr><w:i/></w:rPr></w:rPrChange>"
    heading = "<w:pPr><w:pStyle w:val='Heading1'/></w:pPr>"
    layout = f"<w:pPr><w:pPrChange w:id='2' w:author='A'>{heading}</w:pPrChange></w:pPr>"
    bold = f"<w:r><w:rPr><w:b/>{was}</w:rPr><w:t>Bold</w:t></w:r>"
    path = docx(tmp_path / "a.docx", f"<w:p>{layout}{bold}<w:r><w:t> now.</w:t></w:r></w:p>")
    found = found_in(path)
    assert [chapter.text for chapter in found.chapters] == ["**Bold** now.\n"]
    assert (found.restyled, found.authors, found.revised) == (2, (), "")


class CountedChanges(tuple[TextChange, ...]):
    """Counts how often all of them are gone through."""

    rounds = 0

    def __iter__(self) -> Iterator[TextChange]:
        type(self).rounds += 1
        return super().__iter__()


def test_a_long_text_with_many_changes_is_gone_through_a_few_times() -> None:
    """A novel of 60,000 words with as many italics took many minutes."""
    text = "It *rained* in the harbour.\n\n" * 500
    places = [found.start() for found in re.finditer("harbour", text)]
    changes = CountedChanges(TextChange(place, "harbour", "port") for place in places)
    assert with_whole_spans(text, changes, ["Tiny"] * len(changes))[0] == tuple(changes)
    assert CountedChanges.rounds < 10
