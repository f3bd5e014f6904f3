"""A real window under Xvfb, worked through AT-SPI alone: `dev.py accessibility`.

Prints how many controls each window has, and fails where one has no name or a step does not work.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.core.models.starter import STARTER
from app.core.system.paths import Paths

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
READER = _HERE / "reader.py"
SYSTEM_PYTHON = "/usr/bin/python3"  # pyatspi is a package of the system
PACKAGES = "at-spi2-core python3-pyatspi gir1.2-atspi-2.0 dbus xvfb"
TEXT = "The old lighthouse keeper opened the door and"
SAID = "雨停了。 "
_LIMIT_S = 240
_SCREEN = ("-screen", "0", "1280x900x24")


def missing() -> str:
    """The sentence about what is not installed here; empty where everything is."""
    names = [name for name in ("Xvfb", "dbus-run-session") if shutil.which(name) is None]
    question = [SYSTEM_PYTHON, "-c", "import pyatspi"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(question, capture_output=True).returncode:
        names.append("pyatspi")
    if not names:
        return ""
    return (
        f"The window cannot be worked through AT-SPI here, without {', '.join(names)}: "
        f"run `sudo apt install {PACKAGES}`."
    )


@contextmanager
def display() -> Iterator[str]:
    """A screen of its own, as `:99`."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", *_SCREEN]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def environment(home: Path, screen: str) -> dict[str, str]:
    """What the program and the reader are started with."""
    return {
        **{name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"},
        "LAMPBLACK_HOME": str(home),
        "HOME": str(home),
        "DISPLAY": screen,
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_ROOT),
    }


def furnish(home: Path, starter: Path) -> Path:
    """A home with the starter model, which is not loaded at the start; returns a manuscript."""
    models = home / "data" / "models"
    models.mkdir(parents=True)
    (models / starter.name).symlink_to(starter)
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text(
        "load_at_start = false\nexamine_models = false\n", "utf-8"
    )
    manuscript = home / "novel.md"
    manuscript.write_text(TEXT, "utf-8")
    return manuscript


def inside(manuscript: str) -> int:
    """Within the D-Bus session: start the program and the reader, and wait for both."""
    program = subprocess.Popen([sys.executable, "-m", "app"])
    try:
        read = subprocess.run([SYSTEM_PYTHON, str(READER), manuscript, SAID], timeout=_LIMIT_S)
        code = program.wait(30)
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()
    return read.returncode or code


def session(starter: Path, folder: Path) -> dict[str, Any]:
    """What the reader found; raises AssertionError where it did not come to the end."""
    manuscript = furnish(folder, starter)
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.accessibility.run"]
    with display() as screen:
        ran = subprocess.run(
            [*command, str(manuscript)],
            env=environment(folder, screen),
            capture_output=True,
            encoding="utf-8",
            timeout=_LIMIT_S + 60,
            cwd=_ROOT,
        )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])  # below what D-Bus says
    return {**found, "saved": manuscript.read_text("utf-8")}


def problems(found: dict[str, Any]) -> list[str]:
    """What of the session was not as it has to be."""
    told, heard = [f"no name: {one}" for one in found["nameless"]], found["heard"]
    if found["opened"] != TEXT or found["written"] != SAID + TEXT:
        told.append("the manuscript was not opened, or nothing could be written into it")
    if found["saved"] != found["stopped"] or not found["saved"].startswith(found["written"] + " "):
        told.append("what the model wrote is not in the file")
    written = found["saved"].removeprefix(found["written"])
    if not any(len(one) > 3 and one in written for one in heard):
        told.append("no sentence of the model was announced")
    return told


def main(*, must_be_here: bool) -> int:
    """Run the session and print what there was."""
    if sentence := missing():
        print(sentence, file=sys.stderr)
        return int(must_be_here)
    starter = Paths.here().models / STARTER.file_name
    with tempfile.TemporaryDirectory() as folder:
        found = session(starter, Path(folder))
    for window, count in found["walked"].items():
        print(f"{window:24} {count:4} controls")
    told = problems(found)
    print("\n".join(told) or "Each has a name, and the session was done by its actions alone.")
    return bool(told)


if __name__ == "__main__":
    words = sys.argv[1:]
    is_inside = bool(words) and not words[0].startswith("--")
    sys.exit(inside(words[0]) if is_inside else main(must_be_here="--if-here" not in words))
