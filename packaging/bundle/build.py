"""The word `bundle`: the frozen program, then each of the archives that were asked for."""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from machine import SetupError

from bundle import freeze
from bundle.freeze import Workshop

FORMATS = ("tar", "deb", "appdir")

_ASK = """
import json
from app import __version__
from app.core.models.starter import STARTER, starter_path
from app.core.system.paths import Paths
path = starter_path(Paths.here().models)
print(json.dumps([__version__, str(path), STARTER.sha256]))
"""


def known(text: str) -> str:
    """A format's name as it was typed: argparse has no choices for a list that may be empty."""
    if text not in FORMATS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(FORMATS)}")
    return text


def run(shop: Workshop, formats: Sequence[str]) -> int:
    """Freeze the program, check it and pack it; without formats the folder alone."""
    _version, starter, sha256 = about(shop)
    freeze.freeze(shop)
    freeze.add_starter(shop, starter, sha256)
    print(f"{shop.tree}: {sum(_sizes(shop.tree)) / 1e6:.1f} MB", flush=True)
    for name in formats:
        raise SetupError(f"There is no {name} yet.")
    return 0


def about(shop: Workshop) -> tuple[str, Path, str]:
    """The program's version, and the starter model: its file, fetched if need be, its checksum."""
    version, path, sha256 = json.loads(_ask(shop, "-c", _ASK))
    if not Path(path).is_file():
        _ask(shop, "-m", "app", "models", "get", "starter", "--yes")
    return version, Path(path), sha256


def _ask(shop: Workshop, *words: str) -> str:
    done = subprocess.run(
        [shop.python, *words], cwd=shop.root, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SetupError(f"The program itself does not run in {shop.python}; see above.")
    return done.stdout


def _sizes(tree: Path) -> list[int]:
    files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path.stat().st_size for path in files]
