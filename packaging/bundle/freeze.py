"""From the repository to dist/lampblack: a clean environment, PyInstaller, the gates after it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import lock
from machine import SetupError, need_compiler
from watching import CommandError, compiled_files, pip_says, watch

from bundle import libraries, llama, systems
from bundle.contents import NAME, SOURCES

FREEZER = "pyinstaller"
_HERE = Path(__file__).resolve().parent
_UNFOUND = re.compile(r"Library not found: (.+)")


@dataclass(frozen=True)
class Workshop:
    """Where a bundle is made: `root` is the repository, `python` the clean environment's own.

    `pip` installs into that environment at the pinned versions; its words are a title and pip's.
    `name` is that of the frozen program, of its folder and of its .spec file.
    """

    root: Path
    python: Path
    pip: Callable[..., None]
    pin: Callable[[str], str]
    name: str = NAME

    @property
    def locked(self) -> Path:
        """The lock, with the hash of every file that pip may install."""
        return self.root / "packaging" / "locked.txt"

    @property
    def work(self) -> Path:
        """The folder of what lies between the source and the bundle."""
        return self.root / ".setup" / ("bundle" if self.name == NAME else self.name)

    @property
    def sources(self) -> Path:
        """What PyInstaller took from where, as JSON: names in the bundle, and paths."""
        return self.work / "pyinstaller" / self.name / SOURCES

    @property
    def tree(self) -> Path:
        """The frozen program."""
        return systems.tree(self.root / "dist", name=self.name)


def install(shop: Workshop, needs: Iterable[str]) -> None:
    """Install the program's libraries, PyInstaller and the llama.cpp for every processor."""
    shop.pip("Libraries of the bundle", *needs, shop.pin(FREEZER), "typing-extensions")
    shop.pip("llama.cpp of the bundle", "--no-deps", "--force-reinstall", str(llama_wheel(shop)))


def llama_wheel(shop: Workshop) -> Path:
    """The wheel of llama.cpp for every processor, compiled where it is not in the cache."""
    pinned = shop.pin("llama-cpp-python")
    folder = llama_folder(shop)

    def build(target: Path) -> None:
        print("llama.cpp is compiled once for every kind of processor: half an hour on two cores.")
        pip: list[str | Path] = [shop.python, "-m", "pip"]
        fetched = [*pip, "download", "--no-deps", "--no-binary", "llama-cpp-python", "-d", target]
        listed = target / "requirements.txt"
        listed.write_text(lock.only(shop.locked.read_text("utf-8"), pinned), "utf-8")
        fetched += ["--require-hashes", "-r", listed]
        _watched(shop, "llama.cpp, fetching", fetched, pip_says)
        listed.unlink()
        source = next(target.glob("*.tar.gz"))
        llama.take_texts(source, target / llama.TEXTS)
        settings = ("--config-settings", f"cmake.args={';'.join(llama.settings())}")
        compiled = [*pip, "wheel", "-v", "--no-deps", "--no-cache-dir", *settings, "-w", target]
        _watched(shop, "llama.cpp, compiling", [*compiled, source], compiled_files)
        source.unlink()

    return llama.wheel(folder, build)


def llama_folder(shop: Workshop) -> Path:
    """Where the build of llama.cpp is kept, its licences beside it."""
    return llama.cache() / llama.key(shop.pin("llama-cpp-python"), _compiler())


def _compiler() -> str:
    need_compiler()
    if sys.platform == "win32":  # which finds its compiler without a name on the path
        return os.environ.get("VISUALSTUDIOVERSION", "Visual Studio")
    command = [shutil.which("c++") or shutil.which("g++") or "clang++", "--version"]
    return subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0]


def freeze(shop: Workshop) -> None:
    """Freeze the program into `shop.tree`; raises SetupError where it would not start elsewhere."""
    shutil.rmtree(shop.tree, ignore_errors=True)
    command: list[str | Path] = [shop.python, "-m", "PyInstaller", "--noconfirm", "--clean"]
    command += ["--distpath", shop.tree.parent, "--workpath", shop.work / "pyinstaller"]
    log = _watched(shop, "Freezing", [*command, _HERE / f"{shop.name}.spec"], _step)
    if sys.platform == "linux":  # elsewhere PyInstaller alone knows what needs what
        libraries.prune(shop.tree, [shop.name])
        libraries.strip(shop.tree)
        libraries.require_whole(libraries.linked(shop.tree))
    require_found(log, (path.name for path in shop.tree.rglob("*") if path.is_file()))


def _step(line: str) -> str:
    said = re.search(r"INFO: (.+)", line)
    return said[1] if said else ""


def require_found(log: str, kept: Iterable[str]) -> None:
    """Raise where PyInstaller did not find a library that a file of the finished tree needs."""
    names = set(kept)
    for said in _UNFOUND.findall(log):
        needing = re.search(r"dependency of '(.+?)'", said)
        if needing is None or Path(needing[1]).name in names:
            raise SetupError(f"Library not found: {said} Install it, and build the bundle again.")


def _watched(
    shop: Workshop, title: str, command: list[str | Path], detail: Callable[[str], str]
) -> str:
    """Run a long command; what it said. Raises SetupError with the end of that."""
    log = shop.work / "build.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    try:
        watch(title, command, log, detail)
    except CommandError as error:
        raise SetupError(f"{title} failed; all of it is in {log}:\n{error.tail}") from None
    return log.read_text("utf-8")


def add_starter(shop: Workshop, model: Path, sha256: str, licence: Path) -> None:
    """Put the starter model into the bundle, and its licence beside it."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    if digest != sha256:
        raise SetupError(f"{model} is not the starter model: its checksum differs.")
    folder = systems.data_folder(shop.tree, "models")
    shutil.copyfile(licence, folder / "LICENSE.txt")
    target = folder / model.name
    target.unlink(missing_ok=True)
    shutil.copyfile(model, target)  # no link: another build's would change it while tar reads it
