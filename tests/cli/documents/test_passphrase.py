"""`lampblack store passphrase`: asked for on the terminal, never an argument."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.core.documents.text_files import open_document, save_document
from app.core.store import Store, passphrase
from app.core.system.databases import is_plain
from app.core.system.paths import Paths
from app.program import Program
from tests.cli.conftest import FakeStdin, RunWords

WORDS = "correct horse battery"
OTHER = "battery horse correct"

Types = Callable[..., None]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "_N", 2**4)


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Types:
    """What is typed when asked, in order; another question fails."""

    def answers(*given: str) -> None:
        left = list(given)
        monkeypatch.setattr(getpass, "getpass", lambda *_question: left.pop(0))

    answers()
    return answers


@pytest.fixture
def store(own_home: Path) -> Path:
    path = Paths.here().store_file
    with closing(Store(path)) as made:
        made.take_snapshot("/a", "One.", "saved")
    return path


def test_it_is_set_asked_for_changed_and_removed(run: RunWords, types: Types, store: Path) -> None:
    types(WORDS, WORDS)
    done = run("store", "passphrase", "set")
    assert done.code == 0
    assert "cannot be recovered" in done.err
    assert "encrypted now" in done.out
    assert not is_plain(store)
    assert run("store", "passphrase", "set").code == 1
    types("wrong", WORDS)
    listed = run("history", "/a")
    assert listed.code == 0
    assert "not the passphrase" in listed.err
    assert "saved" in listed.out
    types("wrong", "wrong", "wrong")
    assert run("history").code == 1
    types(WORDS, OTHER, OTHER)
    assert run("store", "passphrase", "change").code == 0
    types(WORDS)
    assert run("store", "passphrase", "remove").code == 1
    types(OTHER)
    assert run("store", "passphrase", "remove").code == 0
    assert is_plain(store)
    types()
    assert run("history", "/a").code == 0


def test_what_is_typed_wrong_changes_nothing(run: RunWords, types: Types, store: Path) -> None:
    types("short")
    assert "at least 8" in run("store", "passphrase", "set").err
    types(WORDS, OTHER)
    assert "not the same" in run("store", "passphrase", "set").err
    types()
    assert "There is no passphrase" in run("store", "passphrase", "change").err
    assert "There is no passphrase" in run("store", "passphrase", "remove").err
    assert is_plain(store)


def test_without_a_terminal_there_is_a_sentence(run: RunWords, types: Types, store: Path) -> None:
    pipe = FakeStdin(b"x")
    assert "on a terminal" in run("store", "passphrase", "set", stdin=pipe).err
    types(WORDS, WORDS)
    assert run("store", "passphrase", "set").code == 0
    for words in (("history",), ("store", "passphrase", "change"), ("store", "files")):
        outcome = run(*words, stdin=pipe)
        assert outcome.code != 0
        assert "terminal" in outcome.err
    assert run("store", "backups", stdin=pipe).code == 0


def test_former_versions_are_listed_and_written_out(
    run: RunWords, types: Types, store: Path, tmp_path: Path
) -> None:
    assert "plain files" in run("store", "files").err
    own = tmp_path / "own.md"
    own.write_text("A long text. " * 40)
    types(WORDS, WORDS)
    run("store", "passphrase", "set")
    with closing(Program(Paths.here())) as program:
        program.vault.unlock(WORDS)
        document = open_document(own)
        save_document(document, "short", own, snapshots=program.kept_files)
    assert not Paths.here().snapshots.exists()
    types(WORDS)
    name = run("store", "files").out.strip()
    assert name.startswith("own-")
    target = tmp_path / "back.md"
    types(WORDS)
    assert run("store", "files", name, "--to", str(target)).code == 0
    assert target.read_text() == "A long text. " * 40
    types(WORDS)
    assert "could not be done" in run("store", "files", name, "--to", str(target)).err
    types(WORDS)
    assert run("store", "files", "other", "--to", str(target)).code == 2
