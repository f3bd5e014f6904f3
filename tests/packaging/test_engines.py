"""Every way to get an engine, and what is said on the way."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib import metadata
from types import ModuleType, SimpleNamespace

import pytest


def canonical(requirement: str) -> str:
    """The name in a requirement as indexes compare it; empty for one of an extra."""
    name = re.split(r"[<>=!~; \[(]", requirement, maxsplit=1)[0]
    return "" if "extra ==" in requirement else re.sub(r"[-_.]+", "-", name).lower()


class Sources:
    """Where a llama-cpp-python could come from, and what was tried."""

    def __init__(self) -> None:
        self.cached = ""
        self.index = False
        self.loads = [True]
        self.failing: tuple[str, ...] = ()
        self.tried: list[str] = []
        self.arguments: list[tuple[str, ...]] = []


@pytest.fixture
def sources(
    engines: ModuleType,
    installing: ModuleType,
    machine: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> Sources:
    found = Sources()

    def pip(title: str, *arguments: str, **_how: bool) -> None:
        found.tried.append(title)
        found.arguments.append(arguments)
        if title in found.failing:
            raise machine.SetupError("no")

    monkeypatch.setattr(installing, "pip", pip)
    monkeypatch.setattr(engines, "cached_llama", lambda: found.cached)
    monkeypatch.setattr(machine, "answers", lambda url: found.index)
    monkeypatch.setattr(machine, "need_compiler", lambda: found.tried.append("compiler?"))
    monkeypatch.setattr(
        engines, "llama_problem", lambda: "" if found.loads.pop(0) else "no libgomp"
    )
    return found


CACHED, PREBUILT, COMPILED = (
    "llama.cpp, built here before",
    "llama.cpp, prebuilt",
    "llama.cpp, compiling",
)


def test_wheel_of_an_earlier_build_comes_first(engines, sources) -> None:
    sources.cached, sources.index = "/cache/llama_cpp_python-0.3.36-py3-none-any.whl", True
    engines.install_llama()
    assert sources.tried == [CACHED]


def test_prebuilt_wheel_is_taken_when_its_index_answers(engines, sources) -> None:
    sources.index = True
    engines.install_llama()
    assert sources.tried == [PREBUILT]
    assert "--only-binary" in sources.arguments[0]


def test_without_any_wheel_it_is_compiled_and_the_reason_said(engines, sources, capsys) -> None:
    engines.install_llama()
    assert sources.tried == ["compiler?", COMPILED]
    assert capsys.readouterr().out == (
        "No prebuilt wheel answered, so llama.cpp is compiled once: "
        "about 10 minutes on two cores.\n"
    )


def test_wheels_that_do_not_run_here_are_left(engines, sources, capsys) -> None:
    sources.cached, sources.index, sources.loads = "/cache/a.whl", True, [False, False, True]
    engines.install_llama()
    assert sources.tried == [CACHED, PREBUILT, "compiler?", COMPILED]
    said = capsys.readouterr().out
    assert f"{CACHED}: it cannot be loaded (no libgomp), another way is tried." in said
    assert "No prebuilt wheel works here" in said


def test_index_without_this_wheel_leads_to_the_compiler(engines, sources) -> None:
    sources.index, sources.failing = True, (PREBUILT,)
    engines.install_llama()
    assert sources.tried == [PREBUILT, "compiler?", COMPILED]


def test_build_that_cannot_be_loaded_is_said(engines, machine, sources) -> None:
    sources.loads = [False]
    with pytest.raises(machine.SetupError, match="cannot be loaded: no libgomp"):
        engines.install_llama()


def test_all_that_llama_needs_is_installed_without_the_test_tools(engines, places) -> None:
    """It is installed without its requirements, and the first window needs it."""
    needed = {canonical(line) for line in metadata.requires("llama-cpp-python") or ()}
    own = {canonical(line) for line in (*places.project()["dependencies"], *engines.LLAMA_NEEDS)}
    assert needed - {""} <= own


@pytest.mark.parametrize(
    ("code", "stderr", "said"),
    [
        (0, "a warning", ""),
        (1, "Traceback\nOSError: libgomp.so.1", "OSError: libgomp.so.1"),
        (-4, "", "it ended with code -4"),
    ],
)
def test_why_llama_does_not_run_is_the_last_line(engines, monkeypatch, code, stderr, said) -> None:
    done = SimpleNamespace(returncode=code, stderr=stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert engines.llama_problem() == said


def test_cached_wheel_of_another_version_is_not_taken(engines, monkeypatch) -> None:
    listed = (
        "/c/llama_cpp_python-0.3.35-py3-none-any.whl\n/c/llama_cpp_python-0.3.36-py3-none-any.whl\n"
    )
    done = SimpleNamespace(stdout=listed)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert engines.cached_llama() == "/c/llama_cpp_python-0.3.36-py3-none-any.whl"


def test_cached_wheel_with_tile_instructions_leaves_the_cache(
    engines, monkeypatch, tmp_path
) -> None:
    wheel = tmp_path / "llama_cpp_python-0.3.36-py3-none-any.whl"
    calls: list[list[str]] = []

    def run(command, **_how):
        calls.append(command[3:])
        return SimpleNamespace(stdout=f"{wheel}\n")

    monkeypatch.setattr(subprocess, "run", run)
    for code, taken in ((b"no tiles", str(wheel)), (b"..ggml_backend_amx_mul_mat..", "")):
        with zipfile.ZipFile(wheel, "w") as made:
            made.writestr("llama_cpp/lib/libggml-cpu.so", code)
        assert engines.cached_llama() == taken
    assert calls[-1] == ["cache", "remove", "llama_cpp_python-0.3.36-*"]


LOCAL, CPU, REST = (
    "PyTorch, from this machine",
    "PyTorch, for the processor",
    "PyTorch and transformers",
)


@pytest.fixture
def linux(machine: ModuleType, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> Sources:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(machine, "has_nvidia", lambda: False)
    monkeypatch.setattr(machine, "need_space", lambda gigabytes, folder: None)
    return sources


def test_torch_with_a_gpu_is_the_usual_build(engines, machine, linux, monkeypatch) -> None:
    monkeypatch.setattr(machine, "has_nvidia", lambda: True)
    engines.install_torch()
    assert linux.tried == [REST]


def test_torch_without_a_gpu_is_this_machines_own_wheel(engines, linux) -> None:
    engines.install_torch()
    assert linux.tried == [LOCAL, REST]
    assert "--no-index" in linux.arguments[0]


def test_torch_without_a_gpu_is_the_cpu_build_of_its_project(engines, linux) -> None:
    linux.failing, linux.index = (LOCAL,), True
    engines.install_torch()
    assert linux.tried == [LOCAL, CPU, REST]


def test_only_the_usual_torch_brings_nvidias_libraries(
    engines, machine, places, linux, monkeypatch
) -> None:
    listed = places.LOG.with_name("requirements.txt")
    engines.install_torch()
    assert ("transformers==" in listed.read_text(), "nvidia-" in listed.read_text()) == (
        True,
        False,
    )
    monkeypatch.setattr(machine, "has_nvidia", lambda: True)
    engines.install_torch()
    assert "nvidia-cudnn" in listed.read_text()


def test_torch_without_any_cpu_build_says_how_large_it_is(engines, linux, capsys) -> None:
    linux.failing = (LOCAL,)
    engines.install_torch()
    assert linux.tried == [LOCAL, REST]
    assert "several GB" in capsys.readouterr().out


def test_a_pack_takes_the_cpu_build_or_none(engines, machine, places, linux, monkeypatch) -> None:
    monkeypatch.setattr(machine, "has_nvidia", lambda: True)
    engines.install_pack("pyinstaller")
    assert linux.tried == [LOCAL, "Libraries of the pack"]
    listed = places.LOG.with_name("requirements.txt").read_text()
    assert "gguf==" in listed
    assert "pyinstaller==" in listed
    assert "nvidia-" not in listed
    assert "pyside6" not in listed
    linux.failing = (LOCAL,)
    with pytest.raises(machine.SetupError, match="CPU build"):
        engines.install_pack()
