"""`lampblack store`: backups are listed and restored."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from app.cli.main import run_cli
from app.core.store import Store
from app.core.store.backups import back_up
from app.core.system.paths import Paths


def test_a_backup_is_restored(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths.here()
    assert run_cli(["store", "backups"]) == 0
    assert "There is no backup yet" in capsys.readouterr().out
    assert run_cli(["store", "restore"]) == 2
    store = Store(paths.store_file)
    store.take_snapshot("/a", "One.", "saved")
    store.flush()
    back_up(paths.store_file, paths.backups, date(2026, 11, 28))
    store.take_snapshot("/a", "Two.", "saved")
    store.flush()
    assert run_cli(["store", "restore"]) == 1
    assert "uses the store" in capsys.readouterr().err
    store.close()
    assert run_cli(["store", "backups"]) == 0
    assert capsys.readouterr().out.startswith("2026-11-28  ")
    assert run_cli(["store", "restore", "2026-11-27"]) == 2
    assert run_cli(["store", "restore", "2026-11-28"]) == 0
    assert "store.sqlite.replaced-1" in capsys.readouterr().out
    store = Store(paths.store_file)
    assert store.last_version("/a") == "Two."  # it came after the backup
    store.close()
    assert run_cli(["store", "restore", "--alone"]) == 0
    store = Store(paths.store_file)
    assert store.last_version("/a") == "One."
    store.close()


def test_a_deleted_document_is_listed_and_restored(
    own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["store", "trash"]) == 0
    assert capsys.readouterr().out == "The trash is empty.\n"
    path = tmp_path / "One.md"
    path.write_bytes(b"Once.\r\n")
    store = Store(Paths.here().store_file)
    number = store.trash.put(path)
    store.close()
    assert run_cli(["store", "trash", "list"]) == 0
    assert str(path) in capsys.readouterr().out
    assert run_cli(["store", "trash", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "One.md"
    path.write_bytes(b"another")
    assert run_cli(["store", "trash", "restore", str(number)]) == 1
    assert "already a file" in capsys.readouterr().err
    other = tmp_path / "Two.md"
    assert run_cli(["store", "trash", "restore", str(number), "--to", str(other)]) == 0
    assert other.read_bytes() == b"Once.\r\n"
    assert path.read_bytes() == b"another"
    assert run_cli(["store", "trash", "restore", str(number)]) == 1
    assert run_cli(["store", "trash", "restore", "x"]) == 2
