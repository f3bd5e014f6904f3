"""`lampblack selftest`: the real thing once, and each step failing by a fault of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from msgspec.structs import replace

from app.cli.selftest.report import SelftestReport
from app.cli.selftest.run import try_program
from app.cli.selftest.steps import Selftest
from app.cli.selftest.table import STEPS, SelftestStep
from app.core.models.starter import STARTER, starter_path
from app.core.system.paths import Paths
from app.program import Program
from tests.fake_pack import put_in_place

ROOT = Path(__file__).parents[2]
BY_NAME = {step.name: step for step in STEPS}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go: a name with spaces and Chinese; nothing may be left in it."""
    made = tmp_path / "temporary 临时"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    yield made
    assert list(made.iterdir()) == []


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def start(*words: str, **environ: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name != "HOME"}
    del kept["QT_QPA_PLATFORM"]  # the self-test is to find out by itself
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        kept.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "app", "selftest", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        env=kept | environ,
    )


def test_the_whole_program_works(home_with_starter: Path, folder: Path) -> None:
    """Without HOME and a display, in Turkish, and with files of the writer's to leave alone."""
    (home_with_starter / "config").mkdir()
    (home_with_starter / "config" / "settings.toml").write_text("theme = 'dark' # mine\n")
    (home_with_starter / "data" / "shelf.json").write_text("damaged")
    before = contents(home_with_starter)
    program = start("--json", LANG="tr_TR.UTF-8", LC_ALL="tr_TR.UTF-8")
    out, err = program.communicate(timeout=300)
    found = json.loads(out)
    assert (program.returncode, err, found["passed"]) == (0, "", True), out
    assert (found["platform"], found["is_frozen"]) == ("offscreen", False)
    assert [note for note in found["notes"] if note.startswith("Qt:")] == []
    states = {step["name"]: step["state"] for step in found["steps"]}
    assert list(states) == list(BY_NAME)
    must_pass = {name: states[name] for name in states if name not in ("service", "pack")}
    assert set(must_pass.values()) == {"passed"}
    assert states["pack"] == "skipped"
    assert states["service"] in ("passed", "skipped")  # a machine may have no loopback
    assert all(step["seconds"] > 0 for step in found["steps"] if step["state"] == "passed")
    assert found["versions"]["Python"]
    assert contents(home_with_starter) == before


def test_ctrl_c_leaves_nothing(home_with_starter: Path, folder: Path) -> None:
    program = start()
    assert program.stdout is not None
    assert any(line.startswith("passed") and " window " in line for line in program.stdout)
    family = psutil.Process(program.pid).children(recursive=True)
    assert family
    program.send_signal(signal.SIGINT)
    _out, err = program.communicate(timeout=60)
    assert program.returncode == 1
    assert err == "lampblack: The self-test was stopped; nothing of it is left.\n"
    assert psutil.wait_procs(family, 10)[1] == []


def run(*steps: str | SelftestStep) -> SelftestReport:
    """The report of these steps, those of the program by their names."""
    chosen = [BY_NAME[step] if isinstance(step, str) else step for step in steps]
    return try_program(Program(Paths.here()), steps=chosen)


def test_an_installed_pack_is_started(own_home: Path) -> None:
    """The program of this pack is the host of this source, whose PyTorch it finds."""
    put_in_place(own_home / "data" / "packs")
    report = run("home", "pack")
    assert report.passed
    assert report.steps[-1].found.startswith("torch 2.")
    assert report.versions["PyTorch engine"] == report.steps[-1].found


def test_a_pack_that_cannot_be_used_fails(own_home: Path) -> None:
    put_in_place(own_home / "data" / "packs", protocol=1)
    report = run("home", "pack")
    assert (report.passed, report.failed) == (False, "pack")
    assert "older version of Lampblack" in report.problem


def fault(what: Callable[[Selftest], object]) -> SelftestStep:
    """A step that brings something about."""
    return SelftestStep(name="fault", title="a fault", run=lambda selftest: str(what(selftest)))


class HostKiller(threading.Thread):
    """Kills every engine host of the window as soon as it is there, until it is told to end."""

    def __init__(self) -> None:
        super().__init__()
        self.selftest: Selftest
        self.over = threading.Event()
        self.killed = 0

    def begin(self, selftest: Selftest) -> None:
        self.selftest = selftest
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.01):
            for one in self.selftest.window.family():
                with suppress(psutil.Error):
                    if "engine-host" in one.cmdline():
                        one.kill()
                        self.killed += 1


def _break_model(selftest: Selftest) -> None:
    """A copy whose header is right and whose tensors are cut off."""
    data = Path(selftest.model).read_bytes()
    selftest.model = str(selftest.home.folder / "broken.gguf")
    Path(selftest.model).write_bytes(data[:30_000_000])


def _damage_store(selftest: Selftest) -> None:
    file = selftest.home.paths.store_file
    data = bytearray(file.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    file.write_bytes(data)


def _fill_export_place(selftest: Selftest) -> None:
    """A file where an export is to be written."""
    (selftest.home.folder / "An export 导出.odt").touch()


def _forget_versions(selftest: Selftest) -> None:
    """The manuscript is another one for the store."""
    selftest.home.manuscript = selftest.home.folder / "another.md"


def _fill_manuscript_place(selftest: Selftest) -> None:
    """A folder where the copy is to be saved."""
    (selftest.home.folder / "A copy.txt").mkdir()


@pytest.mark.parametrize(
    ("steps", "failed", "problem"),
    [
        (["home", "starter", "window", fault(_break_model), "load"], "load", "broken.gguf"),
        (["home", "window", fault(_fill_manuscript_place), "export"], "export", "A copy.txt"),
        (["home", "window", "close", fault(_damage_store), "store"], "store", "is damaged"),
        (["home", fault(_fill_export_place), "convert"], "convert", "An export 导出.odt"),
        (["home", "window", fault(_forget_versions), "history"], "history", "No version"),
        (["home", "window", "replace"], "replace", "Undo did not"),  # it knows of no text
        (["home", "window", "drive"], "drive", "Load a model first"),
        (["home", "window", "close", "backup"], "backup", "does not hold"),  # it has no takes
        # Without a model the window waits for the writer's choice of one.
        (["home", "window", replace(BY_NAME["write"], limit_s=0.5)], "write", "longer than 0.5 s"),
    ],
)
def test_a_fault_fails_its_step(
    home_with_starter: Path, folder: Path, steps: Any, failed: str, problem: str
) -> None:
    report = run(*steps, "recovery")
    assert (report.passed, report.failed) == (False, failed)
    assert problem in report.problem
    assert report.remedy.endswith(".") or "lampblack" in report.remedy
    assert report.steps[-1].state == "not run"


def test_a_host_that_dies_fails_the_step_in_which_it_does(
    home_with_starter: Path, folder: Path
) -> None:
    killer = HostKiller()
    try:
        report = run("home", "starter", "window", fault(killer.begin), "load", "write")
    finally:
        killer.over.set()
        killer.join()
    assert killer.killed
    assert (report.failed, report.steps[-1].state) == ("load", "not run")
    assert "engine" in report.problem


def test_a_starter_that_is_another_file(home_with_starter: Path, folder: Path) -> None:
    file = starter_path(Paths.here().models)
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.unlink()
    file.write_bytes(data)
    report = run("home", "starter")
    assert report.failed == "starter"
    assert f"is not {STARTER.title}" in report.problem
    assert "models get starter" in report.remedy
