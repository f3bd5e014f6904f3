from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import app.core.copying as copying_module
from app.core.catalogue import Catalogue, CatalogueEntry, CatalogueFile
from app.core.copying import copy_in
from app.core.duplicates import duplicates
from app.core.errors import (
    CancelledError,
    DamagedModelError,
    HousekeepingError,
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
)
from app.core.housekeeping import (
    add_in_place,
    disk_use,
    plan_removal,
    remove,
    reveal,
    take_off,
)
from app.core.library import open_library
from app.core.model_files import files_of, verify
from app.core.models import ModelFile, inspect
from app.core.paths import Paths
from app.core.settings import SettingsStore
from app.core.shelf import Shelf
from app.core.verifying import verify_known

WriteModel = Callable[..., ModelFile]


@pytest.fixture
def shelf(own_home: Path) -> Shelf:
    return Shelf(Paths.here().shelf_file)


@pytest.fixture
def settings(own_home: Path) -> SettingsStore:
    return SettingsStore(Paths.here().settings_file)


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    path = tmp_path / "bin"
    path.mkdir()
    return path


@pytest.fixture
def trash(bin_folder: Path) -> Callable[[str], None]:
    """A trash that takes files by moving them."""
    return lambda path: shutil.move(path, bin_folder / Path(path).name) and None


@pytest.fixture
def write_model(write_gguf: Any, tmp_path: Path) -> WriteModel:
    return lambda name="tale.gguf", **more: inspect(write_gguf(name, **more))


@pytest.fixture
def split(write_gguf: Any, tmp_path: Path) -> ModelFile:
    """A model in three parts, with a file beside it that only looks like a fourth."""
    for number in (1, 2, 3):

        def change(writer: Any, number: int = number) -> None:
            writer.add_uint16("split.no", number - 1)
            writer.add_uint16("split.count", 3)

        write_gguf(f"big-0000{number}-of-00003.gguf", change=change)
    (tmp_path / "big-00004-of-00004.gguf").write_bytes(b"of another")
    return inspect(tmp_path / "big-00001-of-00003.gguf")


@pytest.fixture
def folder(tmp_path: Path) -> ModelFile:
    path = tmp_path / "Tiny"
    path.mkdir()
    (path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (path / "tokenizer.json").write_text("{}")
    raw = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    weights = struct.pack("<Q", len(raw)) + raw + bytes(16)
    (path / "model.safetensors").write_bytes(weights)
    return inspect(path)


def sha256(path: str | Path) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


# Files and disk use


def test_a_model_is_all_its_files_and_no_others(
    write_model: WriteModel, split: ModelFile, folder: ModelFile
) -> None:
    single = write_model()
    (Path(folder.path) / "my notes.odt").write_text("mine")
    assert [file.name for file in files_of(single)] == ["tale.gguf"]
    assert [file.name for file in files_of(split)] == [
        f"big-0000{n}-of-00003.gguf" for n in (1, 2, 3)
    ]
    assert [file.name for file in files_of(folder)] == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]


def test_disk_use_counts_a_file_once(
    write_model: WriteModel, split: ModelFile, tmp_path: Path
) -> None:
    one = write_model()
    os.link(one.path, tmp_path / "same.gguf")
    same = inspect(tmp_path / "same.gguf")
    gone = ModelFile(path=str(tmp_path / "gone.gguf"), name="gone", kind="gguf", size_bytes=9)
    use = disk_use([one, same, split, gone])
    assert use.models[one.path] == use.models[same.path] == one.size_bytes
    assert use.models[split.path] == split.size_bytes
    assert use.models[gone.path] == 0
    assert use.total == one.size_bytes + split.size_bytes


def test_holes_take_no_place(tmp_path: Path) -> None:
    path = tmp_path / "holes.gguf"
    with path.open("wb") as file:
        file.truncate(16 * 1024**3)
    model = ModelFile(path=str(path), name="holes", kind="gguf", size_bytes=16 * 1024**3)
    assert disk_use([model]).total < 1024**2


# Removing


