"""SQLite files with a key: nothing readable on the disk, and no way in without it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from app.core.system.databases import DataKey, copy_database, is_plain, open_database, wipe

CANARY = "canary-of-the-coal-mine"


def _filled(path: Path, key: DataKey | None) -> None:
    with closing(open_database(path, key)) as made:
        made.pragma("journal_mode", "wal")
        made.execute("CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT)")
        made.execute("INSERT INTO text (value) VALUES (?)", (CANARY,))


def _read(path: Path, key: DataKey | None) -> str:
    with closing(open_database(path, key, readonly=True)) as found:
        return str(found.execute("SELECT value FROM text").get)


def _on_disk(folder: Path) -> bool:
    return any(CANARY.encode() in path.read_bytes() for path in folder.iterdir())


def test_nothing_is_readable_while_it_is_open_and_after(tmp_path: Path) -> None:
    key = DataKey.new()
    with closing(open_database(tmp_path / "a", key)) as made:
        made.pragma("journal_mode", "wal")
        made.execute("CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT)")
        made.execute("INSERT INTO text (value) VALUES (?)", (CANARY,))
        assert (tmp_path / "a-wal").stat().st_size
        assert not _on_disk(tmp_path)
    assert not _on_disk(tmp_path)
    assert not is_plain(tmp_path / "a")
    _filled(tmp_path / "plain", None)  # the search would find it
    assert _on_disk(tmp_path)
    assert is_plain(tmp_path / "plain")


@pytest.mark.parametrize("other", [None, DataKey.new()])
def test_another_key_or_none_opens_nothing(tmp_path: Path, other: DataKey | None) -> None:
    _filled(tmp_path / "a", DataKey.new())
    with pytest.raises(apsw.NotADBError):
        _read(tmp_path / "a", other)


@pytest.mark.parametrize("source", [None, DataKey.new()])
@pytest.mark.parametrize("target", [None, DataKey.new()])
def test_a_copy_may_have_another_key(
    tmp_path: Path, source: DataKey | None, target: DataKey | None
) -> None:
    """Also what is only in the log yet; and a strange name is a name."""
    name = "a?key=b&#%41 ü"
    with closing(open_database(tmp_path / name, source)) as writing:
        writing.pragma("journal_mode", "wal")
        writing.execute("CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT)")
        writing.execute("INSERT INTO text (value) VALUES (?)", (CANARY,))
        writing.pragma("user_version", 7)
        copy_database(tmp_path / name, source, tmp_path / f"{name} copy", target)
    assert _read(tmp_path / f"{name} copy", target) == CANARY
    assert is_plain(tmp_path / f"{name} copy") is (target is None)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, f"{name} copy"]


def test_a_changed_byte_is_told(tmp_path: Path) -> None:
    key = DataKey.new()
    _filled(tmp_path / "a", key)
    data = bytearray((tmp_path / "a").read_bytes())
    data[5000] ^= 1
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(apsw.CorruptError):
        _read(tmp_path / "a", key)


def test_a_new_file_begins_with_the_salt_it_is_given(tmp_path: Path) -> None:
    key, salt = DataKey.new(), bytes(range(16))
    with closing(open_database(tmp_path / "a", key, salt=salt)) as made:
        made.execute("CREATE TABLE text (value TEXT)")
    assert (tmp_path / "a").read_bytes()[:16] == salt


def test_a_key_is_not_shown() -> None:
    key = DataKey.new()
    assert key.hex not in repr(key)
    assert str(key) == "DataKey(…)"
    assert DataKey.from_hex(key.hex) == key
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(b"short")


def test_a_wiped_file_is_overwritten_first(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(CANARY)
    (tmp_path / "link").hardlink_to(tmp_path / "a")
    wipe(tmp_path / "a")
    wipe(tmp_path / "missing")
    assert (tmp_path / "link").read_bytes() == bytes(len(CANARY))
    assert not (tmp_path / "a").exists()
