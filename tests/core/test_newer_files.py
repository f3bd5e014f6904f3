"""Every file with a version: one of a newer version is said to be so, and stays byte for byte."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from app.core.errors import CatalogueError, SettingsError
from app.core.models.catalogue import Catalogue, catalogue_file
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import inspect
from app.core.options.load_options import LoadOptions
from app.core.options.presets import Presets
from app.core.options.sampling import Sampling
from app.core.options.servers import SavedServer, SavedServers
from app.core.options.settings_store import SettingsStore, is_network_off
from app.core.store import Store, TakeRecord
from app.core.store.database import MIGRATIONS
from app.core.system.openmp import WaitingRecord, read_waiting, waiting_file
from app.tasks.batch.output import header_store
from tests.core.models.folders import write_folder

NEWER = "newer version of Lampblack"


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def raised(path: Path, mark: str) -> dict[str, bytes]:
    """Raise the number in a JSON file that this version wrote; what the folder holds then."""
    content = json.loads(path.read_bytes())
    content[mark] += 1
    path.write_text(json.dumps(content))
    return contents(path.parent)


def presets(path: Path) -> tuple[str, ...]:
    def use() -> tuple[str, ...]:
        found = Presets(path)
        with pytest.raises(SettingsError, match=NEWER):
            found.save("Other", Sampling(top_k=9))
        return found.problems

    Presets(path).save("Mine", Sampling(top_k=7))
    before = raised(path, "lampblack_presets")
    told = use()
    assert contents(path.parent) == before
    return told


def servers(path: Path) -> tuple[str, ...]:
    SavedServers(path).save(SavedServer(name="box", address="http://127.0.0.1:1"))
    before = raised(path, "lampblack_servers")
    found = SavedServers(path)
    with pytest.raises(SettingsError, match=NEWER):
        found.save(SavedServer(name="other", address="http://127.0.0.1:2"))
    assert contents(path.parent) == before
    return (found.problem,)


def metadata(path: Path) -> tuple[str, ...]:
    model = inspect(write_folder(path.parent / "model"))
    MetadataStore(path).change(model, title="Mine")
    before = raised(path, "lampblack_shelf")
    found = MetadataStore(path)
    with pytest.raises(SettingsError, match=NEWER):
        found.change(model, title="Other")
    assert contents(path.parent) == before
    return found.problems


def catalogue(path: Path) -> tuple[str, ...]:
    shutil.copyfile(catalogue_file(), path)
    before = raised(path, "version")
    found = Catalogue.read(catalogue_file(), path)
    assert found.entries
    assert contents(path.parent) == before
    with pytest.raises(CatalogueError, match=NEWER):
        Catalogue.read(path)
    return found.problems


@pytest.mark.parametrize("kind", [presets, servers, metadata, catalogue])
def test_a_newer_json_file_is_said_and_left(
    tmp_path: Path, kind: Callable[[Path], tuple[str, ...]]
) -> None:
    (told,) = kind(tmp_path / "file.json")
    assert NEWER in told


def test_newer_settings_are_used_as_far_as_they_are_known(tmp_path: Path) -> None:
    """What forbids the network still does."""
    file = tmp_path / "settings.toml"
    file.write_text(
        'lampblack_settings = 2\nnetwork = false\nfont_size = 20\nnovel = "x"\n'
        "measure = [1, 2]\n[load]\ncontext = 1024\nnovel = 1\n"
    )
    before = contents(tmp_path)
    store = SettingsStore(file)
    assert NEWER in store.problems[0]
    assert (store.settings.network, store.settings.font_size) == (False, 20)
    assert store.settings.load == LoadOptions(context=1024)
    assert is_network_off(file)
    with pytest.raises(SettingsError, match=NEWER):
        store.change(font_size=21)
    assert store.settings.font_size == 21, "it holds until the program ends"
    store.remember(model="x")
    assert contents(tmp_path) == before


def test_settings_of_this_version_may_name_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("lampblack_settings = 1\nfont_size = 20\n")
    store = SettingsStore(file)
    store.change(measure=60)
    assert store.problems == ()
    assert file.read_text() == "lampblack_settings = 1\nfont_size = 20\nmeasure = 60\n"


def test_how_threads_wait_is_left_to_the_newer_version(tmp_path: Path) -> None:
    record = waiting_file(tmp_path)
    record.write(b'{"setup": "s", "waiting": "passive"}')
    assert read_waiting(tmp_path) == WaitingRecord(setup="s", waiting="passive")
    record.write(b'{"form": 2, "setup": "s", "waiting": "passive", "novel": 1}')
    found = record.read(keep_damaged=False)
    assert (found.content, NEWER in found.lock) == (None, True)


def test_the_header_of_a_newer_batch_locks_it(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    header_store(out).write(b'{"format": 2, "batch": {"novel": 1}}')
    found = header_store(out).read(keep_damaged=False)
    assert (found.content, found.fault) == (None, "newer")
    assert NEWER in found.reason


def newer_store(folder: Path, *, crashed: bool) -> Path:
    """A store whose number was raised, in the file or only in the log that a crash left."""
    made, path = folder / "made" / "store.sqlite", folder / "data" / "store.sqlite"
    store = Store(made)
    store.add_take(TakeRecord(journal="j", text="a take"))
    store.close()
    connection = apsw.Connection(str(made))
    connection.pragma("user_version", len(MIGRATIONS) + 1)
    path.parent.mkdir()
    if not crashed:
        connection.close()
    for one in made.parent.glob("store.sqlite*"):
        shutil.copyfile(one, path.with_name(one.name))
    connection.close()
    return path


@pytest.mark.parametrize("crashed", [False, True])
def test_a_newer_store_is_said_and_left(tmp_path: Path, crashed: bool) -> None:
    path = newer_store(tmp_path, crashed=crashed)
    assert path.with_name("store.sqlite-wal").exists() == crashed
    version = struct.unpack(">I", path.read_bytes()[60:64])[0]
    assert version == len(MIGRATIONS) + (0 if crashed else 1)
    before = contents(path.parent)
    store = Store(path)
    store.begin("", "text")
    store.flush()
    assert (store.takes("j"), store.recoverable(), store.add_take(TakeRecord())) == ((), (), 0)
    store.close()
    (told,) = store.problems
    assert NEWER in told
    assert contents(path.parent) == before


def test_a_log_of_this_version_is_worked_in(tmp_path: Path) -> None:
    """What a crash of this version left in the log is not lost."""
    path = tmp_path / "store.sqlite"
    store = Store(path)
    store.add_take(TakeRecord(journal="j", text="a take"))
    copy = tmp_path / "copy" / "store.sqlite"
    copy.parent.mkdir()
    for one in tmp_path.glob("store.sqlite*"):
        shutil.copyfile(one, copy.with_name(one.name))
    store.close()
    again = Store(copy)
    assert [take.text for take in again.takes("j")] == ["a take"]
    again.close()
    assert again.problems == ()
