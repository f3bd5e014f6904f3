"""What the program consists of: a bundle's list, hostile ones too, and the installed packages."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from app import __version__
from app.core.errors import LampblackError
from app.core.system import licences
from app.core.system.licences import LIST, LicensedComponent, bundled_licences, read_licences

ROW = {"name": "one", "version": "1", "licence": "MIT", "text": "one.txt"}


def bundle(folder: Path, *rows: object, **texts: str) -> Path:
    (folder / LIST).write_text(json.dumps(rows), "utf-8")
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def test_a_bundle_knows_where_its_list_is(monkeypatch, tmp_path: Path) -> None:
    assert bundled_licences() is None
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert bundled_licences() == tmp_path / "licences"


def test_what_a_bundle_lists_is_read_in_its_order(tmp_path: Path) -> None:
    two = {**ROW, "name": "a", "text": "a.txt"}
    found = read_licences(bundle(tmp_path, ROW, two, one="© 雨\n", a="Second"))
    assert found == (
        LicensedComponent("one", "1", "MIT", "© 雨"),
        LicensedComponent("a", "1", "MIT", "Second"),
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"[]", "empty"),
        (b"{}", "damaged"),
        (b'[{"name": "one"}]', "damaged"),
        (b'[{"name": 1, "version": "1", "licence": "MIT", "text": "x"}]', "damaged"),
        (b"[" * 100_000, "damaged"),
        (b'"\xff"', "damaged"),
        (b" " * (17 * 1024 * 1024), "far too long"),
    ],
)
def test_a_hostile_list_is_a_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / LIST).write_bytes(content)
    with pytest.raises(LampblackError, match=reason) as caught:
        read_licences(tmp_path)
    assert "Install Lampblack again." in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [LIST]  # nothing was renamed


def test_a_missing_list_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LampblackError, match="The list of licences cannot be read: it is missing"):
        read_licences(tmp_path / "gone")


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "", ".", "a/b.txt", "..\\x"])
def test_a_text_elsewhere_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "list").mkdir()
    (one,) = read_licences(bundle(tmp_path / "list", {**ROW, "text": name}))
    assert one.text == ""
    assert one.problem


def test_one_text_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    names = ("one", "gone", "nul\0", "pipe", "long", "last")
    rows = [{**ROW, "name": name, "text": f"{name}.txt"} for name in names]
    folder = bundle(tmp_path, *rows, one="1", last="2", long="x" * (4 * 1024 * 1024 + 1))
    os.mkfifo(folder / "pipe.txt")
    found = {one.name: one for one in read_licences(folder)}
    assert [*found] == [*names]
    assert [name for name in names if found[name].text] == ["one", "last"]
    assert "no such file" in found["gone"].problem.lower()
    assert all(found[name].problem for name in ("nul\0", "pipe", "long"))


def test_from_source_the_installed_packages_are_listed() -> None:
    first, *rest = read_licences(None)
    assert (first.name, first.version, first.licence) == ("lampblack", __version__, "MIT")
    assert first.text.startswith("MIT License")
    found = {one.name: one for one in rest}
    assert [*found] == sorted(found)
    assert {"numpy", "pyside6-essentials", "uvicorn", "click"} <= found.keys()  # one of another's
    assert not found.keys() & {"pytest", "ruff", "mypy"}
    assert "Redistribution" in found["numpy"].text
    assert found["pyside6-essentials"].problem
    assert all(one.licence or one.problem for one in rest)  # a card's libraries may name neither


def _package(site: Path, name: str, about: str) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{about}")
    (info / "LICENSE").write_text(f"Terms of {name}")
    (info / "RECORD").write_text(f"{info.name}/METADATA,,\n{info.name}/LICENSE,,\n")


def test_what_a_package_needs_is_followed_through_extras(monkeypatch, tmp_path: Path) -> None:
    """Where the program was installed, its own metadata say what it needs."""
    monkeypatch.setattr(licences, "_ROOT", tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    _package(
        tmp_path,
        "lampblack",
        "Requires-Dist: First_One[fast] >=2; python_version > '3'\n"
        "Requires-Dist: tried ; extra == 'test'\n",
    )
    _package(
        tmp_path,
        "first_one",
        "License-Expression: MIT\n"
        "Requires-Dist: quick (>1); extra == 'fast'\n"
        "Requires-Dist: slow; extra == 'other'\n"
        "Requires-Dist: first-one\nRequires-Dist: not-here\n",
    )
    for name in ("quick", "slow", "tried"):
        _package(tmp_path, name, "License: Some\n more\nClassifier: License :: OSI Approved\n")
    found = read_licences(None)
    assert [one.name for one in found] == ["lampblack", "first-one", "quick"]
    assert [one.text for one in found] == [
        "Terms of lampblack",
        "Terms of first_one",
        "Terms of quick",
    ]
    assert [one.licence for one in found] == ["MIT", "MIT", "Some"]
