"""The system trees: made once by debootstrap, kept in the cache, and overlaid for each try."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bundle import llama
from machine import SetupError, tool

from prove import sandbox
from prove.plan import CONDITIONS, TREES, Tree
from prove.sandbox import Scratch

_KEYRING = Path("usr/share/keyrings/ubuntu-archive-keyring.gpg")
_UBUNTU = Path("/usr/share/debootstrap/scripts/gutsy")
_INSTALL = "apt-get update -q && apt-get install -q -y --no-install-recommends"
_TRIES = "tries"


def cache() -> Path:
    """The folder of the trees, outside of the repository."""
    return llama.cache().with_name("roots")


@dataclass(frozen=True)
class Roots:
    """The trees in `folder`; `needs` are the packages that a bundle stands on."""

    folder: Path
    needs: tuple[str, ...]

    def scratch(self, name: str) -> Scratch:
        """A new folder for a try; what an earlier one has left there is removed."""
        found = Scratch(self.folder, f"{_TRIES}/{name}")
        shutil.rmtree(found.folder, ignore_errors=True)
        found.make()
        return found

    def base(self, tree: Tree) -> list[str]:
        """The layers of the bare tree: what debootstrap calls minbase, and a user."""
        self._once(tree.suite, lambda part: self._bootstrap(tree, part))
        return [tree.suite]

    def ready(self, tree: Tree) -> list[str]:
        """The layers of a tree that has what a bundle needs, and the languages where it does."""
        base = self.base(tree)
        packages = [*self.needs, *(["locales"] if tree.has_locales else [])]
        script = f"{_INSTALL} {' '.join(packages)}; apt-get clean"
        if tree.has_locales:
            script += "".join(f"; localedef -i {name} -f UTF-8 {name}.UTF-8" for name in locales())
        key = hashlib.sha256(script.encode()).hexdigest()[:12]
        title = f"{tree.title}, libraries"
        return [*self._layer(f"{tree.suite}-{key}", title, base, script), *base]

    def _layer(self, name: str, title: str, layers: Sequence[str], script: str) -> list[str]:
        """A layer that root's script has written over others, with the network."""

        def build(part: Path) -> None:
            scratch = Scratch(self.folder, part.name)
            scratch.make()
            command = sandbox.as_root(scratch, script)
            self._must(title, sandbox.entering(scratch, layers, command, has_network=True))

        self._once(name, build)
        return [Scratch(self.folder, name).layer]

    def _once(self, name: str, build: Callable[[Path], None]) -> None:
        target, part = self.folder / name, self.folder / f"{name}.part"
        if target.exists():
            return
        shutil.rmtree(part, ignore_errors=True)
        build(part)
        part.rename(target)

    def _bootstrap(self, tree: Tree, part: Path) -> None:
        words = [tool("debootstrap", "debootstrap"), "--variant=minbase"]
        words += [f"--keyring={self._keyring()}"] if tree.is_ubuntu else []
        # An older debootstrap does not know the newest Ubuntu, which all have the same recipe.
        recipe = ["", str(_UBUNTU)] if tree.is_ubuntu else []
        self._must(f"{tree.title}, debootstrap", [*words, tree.suite, str(part), *recipe])
        self._must(f"{tree.title}, a user", ["chroot", str(part), "useradd", "-m", "writer"])

    def _keyring(self) -> Path:
        """Ubuntu's keys: this machine's, else those that Debian 13 has in a package of its own."""
        if (own := Path("/") / _KEYRING).exists():
            return own
        base = self.base(next(tree for tree in TREES if tree.suite == "trixie"))
        script = f"{_INSTALL} ubuntu-keyring; apt-get clean"
        self._layer("ubuntu-keyring", "Ubuntu's keys", base, script)
        return Scratch(self.folder, "ubuntu-keyring").upper / _KEYRING

    def _must(self, title: str, command: Sequence[str]) -> None:
        ended = sandbox.run(title, command)
        if ended.code:
            said = (ended.error.strip() or ended.out.strip())[-1500:]
            raise SetupError(f"{title} failed:\n{said}")


def locales() -> list[str]:
    """The languages of the conditions, such as `tr_TR`."""
    text = " ".join(word for one in CONDITIONS if one.needs_locales for word in one.variables)
    return sorted(set(re.findall(r"=(\w+)\.UTF-8", text)))


@contextmanager
def opened(folder: Path, needs: Sequence[str]) -> Iterator[Roots]:
    """The trees, for one run at a time; what the tries have left is removed before and after."""
    import fcntl  # not at the top: Windows has none, and dev.py starts there, too

    if os.geteuid():
        raise SetupError("Only root can make system trees: run it with sudo, or in a container.")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SetupError(f"Another proof goes on in {folder}: wait for its end.") from None
        shutil.rmtree(folder / _TRIES, ignore_errors=True)
        try:
            yield Roots(folder, tuple(needs))
        finally:
            shutil.rmtree(folder / _TRIES, ignore_errors=True)
