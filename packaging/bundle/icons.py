"""The program's icon as Windows and macOS want it: PNG pictures of several sizes in one file."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from bundle import share

ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
_ICNS = {
    16: ("icp4",),
    32: ("icp5", "ic11"),
    64: ("ic12",),
    128: ("ic07",),
    256: ("ic08", "ic13"),
    512: ("ic09", "ic14"),
    1024: ("ic10",),
}
"""Pixels, and the types that have so many: some are pictures of half the size for fine screens."""

_PNG = b"\x89PNG\r\n\x1a\n"


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """An .ico file of PNG pictures by their size in pixels, 256 at most."""
    head, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    start = len(head) + 16 * len(pictures)
    for size, picture in sorted(pictures.items()):
        side = size % 256  # 0 stands for 256
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), start + len(body))
        body += picture
    return head + body


def icns(pictures: Mapping[int, bytes]) -> bytes:
    """An .icns file of PNG pictures by their size in pixels: 16 to 1024, each twice the last."""
    parts = b"".join(
        kind.encode() + struct.pack(">I", 8 + len(picture)) + picture
        for size, picture in sorted(pictures.items())
        for kind in _ICNS[size]
    )
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def write(drawing: Path, python: Path, folder: Path, system: str) -> Path:
    """Draw the icon into `folder` as `system` wants it; the file.

    `drawing` is the SVG of the program's sign, `python` one that has PySide6.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sizes, pack = (tuple(_ICNS), icns) if system == "darwin" else (ICO_SIZES, ico)
    vector = folder / "icon.svg"
    vector.write_text(share.tile(drawing.read_text("utf-8")), "utf-8")
    share.draw(vector, folder / "icon-{0}.png", python, sizes)
    pictures = {size: (folder / f"icon-{size}.png").read_bytes() for size in sizes}
    assert all(picture.startswith(_PNG) for picture in pictures.values())
    target = folder / ("lampblack.icns" if system == "darwin" else "lampblack.ico")
    target.write_bytes(pack(pictures))
    return target
