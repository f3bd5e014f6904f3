"""From the passphrase to the key: the file that holds the store's key, encrypted with it.

What lies on the disk is encrypted with 32 random bytes, the data key. It is kept in a database of
its own, which is encrypted with what scrypt makes of the passphrase: so a passphrase is changed by
replacing that small file, whole or not at all, and a keyring can hold the data key. Both uses are
SQLite3 Multiple Ciphers' ChaCha20-Poly1305, whose authentication is also the check of the
passphrase; nothing here is a cipher of our own.

scrypt (RFC 7914) takes N = 2^17, r = 8, p = 1: 128 MiB and half a second or more for each guess, as
https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html has it. Its salt is
the 16 random bytes that such a file begins with and that are no secret. These are the parameters of
format 1, which the file's name says; others would be another number.
"""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from pathlib import Path

import apsw

from app.core.errors import StoreError, WrongPassphraseError
from app.core.system.databases import DataKey, open_database
from app.core.system.files import why, write_atomically

LEAST_LETTERS = 8
"""How long a passphrase must be."""

_N, _R, _P = 2**17, 8, 1
_MEMORY = 2 * 128 * _N * _R
_SALT = 16
_PAGE = 512  # the file has two of these
_NAME = re.compile(r"key-(\d+)\.sqlite")


def is_set(key_file: Path) -> bool:
    """Whether there is a passphrase; raises StoreError where a newer version has set it."""
    if os.path.lexists(key_file):
        return True
    with contextlib.suppress(OSError):
        for path in key_file.parent.iterdir():
            if _NAME.fullmatch(path.name):
                raise StoreError(
                    "The passphrase was set by a newer version of Lampblack.",
                    "Use that version; nothing was changed.",
                )
    return False


def check_passphrase(passphrase: str) -> None:
    """Raise StoreError for one that is too short to be set."""
    if len(passphrase) < LEAST_LETTERS:
        raise StoreError(
            f"A passphrase has at least {LEAST_LETTERS} characters.",
            "Several words are good, and easier to remember.",
        )


def read_key(key_file: Path, passphrase: str) -> DataKey:
    """The data key; takes half a second and 128 MiB.

    Raises WrongPassphraseError, or StoreError where the file cannot be read.
    """
    try:
        with key_file.open("rb") as file:
            salt = file.read(_SALT)
        wrapping = _derived(passphrase, salt)
        with contextlib.closing(open_database(key_file, wrapping, readonly=True)) as found:
            return DataKey(bytes(found.execute("SELECT data FROM key").get))
    except apsw.NotADBError:
        raise WrongPassphraseError(
            "That is not the passphrase.", "Capitals and spaces count, too."
        ) from None
    except (OSError, apsw.Error, ValueError, TypeError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise StoreError(
            f"{key_file} cannot be read: {reason}.", "Put it back out of a copy of your own."
        ) from error


def write_key(key_file: Path, passphrase: str, key: DataKey) -> None:
    """Write the data key, encrypted with a passphrase, into a new file; it is on disk after it.

    Raises apsw.Error or OSError, and what is left is for the caller to remove.
    """
    salt = os.urandom(_SALT)
    wrapping = _derived(passphrase, salt)
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key_file.unlink(missing_ok=True)
    with contextlib.closing(open_database(key_file, wrapping, salt=salt)) as made:
        made.pragma("page_size", _PAGE)
        made.execute("CREATE TABLE key (data BLOB NOT NULL)")
        made.execute("INSERT INTO key VALUES (?)", (bytes.fromhex(key.hex),))


def change_passphrase(key_file: Path, passphrase: str, new: str) -> None:
    """Give the key file another passphrase, whole or not at all; raises StoreError."""
    check_passphrase(new)
    key, part = read_key(key_file, passphrase), new_key_file(key_file)
    try:
        write_key(part, new, key)
        make_valid(part, key_file)
    except (apsw.Error, OSError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise StoreError(f"The passphrase could not be changed: {reason}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def make_valid(new: Path, key_file: Path) -> None:
    """Let what is in a new key file be the key from now on; raises OSError."""
    write_atomically(key_file, new.read_bytes())
    if os.name == "posix":
        with contextlib.suppress(OSError):
            key_file.chmod(0o600)


def new_key_file(key_file: Path) -> Path:
    """The name of a key file that is not valid yet."""
    return key_file.with_suffix(".new")


def _derived(passphrase: str, salt: bytes) -> DataKey:
    """What scrypt makes of a passphrase, in Unicode's composed form whatever keyboard typed it."""
    import hashlib  # OpenSSL's library, which a start without a passphrase does not need

    letters = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return DataKey(hashlib.scrypt(letters, salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32))
