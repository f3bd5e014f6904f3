"""The word `bundle`: the frozen program, then each of the archives that were asked for."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import SetupError, tool

from bundle import (
    appimage,
    archives,
    freeze,
    libraries,
    licences,
    llama,
    macos,
    sbom,
    signing,
    systems,
    windows,
)  # fmt: skip
from bundle.archives import Release
from bundle.contents import NAME
from bundle.freeze import Workshop
from bundle.licences import Component

MAKERS = {
    "tar": archives.make_tar,
    "deb": archives.make_deb,
    "appdir": archives.make_appdir,
    "appimage": appimage.make_appimage,
    "zip": windows.make_zip,
    "nsis": windows.make_nsis,
    "dmg": macos.make_dmg,
}
STARTER = "starter-model"
_HERE = Path(__file__).resolve().parent

_ASK = """
import json, platform, sysconfig
from app import __version__
from app.core.models.starter import STARTER, starter_path
from app.core.system.paths import Paths
path = starter_path(Paths.here().models)
where = sysconfig.get_paths()
facts = {"version": __version__, "starter": str(path), "sha256": STARTER.sha256}
facts |= {"title": STARTER.title, "python": platform.python_version()}
print(json.dumps(facts | {"site": where["purelib"], "library": where["stdlib"]}))
"""


@dataclass(frozen=True)
class Place:
    """What a clean environment says of itself, and the program's version.

    `site` and `library` are the folders of its packages and of Python's own library.
    """

    version: str
    python: str
    site: str
    library: str


@dataclass(frozen=True)
class Facts(Place):
    """What the bundle's environment says of the starter model, too."""

    starter: str
    sha256: str
    title: str


def known(text: str) -> str:
    """A format's name as it was typed: argparse has no choices for a list that may be empty."""
    if text not in MAKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(MAKERS)}")
    return text


def run(shop: Workshop, formats: Sequence[str]) -> int:
    """Freeze the program, check it and pack it; without formats the folder alone."""
    with signing.keys():
        return _run(shop, formats)


def _run(shop: Workshop, formats: Sequence[str]) -> int:
    facts = about(shop)
    archives.clear(shop.tree.parent)
    freeze.freeze(shop)
    components = list(_components(shop, facts))
    if "appimage" in formats:
        components.append(appimage.CARRIED)
    licences.require_allowed(components)
    texts = systems.data_folder(shop.tree, "licences")
    licences.write(components, texts)
    freeze.add_starter(shop, Path(facts.starter), facts.sha256, texts / f"{STARTER}.txt")
    signing.sign_tree(shop.tree)
    release = _release(shop, facts)
    print("\n".join(table(shop.tree)), flush=True)
    print(f"{len(components)} parts are in it.")
    if release.glibc:
        print(f"It needs glibc {release.glibc} or newer.")
    _pack(release, components, formats)
    return 0


def about(shop: Workshop) -> Facts:
    """What the environment says; the starter model is fetched if need be."""
    facts = Facts(**json.loads(ask(shop, "-c", _ASK)))
    if not Path(facts.starter).is_file():
        ask(shop, "-m", "app", "models", "get", "starter", "--yes")
    return facts


