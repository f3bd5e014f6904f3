"""The sentences about what a machine is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest


def nothing(_name: str) -> None:
    return None


def only(*names: str):
    return lambda name: f"/usr/bin/{name}" if name in names else None


def test_old_python_is_told_which_one_to_install(machine, monkeypatch) -> None:
    monkeypatch.setattr(machine.sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(machine.sys, "version", "3.10.4 (main)")
    with pytest.raises(machine.SetupError, match=r"Python 3\.11 or newer, and this is 3\.10\.4"):
        machine.need_python()


def test_missing_venv_module_names_its_package(machine, monkeypatch) -> None:
    monkeypatch.setattr(
        machine.importlib.util, "find_spec", lambda name: name != "ensurepip" or None
    )
    monkeypatch.setattr(shutil, "which", nothing)
    with pytest.raises(machine.SetupError, match="sudo apt install python3-venv"):
        machine.need_python()


def test_this_python_will_do(machine) -> None:
    machine.need_python()


def test_full_disk_says_how_much_is_needed_and_free(machine, monkeypatch, tmp_path: Path) -> None:
    usage = SimpleNamespace(free=1_400_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(machine.SetupError, match=r"needs 3 GB, .* has 1\.4 GB free: make room"):
        machine.need_space(3, tmp_path)
    machine.need_space(1, tmp_path)


@pytest.mark.parametrize(
    ("platform", "tools", "how"),
    [
        ("linux", (), "run `sudo apt install build-essential`"),
        ("linux", ("dnf",), r"run `sudo dnf install gcc-c\+\+`"),
        ("darwin", (), "run `xcode-select --install`"),
        ("win32", (), "Visual Studio Build Tools"),
    ],
)
def test_missing_compiler_says_how_to_get_one(machine, monkeypatch, platform, tools, how) -> None:
    monkeypatch.setattr(machine.sys, "platform", platform)
    monkeypatch.setattr(shutil, "which", only(*tools))
    with pytest.raises(machine.SetupError, match=f"no C\\+\\+ compiler: .*{how}"):
        machine.need_compiler()


@pytest.mark.parametrize("compiler", ["c++", "g++", "clang++"])
def test_any_usual_compiler_will_do(machine, monkeypatch, compiler: str) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(machine.sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", only(compiler))
    machine.need_compiler()


def test_compiler_named_by_the_environment_counts(machine, monkeypatch) -> None:
    monkeypatch.setenv("CXX", "icpx")
    monkeypatch.setattr(machine.sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", only("icpx"))
    machine.need_compiler()


@pytest.mark.parametrize(
    ("tool", "code", "found"), [(True, 0, True), (True, 9, False), (False, 0, False)]
)
def test_nvidia_needs_a_tool_that_finds_a_gpu(machine, monkeypatch, tool, code, found) -> None:
    monkeypatch.setattr(shutil, "which", only("nvidia-smi") if tool else nothing)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=code))
    assert machine.has_nvidia() is found


@pytest.mark.parametrize(
    "trouble", [urllib.error.URLError("no route"), TimeoutError(), ConnectionResetError()]
)
def test_silent_index_does_not_answer(machine, monkeypatch, trouble: OSError) -> None:
    asked: list[float] = []

    def urlopen(_url: str, timeout: float) -> None:
        asked.append(timeout)
        raise trouble

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    assert machine.answers("https://example.org/") is False
    assert asked == [machine.ANSWER_TIMEOUT_S]


def test_qt_that_cannot_be_loaded_names_packages(machine, monkeypatch) -> None:
    said = "Traceback…\nImportError: libEGL.so.1: cannot open shared object file\n"
    tried = SimpleNamespace(returncode=1, stderr=said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: tried)
    monkeypatch.setattr(shutil, "which", nothing)
    with pytest.raises(machine.SetupError, match=r"libEGL\.so\.1.*apt install libegl1"):
        machine.need_qt(Path("python"))


def test_qt_loads_here(machine) -> None:
    machine.need_qt(Path(sys.executable))


@pytest.fixture
def linux_desktop(machine: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(machine.sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(shutil, "which", nothing)
    return machine


def test_no_display_is_said(linux_desktop, monkeypatch) -> None:
    monkeypatch.delenv("DISPLAY")
    with pytest.raises(linux_desktop.SetupError, match="no display"):
        linux_desktop.need_display()


def test_missing_x11_libraries_are_named_together(linux_desktop, monkeypatch) -> None:
    monkeypatch.setattr(linux_desktop, "has_library", lambda name: "xcb-i" in name)
    with pytest.raises(linux_desktop.SetupError) as caught:
        linux_desktop.need_display()
    assert "apt install libxcb-cursor0 libxkbcommon-x11-0 libxcb-keysyms1" in str(caught.value)
    assert "icccm" not in str(caught.value)


@pytest.mark.parametrize("name", ["WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_other_displays_need_no_x11(linux_desktop, monkeypatch, name: str) -> None:
    monkeypatch.setenv(name, "something")
    monkeypatch.setattr(linux_desktop, "has_library", lambda _name: False)
    linux_desktop.need_display()


def test_a_missing_library_is_not_found(machine) -> None:
    assert not machine.has_library("liblampblack-nowhere.so.9")
