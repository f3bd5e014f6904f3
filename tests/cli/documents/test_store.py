"""`lampblack store`: backups are listed and restored."""

from __future__ import annotations

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
    assert "Lampblack is running" in capsys.readouterr().err
    store.close()
    assert run_cli(["store", "backups"]) == 0
    assert capsys.readouterr().out.startswith("2026-11-28  ")
    assert run_cli(["store", "restore", "2026-11-27"]) == 2
    assert run_cli(["store", "restore", "2026-11-28"]) == 0
    assert "store.sqlite.replaced-1" in capsys.readouterr().out
    store = Store(paths.store_file)
    assert store.last_version("/a") == "One."
    store.close()
