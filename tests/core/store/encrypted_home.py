"""A home with a text in every place that can hold one, and a search for it in every file."""

from __future__ import annotations

import zlib
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import apsw

from app.core.store import Store, TakeRecord
from app.core.store.backups import back_up
from app.core.system.databases import DataKey, open_database
from app.core.system.paths import Paths

CANARY = "The canary of the coal mine sings 歌 on."
DAY = date(2026, 11, 28)
_FORMS = tuple(CANARY.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))


def fill(paths: Paths) -> None:
    """Write the canary into the store, a backup, older stores, former versions and prompts."""
    with closing(Store(paths.store_file)) as store:
        store.edit(store.begin("", ""), 0, 0, CANARY)
        store.take_snapshot("/a", CANARY, "saved")
        store.add_take(TakeRecord(journal="a" * 32, prompt=CANARY, text=CANARY))
        store.keep_former("/a", "utf-8", CANARY.encode())
        store.flush()
        back_up(paths.store_file, paths.backups, DAY)
    replaced = paths.data / "store.sqlite.replaced-1"
    replaced.write_bytes(paths.store_file.read_bytes())
    (paths.data / "store.sqlite.broken-1").write_bytes(b"SQLite format 3\0" + CANARY.encode())
    paths.snapshots.mkdir()
    (paths.snapshots / "novel.md").write_text(CANARY, encoding="utf-8")
    paths.cache.mkdir(parents=True, exist_ok=True)
    for ending in ("", "-wal"):
        index = paths.search_index.with_name(paths.search_index.name + ending)
        index.write_bytes(b"SQLite format 3\0" + CANARY.encode())
    prompts = paths.engine_cache / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "a.prompt").write_text(CANARY, encoding="utf-8")


def found_in(*places: Paths | Path) -> list[str]:
    """The files that hold the canary, plain or in what zlib has compressed."""
    folders = list[Path]()
    for place in places:
        folders += [place] if isinstance(place, Path) else [place.config, place.data, place.cache]
    files = [folder for folder in folders if folder.is_file()]
    files += [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if holds_canary(path.read_bytes())]


def holds_canary(data: bytes, forms: tuple[bytes, ...] = _FORMS) -> bool:
    """Whether the canary is in the data, as UTF-8 or UTF-16, also within a stream of zlib's."""
    if any(form in data for form in forms):
        return True
    start = data.find(b"\x78")
    while start >= 0:
        if data[start + 1 : start + 2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
            unpacker = zlib.decompressobj()
            try:
                unpacked = unpacker.decompress(data[start : start + 1_000_000], 1_000_000)
            except zlib.error:
                unpacked = b""
            if any(form in unpacked for form in forms):
                return True
        start = data.find(b"\x78", start + 1)
    return False


def rows_of(paths: Paths, key: DataKey | None) -> dict[str, Any]:
    """Every row of the store."""
    with closing(open_database(paths.store_file, key, readonly=True)) as found:
        return _rows(found)


def _rows(found: apsw.Connection) -> dict[str, Any]:
    tables: list[Any] = found.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    assert found.pragma("integrity_check") == "ok"
    rows: dict[str, Any] = {
        name: found.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()  # our own schema's
        for (name,) in tables
    }
    return rows | {"version": found.pragma("user_version")}
