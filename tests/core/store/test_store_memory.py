"""The store's memory: it does not grow with the takes that are kept for ever."""

from __future__ import annotations

from pathlib import Path

import apsw

from app.core.store.database import connect


def test_a_long_store_takes_little_memory(tmp_path: Path) -> None:
    connection = connect(tmp_path / "store.sqlite")
    connection.execute("BEGIN")
    for number in range(1000):
        values = (f"j{number}", "", 0, "x" * 2000, "", "y" * 500, "", 0, "stop", "{}", "{}", 0.0)
        connection.execute(f"INSERT INTO take VALUES (NULL{', ?' * len(values)})", values)
    connection.execute("COMMIT")
    assert (tmp_path / "store.sqlite-wal").stat().st_size > 2_500_000
    assert connection.status(apsw.SQLITE_DBSTATUS_CACHE_USED)[0] < 1_000_000
    connection.close()
