"""A file is read in a child process, which a hostile file can take down alone."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from app.core.conversion import import_process
from app.core.conversion.export import render
from app.core.conversion.import_process import Importing
from app.core.conversion.markdown_reader import read_markdown
from app.core.errors import DocumentError, ParameterError
from app.core.system.child_question import ChildQuestion
from tests.core.conversion.test_importing import MEBIBYTES, NOW, PLAIN, SECONDS, bomb, docx


def test_what_a_file_holds_comes_back_in_chapters(tmp_path: Path) -> None:
    path = tmp_path / "雨.md"
    path.write_text("# One\n\ntwo words ![x](y.png)\n\n# Two\n\n夜里下雨\n", "utf-8")
    found = Importing().run(path)
    assert [chapter.name for chapter in found.chapters] == ["01 One.md", "02 Two.md"]
    assert found.chapters[1].text == "# Two\n\n夜里下雨\n"
    assert (found.words, found.left_out) == ([4, 5], 1)


def test_the_errors_of_the_readers_come_back(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no format that is known"):
        Importing().run(tmp_path / "a.exe")
    with pytest.raises(DocumentError, match="no file"):
        Importing().run(tmp_path / "a.docx")
    bomb(tmp_path / "a.docx")
    with pytest.raises(DocumentError, match="unpacks to more than"):
        Importing().run(tmp_path / "a.docx")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import time; time.sleep(60)", "takes too long"),
        ("import sys; sys.exit(1)", "more time or memory"),
        ("print('no answer')", "more time or memory"),
    ],
)
def test_a_child_without_an_answer_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    command = [sys.executable, "-c", code]
    monkeypatch.setattr(import_process, "program_command", lambda _word: command)
    with pytest.raises(DocumentError, match=told):
        Importing().run(tmp_path / "a.docx", limit_s=1)


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")
def test_a_child_that_wants_too_much_memory_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docx(tmp_path / "a.docx", "<w:p><w:r><w:t>kept</w:t></w:r></w:p>")
    code = (
        "import app.core.conversion.import_process as p\n"
        "p.found_in = lambda path: bytearray(10**9)\n"
        "raise SystemExit(p.run_importer())"
    )
    command = [sys.executable, "-c", code]
    monkeypatch.setattr(import_process, "program_command", lambda _word: command)
    with pytest.raises(DocumentError, match="more time or memory"):
        Importing().run(tmp_path / "a.docx")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_child_that_computes_without_end_ends_long_before_the_clock_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docx(tmp_path / "a.docx", "<w:p><w:r><w:t>kept</w:t></w:r></w:p>")
    code = (
        "import itertools\n"
        "import app.core.conversion.import_process as p\n"
        "p._MOST_CPU_S = 1\n"
        "p.found_in = lambda path: [None for _ in itertools.count() if _ < 0]\n"
        "raise SystemExit(p.run_importer())"
    )
    command = [sys.executable, "-c", code]
    monkeypatch.setattr(import_process, "program_command", lambda _word: command)
    with pytest.raises(DocumentError, match="more time or memory") as refused:
        Importing().run(tmp_path / "a.docx", limit_s=120)
    assert "divide it in the program that wrote it" in refused.value.hint


def test_the_limits_are_below_what_a_hostile_file_may_cost() -> None:
    assert import_process._MOST_CPU_S <= SECONDS
    assert import_process._MOST_BYTES <= MEBIBYTES * 1024 * 1024


@pytest.mark.parametrize("suffix", [".docx", ".odt", ".epub"])
def test_a_long_novel_comes_in_within_the_limits(tmp_path: Path, suffix: str) -> None:
    words = " ".join(f"word{number} *and* another" for number in range(1000))
    source = "\n\n".join(f"# Chapter {number}\n\n{words}" for number in range(40))
    path = tmp_path / f"novel{suffix}"
    path.write_bytes(render(read_markdown(source), suffix, PLAIN, NOW))
    found = Importing().run(path, limit_s=120)
    assert len(found.chapters) == 40
    assert sum(found.words) == 40 * 3002


def test_it_can_be_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = shutil.which("sleep")
    assert sleeper
    monkeypatch.setattr(import_process, "program_command", lambda _word: [sleeper, "60"])
    importing = Importing()
    importing.cancel()
    with pytest.raises(DocumentError, match="stopped"):
        importing.run(tmp_path / "a.docx")


def test_what_a_child_says_of_its_end_is_kept() -> None:
    question: ChildQuestion[bytes] = ChildQuestion()
    code = "import sys; sys.stderr.write('why'); print(sys.stdin.read()[::-1])"
    read = question.ask([sys.executable, "-c", code], {}, b"abc", lambda stream: stream.read())
    assert (read, question.errors) == (b"cba\n", "why")
    assert not question.is_late
