"""The lock: whole, true to the pinned versions, and obeyed by pip."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LOCK = """\
a==1.0 \\
    --hash=sha256:00 \\
    --hash=sha256:01
b-c==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:02
    # via a
d==3 \\
    --hash=sha256:03
    # via b-c, e
nvidia-x==4 \\
    --hash=sha256:04
    # via a
e==5 \\
    --hash=sha256:05
"""


@pytest.fixture
def lock(dev: ModuleType) -> Any:
    return sys.modules["lock"]


def names(text: str) -> list[str]:
    return re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)


def test_a_step_gets_all_that_it_needs_and_no_more(lock: Any) -> None:
    assert names(lock.closure(LOCK, ["A>=1,<2"])) == ["a", "b-c", "d", "nvidia-x"]
    assert names(lock.closure(LOCK, ["a[extra]"], lock.NVIDIA)) == ["a", "b-c", "d"]
    assert lock.closure(LOCK, ["B.C"]).startswith(
        "b-c==2.0 ; sys_platform == 'win32' \\\n    --hash"
    )
    assert names(lock.only(LOCK, "a==1.0")) == ["a"]


def test_what_is_not_locked_says_how_to_lock_it(lock: Any) -> None:
    with pytest.raises(lock.SetupError, match=r"does not have zebra: run `python3 .*dev.py lock`"):
        lock.closure(LOCK, ["a", "zebra"])


def test_the_lock_has_every_pinned_version_with_its_hashes(places: ModuleType, lock: Any) -> None:
    entries = lock.parsed(places.LOCKED.read_text("utf-8"))
    versions: dict[str, set[str]] = {}
    for entry in entries:
        versions.setdefault(entry.name, set()).add(entry.text.split("==")[1].split()[0])
        assert re.search(r"--hash=sha256:[0-9a-f]{64}$", entry.text, re.MULTILINE), entry.name
        assert entry.needed_by <= {other.name for other in entries}, entry.name
    pinned: dict[str, set[str]] = {}
    for line in places.CONSTRAINTS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            found = pinned.setdefault(lock.canonical(line), set())
            found.add(line.split("==")[1].partition(";")[0].strip())
    assert {name: versions.get(name) for name in pinned} == pinned


@pytest.mark.parametrize("is_true", [True, False])
def test_pip_takes_no_file_of_another_hash(
    installing: ModuleType,
    places: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    is_true: bool,
) -> None:
    """The very arguments that dev.py hands to pip, with a lock of our own and a real pip."""
    wheel = tmp_path / "lampblack_probe-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        about = "Metadata-Version: 2.1\nName: lampblack-probe\nVersion: 1.0\n"
        made.writestr("lampblack_probe-1.0.dist-info/METADATA", about)
        made.writestr(
            "lampblack_probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"
        )
        made.writestr("lampblack_probe-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if not is_true:
        digest = digest[::-1]
    places.LOCKED.write_text(f"lampblack-probe==1.0 \\\n    --hash=sha256:{digest}\n")
    commands: list[list[str]] = []
    monkeypatch.setattr(installing, "watch", lambda _title, command, *_: commands.append(command))
    installing.pip("Libraries", "lampblack-probe")
    (given,) = commands
    offline = ["--no-index", "--find-links", str(tmp_path), "--target", str(tmp_path / "into")]
    command = [sys.executable, *map(str, given[1:]), *offline]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode == 0) is is_true, done.stderr
    assert ("THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr) is not is_true


FLAW = {"id": "CVE-2025-69872", "aliases": ["GHSA-x"]}


@pytest.mark.parametrize(
    ("flaws", "code", "said"),
    [
        ([], 0, ""),
        ([FLAW], 0, "diskcache 1: CVE-2025-69872, GHSA-x (diskcache unpickles"),
        ([FLAW, {"id": "PYSEC-1"}], 1, "diskcache 1: PYSEC-1"),
    ],
)
def test_an_audit_knows_what_is_accepted(
    lock: Any, capsys: pytest.CaptureFixture[str], flaws: list[Any], code: int, said: str
) -> None:
    assert lock.judged([{"name": "diskcache", "version": "1", "vulns": flaws}]) == code
    assert said in capsys.readouterr().out


def test_an_audit_that_was_not_answered_is_none(lock: Any) -> None:
    found = [{"name": "a", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}]
    with pytest.raises(lock.SetupError, match="1 of 2 packages were not audited"):
        lock.judged(found)
