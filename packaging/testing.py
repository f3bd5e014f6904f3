"""The checks, the tests, the long runs and the benchmark, each in the environment that it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import builds
import engines
import environment
import installing
import lock
import machine
import places
from machine import SetupError

VULKAN_VENV = ".venv-vulkan"
LONG_TESTS = {
    "soak": "tests.soak.run",
    "responsive": "tests.responsive.run",
    "endurance": "tests.soak.endurance",
    "kills": "tests.kills.run",
    "training_kills": "tests.kills.training",
}
"""The modules of the long runs, each with a flag of its own."""


def docs(*arguments: str) -> int:
    """Write the generated parts of the README, or check them."""
    return environment.script("docs.py", *arguments)


def check() -> int:
    """Run every check that is not a test; the first that fails ends it.

    The types of the program and its tests, which take longest, are checked beside the others.
    """
    for command in (
        ("ruff", "format", "--check", "--quiet", "."),
        ("ruff", "check", "--quiet", "."),
    ):
        if code := _checked(command):
            return code
    with tempfile.TemporaryFile() as told:
        types = subprocess.Popen(
            [places.BIN / "mypy"], cwd=places.ROOT, stdout=told, stderr=subprocess.STDOUT
        )
        try:
            code = _checked(("lint-imports", "--no-logo")) or _derived()
            code = code or _typed(types, told)
        finally:
            types.kill()
            types.wait()
    scripts = ("packaging/dev.py", "packaging/docs.py", "packaging/translations.py")
    return code or _checked(("mypy", *scripts))


def _typed(types: subprocess.Popen[bytes], told: IO[bytes]) -> int:
    """Wait for the types' check; 1 if it found something, which is shown."""
    print("── mypy", flush=True)
    if not types.wait():
        return 0
    told.seek(0)
    print(told.read().decode("utf-8", "replace"), end="", flush=True)
    return _found("mypy")


def _checked(command: Sequence[str]) -> int:
    """Run one of the tools; 1 if it found something."""
    print("──", *command, flush=True)
    found = subprocess.call([places.BIN / command[0], *command[1:]], cwd=places.ROOT)
    return _found(command[0]) if found else 0


def _found(tool: str) -> int:
    print(f"{tool} found something to put right; see above.", file=sys.stderr)
    return 1


def _derived() -> int:
    """Check what is written by a script: the README's parts, and the texts for translation."""
    print("── packaging/docs.py --check", flush=True)
    return docs("--check") or environment.translations("--check")


def test(arguments: Sequence[str]) -> int:
    """Set up everything, check everything, then run the tests.

    The whole suite runs in several processes, a file's tests in one of them, and has the run
    through AT-SPI at its end, where its programs are installed.
    """
    environment.set_up(torch=True, tools=True)
    environment.get_encoder()
    code = environment.get_starter() or check()
    given = arguments or ("-n", str(_workers()), "--dist", "loadfile")
    code = code or subprocess.call([places.PYTHON, "-m", "pytest", *given], cwd=places.ROOT)
    return code or (0 if arguments else accessibility("--if-here"))


def _workers() -> int:
    """How many processes run the whole suite: most tests wait for a process of their own.

    More than four would be short of memory where each has a model of PyTorch's loaded.
    """
    return min(max(os.cpu_count() or 1, 2), 4)


def accessibility(*arguments: str) -> int:
    """Work a real window through AT-SPI, as a screen reader does; what is missing is told."""
    print("── accessibility", flush=True)
    command: list[str | Path] = [places.PYTHON, "-m", "tests.accessibility.run", *arguments]
    return subprocess.call(command, cwd=places.ROOT)


def long_test(name: str, arguments: Sequence[str]) -> int:
    """Set up what a long run needs, and run it: soak or endurance (leaks), responsive (stalls),
    kills (lost text), training_kills (lost steps).
    """
    environment.set_up(torch=name in ("soak", "training_kills"), tools=True)
    code, module = environment.get_starter(), LONG_TESTS[name]
    return code or subprocess.call([places.PYTHON, "-m", module, *arguments], cwd=places.ROOT)


def bench(arguments: Sequence[str]) -> int:
    """Run `lampblack bench` with its peers, which are installed where nothing else looks."""
    environment.set_up(torch=True)
    peers, folder = places.project()["optional-dependencies"]["peers"], places.VENV / "peers"
    locked = places.LOCKED.read_text("utf-8")
    lines = "".join(lock.only(locked, one) for one in peers)  # what they need is in .venv
    install = ("--upgrade", "--target", str(folder), *installing.by_lock(lines))
    environment.once("peers", lambda: installing.pip("Peers of the benchmark", *install), lines)
    command: list[str | Path] = [places.BIN / "lampblack", "bench", *arguments]
    variables = {**os.environ, "LAMPBLACK_BENCH_PEERS": str(folder)}
    return environment.get_starter() or subprocess.call(command, env=variables)


def test_vulkan(arguments: Sequence[str]) -> int:
    """Run the tests of the GPU path on Vulkan, without a GPU, in an environment of their own."""
    if places.VENV.name != VULKAN_VENV:
        return environment.again_in(VULKAN_VENV, "test", "--vulkan", *arguments)
    if missing := builds.choose("vulkan").missing:
        raise SetupError(f"The tests of Vulkan need {missing}.")
    environment.set_up(tools=True, gpu="vulkan")
    os.environ["GGML_VK_VISIBLE_DEVICES"] = "0"  # else the processor's own Vulkan is passed over
    if not engines.sees_gpu():
        how = machine.install_command("mesa-vulkan-drivers", "mesa-vulkan-drivers")
        raise SetupError(f"Vulkan finds no device here, not even the processor: run `{how}`.")
    code = environment.get_starter()
    command = [str(places.PYTHON), "-m", "pytest", "tests/vulkan", *arguments]
    return code or subprocess.call(command, cwd=places.ROOT)
