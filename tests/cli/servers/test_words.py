"""`lampblack servers`: what is kept of a server, and what is said of it, without asking it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import program
from app.core.system.secret_store import SecretStore
from app.engine.server_child import read_certificates

PEM = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----"
KEY = "sk-canary-of-this-test"


class FakeKeyring:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, _service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, _service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, _service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    found = FakeKeyring()
    monkeypatch.setattr(program, "SecretStore", lambda: SecretStore(lambda: found))
    return found


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "SecretStore", lambda: SecretStore(lambda: None))


def test_a_server_is_added_listed_and_removed(run: Any, keyring: FakeKeyring) -> None:
    words = ("office", "http://192.168.1.7:8000/v1/", "--model", "big", "--mask", "on")
    added = run("servers", "add", *words)
    assert added.code == 0
    assert "leaves this machine: it is sent to http://192.168.1.7:8000." in added.err
    assert "not encrypted" in added.err
    run("servers", "add", "own", "http://127.0.0.1:1")
    (office, own) = json.loads(run("servers", "list", "--json").out)
    assert office == {
        "name": "office", "address": "http://192.168.1.7:8000", "model": "big", "masks": True,
        "certificate": "", "leaves_machine": True,
    }  # fmt: skip
    assert (own["masks"], own["leaves_machine"]) == (None, False)
    lines = run("servers", "list").out.splitlines()
    assert lines == [
        "office  http://192.168.1.7:8000  text leaves this machine, model big, "
        "names and numbers masked",
        "own  http://127.0.0.1:1  on this machine, not masked",
    ]
    assert run("servers", "remove", "OFFICE").code == 0
    assert [one["name"] for one in json.loads(run("servers", "list", "--json").out)] == ["own"]


def test_a_server_on_this_machine_warns_of_nothing(run: Any) -> None:
    assert run("servers", "add", "own", "http://127.0.0.1:1").err == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "a", "http://8.8.8.8"), "8.8.8.8 is on the internet, where plain http can be"),
        (("add", "a", "box:80"), "cannot be used"),
        (("add", "a://b", "http://127.0.0.1"), "cannot be an address"),
        (("add", "a", "http://127.0.0.1", "--mask", "no"), "invalid choice"),
        (("add", "a", "http://127.0.0.1", "--certificate", "c.pem"), "begins with https://"),
        (("add", "a", "https://box.example", "--certificate", "/no/file"), "cannot be read"),
        (("add", "one", "http://127.0.0.1:2"), "named 'one' already (http://127.0.0.1:1)"),
        (("remove", "none"), "There is no server named 'none'. There are: one."),
        (("key", "one"), "There is no terminal"),
        (("key", "one", "--key-stdin"), "There is no key on standard input."),
        (("test", "none"), "There is no server named 'none'"),
        (("names", "add", "[x]"), "cannot be masked as a name"),
        (("names", "remove", "x"), "The name 'x' is not on the list."),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    run: Any, own_home: Path, one_sentence: Any, words: tuple[str, ...], said: str
) -> None:
    run("servers", "add", "one", "http://127.0.0.1:1")
    file = own_home / "config" / "servers.json"
    before = file.read_bytes()
    outcome = run("servers", *words, stdin=b"")
    assert outcome.code in (1, 2)
    assert one_sentence(outcome.err)
    assert said in outcome.err
    assert file.read_bytes() == before
    assert not (own_home / "config" / "settings.toml").exists()


def test_a_name_that_begins_like_this_machine_s_number_is_another_machine(run: Any) -> None:
    outcome = run("servers", "add", "a", "http://127.box.example")
    assert "leaves this machine" in outcome.err
    assert "names and numbers masked" in outcome.out


@pytest.mark.parametrize(
    ("given", "said"),
    [(b"\xff\n", "a letter that no key can have"), (b"k" * 9000, "is too long")],
)
def test_what_is_no_key_is_not_kept(
    run: Any, keyring: FakeKeyring, given: bytes, said: str
) -> None:
    run("servers", "add", "office", "https://box.example")
    outcome = run("servers", "key", "office", "--key-stdin", stdin=given)
    assert outcome.code == 2
    assert said in outcome.err
    assert keyring.kept == {}


def test_a_name_over_plain_http_is_told_that_it_must_lead_to_a_local_network(run: Any) -> None:
    outcome = run("servers", "add", "a", "http://box.example")
    assert outcome.code == 0
    assert "used only while its name leads to this machine or a local network" in outcome.err


def test_a_key_is_in_the_keyring_and_nowhere_else(
    run: Any, keyring: FakeKeyring, own_home: Path
) -> None:
    words = ("add", "office", "https://box.example", "--key-stdin")
    added = run("servers", *words, stdin=f" {KEY}\n".encode())
    assert keyring.kept == {"https://box.example": KEY}
    listed = run("servers", "list", "--json")
    files = [path.read_bytes() for path in own_home.rglob("*") if path.is_file()]
    assert files
    assert all(KEY.encode() not in data for data in files)
    assert all(KEY not in text for one in (added, listed) for text in (one.out, one.err))
    assert run("servers", "key", "office", "--forget").out == "The key of office was forgotten.\n"
    assert keyring.kept == {}
    assert run("servers", "key", "office", "--key-stdin", stdin=b"other\n").code == 0
    run("servers", "add", "twin", "https://box.example")
    run("servers", "remove", "office")
    assert keyring.kept == {"https://box.example": "other"}, "the twin has the same key"
    run("servers", "add", "twin", "https://else.example", "--replace")
    assert keyring.kept == {}, "no key goes to another address"


def test_a_key_that_the_keyring_holds_on_to_is_not_said_to_be_forgotten(
    run: Any, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("servers", "add", "office", "https://box.example", "--key-stdin", stdin=b"key\n")

    def locked(*_: str) -> None:
        raise OSError("locked")

    monkeypatch.setattr(keyring, "delete_password", locked)
    outcome = run("servers", "key", "office", "--forget")
    assert (outcome.code, outcome.out) == (1, "")
    assert "did not let go of the key of office" in outcome.err
    removed = run("servers", "remove", "office").out
    assert removed == (
        "office was removed, but the keyring did not let go of the key for https://box.example.\n"
    )


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_a_key_is_not_kept_and_that_is_said(run: Any, own_home: Path) -> None:
    words = ("add", "office", "https://box.example", "--key-stdin")
    outcome = run("servers", *words, stdin=b"key\n")
    assert outcome.code == 1
    assert "There is no keyring here that could keep the key, so nothing was changed." in (
        outcome.err
    )
    assert "--server-key-stdin" in outcome.err
    assert not (own_home / "config" / "servers.json").exists()
    run("servers", "add", "office", "https://box.example")
    assert "no key was kept" in run("servers", "key", "office", "--forget").out


def test_names_are_listed_once_and_taken_off(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("王小明\n\nAnna   Bell\n")
    run("servers", "names", "add", "Zoë", f"@{file}", "Zoë")
    assert run("servers", "names", "list").out == "Zoë\n王小明\nAnna Bell\n"
    assert json.loads(run("servers", "names", "remove", "anna bell", "--json").out) == [
        "Zoë",
        "王小明",
    ]


def test_only_the_certificates_of_a_file_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "all.pem"
    secret = "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----"
    file.write_text(f"Büro\n{secret}\n{PEM}\n{PEM}\n", "utf-8")
    assert read_certificates(str(file)) == f"{PEM}\n{PEM}\n"


def test_the_doctor_names_servers_and_asks_none(
    run: Any, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.cli.test_doctor import DescribingClient

    run("servers", "add", "office", "https://box.example")
    run("servers", "names", "add", "Zoë")

    def fail(*_: str) -> None:
        raise AssertionError("the keyring was asked")

    monkeypatch.setattr(keyring, "get_password", fail)
    found = json.loads(run("doctor", "--json", new_client=DescribingClient).out)["servers"]
    assert found["servers"][0]["address"] == "https://box.example"
    assert (found["leaves_machine"], found["keeps_keys"], found["masked_names"]) == (True, True, 1)
    shown = run("doctor", new_client=DescribingClient).out
    assert "office  https://box.example  text leaves this machine, names and numbers masked" in (
        shown
    )
    assert "Names to mask: 1" in shown