def ask(shop: Workshop, *words: str) -> str:
    """What the clean environment's Python writes; raises SetupError where it fails."""
    command: list[str | Path] = [shop.python, *words]
    done = subprocess.run(command, cwd=shop.root, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SetupError(f"The program itself does not run in {shop.python}; see above.")
    return done.stdout


def kept(rows: Sequence[Sequence[str]], tree: Path) -> list[Path]:
    """Where what is in the finished tree came from, out of what PyInstaller took from where."""
    return [
        Path(source)
        for name, source in rows
        if source.endswith(".py") or (systems.inner(tree) / name).exists()
    ]


def _components(shop: Workshop, facts: Facts) -> Iterator[Component]:
    """Everything that the bundle carries, the program itself first."""
    yield Component(NAME, facts.version, "MIT", (shop.root / "LICENSE",))
    yield _starter(facts)
    texts = tuple(sorted((freeze.llama_folder(shop) / "licences").glob("*")))
    version = shop.pin("llama-cpp-python").replace("==", "-")
    yield from (Component(name, version, "MIT", texts) for name in ("llama.cpp", "ggml"))
    yield from _vulkan(shop)
    if sys.platform == "linux":  # elsewhere Qt is built without it
        doc = Path("/usr/share/doc")
        icu = next(doc.glob("libicu[0-9]*/copyright"), Path("libicu's copyright"))
        yield Component("icu", "73", "Unicode-3.0", (icu,))
    yield from frozen_components(shop, facts)


def _vulkan(shop: Workshop) -> Iterator[Component]:
    """What llama.cpp's backend for Vulkan, where it is in, was compiled with."""
    if any(systems.inner(shop.tree).glob("llama_cpp/lib/*ggml-vulkan*")):
        texts = (_HERE / "NOTICE-vulkan.txt", licences.common("Apache-2.0"))
        version = llama.vulkan_version()
        url = f"pkg:github/KhronosGroup/Vulkan-Headers@v{version}"
        yield Component("vulkan-headers", version, "Apache-2.0 AND MIT", texts, url)


def frozen_components(shop: Workshop, facts: Place) -> Iterator[Component]:
    """Python, the packages and the system's libraries that PyInstaller has put into the tree."""
    sources = kept(json.loads(shop.sources.read_text("utf-8")), shop.tree)
    folders = (shop.root, Path(facts.site), *systems.python_folders(Path(facts.library)))
    outside = [path for path in sources if not any(map(path.is_relative_to, folders))]
    yield _python(facts)
    packages = licences.packages_of([*sources, *_bootloader(facts)], Path(facts.site))
    yield from (*licences.qt_of(packages), *packages)
    yield from licences.system_of([path for path in outside if not path.is_dir()])


def _python(facts: Place) -> Component:
    library = Path(facts.library)
    system = Path("/usr/share/doc/python3/copyright")
    places = (library / "LICENSE.txt", library.parent / "LICENSE.txt", system)
    text = next((path for path in places if path.is_file()), places[0])
    return Component("python", facts.python, "PSF-2.0", (text,))


def _starter(facts: Facts) -> Component:
    notice = Path(__file__).with_name("NOTICE-starter.txt")
    texts = (notice, licences.common("Apache-2.0"))
    return Component(STARTER, facts.title, "Apache-2.0", texts)


def _bootloader(facts: Place) -> Iterator[Path]:
    """PyInstaller's own program, which becomes the executable."""
    yield from (Path(facts.site) / "PyInstaller" / "bootloader").rglob("run*")


def _release(shop: Workshop, facts: Facts) -> Release:
    files = libraries.linked(shop.tree)
    return Release(
        tree=shop.tree,
        work=shop.work,
        version=facts.version,
        made=made_at(shop.root),
        glibc=libraries.oldest_glibc(files),
        needs=frozenset(libraries.outside(files)),
        drawing=shop.root / "resources" / "icons" / "lamp.svg",
        python=shop.python,
    )


def made_at(root: Path) -> int:
    """When the present state was committed, in seconds since 1970: the time of all that is made."""
    command = [tool("git", "git"), "log", "-1", "--format=%ct"]
    made = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return int(made.stdout)


def _pack(release: Release, components: Sequence[Component], formats: Sequence[str]) -> None:
    made = [MAKERS[name](release) for name in formats]
    signing.sign_archives(made)
    for path in tuple(made):
        listed = path.with_name(f"{path.name}.cdx.json")
        parts, digest = carried(path, components), archives.digest(path)
        listed.write_text(sbom.bill(parts, release.version, release.made, digest), "utf-8")
        made.append(listed)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB", flush=True)
    if made:
        archives.write_sums(release.dist, made)
    for name in formats:
        shutil.rmtree(release.work / name, ignore_errors=True)


def carried(archive: Path, components: Sequence[Component]) -> list[Component]:
    """What is in an archive: all, but that an AppImage alone has a runtime of its own."""
    has_runtime = archive.suffix == ".AppImage"
    return [one for one in components if has_runtime or one is not appimage.CARRIED]


def table(tree: Path, most: int = 12) -> list[str]:
    """The largest parts of the tree, in lines: what each takes on the disk."""
    inner = systems.inner(tree)
    sizes = {path.name: size_of(path) for path in inner.iterdir()}
    largest = sorted(sizes.items(), key=lambda item: -item[1])
    rest = sum(size for _name, size in largest[most:])
    rows = [*largest[:most], (f"{len(largest[most:])} others", rest), ("in all", size_of(tree))]
    return [f"{size / 1e6:8.1f} MB  {name}" for name, size in rows]


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files below a folder; a link takes none."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
