"""The word `bundle`: its formats, and what it says of the finished tree."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest


@pytest.fixture
def build(part):
    return part("bundle.build")


def test_only_what_is_in_the_finished_tree_is_asked_for_its_licence(build, tmp_path: Path) -> None:
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "libz.so").write_text("")
    rows = [["libz.so", "/usr/lib/libz.so"], ["libgtk.so", "/usr/lib/libgtk.so"], ["a", "/s/a.py"]]
    assert build.kept(rows, tmp_path) == [Path("/usr/lib/libz.so"), Path("/s/a.py")]


def test_the_table_adds_up_and_counts_no_link(build, tmp_path: Path) -> None:
    inner = tmp_path / "_internal"
    (inner / "PySide6" / "Qt").mkdir(parents=True)
    (inner / "PySide6" / "Qt" / "lib.so").write_bytes(bytes(3_000_000))
    (inner / "lib.so").symlink_to("PySide6/Qt/lib.so")
    (inner / "small").write_bytes(bytes(500_000))
    lines = [line.split(" MB  ") for line in build.table(tmp_path, most=1)]
    assert [(float(size), name) for size, name in lines] == [
        (3.0, "PySide6"), (0.5, "2 others"), (3.5, "in all"),
    ]  # fmt: skip


def test_a_format_that_is_none_is_said(build) -> None:
    assert build.known("deb") == "deb"
    with pytest.raises(argparse.ArgumentTypeError, match="'rpm' is none of tar, deb, appdir"):
        build.known("rpm")


def test_the_word_takes_any_number_of_formats(part) -> None:
    parse = part("dev").parser().parse_args
    assert parse(["bundle"]).formats == []
    assert parse(["bundle", "deb", "tar"]).formats == ["deb", "tar"]


def test_what_vulkan_was_compiled_with_is_listed_where_it_is_in(build, part, tmp_path) -> None:
    shop = part("bundle.freeze").Workshop(tmp_path, tmp_path / "python", print, str)
    lib = part("bundle.systems").inner(shop.tree) / "llama_cpp" / "lib"
    lib.mkdir(parents=True)
    (lib / "libggml-cpu-haswell.so").touch()
    assert list(build._vulkan(shop)) == []
    (lib / "libggml-vulkan.so").touch()
    (found,) = build._vulkan(shop)
    assert part("bundle.licences").is_allowed(found.licence)
    assert found.url == f"pkg:github/KhronosGroup/Vulkan-Headers@v{found.version}"
    assert "SPIRV-Headers" in found.texts[0].read_text("utf-8")
