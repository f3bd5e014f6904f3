"""`lampblack packs`: what is listed, installed, fetched and removed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.core.system.paths import Paths
from app.engine.packs.installed import Packs
from tests.fake_pack import put_in_place, sound

NAME = "lampblack-torch-1.tar.xz"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return sound(folder / NAME)


def installed() -> list[str]:
    """The kinds of packs that are there and sound."""
    return [pack.kind for pack in Packs(Paths.here().packs).all() if not pack.problem]


def test_nothing_is_installed(run: Any) -> None:
    outcome = run("packs", "list")
    assert (outcome.code, outcome.out) == (0, "")
    assert "GGUF models do not need it" in outcome.err
    assert json.loads(run("packs", "list", "--json").out) == []


def test_a_pack_is_installed_listed_and_removed(run: Any, archive: Path) -> None:
    outcome = run("packs", "install", str(archive), "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert (found["kind"], found["problem"]) == ("torch", "")
    assert found["versions"]["torch"] == "2.13.0"
    assert json.loads(run("packs", "list", "--json").out) == [found]
    assert "torch 2.13.0, transformers 5.23.0" in run("packs", "list").out
    assert run("packs", "remove", "torch", stdin=b"").code == 2
    assert installed() == ["torch"]
    assert "was removed" in run("packs", "remove", "torch", "--yes").out
    assert installed() == []


def test_what_cannot_be_installed_is_one_sentence(
    run: Any, archive: Path, one_sentence: Any
) -> None:
    for words in (
        ("packs", "install", str(archive), "--sha256", "0" * 64),
        ("packs", "install", str(archive.with_name("none.tar.xz"))),
        ("packs", "install", str(sound(archive, protocol=1))),
        ("packs", "remove", "torch", "--yes"),
    ):
        outcome = run(*words)
        assert outcome.code == 1
        assert one_sentence(outcome.err), outcome.err
    for words in (
        ("packs", "remove", "cuda", "--yes"),
        ("packs", "install", str(archive), "--sha256", "short"),
        ("packs", "get", "file:///etc/passwd", "--yes"),
        ("packs", "get", "http://example.org/lampblack-torch-1.tar.xz", "--yes"),
        ("packs", "get", "https://example.org/", "--yes"),
        ("packs", "get", "https://example.org/other.tar.xz", "--yes"),
        ("packs", "get", "https://example.org/lampblack-torch-1.tar.xz/", "--yes"),
        ("packs", "get", "https://[x/lampblack-torch-1.tar.xz", "--yes"),
    ):
        outcome = run(*words)
        assert outcome.code == 2, words
        assert one_sentence(outcome.err), outcome.err
    assert installed() == []


def test_the_doctor_lists_packs_and_says_what_is_wrong(run: Any) -> None:
    from tests.cli.test_doctor import DescribingClient

    assert "Packs: none is installed" in run("doctor", new_client=DescribingClient).out
    put_in_place(Paths.here().packs, protocol=1)
    out = run("doctor", new_client=DescribingClient).out
    assert "PyTorch engine  1, torch 2.13.0" in out
    assert "older version of Lampblack" in out.partition("Missing:")[2]
    report = json.loads(run("doctor", "--json", new_client=DescribingClient).out)
    assert report["packs"][0]["protocol"] == 1


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """A web server on this machine; its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    serving = Thread(target=server.serve_forever, args=[0.01])
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def test_a_pack_is_fetched_with_the_checksum_beside_it(run_program: Any, archive: Path) -> None:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    with site(archive.parent) as address:
        outcome = run_program("packs", "get", f"{address}/{NAME}", "--yes")
        assert outcome.code == 1
        assert "does not have" in outcome.err
        assert "catalogue" not in outcome.err
        assert "say which SHA-256" in outcome.err
        archive.with_name(f"{NAME}.sha256").write_text("<html>" * 1000)
        outcome = run_program("packs", "get", f"{address}/{NAME}", "--yes")
        assert outcome.code == 1
        assert "larger than such a file can be" in outcome.err
        archive.with_name(f"{NAME}.sha256").write_text("<html>" * 100)
        outcome = run_program("packs", "get", f"{address}/{NAME}", "--yes")
        assert outcome.code == 1
        assert f"{NAME}.sha256 holds no SHA-256" in outcome.err
        archive.with_name(f"{NAME}.sha256").write_text(f"{digest}  {NAME}\n")
        outcome = run_program("packs", "get", f"{address}/{NAME}", "--yes", "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["kind"] == "torch"
    assert installed() == ["torch"]
    assert not (Paths.here().models / ".partial").exists(), (
        "what was fetched is not needed any more"
    )


def test_a_pack_with_another_checksum_than_named_is_not_installed(
    run_program: Any, archive: Path
) -> None:
    with site(archive.parent) as address:
        words = ("packs", "get", f"{address}/{NAME}", "--yes", "--sha256", "0" * 64)
        outcome = run_program(*words)
    assert outcome.code == 1
    assert "wrong checksum" in outcome.err
    assert installed() == []


def test_a_pack_that_cannot_be_used_does_not_stay_on_the_disk(
    run_program: Any, archive: Path
) -> None:
    sound(archive, protocol=1)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    with site(archive.parent) as address:
        outcome = run_program("packs", "get", f"{address}/{NAME}", "--yes", "--sha256", digest)
    assert outcome.code == 1
    assert "older version of Lampblack" in outcome.err
    assert not [*Paths.here().models.rglob(NAME)]


def test_nothing_is_fetched_where_the_settings_forbid_the_network(
    run_program: Any, own_home: Path
) -> None:
    settings = own_home / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("network = false\n")
    outcome = run_program("packs", "get", "https://example.org/lampblack-torch-1.tar.xz", "--yes")
    assert outcome.code == 1
    assert "forbid the network" in outcome.err
