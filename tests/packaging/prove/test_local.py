"""The self-test of an archive on the system that it is for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest


@pytest.fixture
def local(part):
    return part("prove.local")


def _report(passed: bool) -> str:
    steps = '[{"name": "write", "state": "passed", "seconds": 1.5, "found": ""}]'
    words = f'"passed": {str(passed).lower()}, "failed": "write", "problem": "no model"'
    return f'{{{words}, "is_frozen": true, "notes": [], "steps": {steps}}}'


def _zip(dist: Path) -> None:
    dist.mkdir()
    with zipfile.ZipFile(dist / "lampblack-1-windows-x86_64.zip", "w") as archive:
        archive.writestr("lampblack-1/lampblack-cli.exe", b"MZ")


@pytest.mark.parametrize(("passed", "code"), [(True, 0), (False, 1)])
def test_the_zip_s_self_test_runs_from_an_unusual_place(
    local, part, monkeypatch, capsys, tmp_path: Path, passed, code
) -> None:
    seen = []

    def run(_title, command):
        assert Path(command[0]).read_bytes() == b"MZ"
        seen.append(command)
        return part("prove.results").Ended(0 if passed else 1, _report(passed), "", 2.0)

    _zip(tmp_path / "dist")
    monkeypatch.setattr(local.sandbox, "run", run)
    assert local.prove(tmp_path / "dist", "win32") == code
    ((program, *words),) = seen
    assert words == ["selftest", "--json"]
    assert "写作" in program
    assert " " in program
    assert not Path(program).exists()
    said = capsys.readouterr().out
    assert ("1 passed, 0 failed" in said) is passed
    assert ("no model" in said) is not passed


def test_the_image_is_detached_even_when_the_test_fails(local, monkeypatch, tmp_path) -> None:
    calls = []
    monkeypatch.setattr(local, "_image", lambda *words: calls.append(words))
    opened = local.opened("dmg", tmp_path / "a.dmg")
    assert opened.__enter__().parts[-3:] == ("Contents", "MacOS", "lampblack")
    failure = ValueError("a test that fails")
    assert not opened.__exit__(ValueError, failure, None)
    assert [words[0] for words in calls] == ["attach", "detach"]
    assert "-readonly" in calls[0]


def test_one_archive_is_wanted(local, part, tmp_path: Path) -> None:
    with pytest.raises(part("machine").SetupError, match=r"0 of lampblack-\*\.dmg.*bundle dmg"):
        local.prove(tmp_path, "darwin")
