"""With a passphrase, no word of the writer's is found in any file but the writer's own plain one.

The real window and the real engine: a text that is in no file and one that is saved elsewhere, with
versions, takes, backups, saved prompts and what a save would have lost; while it runs, after the
engine crashed with the text in flight, after a kill, and after quitting. Without a passphrase the
same search finds the same text, so that it would be seen.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.store.vault import Vault
from app.core.system.paths import Paths
from app.core.system.secret_store import SecretStore
from tests.core.store.encrypted_home import CANARY, found_in

DRIVER = Path(__file__).with_name("drive_canary.py")
WORDS = "correct horse battery"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, and where files are")


@pytest.fixture
def place(home_with_starter: Path, tmp_path: Path) -> Path:
    """All that the program can write into: its home, the user's, and the folder for what passes."""
    for name in ("user", "temp"):
        (tmp_path / name).mkdir()
    return tmp_path


@contextmanager
def driven(place: Path, word: str, words: str) -> Iterator[subprocess.Popen[str]]:
    """The real program, whose messages go into a log that is searched, too, however many."""
    environ = os.environ | {
        "HOME": str(place / "user"),
        "TMPDIR": str(place / "temp"),
        "QT_LOGGING_RULES": "*.debug=true;qt.text.*=false",
    }
    command = [sys.executable, str(DRIVER), word, words, CANARY, str(place / "own.md")]
    with (
        (place / "messages.log").open("a") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environ,
            cwd=Path(__file__).parents[2],
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def wait(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def found(place: Path) -> list[str]:
    """The files with the canary; the model's weights alone are not looked through."""
    own = Paths.here()
    searched = [one for one in place.iterdir() if not own.data.is_relative_to(one)]
    searched += [one for one in own.data.iterdir() if one != own.models]
    return found_in(*searched, own.config, own.cache)


def test_the_canary_is_only_in_the_writers_own_file(place: Path) -> None:
    paths, own = Paths.here(), str(place / "own.md")
    Vault(paths, SecretStore(lambda: None)).set(WORDS)
    with driven(place, "write", WORDS) as process:
        wait(process)
        assert found(place) == [own]
        prompts = list((paths.engine_cache / "prompts").glob("*.prompt"))
        assert prompts, "what the engine has read is saved"
        assert not any(one.read_bytes().startswith(b"LBPROMP") for one in prompts)
        assert list(paths.backups.iterdir())
        go_on(process)
        wait(process)
        assert found(place) == [own], "after the engine's crash"
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert found(place) == [own], "after a kill"
    with driven(place, "quit", WORDS) as process:
        assert process.wait(60) == 0
    assert found(place) == [own], "after quitting"
    assert [path.name for path in (place / "temp").iterdir()] == []


def test_without_a_passphrase_the_search_finds_it(place: Path) -> None:
    paths, own = Paths.here(), str(place / "own.md")
    with driven(place, "write", "") as process:
        wait(process)
        seen = found(place)
    assert own in seen
    names = {Path(one).name for one in seen}
    assert "store.sqlite" in names or "store.sqlite-wal" in names
    assert any(Path(one).parent == paths.snapshots for one in seen)
    prompts = list((paths.engine_cache / "prompts").glob("*.prompt"))
    assert any(one.read_bytes().startswith(b"LBPROMP") for one in prompts)
