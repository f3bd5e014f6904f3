"""Each system's signatures: the programs before they are packed, the archives after."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def signing(part):
    return part("bundle.signing")


@pytest.fixture
def signed(signing, monkeypatch) -> list[str]:
    """What is signed, by its name."""
    found: list[str] = []
    monkeypatch.setattr(signing.windows, "sign", lambda *paths: found.extend(p.name for p in paths))
    monkeypatch.setattr(signing.macos, "seal", lambda path: found.append(path.name))
    monkeypatch.setattr(signing.macos, "finish", lambda path: found.append(path.name))
    return found


@pytest.mark.parametrize(
    ("system", "programs", "archives"),
    [
        ("linux", [], []),
        ("win32", ["lampblack.exe", "lampblack-cli.exe"], ["a-setup.exe"]),
        ("darwin", ["Lampblack.app"], ["a.dmg"]),
    ],
)
def test_what_is_signed_where(signing, part, signed, system, programs, archives) -> None:
    made = [Path(name) for name in ("a.tar.xz", "a.zip", "a-setup.exe", "a.dmg", "a.cdx.json")]
    with signing.keys("linux"):
        signing.sign_tree(part("bundle.systems").tree(Path("dist"), system), system)
    assert signed == programs
    signed.clear()
    signing.sign_archives(made, system)
    assert signed == archives


def test_a_certificate_of_windows_is_there_only_while_it_signs(part, monkeypatch) -> None:
    windows, ran = part("bundle.windows"), []

    def run(command, **_named):
        ran.append(command[-1].split()[0])
        return SimpleNamespace(returncode=0, stdout="ABC\n", stderr="")

    monkeypatch.setattr(windows.subprocess, "run", run)
    monkeypatch.setenv("WINDOWS_CERTIFICATE", "eA==")
    monkeypatch.delenv("WINDOWS_CERTIFICATE_SHA1", raising=False)
    with windows.signing():
        assert os.environ["WINDOWS_CERTIFICATE_SHA1"] == "ABC"
    assert "WINDOWS_CERTIFICATE_SHA1" not in os.environ
    assert ran[-1] == "Remove-Item"
    monkeypatch.setenv("WINDOWS_CERTIFICATE_SHA1", "DEF")  # the user's own, which stays
    with windows.signing():
        pass
    assert os.environ["WINDOWS_CERTIFICATE_SHA1"] == "DEF"
    assert ran.count("Remove-Item") == 1
