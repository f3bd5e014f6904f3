"""One line of progress over a long command, its whole output in the log."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BUILD = """
import sys
for done in range(1, 4):
    print(f"  [{done}/3] Building CXX object ggml-{done}.o", flush=True)
print("Straße \\u4f60", flush=True)
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def build() -> list[str]:
    return [sys.executable, "-X", "utf8", "-c", BUILD]


def test_output_goes_to_the_log_and_progress_to_the_screen(
    watching, build, tmp_path, capsys
) -> None:
    log = tmp_path / "logs" / "setup.log"
    watching.watch("llama.cpp, compiling", [*build, "0"], log, watching.compiled_files)
    assert "[3/3] Building CXX object ggml-3.o" in log.read_text("utf-8")
    assert "Straße 你" in log.read_text("utf-8")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("llama.cpp, compiling · 0:00")
    assert lines[-1].endswith("done")


def test_failure_gives_the_end_of_the_output(watching, build, tmp_path: Path, capsys) -> None:
    with pytest.raises(watching.CommandError) as caught:
        watching.watch("A build", [*build, "3"], tmp_path / "log", watching.compiled_files)
    assert "[3/3]" in caught.value.tail
    assert capsys.readouterr().out.splitlines()[-1].endswith("failed")


def test_terminal_gets_one_line_that_is_overwritten(
    watching, build, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    watching.watch("A build", [*build, "0"], tmp_path / "log", watching.compiled_files)
    out = capsys.readouterr().out
    assert "\rA build · 0:00 2 of 3 files" in out
    assert out.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  [12/80] Building C object\n", "12 of 80 files"),
        ("-- Configuring done\n", ""),
        ("array[3]\n", ""),
    ],
)
def test_compiler_counts_are_found(watching, line: str, shown: str) -> None:
    assert watching.compiled_files(line) == shown


def test_pip_lines_for_people_are_found(watching) -> None:
    assert watching.pip_says("  Downloading numpy-2.4.6.whl (16 MB)\n") == (
        "Downloading numpy-2.4.6.whl (16 MB)"
    )
    assert watching.pip_says("WARNING: something\n") == ""


def test_interruption_lets_the_command_clear_up(watching, monkeypatch, tmp_path: Path) -> None:
    clearing = "import sys; sys.stdin.read(); print('cleared up')"
    ended: list[int] = []

    def interrupted(child, *_: object) -> str:
        raise KeyboardInterrupt

    let_end = watching._let_end
    monkeypatch.setattr(watching, "_follow", interrupted)
    monkeypatch.setattr(
        watching, "_let_end", lambda child: (let_end(child), ended.append(child.returncode))
    )
    with pytest.raises(KeyboardInterrupt):
        watching.watch("A build", [sys.executable, "-c", clearing], tmp_path / "log", str.strip)
    assert ended == [0]


def test_what_a_command_leaves_in_its_temporary_folder_goes(watching, tmp_path: Path) -> None:
    code = "import tempfile; print(tempfile.mkdtemp())"
    log = tmp_path / "setup" / "log"
    watching.watch("A build", [sys.executable, "-c", code], log, str.strip)
    made = Path(log.read_text("utf-8").strip())
    assert made.is_relative_to(log.parent)
    assert not made.exists()


def test_what_signs_is_hidden_from_compilers_and_installers(part, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MACOS_CERTIFICATE_PASSWORD", "secret")
    monkeypatch.setenv("WINDOWS_CERTIFICATE", "secret")
    monkeypatch.setenv("MACOS_SIGN_IDENTITY", "Someone")
    log = tmp_path / "log"
    command = [sys.executable, "-c", "import os; print(sorted(os.environ.items()))"]
    part("watching").watch("Looking", command, log, str.strip)
    said = log.read_text("utf-8")
    assert "secret" not in said
    assert "Someone" in said
