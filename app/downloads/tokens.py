"""Tokens for gated repositories: kept in the system's keyring or not at all.

Without the library `keyring`, or where the system has no safe place, a token is forgotten when the
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
_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")
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


def is_token(text: str) -> bool:
    """Whether a text can be a token at all."""
    return _TOKEN.fullmatch(text.strip()) is not None


class HubTokens:
    """The token for each hub; one is never handed to another host than it was given for."""

    def __init__(self, find: Callable[[], Keyring | None] = system_keyring) -> None:
        self._find = find
        self._given: dict[str, str] = {}

    @cached_property
    def _keyring(self) -> Keyring | None:
        """Looked for when it is first needed: it takes a moment."""
        return self._find()

    @property
    def can_keep(self) -> bool:
        """Whether a token can outlive the program; the first look takes a moment."""
        return self._keyring is not None

    def get(self, host: str, needed: bool = True) -> str:
        """The token for a host; empty where there is none, or the keyring stays locked.

        The keyring is only asked for one that is needed: it may ask its user for a password.
        """
        if host in self._given or not needed:
            return self._given.get(host, "")
        kept = self._asked(lambda keyring: keyring.get_password(_SERVICE, host)) or ""
        return kept if _TOKEN.fullmatch(kept) else ""

    def use(self, host: str, token: str) -> None:
        """Take a token for as long as the program runs; raises ParameterError for no token."""
        if not is_token(token):
            raise ParameterError("That is no token.", "Copy it again from your account's page.")
        self._given[host] = token.strip()

    def keep(self, host: str, token: str) -> bool:
        """Take a token and keep it in the keyring; False where it could not be kept."""
        self.use(host, token)

        def keep(keyring: Keyring) -> bool:
            keyring.set_password(_SERVICE, host, token.strip())
            return True

        return self._asked(keep) is True

    def forget(self, host: str) -> None:
        """Forget the token, also in the keyring."""
        self._given.pop(host, None)
        self._asked(lambda keyring: keyring.delete_password(_SERVICE, host))

    def _asked(self, ask: Callable[[Keyring], _T]) -> _T | None:
        """What the keyring answers; None where there is none, or it fails."""
        try:
            return ask(self._keyring) if self._keyring is not None else None
        except Exception:  # noqa: BLE001 - backends raise what they like; no token is an answer
            return None
