"""A small tree in the place of the frozen program, for whatever packs it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def release(part, tmp_path: Path):
    tree = tmp_path / "dist" / "lampblack"
    (tree / "_internal" / "licences").mkdir(parents=True)
    (tree / "_internal" / "licences" / "lampblack.txt").write_text("MIT")
    (tree / "lampblack").write_text("#!/bin/sh\necho it runs\n")
    (tree / "lampblack").chmod(0o755)
    (tree / "_internal" / "link").symlink_to("licences")
    return part("bundle.archives").Release(
        tree, tmp_path / "work", "0.1.0", 1_800_000_000, "2.35", frozenset({"libEGL.so.1"}),
        ROOT / "resources" / "icons" / "lamp.svg", Path(sys.executable),
    )  # fmt: skip


@pytest.fixture
def windows_release(release):
    """The same with what a tree on Windows has; no links."""
    (release.tree / "_internal" / "link").unlink()
    (release.tree / "lampblack").unlink()
    for name in ("lampblack.exe", "lampblack-cli.exe"):
        (release.tree / name).write_bytes(b"MZ")
    (release.tree / "_internal" / "numpy").mkdir()
    (release.tree / "_internal" / "numpy" / "core$.pyd").write_bytes(b"MZ")
    return release
