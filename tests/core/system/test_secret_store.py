"""Secrets: in a keyring that encrypts, or only as long as the program runs."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from app.core.errors import ParameterError
from app.core.system import secret_store
from app.core.system.secret_store import SecretStore

HUB = "hub.example"


class FakeKeyring:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def _check(self) -> None:
        if self.is_locked:
            raise RuntimeError("locked")

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[service, username]


def test_a_token_is_kept_for_its_host_alone() -> None:
    keyring = FakeKeyring()
    assert SecretStore(lambda: keyring).keep(HUB, " a-token\n")
    again = SecretStore(lambda: keyring)
    assert again.get(HUB, False) == ""
    assert again.get(HUB) == "a-token"
    assert again.get("mirror.example") == ""
    assert again.forget(HUB)
    assert again.forget(HUB), "there is none to forget"
    assert SecretStore(lambda: keyring).get(HUB) == ""


def test_without_a_keyring_it_is_forgotten_with_the_program() -> None:
    here = SecretStore(lambda: None)
    assert not here.keep(HUB, "a-token")
    assert here.get(HUB, False) == "a-token"
    assert here.forget(HUB)
    assert here.get(HUB) == ""


def test_a_locked_keyring_is_no_trouble() -> None:
    keyring = FakeKeyring()
    keyring.is_locked = True
    here = SecretStore(lambda: keyring)
    assert here.get(HUB) == ""
    assert not here.keep(HUB, "a-token")
    assert not here.forget(HUB)


@pytest.mark.parametrize("token", ["", " ", "two words", "line\nbreak", "é", "x" * 501])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ParameterError):
        SecretStore(lambda: None).keep(HUB, token)


@pytest.mark.parametrize(
    ("module", "is_safe"),
    [
        ("keyring.backends.SecretService", True),
        ("keyring.backends.fail", False),
        ("keyring.backends.null", False),
        ("keyrings.alt.file", False),
    ],
)
def test_a_keyring_that_does_not_encrypt_is_not_used(
    module: str, is_safe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = type("Backend", (), {"__module__": module})()
    for found in (backend, SimpleNamespace(backends=[backend])):
        monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_keyring=lambda f=found: f))
        assert (secret_store.system_keyring() is not None) == is_safe
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert secret_store.system_keyring() is None
