"""`doctor`: what it finds, with an engine and without one."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import __version__
from app.cli.doctor import _FIXES
from app.core.errors import EngineStoppedError, OutOfMemoryError
from app.engine.messages import (
    Describe,
    Described,
    DeviceReport,
    EngineReport,
    Event,
    Loaded,
    ModelInfo,
    Placed,
)

PROCESSOR = DeviceReport(name="CPU", title="Lamp", kind="CPU")
CARD = DeviceReport(name="CUDA0", title="Torch", kind="GPU", free=6 * 2**30, total=8 * 2**30)


class DescribingClient:
    """An engine client that knows one engine, or cannot start."""

    def __init__(self, **_: Any) -> None:
        self.closed = False

    def next_job(self) -> int:
        return 1

    def run(self, command: Describe, on_event: Callable[[Event], None]) -> Described:
        report = EngineReport(
            engine="llama.cpp", available=True, version="0.3.36", devices=(PROCESSOR, CARD)
        )
        return Described(job=command.job, engines=(report,), network_denied="kernel")

    def close(self) -> None:
        self.closed = True


class DeadClient(DescribingClient):
    """An engine client whose host does not start."""

    def run(self, command: Describe, on_event: Callable[[Event], None]) -> Described:
        raise EngineStoppedError("The engine could not be started.")


class BrokenEngineClient(DescribingClient):
    """An engine client whose host cannot load its library."""

    def run(self, command: Describe, on_event: Callable[[Event], None]) -> Described:
        report = EngineReport(engine="llama.cpp", available=False, problem="libgomp is not there.")
        return Described(job=command.job, engines=(report,), network_denied="kernel")


def test_the_report_for_people(run: Any, own_home: Path) -> None:
    outcome = run("doctor", new_client=DescribingClient)
    assert (outcome.code, outcome.err) == (0, "")
    for part in (
        __version__,
        "llama.cpp: 0.3.36",
        "CPU: Lamp",
        "CUDA0: Torch (GPU, 6.4 GB of 8.6 GB free)",
        str(own_home),
        "PySide6",
    ):
        assert part in outcome.out
    assert "There is no model yet. → lampblack models get starter" in outcome.out


def test_the_report_for_programs(run: Any) -> None:
    report = json.loads(run("doctor", "--json", new_client=DescribingClient).out)
    assert report["network_host"] == "kernel"
    assert report["engines"][0]["devices"][1] == {
        "name": "CUDA0",
        "title": "Torch",
        "kind": "GPU",
        "free": 6 * 2**30,
        "total": 8 * 2**30,
    }
    assert report["memory_total"] >= report["memory_available"] > 0
    assert {folder["name"] for folder in report["folders"]} >= {"config", "data", "cache"}


def test_a_host_that_does_not_start_is_part_of_the_report(run: Any) -> None:
    outcome = run("doctor", new_client=DeadClient)
    assert outcome.code == 0
    assert "The engine could not be started." in outcome.out
    assert "The engine host does not run. →" in outcome.out
    assert "keep the host off" not in outcome.out


def test_an_engine_that_does_not_load_is_missing_something(run: Any) -> None:
    outcome = run("doctor", new_client=BrokenEngineClient)
    assert "llama.cpp: libgomp is not there." in outcome.out
    assert "libgomp is not there. → pip install" in outcome.out


def test_the_fix_installs_the_pinned_engine() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    (pin,) = project["project"]["optional-dependencies"]["llama"]
    assert _FIXES["llama-cpp-python"] == f"pip install {pin}"


def test_a_folder_that_cannot_be_written_to_is_missing_something(run: Any, own_home: Path) -> None:
    own_home.parent.mkdir(exist_ok=True)
    own_home.write_text("a file in the way")
    report = json.loads(run("doctor", "--json", new_client=DescribingClient).out)
    assert not any(folder["writable"] for folder in report["folders"])
    fixes = [missing["fix"] for missing in report["missing"] if str(own_home) in missing["what"]]
    assert fixes
    assert all(fix.startswith(f"move '{own_home}' away, or set LAMPBLACK") for fix in fixes)


def test_the_real_program_and_its_host_are_kept_off_the_network(run_program: Any) -> None:
    outcome = run_program("doctor", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    firmly = "kernel" if sys.platform == "linux" else "hook"
    assert (report["network_program"], report["network_host"]) == (firmly, firmly)
    assert {engine["engine"] for engine in report["engines"]} >= {"llama.cpp", "torch"}


class LoadingClient(DescribingClient):
    """An engine client that puts a model on two devices, or has no room for it."""

    problem = ""

    def run(self, command: Any, on_event: Callable[[Event], None]) -> Any:
        if isinstance(command, Describe):
            return super().run(command, on_event)
        if self.problem:
            raise OutOfMemoryError(self.problem)
        info = ModelInfo(
            name="Tiny",
            path=command.path,
            engine=command.engine,
            placement=(
                Placed(device="Torch", layers=20, weights=2**30, cache=2**20),
                Placed(device="CPU", layers=11),
            ),
            notes=("20 of 31 layers fit.",),
        )
        return Loaded(job=command.job, model=info, seconds=0.1)


def test_where_the_layers_of_a_model_go(run: Any, starter_model: Path) -> None:
    words = ("doctor", "--model", str(starter_model))
    outcome = run(*words, new_client=LoadingClient)
    for line in ("Loaded: Tiny", "  Torch: 20 layers, 1.1 GB", "  CPU: 11 layers, 0 kB"):
        assert line in outcome.out.splitlines()
    assert "  20 of 31 layers fit." in outcome.out
    report = json.loads(run(*words, "--json", new_client=LoadingClient).out)
    assert [row["layers"] for row in report["loaded"]["placement"]] == [20, 11]


def test_a_model_that_does_not_load_is_part_of_the_report(
    run: Any, starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LoadingClient, "problem", "There is not enough memory.")
    outcome = run("doctor", "--model", str(starter_model), new_client=LoadingClient)
    assert (outcome.code, outcome.err) == (0, "")
    assert "The model cannot be loaded: There is not enough memory." in outcome.out
    assert "There is no model yet" in run("doctor", "--model", new_client=LoadingClient).out
