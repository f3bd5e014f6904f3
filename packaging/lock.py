"""The lock: every version with the SHA-256 of its files; which of them a step needs; its audit.

`locked.txt` is a requirements file of pip's, written by uv out of `pyproject.toml` and
`constraints.txt`. Each package in it ends with a line that names those that need it (`# via`).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import SetupError

NVIDIA = ("cuda-", "nvidia-", "triton")
"""How the names begin of what only PyTorch's build for NVIDIA's cards needs."""

ACCEPTED = {
    "CVE-2025-69872": "diskcache unpickles what is in its folder; Lampblack never opens a cache",
}
"""Known vulnerabilities that do not reach this program, by number, with the reason."""

_HEAD = """\
# Every file that pip may install, by its SHA-256. Written by `packaging/dev.py lock`; the versions
# are chosen in constraints.txt.
"""


@dataclass(frozen=True)
class Locked:
    """One version of a package: its lines in the lock, and the names of those that need it."""

    name: str
    text: str
    needed_by: frozenset[str]


def canonical(requirement: str) -> str:
    """The name in a requirement, as indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~; \[(]", requirement, maxsplit=1)[0]).lower()


def parsed(text: str) -> list[Locked]:
    """Every entry of a lock."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    return [Locked(canonical(block), block, _needed_by(block)) for block in blocks]


def _needed_by(block: str) -> frozenset[str]:
    found = re.search(r"# via (.+)", block)
    return frozenset(found[1].split(", ")) if found else frozenset()


def only(text: str, requirement: str) -> str:
    """The lines of one package; raises SetupError where the lock does not have it."""
    return _lines(text, {canonical(requirement)})


def closure(text: str, requirements: Iterable[str], without: Sequence[str] = ()) -> str:
    """The lines of `requirements` and of all that they need, but for names that begin so.

    Raises SetupError where the lock does not have one.
    """
    entries, wanted = parsed(text), {canonical(one) for one in requirements}
    before = 0
    while len(wanted) > before:
        before = len(wanted)
        wanted |= {entry.name for entry in entries if entry.needed_by & wanted}
    return _lines(text, {name for name in wanted if not name.startswith(tuple(without))})


def _lines(text: str, names: set[str]) -> str:
    entries = parsed(text)
    if missing := names - {entry.name for entry in entries}:
        raise SetupError(
            f"packaging/locked.txt does not have {', '.join(sorted(missing))}: "
            "run `python3 packaging/dev.py lock` where there is a network."
        )
    return "".join(entry.text for entry in entries if entry.name in names)


def write(root: Path) -> int:
    """Write the lock of what pyproject.toml and constraints.txt ask for."""
    folder = root / "packaging"
    pins = folder / "constraints.txt"
    with tempfile.TemporaryDirectory(prefix="lampblack-lock-") as scratch:
        uv = _tool(Path(scratch), "uv")
        made = _compiled(uv, root, pins, [])
        pinned = [line for line in pins.read_text("utf-8").splitlines() if line[:1].isalnum()]
        have = {entry.name for entry in parsed(made)}
        if more := [line for line in pinned if canonical(line) not in have]:
            made = _compiled(uv, root, pins, more)
    (folder / "locked.txt").write_text(_HEAD + made, "utf-8")
    return 0


def _tool(scratch: Path, package: str) -> Path:
    """A developer's tool, installed into an environment that is thrown away."""
    venv.create(scratch / "venv", with_pip=True)
    programs = scratch / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    command = [str(programs / "python"), "-m", "pip", "install", "-qq", package]
    if subprocess.run(command).returncode:
        raise SetupError(f"{package} could not be installed: it needs pip's index and a network.")
    return programs / package


def _compiled(uv: Path, root: Path, pins: Path, more: Sequence[str]) -> str:
    command = [str(uv), "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--all-extras", "--no-header", "--annotation-style", "line", "--no-config"]
    command += ["--native-tls", "--python-version", "3.11", "-c", str(pins)]
    command += [str(root / "pyproject.toml"), "-"]
    done = subprocess.run(command, input="\n".join(more), capture_output=True, text=True)
    if done.returncode:
        raise SetupError(f"uv could not lock the pinned versions:\n{done.stderr[-2000:]}")
    return re.sub(r"^    # via .+\n", _names_alone, done.stdout, flags=re.MULTILINE)


def _names_alone(line: re.Match[str]) -> str:
    """A line of `# via` without files, which are not packages."""
    names = line[0].strip().removeprefix("# via ").split(", ")
    kept = [name for name in names if re.fullmatch(r"[a-z0-9-]+", name) and name != "lampblack"]
    return f"    # via {', '.join(kept)}\n" if kept else ""


def audit(root: Path) -> int:
    """Compare the lock with the known vulnerabilities of PyPI's records, through pip-audit.

    0 where none is known but the accepted, 1 where one is. Raises SetupError where they cannot be
    asked: pip-audit alone calls that “none found”.
    """
    with tempfile.TemporaryDirectory(prefix="lampblack-audit-") as scratch:
        tool = _tool(Path(scratch), "pip-audit")
        command = [str(tool), "-r", str(root / "packaging" / "locked.txt"), "--disable-pip"]
        command += ["--require-hashes", "--progress-spinner", "off", "-f", "json"]
        done = subprocess.run(command, capture_output=True, text=True)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        raise SetupError(f"pip-audit did not work:\n{done.stderr[-2000:]}") from None
    return judged(found)


def judged(found: Sequence[dict[str, object]]) -> int:
    """Print what pip-audit found; the exit code. Raises SetupError where nothing was answered."""
    asked = [one for one in found if "skip_reason" not in one]
    if len(asked) < len(found):
        raise SetupError(
            f"{len(found) - len(asked)} of {len(found)} packages were not audited: this index "
            "gives no records of vulnerabilities. Run it where PyPI itself answers."
        )
    code = 0
    for one in asked:
        for flaw in _flaws(one):
            reason = next((ACCEPTED[name] for name in flaw if name in ACCEPTED), "")
            print(
                f"{one['name']} {one['version']}: {', '.join(flaw)}", f"({reason})" * bool(reason)
            )
            code = code if reason else 1
    print(f"{len(asked)} packages were compared.")
    return code


def _flaws(one: dict[str, object]) -> list[list[str]]:
    flaws = one.get("vulns")
    assert isinstance(flaws, list)
    return [[flaw["id"], *flaw.get("aliases", ())] for flaw in flaws]
