"""`lampblack licences`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from app.cli.main import run_cli
from app.core.system.paths import Paths
from tests.fake_pack import put_in_place

ROWS = [
    {"name": "one", "version": "1.0", "licence": "MIT", "text": "one.txt"},
    {"name": "longer", "version": "2", "licence": "Zlib", "text": "gone.txt"},
]


@pytest.fixture(autouse=True)
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bundle" / "licences"
    folder.mkdir(parents=True)
    (folder / "licences.json").write_text(json.dumps(ROWS))
    (folder / "one.txt").write_text("Permission is granted.")
    monkeypatch.setattr(sys, "_MEIPASS", str(folder.parent), raising=False)
    monkeypatch.setenv("LAMPBLACK_HOME", str(tmp_path / "home"))
    return folder


def test_every_component_has_a_line(capsys) -> None:
    assert run_cli(["licences"]) == 0
    assert capsys.readouterr().out == "one     1.0  MIT\nlonger  2    Zlib\n"


def test_the_text_of_one_is_written_whole(capsys) -> None:
    assert run_cli(["licences", "ONE"]) == 0
    assert capsys.readouterr().out == "one 1.0 (MIT)\n\nPermission is granted.\n"
    assert run_cli(["licences", "longer"]) == 0
    assert "The text of this licence cannot be read" in capsys.readouterr().out


def test_json_has_the_texts_only_of_what_is_named(capsys) -> None:
    assert run_cli(["licences", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0] == {"name": "one", "version": "1.0", "licence": "MIT", "pack": ""}
    assert run_cli(["licences", "one", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one == {**found[0], "text": "Permission is granted.", "problem": ""}


def test_an_unknown_name_and_a_damaged_list_are_sentences(capsys, bundled: Path) -> None:
    assert run_cli(["licences", "twø"]) == 2
    assert "no component named twø" in capsys.readouterr().err
    (bundled / "licences.json").write_text("{")
    assert run_cli(["licences"]) == 1
    assert "The list of licences cannot be read: it is damaged." in capsys.readouterr().err


def test_what_a_pack_has_besides_comes_last(capsys, tmp_path: Path, bundled: Path) -> None:
    pack = put_in_place(Paths.here().packs)
    folder = pack / "_internal" / "licences"
    shutil.copytree(bundled, folder)
    more = {"name": "torch", "version": "2", "licence": "BSD-3-Clause", "text": "one.txt"}
    (folder / "licences.json").write_text(json.dumps([*ROWS, more]))
    assert run_cli(["licences"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[-1] == "torch   2    BSD-3-Clause (PyTorch engine)"
    (folder / "licences.json").unlink()
    assert run_cli(["licences", "--json"]) == 0
    last = json.loads(capsys.readouterr().out)[-1]
    assert (last["name"], last["pack"]) == ("PyTorch engine", "PyTorch engine")
    assert run_cli(["licences", "PyTorch engine"]) == 0
    assert "cannot be read: it is missing" in capsys.readouterr().out
