"""The build of llama.cpp that the hardware wants, what it takes, and how it is got."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

Machine = Callable[..., None]


@pytest.fixture
def hardware(builds: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """A machine with this hardware and these tools."""

    def make(
        system: str = "linux",
        *,
        arm: bool = False,
        nvidia: str = "",
        vulkan: bool = False,
        tools: tuple[str, ...] = (),
        headers: str = "",
        compiler: bool = True,
    ) -> None:
        monkeypatch.setattr(builds.sys, "platform", system)
        monkeypatch.setattr(builds.platform, "machine", lambda: "arm64" if arm else "x86_64")
        monkeypatch.setattr(builds.machine, "has_nvidia", lambda: bool(nvidia))
        monkeypatch.setattr(builds.machine, "has_compiler", lambda: compiler)
        monkeypatch.setattr(builds, "has_vulkan_gpu", lambda: vulkan)
        names = (*tools, "nvidia-smi") if nvidia else tools
        monkeypatch.setattr(shutil, "which", lambda name: name if name in names else None)
        said = SimpleNamespace(stdout=f"Driver Version: 550.1  CUDA Version: {nvidia} |")
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
        monkeypatch.setenv(builds.HEADERS, str(_headers(tmp_path, headers)))

    return make


def _headers(folder: Path, version: str) -> Path:
    include = folder / "usr" / "include"
    if version:
        major, minor, patch = version.split(".")
        (include / "vulkan").mkdir(parents=True)
        (include / "vulkan" / "vulkan_core.h").write_text(
            f"#define VK_HEADER_VERSION {patch}\n#define VK_HEADER_VERSION_COMPLETE "
            f"VK_MAKE_API_VERSION(0, {major}, {minor}, VK_HEADER_VERSION)\n"
        )
        (include / "spirv" / "unified1").mkdir(parents=True)
        (include / "spirv" / "unified1" / "spirv.hpp").touch()
    return include


def test_a_plain_machine_gets_the_processors_build(builds, hardware) -> None:
    hardware()
    assert builds.choose("auto") == builds.NONE
    assert builds.choose("none") == builds.NONE
    assert builds.NONE.stamp == (), "as before there were others: nothing is installed again"


def test_hardware_decides(builds, hardware) -> None:
    hardware(nvidia="12.4", vulkan=True)
    assert builds.choose("auto").kind == "cuda"
    assert builds.choose("vulkan").kind == "vulkan"
    hardware(vulkan=True)
    assert builds.choose("auto").kind == "vulkan"
    hardware("darwin", arm=True)
    assert builds.choose("auto").kind == "metal"
    hardware("darwin")
    assert builds.choose("auto") == builds.NONE


def test_the_driver_decides_which_cuda_wheels_run(builds, hardware) -> None:
    hardware(nvidia="12.3")
    assert builds.choose("auto").indexes == ("cu123", "cu122", "cu121")
    hardware(nvidia="13.0")
    assert builds.choose("auto").indexes[0] == "cu125"
    hardware(nvidia="11.8")
    assert builds.choose("auto").indexes == ()


def test_what_cuda_needs_to_be_compiled(builds, hardware, monkeypatch) -> None:
    hardware(nvidia="12.4")
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    assert "CUDA toolkit" in builds.choose("auto").missing
    hardware(nvidia="12.4", tools=("nvcc",))
    assert builds.choose("auto").missing == ""
    hardware(nvidia="12.4", tools=("nvcc",), compiler=False)
    assert builds.choose("auto").missing == "a C++ compiler"


def test_what_vulkan_needs_to_be_compiled(builds, hardware) -> None:
    hardware(vulkan=True)
    missing = builds.choose("auto").missing
    assert missing.startswith("glslc, Vulkan headers 1.3.272 or newer, SPIR-V headers: run `sudo")
    assert missing.endswith("name newer ones in VULKAN_HEADERS")


def test_old_headers_are_named_with_their_version(builds, hardware) -> None:
    hardware(vulkan=True, tools=("glslc",), headers="1.3.239")
    assert builds.choose("auto").missing.startswith(
        "Vulkan headers 1.3.272 or newer (here are 1.3.239): run `sudo apt install"
    )


def test_headers_that_were_named_are_handed_to_the_compiler(builds, hardware, tmp_path) -> None:
    hardware(vulkan=True, tools=("glslc",), headers="1.4.309")
    build = builds.choose("auto")
    assert build.missing == ""
    assert build.cmake == (
        "-DGGML_VULKAN=ON",
        f"-DVulkan_INCLUDE_DIR={tmp_path.as_posix()}/usr/include",
        f"-DCMAKE_PREFIX_PATH={tmp_path.as_posix()}/usr",
    )


def test_a_tool_that_came_later_makes_another_build(builds, hardware) -> None:
    hardware(vulkan=True)
    before = builds.choose("auto").stamp
    hardware(vulkan=True, tools=("glslc",), headers="1.4.309")
    assert builds.choose("auto").stamp != before


@pytest.fixture
def tried(
    engines: ModuleType,
    installing: ModuleType,
    machine: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> SimpleNamespace:
    """What the set-up tries, with indexes that answer or not."""
    state = SimpleNamespace(titles=[], arguments=[], answering=(), failing=())

    def pip(title: str, *arguments: str, **_how: bool) -> None:
        state.titles.append(title)
        state.arguments.append(arguments)
        if title in state.failing:
            raise machine.SetupError("no")

    monkeypatch.setattr(installing, "pip", pip)
    monkeypatch.setattr(engines, "llama_problem", lambda: "")
    monkeypatch.setattr(
        engines, "install_cpu_llama", lambda: state.titles.append("the processor's")
    )
    monkeypatch.setattr(
        machine, "answers", lambda url: any(f"/{name}/" in url for name in state.answering)
    )
    return state


def test_a_prebuilt_wheel_comes_first_and_past_the_cache(engines, builds, tried) -> None:
    tried.answering = ("cu124", "cu122")
    tried.failing = ("llama.cpp for CUDA, prebuilt (cu124)",)
    engines.install_llama(builds.Build("cuda", "CUDA", ("cu125", "cu124", "cu122"), ("-DX=ON",)))
    assert tried.titles == [
        "llama.cpp for CUDA, prebuilt (cu124)",
        "llama.cpp for CUDA, prebuilt (cu122)",
    ]
    assert all("--no-cache-dir" in arguments for arguments in tried.arguments)


def test_without_one_it_is_compiled_past_the_cache(engines, builds, tried) -> None:
    engines.install_llama(builds.Build("vulkan", "Vulkan", ("vulkan",), ("-DA=ON", "-DB=b")))
    assert tried.titles == ["llama.cpp for Vulkan, compiling"]
    (arguments,) = tried.arguments
    assert {"--no-cache-dir", "--no-binary", "cmake.args=-DA=ON;-DB=b"} <= set(arguments)


def test_where_neither_works_the_processors_build_is_taken_and_why_is_said(
    engines, builds, tried, capsys
) -> None:
    engines.install_llama(builds.Build("vulkan", "Vulkan", ("vulkan",), (), "glslc: get it"))
    assert tried.titles == ["the processor's"]
    assert capsys.readouterr().out == (
        "A GPU with Vulkan is here, but no build of llama.cpp for Vulkan was found, and compiling "
        "one needs glslc: get it. The processor's build is taken.\n"
    )


@pytest.fixture
def installed(
    engines: ModuleType,
    environment: ModuleType,
    installing: ModuleType,
    machine: ModuleType,
    places: ModuleType,
    testing: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """The builds that the set-up installs, one after the other."""
    kinds: list[str] = []
    places.BIN.mkdir(parents=True)
    places.PYTHON.touch()
    (places.VENV / "pyvenv.cfg").write_text("version = 3.11.7\n")
    monkeypatch.setattr(environment, "make_venv", lambda: None)
    monkeypatch.setattr(installing, "pip", lambda *_, **__: None)
    monkeypatch.setattr(machine, "need_qt", lambda _python: None)
    monkeypatch.setattr(engines, "install_llama", lambda build: kinds.append(build.kind))
    monkeypatch.setattr(environment, "get_starter", lambda: 0)
    monkeypatch.setattr(machine, "need_display", lambda: None)
    monkeypatch.setattr(os, "execv", lambda *_: 0)
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)
    monkeypatch.setattr(testing, "check", lambda: 0)
    monkeypatch.setattr(engines, "install_torch", lambda: None)
    monkeypatch.setattr(engines, "sees_gpu", lambda: True)
    return kinds


def test_a_choice_stays_until_another_one(dev, hardware, installed) -> None:
    hardware(nvidia="12.4", tools=("nvcc",))
    for words in (["run"], ["run"], ["test"], ["run", "--gpu", "none"], ["run"], ["test"]):
        dev.main(words)
    assert installed == ["cuda", ""]
    dev.main(["run", "--gpu", "auto"])
    assert installed == ["cuda", "", "cuda"]


def test_the_tests_alone_ask_for_no_gpu(dev, hardware, installed) -> None:
    hardware(nvidia="12.4")
    dev.main(["test"])
    assert installed == [""]


def test_the_tests_of_vulkan_run_in_an_environment_of_their_own(dev, testing, monkeypatch) -> None:
    calls: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(subprocess, "call", lambda line, env: calls.append((line, env)) or 3)
    assert dev.main(["test", "--vulkan", "-k", "cancel"]) == 3
    ((command, environment),) = calls
    assert command[2:] == ["test", "--vulkan", "-k", "cancel"]
    assert environment["LAMPBLACK_VENV"] == testing.VULKAN_VENV


def test_the_tests_of_vulkan_say_what_they_need(
    dev, places, testing, hardware, monkeypatch, capsys
) -> None:
    hardware()
    monkeypatch.setattr(places, "VENV", places.ROOT / testing.VULKAN_VENV)
    assert dev.main(["test", "--vulkan"]) == 1
    assert capsys.readouterr().err.startswith("The tests of Vulkan need glslc, Vulkan headers")


def test_the_tests_of_vulkan_see_the_processor_as_a_gpu(
    dev, places, testing, hardware, installed, monkeypatch
) -> None:
    hardware(tools=("glslc",), headers="1.4.309")
    commands: list[list[str]] = []
    monkeypatch.setattr(places, "VENV", places.VENV.rename(places.ROOT / testing.VULKAN_VENV))
    monkeypatch.setattr(places, "PYTHON", places.VENV / "bin" / "python")
    monkeypatch.setattr(subprocess, "call", lambda line, cwd: commands.append(line) or 0)
    monkeypatch.setenv("GGML_VK_VISIBLE_DEVICES", "7")
    assert dev.main(["test", "--vulkan", "-x"]) == 0
    assert installed == ["vulkan"]
    assert commands[0][1:] == ["-m", "pytest", "tests/vulkan", "-x"]
    assert os.environ["GGML_VK_VISIBLE_DEVICES"] == "0"


def test_a_machine_without_any_vulkan_driver_is_told(
    dev, engines, places, testing, hardware, installed, monkeypatch, capsys
) -> None:
    hardware(tools=("glslc",), headers="1.4.309")
    monkeypatch.setattr(places, "VENV", places.VENV.rename(places.ROOT / testing.VULKAN_VENV))
    monkeypatch.setattr(places, "PYTHON", places.VENV / "bin" / "python")
    monkeypatch.setattr(engines, "sees_gpu", lambda: False)
    monkeypatch.setenv("GGML_VK_VISIBLE_DEVICES", "7")
    assert dev.main(["test", "--vulkan"]) == 1
    assert "run `sudo apt install mesa-vulkan-drivers`" in capsys.readouterr().err
