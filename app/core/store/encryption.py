"""Encrypting what is kept, and taking that back: in steps, of which one decides.

The key file is what decides: with it the store is encrypted, without it the store is plain. Before
the file appears (or goes) the other store lies beside the present one, whole and checked; after it
the two only change their names. Whatever ends the program between two steps, `settle` goes on from
there, or back, at the next start, and needs no passphrase for it.

    setting     key.new · store.sqlite.encrypted · KEY FILE · store.sqlite replaced · the rest
    removing    the rest · store.sqlite.decrypted · KEY FILE GONE · store.sqlite replaced

The rest is everything else that holds texts: backups, stores that were replaced or damaged, former
versions in the folder of snapshots, and saved prompts, which are deleted. When setting, it comes
last, and is tried again with each unlocking until nothing plain is left.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import apsw

from app.core.errors import StoreError
from app.core.store.database import MIGRATIONS, damage_of
from app.core.store.instances import LIVE, alone
from app.core.store.passphrase import (
    check_passphrase,
    is_set,
    make_valid,
    new_key_file,
    write_key,
)
from app.core.system.databases import (
    DataKey,
    copy_database,
    is_plain,
    newest_version,
    open_database,
    wipe,
)
from app.core.system.files import lock_open_file, why
from app.core.system.paths import Paths
from app.core.system.sealed_files import SealedFiles

_ENCRYPTED, _DECRYPTED, _FORMER, _PART = ".encrypted", ".decrypted", ".former", ".part"
_STORE = "store.sqlite."  # what the names of its damaged and its replaced ones begin with
_HALVES = (_FORMER, _PART)
_LOGS = ("-wal", "-shm", "-journal")
_PROMPTS = (".prompt", ".part")


def encrypt(paths: Paths, passphrase: str, *, own: str = "") -> DataKey:
    """Set a passphrase: encrypt the store and all else, and return the key.

    The store is not open in this program, whose instance is `own`. Raises StoreError, with all as
    it was, where another program uses the store, it is damaged, or the disk refuses.
    """
    check_passphrase(passphrase)
    if is_set(paths.key_file):
        raise StoreError("There is a passphrase already.", "Change it instead.")
    key, new = DataKey.new(), new_key_file(paths.key_file)
    with _marked(paths), alone(paths.data / LIVE, own):
        try:
            write_key(new, passphrase, key)
            _copy_store(paths, None, key, _ENCRYPTED)
            _forget_copies(paths)
            _forget_readings(paths)
            make_valid(new, paths.key_file)
        except (apsw.Error, OSError) as error:
            raise StoreError(f"The store could not be encrypted: {_reason(error)}.") from error
        finally:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
                if not os.path.lexists(paths.key_file):
                    _clear(paths, _ENCRYPTED)
        settle(paths, is_alone=True)
        encrypt_rest(paths, key)
    return key


def decrypt(paths: Paths, key: DataKey, *, own: str = "") -> None:
    """Remove the passphrase: make the store and all else plain again.

    Raises StoreError as `encrypt` does, with the store as it was.
    """
    with _marked(paths), alone(paths.data / LIVE, own):
        try:
            _decrypt_copies(paths, key)
            SealedFiles(paths.sealed_files, key).write_out(paths.data)
            _copy_store(paths, key, None, _DECRYPTED)
            paths.key_file.replace(_removed(paths))
        except (StoreError, apsw.Error, OSError) as error:
            with contextlib.suppress(OSError):
                _clear(paths, _DECRYPTED)
            encrypt_rest(paths, key)
            if isinstance(error, StoreError):
                raise
            raise StoreError(f"The store could not be decrypted: {_reason(error)}.") from error
        settle(paths, is_alone=True)


def settle(paths: Paths, *, is_alone: bool = False) -> None:
    """Finish, or take back, what was being done when a program ended; before the store is opened.

    Raises StoreError where another program is at it just now, or the disk refuses.
    """
    lock = _lock_file(paths)
    if not is_alone:
        if not os.path.lexists(lock):
            return
        with _marked(paths):
            settle(paths, is_alone=True)
        return
    store, former = paths.store_file, _beside(paths.store_file, _FORMER)
    try:
        if os.path.lexists(paths.key_file):
            _clear(paths, _DECRYPTED)
            encrypted = _beside(store, _ENCRYPTED)
            if encrypted.exists():
                if store.exists():
                    store.replace(former)
                encrypted.replace(store)
            wipe(former)
        elif os.path.lexists(_removed(paths)):
            if (decrypted := _beside(store, _DECRYPTED)).exists():
                decrypted.replace(store)
            paths.sealed_files.unlink(missing_ok=True)
            _forget_copies(paths)
            paths.key_copy.unlink(missing_ok=True)
            _removed(paths).unlink()
        else:
            _clear(paths, _ENCRYPTED)
        new_key_file(paths.key_file).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"The store cannot be opened: {why(error)}.") from error


def encrypt_rest(paths: Paths, key: DataKey) -> tuple[Path, ...]:
    """Encrypt or delete what is still plain and not the store; returns what could not be."""
    left = []
    sealed = SealedFiles(paths.sealed_files, key)
    if is_plain(paths.search_index):
        _forget_copies(paths)
    for path in (*_listed(paths.backups, *_HALVES), *_listed(paths.data, *_HALVES)):
        _clear_half(path)
    for path in _databases(paths):
        if is_plain(path):
            try:
                _convert(path, None, key)
            except (apsw.Error, OSError):  # a damaged one is kept as the bytes that it is
                left += _seal(paths, sealed, path)
    for path in _listed(paths.snapshots):
        left += _seal(paths, sealed, path)
    return tuple(left)


def opens(paths: Paths, key: DataKey) -> bool:
    """Whether the store is encrypted with this key, or there is none yet."""
    if not paths.store_file.exists():
        return True
    try:
        with contextlib.closing(open_database(paths.store_file, key, readonly=True)) as found:
            found.pragma("user_version")
    except apsw.Error:
        return False
    return True


def _copy_store(paths: Paths, key: DataKey | None, target: DataKey | None, ending: str) -> None:
    """Make the other store beside the present one; nothing where there is none."""
    store = paths.store_file
    if not store.exists():
        return
    if newest_version(store) > len(MIGRATIONS):
        raise StoreError("The store was written by a newer version of Lampblack.")
    with contextlib.closing(open_database(store, key)) as connection:
        connection.pragma("journal_mode", "delete")  # what is only in its log comes into it
    if damage := damage_of(store, key):
        raise StoreError(f"The store is damaged ({damage}).", "Start Lampblack once, then try it.")
    part, made = _beside(store, ending + _PART), _beside(store, ending)
    part.unlink(missing_ok=True)
    copy_database(store, key, part, target)
    if damage := damage_of(part, target):
        raise StoreError(f"The copy of the store is damaged ({damage}).", "Check the disk.")
    part.replace(made)


def _convert(path: Path, key: DataKey | None, target: DataKey | None) -> None:
    """Give a database that nobody uses another key; raises apsw.Error or OSError."""
    part, former = _beside(path, _PART), _beside(path, _FORMER)
    part.unlink(missing_ok=True)
    try:
        copy_database(path, key, part, target)
        if damage := damage_of(part, target):
            raise apsw.CorruptError(damage)
        path.replace(former)
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    for ending in _LOGS:
        wipe(_beside(path, ending))
    wipe(former)


def _decrypt_copies(paths: Paths, key: DataKey) -> None:
    """Make the copies of the store plain; a damaged one stays as it is, which nobody can read."""
    for path in _databases(paths):
        if not is_plain(path):
            try:
                _convert(path, key, None)
            except apsw.Error:
                if path.parent == paths.backups:
                    raise


def _clear_half(path: Path) -> None:
    """After a kill while a copy got another key: remove what was half made, or its former file.

    One that had only lost its name gets that back.
    """
    whole = path.with_suffix("")
    with contextlib.suppress(OSError):
        if path.suffix == _FORMER and not whole.exists():
            path.replace(whole)
        elif path.suffix == _FORMER or is_plain(path) or path.name.startswith(_STORE):
            wipe(path)


def _seal(paths: Paths, sealed: SealedFiles, path: Path) -> list[Path]:
    """Keep a file among the sealed ones instead; returns it where that cannot be done."""
    try:
        sealed.write(path.relative_to(paths.data).as_posix(), path.read_bytes())
        for ending in ("", *_LOGS):
            wipe(_beside(path, ending))
    except OSError:
        return [path]
    return []


def _databases(paths: Paths) -> list[Path]:
    """Every copy of the store: the backups, and what was replaced or damaged."""
    beside = [
        path
        for path in _listed(paths.data)
        if path.name.startswith((f"{_STORE}replaced-", f"{_STORE}broken-"))
        and not path.name.endswith((*_LOGS, _FORMER, _PART))
    ]
    return [*_listed(paths.backups, ".sqlite"), *beside]


def _forget_copies(paths: Paths) -> None:
    """Delete the engine's saved prompts and the index of the search, which are made again."""
    index = paths.search_index
    indexes = (path for path in _listed(index.parent) if path.name.startswith(index.name))
    for path in (*_listed(paths.engine_cache / "prompts", *_PROMPTS), *indexes):
        with contextlib.suppress(OSError):
            wipe(path)


