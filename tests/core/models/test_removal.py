from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.errors import HousekeepingError, ModelNotFoundError, NotAModelError
from app.core.models.checksums import files_of
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile, inspect
from app.core.models.removal import (
    add_in_place,
    disk_use,
    plan_removal,
    remove,
    reveal,
    take_off,
)
from app.core.options.settings_store import SettingsStore
from tests.core.conftest import WriteModel, open_library


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    path = tmp_path / "bin"
    path.mkdir()
    return path


@pytest.fixture
def trash(bin_folder: Path) -> Callable[[str], None]:
    """A trash that takes files by moving them."""

    def throw(path: str) -> None:
        shutil.move(path, bin_folder / Path(path).name)

    return throw


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
    write_gguf: Any, trash: Any, settings: SettingsStore, metadata: MetadataStore
) -> None:
    store = Path(os.environ["HOME"]) / ".lmstudio" / "models" / "a" / "b"
    store.mkdir(parents=True)
    write_gguf("tale.gguf", folder=store)
    settings.change(use_programs=("LM Studio",))
    library = open_library(lambda: settings.settings, metadata)
    (model,) = library.list()
    assert model.program == "LM Studio"
    plan = plan_removal(model)
    assert (plan.paths, plan.frees) == ((), 0)
    assert "belongs to LM Studio" in plan.sentence
    assert remove(model, trash=trash) == 0
    by_path = inspect(Path(model.path))  # even where its use was not agreed to
    assert remove(by_path, trash=trash) == 0
    take_off(model, settings, metadata)
    assert library.list() == ()
    assert Path(model.path).exists()
    add_in_place(Path(model.path), settings, metadata)
    assert len(library.list()) == 1


def test_what_was_added_and_is_gone_leaves_the_list(
    settings: SettingsStore, metadata: MetadataStore, tmp_path: Path
) -> None:
    settings.change(added_models=(str(tmp_path / "gone.gguf"), "/other.gguf"))
    library = open_library(lambda: settings.settings, metadata)
    gone = next(model for model in library.list() if model.name == "gone")
    assert plan_removal(gone).paths == ()
    take_off(gone, settings, metadata)
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


@pytest.mark.parametrize("name", ["--engine", "-style", "@x"])
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("has", [True, False])
def test_no_name_is_taken_for_a_flag_of_the_file_manager(
    tmp_path: Path, name: str, platform: str, has: bool
) -> None:
    with contextlib.chdir(tmp_path):
        Path(name).mkdir()
        command = reveal(Path(name), platform=platform, which=lambda tool: tool if has else None)
        assert not any(word.startswith(name) for word in command)
        assert any(
            word.endswith(name.replace("@", "%40")) or word.endswith(name) for word in command
        )


# Importing


def test_a_model_is_used_where_it_lies(
    write_model: WriteModel, settings: SettingsStore, metadata: MetadataStore, tmp_path: Path
) -> None:
    model = write_model()
    for _ in range(2):
        assert add_in_place(Path(model.path), settings, metadata) == model
    assert settings.settings.added_models == (model.path,)
    with pytest.raises(ModelNotFoundError):
        add_in_place(tmp_path / "gone.gguf", settings, metadata)
    (tmp_path / "odd-\udcff.gguf").write_bytes(Path(model.path).read_bytes())
    with pytest.raises(HousekeepingError, match="not valid text"):
        add_in_place(tmp_path / "odd-\udcff.gguf", settings, metadata)
    assert settings.settings.added_models == (model.path,)


def test_a_folder_that_only_holds_models_is_watched(
    write_model: WriteModel, settings: SettingsStore, metadata: MetadataStore, tmp_path: Path
) -> None:
    folder = Path(write_model().path).parent
    for _ in range(2):
        assert add_in_place(folder, settings, metadata) == folder
    assert settings.settings.watched_folders == (str(folder),)
    assert settings.settings.added_models == ()
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotAModelError, match="no model in"):
        add_in_place(tmp_path / "empty", settings, metadata)
