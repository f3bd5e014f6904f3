"""The passphrase of one program: whether there is one, its key while unlocked, and changing it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import LockedError, StoreError
from app.core.store import encryption, passphrase
from app.core.system.databases import DataKey
from app.core.system.files import write_atomically
from app.core.system.paths import Paths
from app.core.system.secret_store import SecretStore

if TYPE_CHECKING:
    from app.core.store.store import Store


class Vault:
    """Holds the key from unlocking to locking. Methods that take a passphrase take half a second.

    They and what sets or removes one may run on any thread, one at a time; all raise StoreError,
    for another passphrase WrongPassphraseError.
    """

    def __init__(self, paths: Paths, secrets: SecretStore) -> None:
        encryption.settle(paths)
        self._paths = paths
        self._secrets = secrets
        self._key: DataKey | None = None
        self.is_set = passphrase.is_set(paths.key_file)
        """Whether there is a passphrase, which nobody else changes while this program runs."""

    @property
    def is_locked(self) -> bool:
        """Whether there is a passphrase that was not given yet, or not again."""
        return self._key is None and self.is_set

    @property
    def key(self) -> DataKey | None:
        """The key of the store; None without a passphrase. Raises LockedError while locked."""
        if self.is_locked:
            raise LockedError("The store is locked with a passphrase.", "Unlock it first.")
        return self._key

    def unlock(self, typed: str) -> None:
        """Take the passphrase; a damaged key file is replaced by its copy."""
        _no_core_dumps()
        own, copy = self._paths.key_file, self._paths.key_copy
        try:
            self._key = passphrase.read_key(own, typed)
        except StoreError:
            if _content(copy) in (b"", _content(own)):
                raise
            self._key = passphrase.read_key(copy, typed)
            with suppress(OSError):
                write_atomically(own, _content(copy))

    def finish(self) -> int:
        """Encrypt what was left plain; returns how many files still are. May take long."""
        if self._key is None:
            return 0
        self._copy_key_file()
        return len(encryption.encrypt_rest(self._paths, self._key))

    def _copy_key_file(self) -> None:
        content = _content(self._paths.key_file)
        with suppress(OSError):
            if content and content != _content(self._paths.key_copy):
                self._paths.backups.mkdir(parents=True, exist_ok=True)
                write_atomically(self._paths.key_copy, content)

    def lock(self) -> None:
        """Forget the key, as far as Python forgets; the keyring may still have it."""
        self._key = None

    # The keyring

    def unlock_remembered(self) -> bool:
        """Take the key out of the system's keyring; False where it has none that fits."""
        try:
            key = DataKey.from_hex(self._secrets.get(self._place, self.is_remembered))
        except ValueError:
            return False
        _no_core_dumps()
        if not encryption.opens(self._paths, key):
            return False
        self._key = key
        return True

    @property
    def can_remember(self) -> bool:
        """Whether the system has a keyring; the first look takes a moment."""
        return self._secrets.can_keep

    @property
    def is_remembered(self) -> bool:
        """Whether the keyring was given the key; it is asked for it only then."""
        return self._mark.exists()

    def remember(self, *, is_on: bool) -> bool:
        """Keep the key in the keyring, or take it out; False where that could not be done."""
        try:
            if not is_on:
                was_on = self.is_remembered
                self._mark.unlink(missing_ok=True)
                return not was_on or self._secrets.forget(self._place)
            if self._key is None or not self._secrets.put(self._place, self._key.hex):
                return False
            self._mark.touch()
        except OSError:
            return False
        return True

    @property
    def _mark(self) -> Path:
        return self._paths.key_file.with_suffix(".remembered")

    @property
    def _place(self) -> str:
        return f"store {self._paths.store_file}"

    # Setting

    def set(self, typed: str, store: Store | None = None) -> None:
        """Set a passphrase and encrypt everything; `store` is the open one of this program."""

        def work() -> DataKey:
            self._key = encryption.encrypt(self._paths, typed, own=_instance(store))
            self.is_set = True
            self._copy_key_file()
            return self._key

        self._exclusively(work, store)

    def change(self, typed: str, new: str) -> None:
        """Give it another passphrase, at once and whole; the key stays, also in the keyring."""
        passphrase.read_key(self._paths.key_file, typed)
        with suppress(OSError):  # first: the former one must not open a copy later
            self._paths.key_copy.unlink(missing_ok=True)
        passphrase.change_passphrase(self._paths.key_file, typed, new)
        self._copy_key_file()

    def remove(self, typed: str, store: Store | None = None) -> None:
        """Make everything plain again."""
        key = passphrase.read_key(self._paths.key_file, typed)

        def work() -> None:
            encryption.decrypt(self._paths, key, own=_instance(store))
            self._key, self.is_set = None, False

        self._exclusively(work, store)
        self.remember(is_on=False)

    @staticmethod
    def _exclusively(work: Callable[[], DataKey | None], store: Store | None) -> None:
        if store is None:
            work()
        else:
            store.exclusively(work)


def _content(path: Path) -> bytes:
    """What a key file holds; nothing where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _no_core_dumps() -> None:
    """From now on, a crash of this process writes no memory into a file, which would hold texts."""
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _instance(store: Store | None) -> str:
    return store.instance if store is not None else ""
