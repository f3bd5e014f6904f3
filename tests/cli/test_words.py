"""The program's words: which part runs, in which order, and how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from app import __main__ as program, __version__
from app.core.options.presets import BUILTIN
from app.core.system import network
from app.downloads.client import Fetcher

ROOT = Path(__file__).parents[2]


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces every part of a start by one that notes its turn."""
    turns: list[str] = []

    def note(what: str, result: Any = None) -> Any:
        return lambda *_arguments, **_named: turns.append(what) or result

    def module(name: str, **members: Any) -> None:
        stub = ModuleType(name)
        vars(stub).update(members)
        monkeypatch.setitem(sys.modules, name, stub)

    fetcher = SimpleNamespace(close=note("broker ends"))
    parts = SimpleNamespace(close=note("program closes"))
    monkeypatch.setattr(Fetcher, "start", note("broker", fetcher))
    monkeypatch.setattr(network, "deny_network", note("deny"))
    module("app.program", Program=note("program", parts))
    module(
        "app.ui.application",
        run_window=lambda _program, files, _on_shown: turns.append(f"window {list(files)}") or 0,
    )
    module("app.cli.main", run_cli=lambda words, **_more: turns.append(f"cli {words}") or 0)
    module("app.host.main", run_host=note("host", 0))
    return turns


@pytest.mark.parametrize("words", [[], ["draft.md"], ["open", "a.txt", "new.md"], ["open"]])
def test_the_window_comes_after_the_broker_and_the_filter(
    words: list[str], order: list[str]
) -> None:
    assert program.main(words) == 0
    files = words[1:] if words[:1] == ["open"] else words
    assert order == [
        "broker",
        "deny",
        "program",
        f"window {files}",
        "program closes",
        "broker ends",
    ]


@pytest.mark.parametrize("name", ["--engine", "-style", "@x", "a b.md", "-h", "--version"])
def test_a_file_of_any_name_can_be_opened(name: str, order: list[str], tmp_path: Path) -> None:
    """No name is taken for a flag, of the program or of Qt, nor for a file of arguments."""
    with contextlib.chdir(tmp_path):
        Path(name).write_text("--help")
        for words in (
            ["open", "--", name],
            ["--", name],
            ["open", f"./{name}"],
            [str(Path(name).absolute())],
        ):
            order.clear()
            assert program.main(words) == 0
            assert f"window {[words[-1]]}" in order


