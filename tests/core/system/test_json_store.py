"""Small files of the program: what each fault leaves, and that nothing unread is overwritten."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from app.core.system.json_store import JsonStore, decode_table, encode_table


def decode(data: bytes) -> dict[str, Any]:
    return decode_table(data, "version", 2, "things")


@pytest.fixture
def store(tmp_path: Path) -> JsonStore[dict[str, Any]]:
    return JsonStore(tmp_path / "made" / "things.json", decode, limit=1000, backup=True)


def test_what_is_written_is_read(store: JsonStore[dict[str, Any]]) -> None:
    assert (store.read().fault, store.read().lock) == ("missing", "")
    store.write(encode_table({"雨": 1}, "version", 2, "things"))
    assert store.read().content == {"雨": 1}
    assert store.path.read_text("utf-8").startswith("{\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_another_programs_encodings_are_read(store: Any, encoding: str) -> None:
    store.write('{"version": 1, "things": {"é": 2}}'.encode(encoding))
    assert store.read().content == {"é": 2}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b"[" * 900, "not valid JSON"),
        (b"[]", "not a file of things"),
        (b'{"version": true, "things": {}}', "not a file of things"),
        (b'{"version": 0, "things": {}}', "not a file of things"),
        (b'{"version": 1, "things": []}', "not a file of things"),
        (b" " * 1001, "too long"),
    ],
)
def test_a_damaged_file_makes_room_for_its_backup(store: Any, data: bytes, reason: str) -> None:
    store.write(encode_table({"old": 1}, "version", 2, "things"))
    store.write(encode_table({"new": 1}, "version", 2, "things"))
    store.path.write_bytes(data)
    assert store.read(keep_damaged=False).fault == "damaged"
    assert store.path.read_bytes() == data
    found = store.read()
    assert (found.content, found.fault, found.lock) == ({"old": 1}, "damaged", "")
    assert reason in found.reason
    assert found.kept == "it was kept as things.json.broken"
    assert store.path.with_name("things.json.broken").read_bytes() == data


def test_a_newer_file_is_locked_and_stays(store: Any) -> None:
    data = b'{"version": 3, "things": {}}'
    store.write(data)
    found = store.read()
    assert (found.content, found.fault) == (None, "newer")
    assert "newer version" in found.lock
    assert store.path.read_bytes() == data


def test_what_cannot_be_read_or_renamed_is_locked(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.path.mkdir(parents=True)
    assert store.read().lock == "it is a folder"
    store.path.rmdir()
    store.write(b"?")

    def refuse(*_given: object) -> None:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr(Path, "rename", refuse)
    found = store.read()
    assert (found.fault, found.content) == ("damaged", None)
    assert found.lock == "it could not be renamed (read-only file system)"