def test_a_model_goes_to_the_trash(
    write_model: WriteModel, trash: Any, bin_folder: Path, tmp_path: Path
) -> None:
    model = write_model("虎 🐯.gguf")
    other = write_model("other.gguf")
    plan = plan_removal(model)
    assert plan.paths == (model.path,)
    assert plan.frees == model.size_bytes
    assert remove(model, trash=trash) == model.size_bytes
    assert [path.name for path in bin_folder.iterdir()] == ["虎 🐯.gguf"]
    assert Path(other.path).exists()


def test_the_systems_own_trash_takes_it(
    write_model: WriteModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import send2trash.plat_other as plat_other

    monkeypatch.setattr(plat_other, "XDG_DATA_HOME", os.fsencode(tmp_path / "share"))
    monkeypatch.setattr(plat_other, "HOMETRASH_B", os.fsencode(tmp_path / "share" / "Trash"))
    monkeypatch.setattr("send2trash.send2trash", plat_other.send2trash)
    Path(os.environ["HOME"]).mkdir()
    model = write_model()
    content = Path(model.path).read_bytes()
    assert remove(model) == len(content)
    assert not Path(model.path).exists()
    assert (tmp_path / "share" / "Trash" / "files" / "tale.gguf").read_bytes() == content


def test_a_full_disk_is_said_before_the_trash_leaves_half_a_note(
    write_model: WriteModel, trash: Any, bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_model()
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=4096))
    with pytest.raises(HousekeepingError, match="disk is full"):
        remove(model, trash=trash)
    assert Path(model.path).exists()
    assert list(bin_folder.iterdir()) == []


def test_all_parts_go_and_the_first_goes_last(
    split: ModelFile, trash: Any, bin_folder: Path, tmp_path: Path
) -> None:
    moved: list[str] = []

    def watched(path: str) -> None:
        moved.append(Path(path).name)
        trash(path)

    assert remove(split, trash=watched) == split.size_bytes
    assert moved == [f"big-0000{n}-of-00003.gguf" for n in (3, 2, 1)]
    assert (tmp_path / "big-00004-of-00004.gguf").exists()


def test_a_trash_that_fails_midway_says_how_far_it_came(split: ModelFile, trash: Any) -> None:
    def failing(path: str) -> None:
        if "00002" in path:
            raise OSError(28, "No space left on device")
        trash(path)

    with pytest.raises(HousekeepingError, match=r"no space left on device\. 1 of its 3 files"):
        remove(split, trash=failing)
    assert Path(split.path).exists()


def test_a_folder_goes_whole_only_when_it_holds_nothing_else(
    folder: ModelFile, trash: Any, bin_folder: Path
) -> None:
    notes = Path(folder.path) / "my notes.odt"
    notes.write_text("mine")
    assert len(plan_removal(folder).paths) == 3
    notes.unlink()
    assert plan_removal(folder).paths == (folder.path,)
    (Path(folder.path) / "drafts").mkdir()
    remove(folder, trash=trash)
    assert [path.name for path in Path(folder.path).iterdir()] == ["drafts"]


def test_a_loaded_model_stays(write_model: WriteModel, trash: Any) -> None:
    model = write_model()
    with pytest.raises(HousekeepingError, match="Unload it first"):
        remove(model, loaded=model.path, trash=trash)
    assert Path(model.path).exists()
    assert remove(model, loaded="/another.gguf", trash=trash)


def test_a_link_goes_and_its_file_stays(
    write_model: WriteModel, bin_folder: Path, tmp_path: Path
) -> None:
    model = write_model()
    link = tmp_path / "link.gguf"
    link.symlink_to(model.path)
    linked = inspect(link)
    assert remove(linked, trash=lambda path: Path(path).unlink()) == 0
    assert not link.is_symlink()
    assert Path(model.path).exists()


def test_what_another_program_keeps_is_only_taken_off_the_list(
    write_gguf: Any, trash: Any, settings: SettingsStore, shelf: Shelf
) -> None:
    store = Path(os.environ["HOME"]) / ".lmstudio" / "models" / "a" / "b"
    store.mkdir(parents=True)
    write_gguf("tale.gguf", folder=store)
    settings.change(use_programs=("LM Studio",))
    library = open_library(Paths.here(), lambda: settings.settings, shelf)
    (model,) = library.list()
    assert model.program == "LM Studio"
    plan = plan_removal(model)
    assert (plan.paths, plan.frees) == ((), 0)
    assert "belongs to LM Studio" in plan.sentence
    assert remove(model, trash=trash) == 0
    by_path = inspect(Path(model.path))  # even where nobody agreed to anything
    assert remove(by_path, trash=trash) == 0
    take_off(model, settings, shelf)
    assert library.list() == ()
    assert Path(model.path).exists()
    add_in_place(Path(model.path), settings, shelf)
    assert len(library.list()) == 1


