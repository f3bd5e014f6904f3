from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ParameterError, SettingsError
from app.core.models.metadata import MetadataStore, ModelRecord
from app.core.models.model_file import ModelFile
from app.core.options.settings import Settings
from app.core.system import files, json_store
from tests.core.conftest import open_library


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "shelf.json"


def model(path: str = "/models/tale.gguf", size: int = 10) -> ModelFile:
    return ModelFile(path=path, name="tale", kind="gguf", size_bytes=size)


def test_a_model_without_notes_has_an_empty_record(file: Path) -> None:
    assert MetadataStore(file).record(model()) == ModelRecord()
    assert not file.exists()


def test_what_is_noted_survives(file: Path) -> None:
    changes: dict[str, Any] = {
        "title": "Die Füchsin 🦊",
        "notes": "Gut für Dialoge.\nZweite Zeile.",
        "favourite": True,
        "sha256": "ab" * 32,
        "verified_at": 12.5,
        "source": "starter",
        "passport": {"says": ["good for: prose"]},
        "used_at": 3.0,
        "hidden": True,
    }
    written = MetadataStore(file).change(model(), **changes)
    assert written == ModelRecord(**changes)
    again = MetadataStore(file)
    assert again.record(model()) == written
    assert again.record(model(size=11)) == ModelRecord()
    assert again.record(model("/models/other.gguf")) == ModelRecord()


def test_a_name_that_is_not_text_is_remembered_all_the_same(file: Path) -> None:
    odd = model("/models/\udcff.gguf")
    MetadataStore(file).change(odd, title="odd")
    assert MetadataStore(file).record(odd).title == "odd"
    assert MetadataStore(file).record(model("/models/\udcfe.gguf")).title == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x" * 121},
        {"title": "two\nlines"},
        {"title": "\udcff"},
        {"title": 3},
        {"notes": "x" * 10_001},
        {"favourite": "yes"},
        {"passport": {1: 2}},
    ],
)
def test_what_cannot_be_changes_nothing(file: Path, changes: dict[str, Any]) -> None:
    metadata = MetadataStore(file)
    metadata.change(model(), title="before")
    content = file.read_bytes()
    with pytest.raises(ParameterError):
        metadata.change(model(), **changes)
    assert metadata.record(model()) == ModelRecord(title="before")
    assert file.read_bytes() == content


def test_an_empty_record_leaves_the_file(file: Path) -> None:
    metadata = MetadataStore(file)
    metadata.change(model(), favourite=True)
    metadata.change(model(), favourite=False)
    assert json.loads(file.read_bytes())["models"] == {}


def test_two_windows_do_not_overwrite_each_other(file: Path) -> None:
    one, other = MetadataStore(file), MetadataStore(file)
    one.change(model("/a", 1), title="A")
    other.change(model("/b", 1), title="B")
    assert one.record(model("/b", 1)).title == "B"
    one.change(model("/a", 1), favourite=True)
    assert MetadataStore(file).record(model("/a", 1)) == ModelRecord(title="A", favourite=True)
    assert MetadataStore(file).record(model("/b", 1)) == ModelRecord(title="B")


def test_threads_do_not_lose_each_others_words(file: Path) -> None:
    metadata = MetadataStore(file)
    threads = [
        threading.Thread(target=lambda n=n: metadata.change(model(f"/{n}", n), title=f"T{n}"))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [MetadataStore(file).record(model(f"/{n}", n)).title for n in range(8)] == [
        f"T{n}" for n in range(8)
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"lampblack_shelf": "x"}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_file_is_kept_renamed(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    metadata = MetadataStore(file)
    assert len(metadata.problems) == 1
    assert "shelf.json.broken" in metadata.problems[0]
    assert (file.parent / "shelf.json.broken").read_bytes() == content
    metadata.change(model(), title="new")
    assert MetadataStore(file).record(model()).title == "new"


def test_a_single_odd_value_costs_only_itself(file: Path) -> None:
    MetadataStore(file).change(model(), title="kept", notes="kept")
    content = json.loads(file.read_bytes())
    (entry,) = content["models"].values()
    entry |= {"favourite": "perhaps", "of_a_newer_version": 1}
    content["models"]["odd"] = 3
    file.write_text(json.dumps(content))
    metadata = MetadataStore(file)
    assert metadata.record(model()) == ModelRecord(title="kept", notes="kept")
    metadata.change(model("/other"), title="x")
    assert json.loads(file.read_bytes())["models"]["odd"] == 3


def test_a_newer_file_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b'{"lampblack_shelf": 2, "models": {}}')
    metadata = MetadataStore(file)
    assert "newer version" in metadata.problems[0]
    with pytest.raises(SettingsError, match="newer version"):
        metadata.change(model(), title="x")
    assert file.read_bytes() == b'{"lampblack_shelf": 2, "models": {}}'


def test_a_full_disk_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = MetadataStore(file)
    metadata.change(model(), title="before")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json_store, "write_atomically", full)
    with pytest.raises(SettingsError, match="no space left"):
        metadata.change(model(), title="after")
    assert metadata.record(model()).title == "before"


def test_a_title_names_the_model_everywhere(
    file: Path, own_home: Path, write_gguf: Any, tmp_path: Path
) -> None:
    path = write_gguf("tale.Q4.gguf")
    metadata = MetadataStore(file)
    library = open_library(lambda: Settings(added_models=(str(path),)), metadata)
    (before,) = library.list()
    metadata.change(before, title="Füchsin")
    (after,) = library.list()
    assert (after.name, after.own_name) == ("Füchsin", "tale.Q4")
    for name in ("füchsin", "FÜCH", "tale.q4", "tale.Q4.gguf", str(path)):
        assert library.resolve(name) == after
    assert metadata.record(after) == metadata.record(before)
    metadata.change(after, hidden=True)
    assert library.list() == ()


def test_who_only_asks_does_not_wait_for_the_disk(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = MetadataStore(file)
    metadata.change(model(), title="Old")
    began, go = threading.Event(), threading.Event()
    write = files.write_atomically

    def slow(path: Path, data: bytes, **more: bool) -> None:
        began.set()
        go.wait()
        write(path, data, **more)

    monkeypatch.setattr(json_store, "write_atomically", slow)
    thread = threading.Thread(target=lambda: metadata.change(model(), title="New"))
    thread.start()
    began.wait()
    assert metadata.record(model()).title == "Old"
    go.set()
    thread.join()
    assert metadata.record(model()).title == MetadataStore(file).record(model()).title == "New"
