"""The list of servers: what is kept of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.errors import LampblackError, SettingsError
from app.core.options.servers import SavedServer, SavedServers


def test_a_server_is_kept_under_its_name_with_its_address_as_it_is_used(tmp_path: Path) -> None:
    servers = SavedServers(tmp_path / "servers.json")
    office = SavedServer(name=" The  office ", address="https://Box.example:443/v1/", masks=False)
    kept = servers.save(office)
    assert (kept.name, kept.address, kept.masks) == ("The office", "https://box.example", False)
    servers.save(SavedServer(name="attic", address="http://127.0.0.1:8080", model="big"))
    again = SavedServers(tmp_path / "servers.json")
    assert [one.name for one in again.all()] == ["attic", "The office"]
    assert again.get("the OFFICE") == kept
    assert again.find("attic") is not None
    assert again.find("attic").is_loopback  # type: ignore[union-attr]  # it is there
    assert not kept.is_loopback


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.1", True), ("127.8.9.1", True), ("[::1]", True),
     ("127.box.example", False), ("10.0.0.7", False), ("localhost.example", False)],
)  # fmt: skip
def test_only_what_is_this_machine_counts_as_it(host: str, is_here: bool) -> None:
    assert SavedServer(name="a", address=f"http://{host}:8080").is_loopback is is_here


def test_saving_again_replaces_and_two_windows_keep_what_both_added(tmp_path: Path) -> None:
    one, other = SavedServers(tmp_path / "s.json"), SavedServers(tmp_path / "s.json")
    one.save(SavedServer(name="a", address="http://127.0.0.1:1"))
    other.save(SavedServer(name="b", address="http://127.0.0.1:2"))
    one.save(SavedServer(name="A", address="http://127.0.0.1:3"))
    kept = [(server.name, server.address) for server in SavedServers(tmp_path / "s.json").all()]
    assert kept == [("A", "http://127.0.0.1:3"), ("b", "http://127.0.0.1:2")]
    one.remove("B")
    assert [server.name for server in SavedServers(tmp_path / "s.json").all()] == ["A"]
    with pytest.raises(SettingsError, match="There are: A"):
        one.remove("b")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("", "http://127.0.0.1"),
        ("x" * 61, "http://127.0.0.1"),
        ("a\x00b", "http://127.0.0.1"),
        ("\ud800", "http://127.0.0.1"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("--json", "http://127.0.0.1"),
        ("box", "127.0.0.1:80"),
        ("box", "http://user:word@127.0.0.1"),
    ],
)
def test_what_cannot_be_a_server_is_refused_and_nothing_is_written(
    name: str, address: str, tmp_path: Path
) -> None:
    with pytest.raises(LampblackError):
        SavedServers(tmp_path / "s.json").save(SavedServer(name=name, address=address))
    assert not (tmp_path / "s.json").exists()


@pytest.mark.parametrize(
    "entry",
    [
        3,
        {},
        {"address": 3},
        {"address": "ftp://box"},
        {"address": "http://127.0.0.1", "key": "secret"},
        {"address": "http://127.0.0.1", "masks": "yes"},
    ],
)
def test_a_damaged_list_is_told_and_kept(entry: object, tmp_path: Path) -> None:
    path = tmp_path / "servers.json"
    path.write_text(json.dumps({"lampblack_servers": 1, "servers": {"box": entry}}))
    servers = SavedServers(path)
    assert servers.all() == ()
    assert "servers.json cannot be used" in servers.problem
    assert servers.problem.endswith(", and it is empty now.")
    assert len([*tmp_path.glob("servers*")]) == 1


def test_a_newer_list_is_neither_read_nor_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "servers.json"
    path.write_text(json.dumps({"lampblack_servers": 2, "servers": {}}))
    servers = SavedServers(path)
    assert "newer version" in servers.problem
    with pytest.raises(SettingsError, match="newer version"):
        servers.save(SavedServer(name="box", address="http://127.0.0.1"))
    assert json.loads(path.read_text())["lampblack_servers"] == 2
