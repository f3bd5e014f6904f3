"""The proof of the installer, and what it would find; the run under wine is a word of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def installer(part):
    return part("prove.installer")


class Recorded:
    """In the place of a Windows: notes what is run, and has nothing."""

    def __init__(self, folder: Path, code: int = 0) -> None:
        self.drive = folder / "drive"
        self.drive.mkdir()
        self.code = code
        self.ran: list[tuple[str, ...]] = []

    def variable(self, name: str) -> str:
        return rf"C:\users\writer\{name}"

    def path(self, windows: str) -> Path:
        return self.drive.joinpath(*windows.split("\\")[1:])

    def registry(self) -> list[str]:
        return [rf"HKEY_CURRENT_USER\Software line {len(self.ran)}"]

    def run(self, *words: str) -> int:
        self.ran.append(words)
        return self.code

    def settle(self, gone: Path) -> None:
        assert gone.name == "uninstall.exe"


@pytest.mark.skipif(not shutil.which("makensis"), reason="makensis is not installed")
def test_both_versions_are_compiled(installer, tmp_path: Path) -> None:
    setup = installer.Setup(tmp_path, Recorded(tmp_path))
    assert list(setup.compile()) == []
    made = sorted(path.name for path in tmp_path.glob("*.exe"))
    assert made == ["program.exe", "setup-0.10.0.exe", "setup-0.9.0.exe"]


def test_an_installer_that_does_nothing_is_seen(installer, tmp_path: Path) -> None:
    setup = installer.Setup(tmp_path, Recorded(tmp_path))
    tree = tmp_path / "0.9.0"
    tree.mkdir()
    (tree / "lampblack.exe").write_bytes(b"MZ")
    found = list(setup.install())
    assert "missing: lampblack.exe" in found
    assert "no entry in the start menu" in found
    assert sum("not in the registry" in problem for problem in found) == 7


def test_one_that_fails_is_seen(installer, tmp_path: Path) -> None:
    system = Recorded(tmp_path, code=2)
    setup = installer.Setup(tmp_path, system)
    assert list(setup._install("0.9.0", tmp_path)) == ["the installer of 0.9.0 ended with code 2"]
    assert system.ran[0][1:] == ("/S",)


def test_what_was_left_and_what_was_lost_are_told(installer) -> None:
    before = {r"HKCU\Software\Other value", "users/notes.txt", "users/Temp/a"}
    after = {r"HKCU\Software\Lampblack", "users/notes.txt", "windows/Temp/b"}
    assert list(installer._differences(before, after)) == [
        r"left: HKCU\Software\Lampblack",
        r"lost: HKCU\Software\Other value",
    ]


def test_the_exit_code_and_the_report_say_what_was_wrong(
    installer, monkeypatch, capsys, tmp_path: Path
) -> None:
    setup = installer.Setup(tmp_path, Recorded(tmp_path))
    for name in ("compile", "install", "refuse", "upgrade", "remove", "elsewhere"):
        problems = ["left: a.dll"] if name == "remove" else []
        monkeypatch.setattr(setup, name, lambda found=problems: iter(found))
    assert list(installer._tell(setup)) == ["left: a.dll"]
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == ["failed  removed", "    left: a.dll"]  # what follows stands on it
    assert all(line.startswith("passed") for line in said[:-2])
