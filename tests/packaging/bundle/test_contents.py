"""What goes into a bundle, by the paths that PyInstaller collects."""

from __future__ import annotations

import importlib

import pytest

from app.__main__ import _CHILDREN
from app.host.baselines.server import BASELINES

ROOM = "_internal/PySide6/Qt"


@pytest.fixture
def contents(part):
    return part("bundle.contents")


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/QtWidgets.abi3.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/plugins/wayland-decoration-client/libbradient.so",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        r"PySide6\plugins\imageformats\qsvg.dll",
        r"PySide6\plugins\platforms\qwindows.dll",
        r"PySide6\Qt6Gui.dll",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
        "PySide6/Qt/lib/QtGui.framework/Versions/A/QtGui",
        "resources/icons/lamp.svg",
        "libxcb-cursor.so.0",
    ],
)
def test_what_the_window_needs_stays(contents, path: str) -> None:
    assert contents.is_wanted(path)


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/translations/designer_zh_CN.qm",
        "PySide6/Qt/qml/QtQuick/qmldir",
        r"PySide6\opengl32sw.dll",
        r"PySide6\plugins\platforms\qdirect2d.dll",
        r"PySide6\plugins\tls\qschannelbackend.dll",
        "PySide6/Qt/plugins/platforms/libqminimal_gl.dylib",
        "libstdc++.so.6",
        "libwayland-client.so.0",
        "libvulkan.so.1",
        "vulkan-1.dll",
    ],
)
def test_what_it_does_not_is_left_out(contents, path: str) -> None:
    assert not contents.is_wanted(path)


@pytest.mark.parametrize(
    ("file", "kept"),
    [
        ("llama_cpp/lib/libggml-cpu-zen4.so", True),
        ("llama_cpp/lib/libllama.so", True),
        ("llama_cpp/lib/libggml-vulkan.so", True),
        ("llama_cpp/lib/libggml-cpu-sapphirerapids.so", False),
        ("llama_cpp/lib/libllama-common.so", False),
        ("llama_cpp/lib/libmtmd.so", False),
        (r"llama_cpp\lib\ggml-cpu-haswell.dll", True),
        (r"llama_cpp\lib\mtmd.dll", False),
        ("llama_cpp/lib/libggml-metal.so", True),
        ("llama_cpp/lib/libggml-cpu-apple_m1.so", True),
    ],
)
def test_of_llama_cpp_the_engine_s_libraries_stay(contents, file: str, kept: bool) -> None:
    assert contents.is_llama_library(file) is kept


def test_every_child_and_baseline_of_the_base_is_in_it(contents) -> None:
    modules = [module for module, _function, _count in _CHILDREN.values()]
    with_torch = ("peft", "torch")
    modules += [
        place.partition(":")[0] for name, place in BASELINES.items() if name not in with_torch
    ]
    assert all(contents.is_own(module) for module in modules)
    assert not contents.is_own("app.sdk.examples.chat")


def test_no_module_of_the_program_s_own_needs_is_excluded(contents, part) -> None:
    needs = [name for name, _ in _imports(part("places").project()["dependencies"])]
    assert not set(needs) & set(contents.EXCLUDED)


def _imports(requirements: list[str]) -> list[tuple[str, str]]:
    """The names by which the dependencies are imported."""
    packages = importlib.import_module("importlib.metadata").packages_distributions()
    named = {dist.lower(): name for name, dists in packages.items() for dist in dists}
    found = []
    for line in requirements:
        wanted = line.split(";")[0].split(">")[0].split("=")[0].strip().lower()
        for dist, name in named.items():
            if dist.replace("_", "-") == wanted.replace("_", "-"):
                found.append((name, dist))
    assert len(found) >= len(requirements) - 2
    return found