def test_a_file_that_looks_like_a_flag_is_told_how_to_be_named(
    order: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with contextlib.chdir(tmp_path):
        Path("-style").write_text("")
        for words in (["open", "-style"], ["-style"]):
            assert program.main(words) == 2
            assert "'-style' begins as a flag does. Write ./-style" in capsys.readouterr().err
        assert program.main(["open", "-stylo"]) == 2
        assert "no file named '-stylo'" in capsys.readouterr().err
        assert order == []


def test_the_window_opens_without_a_broker(
    order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_models: Path) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(Fetcher, "start", fail)
    assert program.main([]) == 0
    assert order == ["deny", "program", "window []", "program closes"]


@pytest.mark.parametrize("words", [["generate", "x"], ["doctor"], ["models", "list"], ["--help"]])
def test_words_that_need_no_network_have_none(words: list[str], order: list[str]) -> None:
    assert program.main(words) == 0
    assert order == ["deny", f"cli {words}"]


def test_only_a_download_starts_the_broker(order: list[str]) -> None:
    words = ["models", "get", "starter"]
    assert program.main(words) == 0
    assert order == ["broker", "deny", f"cli {words}", "broker ends"]


def test_where_downloads_are_off_there_is_no_broker(order: list[str], own_home: Path) -> None:
    settings = own_home / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("network = false\n")
    assert program.main(["models", "get", "starter"]) == 0
    assert order == ["deny", "cli ['models', 'get', 'starter']"]


def test_the_host_starts_nothing_else(order: list[str]) -> None:
    assert program.main(["engine-host"]) == 0
    assert order == ["host"]


def test_a_bug_is_a_sentence_and_a_report(
    order: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    own_home: Path,
) -> None:
    def fail(*_arguments: Any) -> None:
        raise ZeroDivisionError("a\nbug")

    monkeypatch.setattr(network, "deny_network", fail)
    assert program.main(["doctor"]) == 1
    (report,) = (own_home / "data" / "logs").glob("crash-*.txt")
    assert capsys.readouterr().err == (
        "lampblack: Lampblack met an unexpected problem: ZeroDivisionError: a bug; "
        f"the report is in {report}\n"
    )
    said = report.read_text()
    assert "Traceback" in said
    assert "app/__main__.py:" in said
    assert said.endswith("\nZeroDivisionError\n")  # its message may hold a text or a path
    assert str(ROOT) not in said


def test_a_report_that_cannot_be_written_is_no_second_bug(
    order: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    own_home: Path,
) -> None:
    def fail(*_arguments: Any) -> None:
        raise ZeroDivisionError

    own_home.write_text("in the way")
    monkeypatch.setattr(network, "deny_network", fail)
    assert program.main(["doctor"]) == 1
    assert "no report could be written" in capsys.readouterr().err


def test_version_and_help_answer(run_program: Any) -> None:
    assert run_program("--version").out == f"lampblack {__version__}\n"
    helped = run_program("generate", "--help")
    assert (helped.code, helped.err) == (0, "")
    assert "--dry-multiplier" in helped.out
    assert all(preset.description in helped.out for preset in BUILTIN)


def test_a_reader_that_leaves_is_no_trouble() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "app", "models", "list", "--json"],
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["models list --json", "--version", "generate --help"])
def test_a_full_disk_is_a_sentence(words: str, unbuffered: str, one_sentence: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "app", *words.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    assert done.returncode == 1
    assert one_sentence(done.stderr.decode())


@pytest.mark.parametrize("word", ["broker", "--version"])
def test_small_words_load_nothing_heavy(word: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "app", word]
        + ([str(tmp_path), ""] if word == "broker" else []),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    loaded = {line.rpartition(b"|")[2].strip() for line in done.stderr.splitlines()}
    heavy = {
        b"PySide6",
        b"llama_cpp",
        b"torch",
        b"transformers",
        b"jinja2",
        b"numpy",
        b"apsw",
        b"httpx2",
        b"keyring",
    }
    assert not loaded & heavy
    if word == "broker":
        assert not loaded & {b"app.core.documents.text_files", b"app.core.store", b"platformdirs"}


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch, order: list[str]) -> None:
    monkeypatch.setattr(network, "deny_network", lambda: signal.raise_signal(signal.SIGINT))
    assert program.main(["doctor"]) == 1


def test_ctrl_c_in_the_terminal_ends_the_window(
    monkeypatch: pytest.MonkeyPatch, order: list[str]
) -> None:
    before, during = signal.getsignal(signal.SIGINT), []
    monkeypatch.setattr(
        sys.modules["app.ui.application"],
        "run_window",
        lambda _program, _files, _on_shown: during.append(signal.getsignal(signal.SIGINT)) or 0,
    )
    assert program.main([]) == 0
    assert during == [signal.SIG_DFL]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_qt_that_cannot_be_loaded_is_a_sentence(
    order: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    one_sentence: Any,
) -> None:
    def fail(_name: str) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file", name="PySide6.QtGui")

    window = ModuleType("app.ui.application")
    vars(window)["__getattr__"] = fail
    monkeypatch.setitem(sys.modules, "app.ui.application", window)
    assert program.main([]) == 1
    said = capsys.readouterr().err
    assert one_sentence(said)
    assert "libEGL" in said


@pytest.mark.parametrize(("descriptor", "code"), [(0, 2), (1, 1), (2, 2)])
def test_a_closed_stream_is_no_bug(descriptor: int, code: int, own_home: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m app generate {descriptor}<&-', sys.executable],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == code
    assert not (own_home / "data" / "logs").exists()


@pytest.mark.parametrize(
    "words", ["models list", "doctor", "bench", "generate x", "--version", "models remove x"]
)
def test_closed_standard_output_is_an_error(words: str, one_sentence: Any) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m app {words} >&-', sys.executable],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1
    assert one_sentence(done.stderr.decode())
    assert b"closed" in done.stderr


def test_no_file_takes_the_number_of_a_closed_stream() -> None:
    """What a library writes to its standard error would land in that file."""
    code = (
        "import app.__main__ as program, os\n"
        "program._run = lambda words: os._exit(40 + os.open('README.md', os.O_RDONLY))\n"
        "program.main([])"
    )
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" <&- >&- 2>&-', sys.executable, code], cwd=ROOT, check=False
    )
    assert done.returncode == 43
