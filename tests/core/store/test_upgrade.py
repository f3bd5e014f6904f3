"""Two versions on one home: a newer one has all that an older one wrote, and not the reverse.

The older program is this one without the latest migrations, which nothing that it is asked for
here needs: they are only ever added to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from app.core.options.presets import Presets
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.core.store import TakeRecord, database
from app.core.store.backups import restore
from tests.core.conftest import Stores, rows

BEFORE_VERSIONS = 3
"""How many migrations the store had before it kept versions of documents."""

NAME = "/写作/a novel.md"
TAKES = tuple(
    TakeRecord(
        journal="j",
        path=NAME,
        position=number,
        prompt="Es war",
        text=f"Take {number} 稿",
        model="tiny",
        seed=number,
        finish_reason="length",
        sampling='{"temperature": 0.7}',
        created_at=1000.0 + number,
    )
    for number in range(3)
)


@contextmanager
def older(version: int) -> Iterator[None]:
    """The program as it was when the store had this version."""
    with pytest.MonkeyPatch.context() as before:
        before.setattr(database, "MIGRATIONS", database.MIGRATIONS[:version])
        before.setattr(database, "take_over", lambda *_given: None)  # damaged stores were not noted
        yield


def write(stores: Stores, version: int) -> None:
    """What the older program leaves: takes, a former file, a mark, an unsaved text, settings."""
    with older(version):
        store = stores.new()
        for take in TAKES:
            store.add_take(take)
        if version >= 2:
            store.keep_former(NAME, "cp1252", b"\xe4lter")
        if version >= 3:
            store.keep_here(NAME)
        journal = store.begin(NAME, "Es war")
        store.edit(journal, 6, 0, " einmal 一次")
        store.flush()
        assert store.problems == ()
        store.close()
    home = stores.path.parent
    SettingsStore(home / "settings.toml").change(theme="dark", font_size=17)
    Presets(home / "presets.json").save("Mine", Sampling(top_k=7))
    assert version_of(stores.path) == version


def version_of(path: Path) -> int:
    return int(rows(path, "PRAGMA user_version")[0][0])


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def held(stores: Stores, version: int) -> None:
    """This program finds all of it."""
    store = stores.new()
    found = store.takes_of(NAME)
    assert tuple(take.text for take in found) == tuple(take.text for take in TAKES)
    assert {(take.seed, take.created_at, take.sampling) for take in found} == {
        (take.seed, take.created_at, take.sampling) for take in TAKES
    }
    assert [one.text for one in store.recoverable()] == ["Es war einmal 一次"]
    if version >= 2:
        assert [(one.encoding, one.data) for one in store.former_files(NAME)] == [
            ("cp1252", b"\xe4lter")
        ]
    assert store.is_kept_here(NAME) == (version >= 3)
    store.close()
    assert store.problems == ()
    home = stores.path.parent
    settings = SettingsStore(home / "settings.toml")
    assert (settings.settings.theme, settings.settings.font_size) == ("dark", 17)
    assert Presets(home / "presets.json").get("Mine").sampling.top_k == 7


VERSIONS = range(1, len(database.MIGRATIONS))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_home_of_every_older_version_opens_with_all_that_is_in_it(
    stores: Stores, version: int
) -> None:
    write(stores, version)
    held(stores, version)
    assert version_of(stores.path) == len(database.MIGRATIONS)
    store = stores.new()
    store.take_snapshot(NAME, "Es war einmal", "opened")
    store.flush()
    assert [one.words for one in store.snapshots(NAME)] == [3]
    store.close()
    held(stores, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_version_says_so_and_changes_no_file(stores: Stores, version: int) -> None:
    write(stores, version)
    held(stores, version)
    before = hashes(stores.path.parent)
    with older(version):
        store = stores.new()
        journal = store.begin(NAME, "other")
        store.edit(journal, 0, 0, "an")
        store.flush()
        assert (store.takes_of(NAME), store.recoverable()) == ((), ())
        assert store.add_take(TAKES[0]) == 0
        store.close()
        (told,) = store.problems
    assert "written by a newer version of Lampblack" in told
    assert hashes(stores.path.parent) == before
    held(stores, version)


def test_a_migration_that_fails_leaves_the_older_store(stores: Stores) -> None:
    write(stores, BEFORE_VERSIONS)
    before = rows(stores.path, "SELECT sql FROM sqlite_schema ORDER BY sql")
    with pytest.MonkeyPatch.context() as broken:
        wrong = (*database.MIGRATIONS[:-1], "CREATE TABLE take (id INTEGER)")
        broken.setattr(database, "MIGRATIONS", wrong)
        store = stores.new()
        store.flush()
        assert store.takes_of(NAME) == ()
        store.close()
        assert store.problems
    assert version_of(stores.path) == BEFORE_VERSIONS
    assert rows(stores.path, "SELECT sql FROM sqlite_schema ORDER BY sql") == before
    held(stores, BEFORE_VERSIONS)


def test_a_backup_of_an_older_version_is_brought_to_this_one(stores: Stores) -> None:
    write(stores, BEFORE_VERSIONS)
    backup = stores.path.with_name("store-2026-11-01.sqlite")
    source, target = apsw.Connection(str(stores.path)), apsw.Connection(str(backup))
    with target.backup("main", source, "main") as copying:
        copying.step()
    source.close()
    target.close()
    held(stores, BEFORE_VERSIONS)
    kept = restore(stores.path, backup, is_alone=True)
    assert kept is not None
    assert version_of(stores.path) == BEFORE_VERSIONS
    held(stores, BEFORE_VERSIONS)
    assert version_of(kept) == version_of(stores.path) == len(database.MIGRATIONS)
