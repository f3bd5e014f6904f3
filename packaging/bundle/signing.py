"""Signatures: each system's own way, for the frozen tree and for the finished archives.

The keys are variables of the environment, which a workflow fills from its secrets. Without them a
sentence says that there is no signature, and the build goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from bundle import macos, windows


@contextmanager
def keys(system: str = sys.platform) -> Iterator[None]:
    """What signs is at hand for as long as is built."""
    own = {"win32": windows.signing, "darwin": macos.keychain}.get(system, nullcontext)
    with own():
        yield


def sign_tree(tree: Path, system: str = sys.platform) -> None:
    """Sign the frozen programs before they are packed."""
    if system == "darwin":
        macos.seal(tree)
    elif system == "win32":
        windows.sign(*(tree / name for name in windows.PROGRAMS))


def sign_archives(made: Sequence[Path], system: str = sys.platform) -> None:
    """Sign what can be signed of the finished archives."""
    for path in made:
        if system == "darwin" and path.suffix == ".dmg":
            macos.finish(path)
        elif system == "win32" and path.suffix == ".exe":
            windows.sign(path)
