"""The command itself: its words, its errors, and what it may import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest


def test_trouble_is_one_sentence_and_exit_code_1(
    dev, environment, machine, monkeypatch, capsys
) -> None:
    def set_up(**_: object) -> None:
        raise machine.SetupError("There is no C++ compiler.")

    monkeypatch.setattr(environment, "set_up", set_up)
    assert dev.main(["run"]) == 1
    assert capsys.readouterr().err == "There is no C++ compiler.\n"


def test_interruption_says_that_it_goes_on(dev, environment, monkeypatch, capsys) -> None:
    def set_up(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "set_up", set_up)
    assert dev.main(["test"]) == 130
    assert "continues where it stopped" in capsys.readouterr().err


def test_unknown_argument_is_refused(dev, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        dev.main(["run", "--fast"])
    assert caught.value.code == 2
    assert "run does not know --fast" in capsys.readouterr().err


def test_set_up_needs_only_the_standard_library(dev) -> None:
    files = [Path(getattr(module, "__file__", None) or "") for module in sys.modules.values()]
    files = [file for file in files if file.is_relative_to(Path(dev.__file__).parent)]
    own = {file.relative_to(Path(dev.__file__).parent).parts[0].partition(".")[0] for file in files}
    beside = {"docs", "translations"}  # started with .venv's Python
    whole = {path.stem for path in Path(dev.__file__).parent.glob("*.py")} - beside
    assert whole | {"bundle", "prove"} <= own
    used = set()
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                used |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                used.add(str(node.module).partition(".")[0])
    assert used - own <= sys.stdlib_module_names


def test_it_starts_where_unix_s_modules_are_missing(dev) -> None:
    """As on Windows, where the workflow calls the same words."""
    code = (
        "import sys; sys.modules |= dict.fromkeys(('fcntl', 'grp', 'pwd', 'resource', 'termios'));"
        "import dev; dev.parser()"
    )
    folder = Path(dev.__file__).parent
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "words",
    [["--quick"], ["--quick", "tar"], ["--prove", "--torch-pack"], ["--terms", "tar"]],
)
def test_flags_of_bundle_that_do_not_go_together_are_refused(dev, capsys, words) -> None:
    with pytest.raises(SystemExit):
        dev.main(["bundle", *words])
    assert "dev.py: error:" in capsys.readouterr().err


def test_the_pack_is_made_on_linux(dev, monkeypatch, capsys) -> None:
    monkeypatch.setattr(dev.sys, "platform", "darwin")
    monkeypatch.setattr(dev, "bundle", pytest.fail)
    assert dev.main(["bundle", "dmg", "--torch-pack"]) == 1
    assert "made on Linux" in capsys.readouterr().err
