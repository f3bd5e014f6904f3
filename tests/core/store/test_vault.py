"""The passphrase: set, changed, removed, given and forgotten, with everything that is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.core.documents.text_files import new_document, open_document, save_document
from app.core.errors import LockedError, StoreError, WrongPassphraseError
from app.core.store import Store, passphrase
from app.core.store.backups import back_up, backups, restore
from app.core.store.database import MIGRATIONS
from app.core.store.vault import Vault
from app.core.system.databases import DataKey, open_database
from app.core.system.paths import Paths
from app.core.system.sealed_files import SealedFiles, SealedFolder
from app.core.system.secret_store import SecretStore
from tests.core.store.encrypted_home import CANARY, DAY, fill, found_in, rows_of
from tests.core.system.test_secret_store import FakeKeyring

WORDS = "correct horse battery"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "_N", 2**4)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def keyring() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
def vault(paths: Paths, keyring: FakeKeyring) -> Vault:
    fill(paths)
    assert len(found_in(paths)) >= 5, "the search finds what is plain"
    return Vault(paths, SecretStore(lambda: keyring))


def test_everything_is_encrypted_and_comes_back(vault: Vault, paths: Paths) -> None:
    before = rows_of(paths, None)
    vault.set(WORDS)
    assert found_in(paths) == []
    assert rows_of(paths, vault.key) == before
    assert not list((paths.engine_cache / "prompts").iterdir())
    vault.remove(WORDS)
    assert not vault.is_set
    assert vault.key is None
    assert rows_of(paths, None) == before
    assert (paths.snapshots / "novel.md").read_text() == CANARY
    assert (paths.data / "store.sqlite.broken-1").read_bytes().endswith(CANARY.encode())
    assert sorted(path.name for path in paths.data.iterdir()) == [
        "backups", "live", "snapshots", "store.sqlite", "store.sqlite.broken-1",
        "store.sqlite.replaced-1",
    ]  # fmt: skip


def test_only_the_passphrase_opens_it(vault: Vault, paths: Paths) -> None:
    vault.set(WORDS)
    key = vault.key
    again = Vault(paths, SecretStore(lambda: None))
    assert again.is_locked
    with pytest.raises(LockedError, match="locked"):
        _ = again.key
    for wrong in ("", "correct horse", WORDS + " ", WORDS.upper()):
        with pytest.raises(WrongPassphraseError):
            again.unlock(wrong)
    again.unlock(WORDS)
    assert again.key == key
    again.lock()
    assert again.is_locked


def test_a_passphrase_is_the_same_from_any_keyboard(vault: Vault, paths: Paths) -> None:
    vault.set("un café crème")
    Vault(paths, SecretStore(lambda: None)).unlock("un cafe\u0301 cre\u0300me")


def test_it_is_changed_at_once_and_the_key_stays(
    vault: Vault, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.set(WORDS)
    with pytest.raises(WrongPassphraseError):
        vault.change("another one", "something new")
    with pytest.raises(StoreError, match="at least 8"):
        vault.change(WORDS, "short")

    def refuse(*_what: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(passphrase, "write_atomically", refuse)
        with pytest.raises(StoreError, match="could not be changed: no space"):
            vault.change(WORDS, "something new")
    assert not passphrase.new_key_file(paths.key_file).exists()
    vault.change(WORDS, "something new")
    again = Vault(paths, SecretStore(lambda: None))
    with pytest.raises(WrongPassphraseError):
        again.unlock(WORDS)
    again.unlock("something new")
    assert again.key == vault.key


def test_it_is_set_and_removed_while_the_window_writes(vault: Vault, paths: Paths) -> None:
    """What is typed before, meanwhile and after is there, and nothing of it is readable."""
    with closing(Store(paths.store_file)) as store:
        journal = store.begin("", "")
        store.edit(journal, 0, 0, CANARY)
        vault.set(WORDS, store)
        store.edit(journal, len(CANARY), 0, f" and {CANARY}")
        store.flush()
        assert not store.problems
        assert found_in(paths) == []
    with closing(Store(paths.store_file, key=vault.key)) as store:
        assert [one.text for one in store.recoverable()][:1] == [f"{CANARY} and {CANARY}"]
        vault.remove(WORDS, store)
        assert len(store.recoverable()) == 2
    with closing(Store(paths.store_file)) as store:
        assert len(store.recoverable()) == 2


def test_a_suspended_store_keeps_what_comes_until_it_goes_on(vault: Vault, paths: Paths) -> None:
    vault.set(WORDS)
    key = vault.key
    with closing(Store(paths.store_file, key=key)) as store:
        journal = store.begin("", "")
        store.edit(journal, 0, 0, "before ")
        store.suspend()
        store.edit(journal, 7, 0, "meanwhile")
        store.take_snapshot("/b", "a version", "saved")
        store.flush()
        assert store.takes(journal) == ()
        assert store.snapshots("/b") == ()
        store.resume(key)
        assert len(store.snapshots("/b")) == 1
        assert not store.problems
    with closing(Store(paths.store_file, key=key)) as store:
        assert [one.text for one in store.recoverable()][:1] == ["before meanwhile"]


def test_another_window_is_told_first(vault: Vault, paths: Paths) -> None:
    with closing(Store(paths.store_file)):
        with pytest.raises(StoreError, match="Another window"):
            vault.set(WORDS)
        assert not vault.is_set
    before = rows_of(paths, None)
    vault.set(WORDS)
    with (
        closing(Store(paths.store_file, key=vault.key)),
        pytest.raises(StoreError, match="Another window"),
    ):
        vault.remove(WORDS)
    assert rows_of(paths, vault.key) == before


@pytest.mark.parametrize("step", ["copy_database", "make_valid", "write_key"])
def test_a_disk_that_refuses_leaves_all_as_it_was(
    vault: Vault, paths: Paths, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.store import encryption

    before, files = rows_of(paths, None), _files(paths)

    def refuse(*_what: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(encryption, step, refuse)
        with pytest.raises(StoreError, match="could not be encrypted: no space"):
            vault.set(WORDS)
    assert not vault.is_set
    Vault(paths, SecretStore(lambda: None))
    assert (rows_of(paths, None), _files(paths)) == (before, files)
    vault.set(WORDS)
    with monkeypatch.context() as patched:
        patched.setattr(encryption, "copy_database", refuse)
        with pytest.raises(StoreError, match="could not be decrypted: no space"):
            vault.remove(WORDS)
    assert rows_of(paths, vault.key) == before
    assert found_in(paths) == []


def test_damaged_and_newer_stores_are_told(vault: Vault, paths: Paths) -> None:
    with closing(open_database(paths.store_file)) as newer:
        newer.pragma("user_version", len(MIGRATIONS) + 1)
    with pytest.raises(StoreError, match="newer version"):
        vault.set(WORDS)
    paths.store_file.write_bytes(b"SQLite format 3\0" + bytes(9000))
    with pytest.raises(StoreError, match="could not be encrypted"):
        vault.set(WORDS)
    assert not vault.is_set


def test_a_newer_encrypted_store_is_left_alone(vault: Vault, paths: Paths) -> None:
    vault.set(WORDS)
    with closing(open_database(paths.store_file, vault.key)) as newer:
        newer.pragma("user_version", len(MIGRATIONS) + 1)
    before = paths.store_file.read_bytes()
    with closing(Store(paths.store_file, key=vault.key)) as store:
        store.flush()
        assert "newer version" in store.problems[0]
    assert paths.store_file.read_bytes() == before


def test_a_passphrase_of_a_newer_version_is_told(paths: Paths) -> None:
    paths.data.mkdir()
    (paths.data / "key-2.sqlite").touch()
    with pytest.raises(StoreError, match="newer version"):
        Vault(paths, SecretStore(lambda: None))


@pytest.mark.parametrize("place", [20, 700])
def test_a_damaged_key_file_comes_back_out_of_its_copy(
    vault: Vault, paths: Paths, place: int
) -> None:
    vault.set(WORDS)
    key, whole = vault.key, paths.key_file.read_bytes()
    data = bytearray(whole)
    data[place] ^= 1
    paths.key_file.write_bytes(data)
    with pytest.raises(WrongPassphraseError):
        vault.unlock("another one")
    vault.unlock(WORDS)
    assert vault.key == key
    assert paths.key_file.read_bytes() == whole
    paths.key_file.write_bytes(data)
    paths.key_copy.unlink()
    with pytest.raises(StoreError, match=r"cannot be read|not the passphrase"):
        vault.unlock(WORDS)


def test_the_former_passphrase_opens_no_copy(vault: Vault, paths: Paths) -> None:
    vault.set(WORDS)
    vault.change(WORDS, "something new")
    data = bytearray(paths.key_file.read_bytes())
    paths.key_file.write_bytes(data[:600])
    with pytest.raises(WrongPassphraseError):
        vault.unlock(WORDS)
    vault.unlock("something new")
    vault.remove("something new")
    assert not paths.key_copy.exists()


def test_the_keyring_has_the_key_only_where_that_is_wanted(
    vault: Vault, paths: Paths, keyring: FakeKeyring
) -> None:
    vault.set(WORDS)
    assert not keyring.kept
    again = Vault(paths, SecretStore(lambda: keyring))
    assert not again.unlock_remembered()
    assert vault.remember(is_on=True)
    assert again.unlock_remembered()
    assert again.key == vault.key
    vault.change(WORDS, "something new")
    assert Vault(paths, SecretStore(lambda: keyring)).unlock_remembered()
    assert vault.remember(is_on=False)
    assert not keyring.kept
    vault.remember(is_on=True)
    keyring.kept = dict.fromkeys(keyring.kept, DataKey.new().hex)
    assert not Vault(paths, SecretStore(lambda: keyring)).unlock_remembered()
    vault.remove("something new")
    assert not keyring.kept
    assert not Vault(paths, SecretStore(lambda: None)).remember(is_on=True)


def test_backups_are_encrypted_and_restored_with_the_key(vault: Vault, paths: Paths) -> None:
    vault.set(WORDS)
    before = rows_of(paths, vault.key)
    assert back_up(paths.store_file, paths.backups, DAY.replace(year=2027), vault.key)
    assert len(backups(paths.backups)) == 2
    for backup in backups(paths.backups).values():
        restore(paths.store_file, backup, vault.key, is_alone=True)
        assert rows_of(paths, vault.key) == before
    assert found_in(paths) == []


def test_a_save_keeps_the_longer_version_encrypted(paths: Paths, tmp_path: Path) -> None:
    folder = SealedFolder(SealedFiles(paths.sealed_files, DataKey.new()), "snapshots")
    own = tmp_path / "own.md"
    save_document(new_document(), f"{CANARY} " * 40, own, snapshots=folder)
    for number in range(25):
        save_document(open_document(own), "short", own, snapshots=folder)
        own.write_text(f"{CANARY} {number} {'x' * 500}")
    assert len(folder.names()) == 20
    own.unlink()
    assert found_in(paths) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.parametrize("word", ["set", "remove"])
def test_a_kill_at_any_step_leaves_the_old_or_the_new_state(tmp_path: Path, word: str) -> None:
    """At each file that is opened, renamed or removed; settled at the next start by itself."""
    script = Path(__file__).with_name("kill_encryption.py")
    command = [sys.executable, "-W", "error", str(script), word, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["steps"] > 20
    assert set(seen["states"]) == {"plain", "encrypted"}


def _files(paths: Paths) -> list[str]:
    found = {path.relative_to(paths.data).as_posix() for path in paths.data.rglob("*")}
    return sorted(found - {"passphrase.lock", "store.sqlite-wal", "store.sqlite-shm"})
