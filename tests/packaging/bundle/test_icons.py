"""The icon's files, read back by Qt, which knows both formats."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImageReader

DRAWING = Path(__file__).resolve().parents[3] / "resources" / "icons" / "lamp.svg"


@pytest.fixture
def icons(part):
    return part("bundle.icons")


def test_windows_has_a_picture_of_every_size(qapp, icons, tmp_path: Path) -> None:
    target = icons.write(DRAWING, Path(sys.executable), tmp_path, "win32")
    reader = QImageReader(str(target))
    assert reader.imageCount() == len(icons.ICO_SIZES)
    for place, size in enumerate(icons.ICO_SIZES):
        assert reader.jumpToImage(place)
        image = reader.read()
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(size // 2, size // 8).alpha() == 255  # the tile
        assert image.pixelColor(0, 0).alpha() < 255  # its round corner


def test_macos_has_every_size_also_for_fine_screens(icons) -> None:
    sizes = (16, 32, 64, 128, 256, 512, 1024)
    found = icons.icns({size: b"\x89PNG" + bytes([size % 251]) for size in sizes})
    assert found[:4] == b"icns"
    assert struct.unpack(">I", found[4:8]) == (len(found),)
    kinds, place = {}, 8
    while place < len(found):
        (length,) = struct.unpack(">I", found[place + 4 : place + 8])
        kinds[found[place : place + 4].decode()] = found[place + 8 : place + length]
        place += length
    assert set(kinds) == {
        "icp4", "icp5", "ic07", "ic08", "ic09", "ic10", "ic11", "ic12", "ic13", "ic14",
    }  # fmt: skip
    assert kinds["ic11"] == kinds["icp5"]  # 16 points on a fine screen are 32 pixels
    assert kinds["ic13"] == kinds["ic08"]
