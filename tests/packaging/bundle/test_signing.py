"""Each system's signatures: the programs before they are packed, the archives after."""

from __future__ import annotations

from pathlib import Path

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