def test_what_was_added_and_is_gone_leaves_the_list(
    settings: SettingsStore, shelf: Shelf, tmp_path: Path
) -> None:
    settings.change(added_models=(str(tmp_path / "gone.gguf"), "/other.gguf"))
    library = open_library(Paths.here(), lambda: settings.settings, shelf)
    gone = next(model for model in library.list() if model.name == "gone")
    assert plan_removal(gone).paths == ()
    take_off(gone, settings, shelf)
    assert settings.settings.added_models == ("/other.gguf",)


@pytest.mark.parametrize(
    ("platform", "has", "begins"),
    [
        ("linux", True, "dbus-send"),
        ("linux", False, "xdg-open"),
        ("darwin", False, "open"),
        ("win32", False, "explorer"),
    ],
)
def test_each_system_has_a_way_to_show_a_file(
    tmp_path: Path, platform: str, has: bool, begins: str
) -> None:
    path = tmp_path / "a, b 虎.gguf"
    command = reveal(path, platform=platform, which=lambda name: name if has else None)
    assert command[0] == begins
    if begins == "dbus-send":
        assert "array:string:file:///" in command[-2]
        assert "," not in command[-2]  # the command would take it for two files
    elif begins == "xdg-open":
        assert command[1] == str(tmp_path)
    else:
        assert command[-1] == str(path)


# Importing


def test_a_model_is_used_where_it_lies(
    write_model: WriteModel, settings: SettingsStore, shelf: Shelf, tmp_path: Path
) -> None:
    model = write_model()
    for _ in range(2):
        assert add_in_place(Path(model.path), settings, shelf) == model
    assert settings.settings.added_models == (model.path,)
    with pytest.raises(ModelNotFoundError):
        add_in_place(tmp_path / "gone.gguf", settings, shelf)
    (tmp_path / "odd-\udcff.gguf").write_bytes(Path(model.path).read_bytes())
    with pytest.raises(HousekeepingError, match="not valid text"):
        add_in_place(tmp_path / "odd-\udcff.gguf", settings, shelf)
    assert settings.settings.added_models == (model.path,)


@pytest.mark.parametrize("kind", ["single", "split", "folder"])
def test_a_copy_is_whole_and_leaves_the_original(
    kind: str, write_model: WriteModel, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model = write_model() if kind == "single" else request.getfixturevalue(kind)
    into = tmp_path / "own"
    told: list[tuple[int, int]] = []
    copy = copy_in(model, into, lambda done, total: told.append((done, total)))
    assert Path(copy.path).parent == into
    assert [sha256(f) for f in files_of(copy)] == [sha256(f) for f in files_of(model)]
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)
    assert not [path for path in into.iterdir() if path.name.startswith(".")]
    with pytest.raises(HousekeepingError, match="already something named"):
        copy_in(model, into)


