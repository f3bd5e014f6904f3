"""Secrets: tokens of hubs and keys of servers, kept in the system's keyring or not at all.

Without the library `keyring`, or where the system has no safe place, a secret is forgotten when the
program ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Protocol, TypeVar, cast

from app.core.errors import ParameterError

_T = TypeVar("_T")
_SERVICE = "lampblack"
_SECRET = re.compile(r"[\x21-\x7e]{1,500}")
_UNSAFE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")


class Keyring(Protocol):
    """The little that is used of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, if there is one."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret."""


def system_keyring() -> Keyring | None:
    """The system's keyring; None where there is none that encrypts what it keeps."""
    try:
        import keyring
    except ImportError:
        return None
    found = keyring.get_keyring()
    chained = getattr(found, "backends", None) or [found]
    if any(type(backend).__module__.startswith(_UNSAFE) for backend in chained):
        return None
    return cast(Keyring, found)


def is_secret(text: str) -> bool:
    """Whether a text can be a token or key at all."""
    return _SECRET.fullmatch(text.strip()) is not None


class SecretStore:
    """The secret of each place; one is never handed to another place than it was given for.

    A place is the name of a hub's host, or the address of a server.
    """

    def __init__(self, find: Callable[[], Keyring | None] = system_keyring) -> None:
        self._find = find
        self._given: dict[str, str] = {}

    @cached_property
    def _keyring(self) -> Keyring | None:
        """Looked for when it is first needed: it takes a moment."""
        return self._find()

    @property
    def can_keep(self) -> bool:
        """Whether a secret can outlive the program; the first look takes a moment."""
        return self._keyring is not None

    def get(self, place: str, needed: bool = True) -> str:
        """The secret for a place; empty where there is none, or the keyring stays locked.

        The keyring is only asked for one that is needed: it may ask its user for a password.
        """
        if place in self._given or not needed:
            return self._given.get(place, "")
        kept = self._asked(lambda keyring: keyring.get_password(_SERVICE, place)) or ""
        return kept if _SECRET.fullmatch(kept) else ""

    def use(self, place: str, secret: str) -> None:
        """Take a secret for as long as the program runs; raises ParameterError for none."""
        if not is_secret(secret):
            raise ParameterError("That is no token or key.", "Copy it again whole.")
        self._given[place] = secret.strip()

    def keep(self, place: str, secret: str) -> bool:
        """Take a secret and keep it in the keyring; False where it could not be kept."""
        self.use(place, secret)
        return self.put(place, secret)

    def put(self, place: str, secret: str) -> bool:
        """Keep a secret in the keyring and nowhere else; False where it could not be kept."""

        def keep(keyring: Keyring) -> bool:
            keyring.set_password(_SERVICE, place, secret.strip())
            return True

        return self._asked(keep) is True

    def forget(self, place: str) -> bool:
        """Forget the secret, also in the keyring; False where that may still have it."""
        self._given.pop(place, None)
        self._asked(lambda keyring: keyring.delete_password(_SERVICE, place))
        gone = self._asked(lambda keyring: keyring.get_password(_SERVICE, place) is None)
        return self._keyring is None or gone is True

    def _asked(self, ask: Callable[[Keyring], _T]) -> _T | None:
        """What the keyring answers; None where there is none, or it fails."""
        try:
            return ask(self._keyring) if self._keyring is not None else None
        except Exception:  # noqa: BLE001 - backends raise what they like; none is an answer
            return None