def _forget_readings(paths: Paths) -> None:
    """Delete copies of damaged stores that were being read when a program was killed."""
    for folder in paths.data.glob(".reading-*"):
        with contextlib.suppress(OSError):
            for path in _listed(folder):
                wipe(path)
            folder.rmdir()


def _listed(folder: Path, *endings: str) -> list[Path]:
    """The ordinary files in a folder, of these endings if there are any."""
    with contextlib.suppress(OSError):
        found = [path for path in sorted(folder.iterdir()) if path.is_file()]
        return [path for path in found if not endings or path.name.endswith(endings)]
    return []


def _clear(paths: Paths, ending: str) -> None:
    """Remove another store that did not take the present one's place."""
    for path in (_beside(paths.store_file, ending), _beside(paths.store_file, ending + _PART)):
        wipe(path)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _removed(paths: Paths) -> Path:
    return paths.key_file.with_suffix(".removed")


def _lock_file(paths: Paths) -> Path:
    return paths.data / "passphrase.lock"


@contextlib.contextmanager
def _marked(paths: Paths) -> Iterator[None]:
    """Hold the lock of those who set or remove a passphrase; raises StoreError for a second.

    The file stays where a step was not finished, which tells the next start of it.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    lock = _lock_file(paths)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock_open_file(handle)
        yield
        if os.name == "posix":  # while it is held; elsewhere an open file cannot be removed
            lock.unlink(missing_ok=True)
    except BlockingIOError:
        raise StoreError(
            "Another Lampblack is setting or removing the passphrase.", "Wait until it is done."
        ) from None
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    return why(error) if isinstance(error, OSError) else str(error).rstrip(".")
