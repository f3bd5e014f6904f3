"""What a desktop wants beside the program: its entry, icons, file types, metadata, manual."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from machine import SetupError, tool

ID = "io.github.lampblack.Lampblack"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_HERE = Path(__file__).resolve().parent / "desktop"
_PLACES = {
    f"{ID}.desktop": "applications",
    f"{ID}.metainfo.xml": "metainfo",
    f"{ID}.mime.xml": "mime/packages",
    "lampblack.1": "man/man1",
}

_DRAW = """
import sys
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
application = QGuiApplication([])
drawing = QSvgRenderer(sys.argv[1])
for size in map(int, sys.argv[3:]):
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    if not image.save(sys.argv[2].format(size)):
        sys.exit("an icon could not be written")
"""


def tile(drawing: str) -> str:
    """The program's icon out of its drawing: lines in lamplight on a dark tile.

    A drawing has lines in the colour of the text around it, which a desktop's panel has none of.
    """
    lines = re.findall(r"<path [^>]*/>", drawing)
    inner = "\n".join(f"    {line}" for line in lines)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 32 32">
  <rect x="1" y="1" width="30" height="30" rx="7" fill="#26302f"/>
  <g transform="translate(4 4)" fill="none" stroke="#f4c56a" stroke-width="1.75"
     stroke-linecap="round" stroke-linejoin="round">
{inner}
  </g>
</svg>
"""


def install(share: Path, drawing: Path, python: Path, version: str, made: int) -> None:
    """Put everything below `share`, such as usr/share; `made` is in seconds since 1970."""
    date = datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%d")
    for name, place in _PLACES.items():
        text = (_HERE / name).read_text("utf-8").replace("@VERSION@", version)
        _write(share / place / name.replace(".mime.", "."), text.replace("@DATE@", date))
    _draw(share / "icons" / "hicolor", drawing, python)
    require_valid(share)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".1":
        target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    else:
        target.write_text(text, "utf-8")


def _draw(icons: Path, drawing: Path, python: Path) -> None:
    vector = icons / "scalable" / "apps" / f"{ID}.svg"
    _write(vector, tile(drawing.read_text("utf-8")))
    for size in SIZES:
        (icons / f"{size}x{size}" / "apps").mkdir(parents=True, exist_ok=True)
    draw(vector, icons / "{0}x{0}" / "apps" / f"{ID}.png", python, SIZES)


def draw(vector: Path, target: Path, python: Path, sizes: Sequence[int]) -> None:
    """Draw an SVG file as a PNG of each size; `{0}` in the target's path stands for the size."""
    command: list[str | Path] = [python, "-c", _DRAW, vector, target, *map(str, sizes)]
    quiet = {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, env={**os.environ, **quiet})


def require_valid(share: Path) -> None:
    """Raise what a software centre or a desktop would find wrong."""
    about = share / "metainfo" / f"{ID}.metainfo.xml"
    entry = share / "applications" / f"{ID}.desktop"
    commands: list[list[str | Path]] = [
        [tool("appstreamcli", "appstream"), "validate", "--no-net", about],
        [tool("desktop-file-validate", "desktop-file-utils"), entry],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SetupError(f"{command[-1]} is not valid:\n{done.stdout}{done.stderr}")
