from __future__ import annotations

import contextlib
import os
import pwd
from pathlib import Path

import pytest

from app import __main__ as program
from app.core.errors import SettingsError
from app.core.system.paths import Paths


def test_lampblack_home_holds_everything(tmp_path: Path) -> None:
    paths = Paths.here({"LAMPBLACK_HOME": str(tmp_path)})
    assert paths == Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache")
    files = {
        paths.settings_file: "config/settings.toml",
        paths.presets_file: "config/presets.json",
        paths.models: "data/models",
        paths.store_file: "data/store.sqlite",
        paths.snapshots: "data/snapshots",
        paths.logs: "data/logs",
    }
    for path, name in files.items():
        assert path == tmp_path / name


def test_a_relative_home_stays_where_it_was(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        paths = Paths.here({"LAMPBLACK_HOME": "portable"})
    assert paths.data == tmp_path / "portable" / "data"


def test_without_a_home_the_system_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAMPBLACK_HOME")
    paths = Paths.here()
    folders = (paths.config, paths.data, paths.cache)
    assert all("lampblack" in str(folder) for folder in folders)
    assert len(set(folders)) == len(folders) or paths.config == paths.data
    assert all(folder.is_relative_to(Path.home()) for folder in folders)


def test_asking_for_the_paths_makes_none_of_them(own_home: Path) -> None:
    Paths.here()
    assert not own_home.exists()


def test_a_user_without_any_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither HOME nor an entry among the system's users, as in some containers."""
    for name in [name for name in os.environ if name == "HOME" or name.startswith("XDG_")]:
        monkeypatch.delenv(name)

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(SettingsError, match=r"no home folder .* Set HOME, or LAMPBLACK_HOME"):
        Paths.here({})
    assert Paths.here({"LAMPBLACK_HOME": "/portable"}).data == Path("/portable/data")
    monkeypatch.setenv("LAMPBLACK_HOME", "/portable")
    program._fill_missing_home()
    assert Path.home() == Path("/portable")