def test_a_copy_that_ends_early_leaves_nothing(
    split: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = tmp_path / "own"
    calls = 0

    def after_a_while() -> bool:
        nonlocal calls
        calls += 1
        return calls > 3

    with pytest.raises(CancelledError):
        copy_in(split, into, cancelled=after_a_while)
    assert list(into.iterdir()) == []

    def no_sync(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(copying_module.os, "fsync", no_sync)
        with pytest.raises(HousekeepingError, match="no space left"):
            copy_in(split, into)
    assert list(into.iterdir()) == []
    real = Path.rename

    def fails_at_the_first(self: Path, target: Path) -> Path:
        if "00001" in target.name:
            raise OSError(5, "Input/output error")
        return real(self, target)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", fails_at_the_first)
        with pytest.raises(HousekeepingError, match="input/output error"):
            copy_in(split, into)
    assert list(into.iterdir()) == []


def test_a_copy_needs_room_before_it_begins(
    write_model: WriteModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_model()
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(copying_module.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(HousekeepingError, match="no room"):
        copy_in(model, tmp_path / "own")
    assert list((tmp_path / "own").iterdir()) == []


def test_what_a_killed_copy_left_is_swept_away_later(
    write_model: WriteModel, tmp_path: Path
) -> None:
    into = tmp_path / "own"
    stale, fresh, other = (into / f".lampblack-{n}.part" for n in ("old", "new", "file"))
    for work in (stale, fresh):
        work.mkdir(parents=True)
        (work / "half.gguf").write_bytes(b"half")
    other.write_bytes(b"a file")
    for path in (stale / "half.gguf", stale, other):
        os.utime(path, (1, 1))
    os.utime(fresh, (1, 1))
    copy = copy_in(write_model(), into)
    assert {path.name for path in into.iterdir()} == {
        Path(copy.path).name,
        fresh.name,
        other.name,
    }


def test_a_disk_that_gives_back_something_else_is_told(
    write_model: WriteModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_model()
    real = copying_module.blocks

    def forgetful(file: Path, cancelled: Any = None) -> Any:
        for block in real(file, cancelled):
            yield block if file == Path(model.path) else bytes(len(block))

    monkeypatch.setattr(copying_module, "blocks", forgetful)
    with pytest.raises(HousekeepingError, match="not what was written"):
        copy_in(model, tmp_path / "own")
    assert list((tmp_path / "own").iterdir()) == []


# Verifying


def catalogue_of(model: ModelFile, sha: str) -> Catalogue:
    entry = CatalogueEntry(
        id="tale",
        name="Tale",
        family="llama",
        engine="llama.cpp",
        repo="owner/tale",
        files=(CatalogueFile(path=Path(model.path).name, size_bytes=model.size_bytes, sha256=sha),),
        params_b=1.0,
        quantization="F32",
        licence="mit",
        context_length=512,
        kind="base",
        languages=("en",),
        good_for=("continue",),
        why="A test.",
        memory_bytes=1,
    )
    return Catalogue((entry,))


NOTHING = Catalogue(())


def damage(model: ModelFile) -> None:
    """Change the last byte of the weights, which no header tells."""
    path = Path(model.path)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def test_a_first_look_is_remembered_and_compared_with_later(
    write_model: WriteModel, shelf: Shelf, tmp_path: Path
) -> None:
    model = write_model()
    first = verify_known(model, shelf, NOTHING, tmp_path)
    assert (first.sha256, first.by) == (sha256(model.path), "")
    assert shelf.record(model).sha256 == first.sha256
    assert shelf.record(model).verified_at > 0
    assert verify_known(model, shelf, NOTHING, tmp_path).by == "the last time"
    damage(model)
    with pytest.raises(DamagedModelError, match="damaged or was changed"):
        verify_known(model, shelf, NOTHING, tmp_path)
    assert shelf.record(model).sha256 == first.sha256
    changed = verify_known(model, shelf, NOTHING, tmp_path, anew=True)
    assert shelf.record(model).sha256 == changed.sha256 == sha256(model.path)


def test_a_checksum_that_cannot_be_remembered_is_told(
    write_model: WriteModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    shelf, model = Shelf(tmp_path / "shelf.json"), write_model()
    monkeypatch.setattr("app.core.shelf.write_atomically", full)
    verdict = verify_known(model, shelf, NOTHING, tmp_path)
    assert verdict.sha256 == sha256(model.path)
    assert "no space left" in verdict.problem
    assert shelf.record(model).sha256 == ""


def test_the_catalogue_has_the_last_word(
    write_model: WriteModel, shelf: Shelf, tmp_path: Path
) -> None:
    model = write_model()
    known = catalogue_of(model, sha256(model.path))
    assert verify_known(model, shelf, known, tmp_path).by == "the catalogue"
    assert shelf.record(model).source == "tale"
    damage(model)
    for anew in (False, True):
        with pytest.raises(DamagedModelError):
            verify_known(model, shelf, known, tmp_path, anew=anew)


def test_a_store_names_its_blobs_by_their_checksum(write_gguf: Any, shelf: Shelf) -> None:
    path = write_gguf()
    blob = path.with_name("blobs") / f"sha256-{sha256(path)}"
    blob.parent.mkdir()
    path.rename(blob)
    model = inspect(blob)
    assert verify_known(model, shelf, NOTHING, blob.parent).by == "the name its store gave it"
    damage(model)
    with pytest.raises(DamagedModelError):
        verify_known(model, shelf, NOTHING, blob.parent)


def test_several_files_have_one_checksum_whatever_they_are_called(
    split: ModelFile, folder: ModelFile, tmp_path: Path
) -> None:
    told: list[int] = []
    whole = verify(split, progress=lambda done, total: told.append(total - done))
    assert told[-1] == 0
    for file in files_of(split):
        file.rename(file.with_name(file.name.replace("big", "renamed")))
    assert verify(inspect(tmp_path / "renamed-00001-of-00003.gguf"), whole) == whole
    weights = sha256(Path(folder.path) / "model.safetensors")
    verify(folder, files={"model.safetensors": weights, "absent.safetensors": "0" * 64})
    with pytest.raises(DamagedModelError, match=r"model\.safetensors"):
        verify(folder, files={"model.safetensors": "0" * 64})


def test_verifying_can_be_stopped(write_model: WriteModel) -> None:
    with pytest.raises(CancelledError):
        verify(write_model(), cancelled=lambda: True)


def test_only_a_model_is_verified(tmp_path: Path) -> None:
    path = tmp_path / "nonsense.gguf"
    with path.open("wb") as file:
        file.truncate(16 * 1024**3)
    model = ModelFile(path=str(path), name="nonsense", kind="gguf", size_bytes=16 * 1024**3)
    with pytest.raises(NotAModelError):
        verify(model)


# Duplicates


def test_the_same_content_twice_is_found(
    write_model: WriteModel, shelf: Shelf, tmp_path: Path
) -> None:
    one = write_model("one.gguf", tensors=3)
    shutil.copy(one.path, tmp_path / "copy.gguf")
    os.link(one.path, tmp_path / "name.gguf")
    alike = write_model("alike.gguf", tensors=3)
    damage(alike)
    other = write_model("other.gguf")
    models = [one, inspect(tmp_path / "copy.gguf"), inspect(tmp_path / "name.gguf"), alike, other]
    told: list[tuple[int, int]] = []
    (group,) = duplicates(models, shelf, lambda done, total: told.append((done, total)))
    assert [model.name for model in group] == ["one", "copy"]
    assert told[-1][0] == told[-1][1] == 2 * one.size_bytes
    with pytest.raises(CancelledError):
        duplicates(models, shelf, cancelled=lambda: True)


def test_what_samples_tell_apart_is_not_read(
    write_model: WriteModel, shelf: Shelf, tmp_path: Path
) -> None:
    one, other = write_model("one.gguf"), write_model("other.gguf")
    damage(other)
    told: list[int] = []
    assert duplicates([one, other], shelf, lambda done, _total: told.append(done)) == ()
    assert told == []


def test_a_known_checksum_is_believed_while_its_file_is_older(
    write_model: WriteModel, shelf: Shelf, tmp_path: Path
) -> None:
    one = write_model("one.gguf")
    shutil.copy(one.path, tmp_path / "copy.gguf")
    models = [one, inspect(tmp_path / "copy.gguf")]
    for model in models:
        os.utime(model.path, (1, 1))
        verify_known(model, shelf, NOTHING, tmp_path)
    told: list[int] = []
    assert len(duplicates(models, shelf, lambda done, _total: told.append(done))) == 1
    assert told == []
    os.utime(one.path, (2**31, 2**31))
    assert len(duplicates(models, shelf, lambda done, _total: told.append(done))) == 1
    assert told[-1] == one.size_bytes


def test_renamed_parts_are_duplicates_too(split: ModelFile, shelf: Shelf, tmp_path: Path) -> None:
    for file in files_of(split):
        shutil.copy(file, file.with_name(file.name.replace("big", "huge")))
    huge = inspect(tmp_path / "huge-00001-of-00003.gguf")
    assert duplicates([split, huge], shelf) == ((split, huge),)


def test_what_is_gone_is_nobodys_duplicate(
    write_model: WriteModel, shelf: Shelf, tmp_path: Path
) -> None:
    one, other = write_model("one.gguf"), write_model("other.gguf")
    Path(other.path).unlink()
    assert duplicates([one, other], shelf) == ()
    assert issubclass(HousekeepingError, LampblackError)
