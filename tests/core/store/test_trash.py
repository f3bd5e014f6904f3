"""The trash: a deleted document is kept, whole, with its history, and never over another file."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import apsw
import msgspec
import pytest

from app.core.errors import DocumentError, StoreError
from app.core.store import trash as module
from app.core.system import files
from tests.core.conftest import TAKE, Stores, rows

DAY_S = 86_400


def written(path: Path, data: bytes = b"Once upon a time.\r\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_document_goes_and_comes_back_byte_for_byte(stores: Stores, tmp_path: Path) -> None:
    store, path = stores.new(), written(tmp_path / "book" / "One.md", b"\xff\xfeO\0n\0e\0\r\0\n\0")
    path.chmod(0o640)
    number = store.trash.put(path, "utf-16-le")
    assert not path.exists()
    found = store.trash.documents()
    assert [(one.id, one.name, one.path) for one in found] == [(number, "One.md", str(path))]
    assert (found[0].encoding, found[0].size, found[0].versions) == ("utf-16-le", 12, 0)
    assert abs(found[0].deleted_at - time.time()) < 60
    path.parent.rmdir()
    assert store.trash.restore(number) == path
    assert path.read_bytes() == b"\xff\xfeO\0n\0e\0\r\0\n\0"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert store.trash.documents() == ()
    assert list(path.parent.iterdir()) == [path]


def test_the_bytes_are_on_disk_before_the_file_goes(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = stores.new(), written(tmp_path / "One.md")
    seen: list[object] = []

    def look(gone: Path) -> None:
        seen.append(rows(stores.path, "SELECT data FROM trash"))
        gone.unlink()

    monkeypatch.setattr(module, "remove_for_good", look)
    store.trash.put(path)
    assert seen == [[(b"Once upon a time.\r\n",)]]


def test_history_takes_and_marks_follow_to_another_place(stores: Stores, tmp_path: Path) -> None:
    store, path, other = stores.new(), written(tmp_path / "One.md"), tmp_path / "Other.md"
    store.take_snapshot(str(path), "Once.", "saved")
    store.take_snapshot(str(path), "Once upon.", "saved")
    store.keep_here(str(path))
    store.add_take(msgspec.structs.replace(TAKE, path=str(path)))
    number = store.trash.put(path)
    assert store.trash.documents()[0].versions == 2
    assert not store.has_history(str(path))
    assert store.histories() == ()
    written(path, b"A new one of that name.")
    store.take_snapshot(str(path), "A new one of that name.", "saved")
    store.add_take(msgspec.structs.replace(TAKE, path=str(path), text="of the new one"))
    assert store.trash.restore(number, other) == other
    assert [store.snapshot_text(one.id) for one in store.snapshots(str(other))] == [
        "Once.",
        "Once upon.",
    ]
    assert len(store.snapshots(str(path))) == 1
    assert [one.text for one in store.takes_of(str(other))] == [TAKE.text]
    assert [one.text for one in store.takes_of(str(path))] == ["of the new one"]
    assert store.is_kept_here(str(other))


def test_a_history_begun_in_its_place_gets_the_old_one_for_its_past(
    stores: Stores, tmp_path: Path
) -> None:
    store, path = stores.new(), written(tmp_path / "One.md")
    store.take_snapshot(str(path), "Old.", "saved")
    number = store.trash.put(path)
    written(path, b"New.")
    store.take_snapshot(str(path), "New.", "saved")
    path.unlink()
    store.trash.restore(number)
    assert {store.snapshot_text(one.id) for one in store.snapshots(str(path))} == {"Old.", "New."}


def test_no_file_is_ever_written_over(stores: Stores, tmp_path: Path) -> None:
    store, path = stores.new(), written(tmp_path / "One.md", b"old")
    number = store.trash.put(path)
    written(path, b"new")
    with pytest.raises(DocumentError, match="already a file"):
        store.trash.restore(number)
    (tmp_path / "link.md").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DocumentError, match="already a file"):
        store.trash.restore(number, tmp_path / "link.md")
    assert path.read_bytes() == b"new"
    assert store.trash.data(number) == b"old"


def test_a_file_that_appears_meanwhile_stays(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = stores.new(), written(tmp_path / "One.md", b"old")
    number = store.trash.put(path)
    real = os.link

    def late(part: Path, target: Path) -> None:
        written(target, b"another's")
        real(part, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(DocumentError, match="already a file"):
        store.trash.restore(number)
    assert path.read_bytes() == b"another's"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["One.md", "data"]


def test_what_changes_meanwhile_is_not_deleted(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = stores.new(), written(tmp_path / "One.md", b"old")
    store.take_snapshot(str(path), "old", "saved")
    real = files.read_regular

    def read(of: Path, limit: int) -> bytes:
        data = real(of, limit)
        written(path, b"newer")
        return data

    monkeypatch.setattr(module, "read_regular", read)
    with pytest.raises(DocumentError, match="has just changed it"):
        store.trash.put(path)
    assert path.read_bytes() == b"newer"
    assert store.trash.documents() == ()
    assert len(store.snapshots(str(path))) == 1


def test_what_cannot_be_deleted_is_not_in_the_trash_either(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = stores.new(), written(tmp_path / "One.md")

    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "remove_for_good", refuse)
    with pytest.raises(DocumentError, match="could not be deleted: permission denied"):
        store.trash.put(path)
    assert path.exists()
    assert store.trash.documents() == ()


def test_what_is_no_document_is_refused(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.new()
    with pytest.raises(DocumentError, match="There is no file"):
        store.trash.put(tmp_path / "none.md")
    with pytest.raises(DocumentError, match="folder"):
        store.trash.put(tmp_path)
    monkeypatch.setattr(module, "LARGEST", 3)
    path = written(tmp_path / "One.md")
    with pytest.raises(DocumentError, match="which the trash does not take"):
        store.trash.put(path)
    assert path.exists()
    with pytest.raises(StoreError, match="not in the trash"):
        store.trash.restore(7)


def test_a_store_that_refuses_keeps_the_file(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = stores.new(), written(tmp_path / "One.md")
    store.flush()

    def full(*_given: object) -> int:
        raise apsw.FullError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(module, "_put", full)
        with pytest.raises(StoreError, match="could not be kept"):
            store.trash.put(path)
    assert path.exists()
    number = store.trash.put(path)
    with monkeypatch.context() as broken:
        broken.setattr(module, "_take_back", full)
        assert store.trash.restore(number) == path
        assert path.read_bytes() == b"Once upon a time.\r\n"
        assert store.trash.documents() == ()  # also while the store cannot be written
        with pytest.raises(StoreError, match="not in the trash"):
            store.trash.restore(number, tmp_path / "again.md")
        assert rows(stores.path, "SELECT count(*) FROM trash") == [(1,)]
    store.flush()
    assert rows(stores.path, "SELECT count(*) FROM trash") == [(0,)]


def test_only_a_link_goes_where_a_link_is_deleted(stores: Stores, tmp_path: Path) -> None:
    store, path = stores.new(), written(tmp_path / "One.md")
    link = tmp_path / "link.md"
    link.symlink_to(path)
    store.take_snapshot(str(path), "Once.", "saved")
    number = store.trash.put(link)
    assert path.exists()
    assert len(store.snapshots(str(path))) == 1
    store.trash.restore(number)
    assert link.read_bytes() == path.read_bytes()


def test_what_is_older_than_thirty_days_goes_with_its_versions(
    stores: Stores, tmp_path: Path
) -> None:
    store, now = stores.new(), time.time()
    paths = [written(tmp_path / name) for name in ("One.md", "Two.md")]
    for path in paths:
        store.take_snapshot(str(path), "Once.", "saved")
        store.trash.put(path)
    assert store.trash.purge(now + 29 * DAY_S) == 0
    first = store.trash.documents()[1].id
    assert store.trash.delete(first)
    assert rows(stores.path, "SELECT count(*) FROM history") == [(1,)]
    assert store.trash.purge(now + 30 * DAY_S + 60) == 1
    assert store.trash.documents() == ()
    for table in ("history", "snapshot", "trash"):
        assert rows(stores.path, f"SELECT count(*) FROM {table}") == [(0,)]


def test_the_past_of_a_copy_stays(stores: Stores, tmp_path: Path) -> None:
    store, path = stores.new(), written(tmp_path / "One.md")
    store.take_snapshot(str(path), "Once.", "saved")
    store.flush()
    store.copy_history(str(path), str(tmp_path / "Copy.md"))
    store.trash.delete(store.trash.put(path))
    assert [one.words for one in store.snapshots(str(tmp_path / "Copy.md"))] == [1]
