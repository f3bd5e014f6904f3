"""Kills a process that sets or removes a passphrase, at each step in turn, and looks at the home.

Arguments: set or remove, and an empty folder. Prints how many steps there are, and in what states
the store was found after the kills.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from app.core.store import passphrase
from app.core.store.vault import Vault
from app.core.system.paths import Paths
from app.core.system.secret_store import SecretStore
from tests.core.store.encrypted_home import fill, found_in, rows_of

WORDS = "correct horse battery"
_EVENTS = ("open", "os.rename", "os.remove", "os.chmod")
_KILLED = 137


def _die_at(step: int) -> None:
    """End this process without any ado at the step of that number, counted from 1."""
    left = [step]

    def count(event: str, _arguments: object) -> None:
        if event in _EVENTS:
            left[0] -= 1
            if not left[0]:
                os._exit(_KILLED)

    sys.addaudithook(count)


def _in_child(word: str, paths: Paths, step: int) -> int:
    child = os.fork()
    if not child:
        vault = Vault(paths, SecretStore(lambda: None))
        _die_at(step)
        vault.set(WORDS) if word == "set" else vault.remove(WORDS)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _paths(home: Path) -> Paths:
    return Paths(home / "config", home / "data", home / "cache")


def _state(paths: Paths, rows: object) -> str:
    """The state after the next start; fails where it is neither the old nor the new one."""
    vault = Vault(paths, SecretStore(lambda: None))
    if vault.is_set:
        vault.unlock(WORDS)
        assert vault.finish() == 0
        assert not found_in(paths), found_in(paths)
    assert rows_of(paths, vault.key) == rows
    strange = [path.name for path in paths.data.rglob("*") if path.suffix in (
        ".part", ".former", ".encrypted", ".decrypted", ".new", ".removed", ".lock"
    )]  # fmt: skip
    assert not strange, strange
    if not vault.is_set:
        assert (paths.snapshots / "novel.md").exists()
        assert len(found_in(paths)) >= 5
    return "encrypted" if vault.is_set else "plain"


def main(word: str, folder: Path) -> None:
    """Kill at step 1, 2, … until it comes to its end."""
    passphrase._N = 2**4
    made = _paths(folder / "made")
    fill(made)
    rows = rows_of(made, None)
    if word == "remove":
        Vault(made, SecretStore(lambda: None)).set(WORDS)
    states = Counter[str]()
    for step in itertools.count(1):
        home = folder / "home"
        shutil.copytree(folder / "made", home)
        code = _in_child(word, _paths(home), step)
        assert code in (0, _KILLED), code
        try:
            states[_state(_paths(home), rows)] += 1
        except BaseException:
            sys.stderr.write(f"step {step}\n")
            raise
        shutil.rmtree(home)
        if code == 0:
            break
    sys.stdout.write(json.dumps({"steps": step, "states": states}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
