"""The gates of freezing: libraries that were not found, and another file than the starter."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

LOG = (
    "12 WARNING: Library not found: could not resolve 'libxcb-cursor.so.0', dependency of "
    "'/venv/PySide6/Qt/plugins/platforms/libqxcb.so'.\n13 INFO: done\n"
)


@pytest.fixture
def freeze(part):
    return part("bundle.freeze")


@pytest.fixture
def shop(freeze, tmp_path: Path):
    return freeze.Workshop(tmp_path, tmp_path / "python", lambda *_words: None, lambda name: name)


def test_a_library_that_was_not_found_stops_the_build(freeze, part) -> None:
    with pytest.raises(part("machine").SetupError, match=r"libxcb-cursor\.so\.0.* Install it"):
        freeze.require_found(LOG, ["libqxcb.so"])


def test_what_only_a_pruned_file_needs_does_not(freeze) -> None:
    freeze.require_found(LOG, ["libqoffscreen.so"])


def test_the_starter_goes_in_where_its_checksum_is_right(freeze, shop, part) -> None:
    model = shop.root / "starter.gguf"
    model.write_bytes(b"GGUF")
    (shop.tree / "_internal").mkdir(parents=True)
    terms = shop.root / "terms.txt"
    terms.write_text("Apache")
    with pytest.raises(part("machine").SetupError, match="checksum differs"):
        freeze.add_starter(shop, model, "0" * 64, terms)
    freeze.add_starter(shop, model, hashlib.sha256(b"GGUF").hexdigest(), terms)
    assert (shop.tree / "_internal/models/starter.gguf").read_bytes() == b"GGUF"
    assert model.stat().st_nlink == 1  # another build, which would link it too, changes that
    assert (shop.tree / "_internal/models/LICENSE.txt").read_text() == "Apache"


def test_llama_cpp_is_built_once(part, tmp_path: Path) -> None:
    llama, built = part("bundle.llama"), []

    def build(folder: Path) -> None:
        (folder / "llama.whl").write_text("")
        built.append(folder)

    found = [llama.wheel(tmp_path / "key", build) for _time in range(2)]
    assert found == [tmp_path / "key" / "llama.whl"] * 2
    assert len(built) == 1


def test_an_interrupted_build_of_llama_cpp_is_no_build(part, tmp_path: Path) -> None:
    llama = part("bundle.llama")
    with pytest.raises(part("machine").SetupError, match="no wheel"):
        llama.wheel(tmp_path / "key", lambda folder: (folder / "half.o").touch())
    assert not (tmp_path / "key").exists()


def test_another_compiler_makes_another_build(part) -> None:
    key = part("bundle.llama").key
    assert key("llama-cpp-python==1", "g++ 12") == key("llama-cpp-python==1", "g++ 12")
    assert (
        len({key("llama==1", "g++ 12"), key("llama==1", "g++ 13"), key("llama==2", "g++ 12")}) == 3
    )


def test_vulkan_is_one_more_backend_where_it_can_be_built(part, monkeypatch) -> None:
    llama, builds = part("bundle.llama"), part("builds")
    without = llama.flags("linux", "x86_64")
    lacking = builds.Build("vulkan", "Vulkan", missing="glslc: install it")
    monkeypatch.setattr(builds, "choose", lambda _kind: lacking)
    assert llama.vulkan("linux") == ((), "glslc: install it")
    key = llama.key("llama==1", "g++ 12")
    whole = builds.Build("vulkan", "Vulkan", cmake=("-DGGML_VULKAN=ON", "-DCMAKE_PREFIX_PATH=/x"))
    monkeypatch.setattr(builds, "choose", lambda _kind: whole)
    monkeypatch.setattr(builds, "headers_version", lambda _folder: (1, 4, 309))
    assert llama.vulkan("linux") == llama.vulkan("win32") == (whole.cmake, "")
    assert llama.vulkan("darwin") == ((), "")  # which has Metal
    assert not {flag.partition("=")[0] for flag in without} & {"-DCMAKE_PREFIX_PATH"}
    keys = {key, llama.key("llama==1", "g++ 12")}
    monkeypatch.setattr(builds, "headers_version", lambda _folder: (1, 4, 310))
    assert len(keys | {llama.key("llama==1", "g++ 12")}) == 3


def test_llama_cpp_has_every_kind_of_processor_on_each_system(part) -> None:
    llama = part("bundle.llama")
    systems = {
        "linux": llama.flags("linux", "x86_64"),
        "windows": llama.flags("win32", "AMD64"),
        "mac": llama.flags("darwin", "arm64"),
        "intel": llama.flags("darwin", "x86_64"),
    }
    for found in systems.values():
        assert {"-DGGML_NATIVE=OFF", "-DGGML_BACKEND_DL=ON", "-DGGML_CPU_ALL_VARIANTS=ON"} < {
            *found
        }
        names = [flag.partition("=")[0] for flag in found]
        assert len(names) == len(set(names))
    assert "-DGGML_METAL=ON" in systems["mac"]
    assert "-DGGML_METAL=OFF" in systems["intel"]
    assert "-DCMAKE_INSTALL_RPATH=@loader_path" in systems["mac"]
    assert not any("RPATH" in flag for flag in systems["windows"])
    assert "-DGGML_OPENMP=OFF" not in systems["linux"]
    # What a former version has built is still in the cache by the name that these make.
    assert systems["linux"][-2:] == (
        "-DCMAKE_INSTALL_RPATH=$ORIGIN",
        "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON",
    )
