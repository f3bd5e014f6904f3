"""The Torch engine's pack: frozen, checked, and packed with the list that the program verifies."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from machine import SetupError

from bundle import archives, freeze, libraries, licences, sbom, torch_contents
from bundle.build import Place, ask, frozen_components, made_at, size_of, table
from bundle.contents import NAME
from bundle.freeze import Workshop
from bundle.licences import Component

MOST_BYTES = 220_000_000
"""How large the archive may become."""

_PLACE = """
import json, platform, sysconfig
from app import __version__
where = sysconfig.get_paths()
facts = {"version": __version__, "python": platform.python_version()}
print(json.dumps(facts | {"site": where["purelib"], "library": where["stdlib"]}))
"""
_HEAD = """
import json, sys
from importlib.metadata import version
from app.engine.messages import PROTOCOL_VERSION
from app.engine.packs.installed import FORMAT, this_system
system, machine = this_system()
names = ("torch", "transformers", "tokenizers", "safetensors", "numpy")
head = {"format": FORMAT, "kind": "torch", "protocol": PROTOCOL_VERSION}
head |= {"system": system, "machine": machine}
print(json.dumps(head | {"versions": {name: version(name) for name in names}}))
"""


def run(shop: Workshop) -> int:
    """Freeze the engine's host, check it and pack it."""
    facts = Place(**json.loads(ask(shop, "-c", _PLACE)))
    freeze.freeze(shop)
    require_no_links(shop.tree)
    components = list(_components(shop, facts))
    licences.require_allowed(components)
    licences.write(components, shop.tree / "_internal" / "licences")
    glibc = libraries.oldest_glibc(libraries.linked(shop.tree))
    head = json.loads(ask(shop, "-c", _HEAD)) | {"version": facts.version, "glibc": glibc}
    print("\n".join(table(shop.tree)), flush=True)
    print(f"It needs glibc {glibc} or newer, and {len(components)} parts are in it.")
    archive = _packed(shop, head, facts.version)
    size = archive.stat().st_size
    print(f"{archive}: {size / 1e6:.1f} MB, {size_of(shop.tree) / 1e6:.1f} MB unpacked", flush=True)
    if size > MOST_BYTES:
        archive.unlink()
        raise SetupError(f"The pack is larger than {MOST_BYTES / 1e6:.0f} MB: look what is in it.")
    listed = archive.with_name(f"{archive.name}.cdx.json")
    digest = archives.digest(archive)
    bill = sbom.bill(components, facts.version, made_at(shop.root), digest, torch_contents.NAME)
    listed.write_text(bill, "utf-8")
    archives.write_sum_beside(archive)
    archives.write_sums(archive.parent, [archive, listed])
    return 0


def require_no_links(tree: Path) -> None:
    """Delete the links to libraries, which are found beside what needs them; raise for others.

    A pack has no links, so that none can lead out of it.
    """
    for path in sorted(tree.rglob("*")):
        if path.is_symlink():
            if path.parent.name != "_internal" or ".so" not in path.name:
                raise SetupError(f"{path} is a link, which a pack cannot have.")
            path.unlink()


def _components(shop: Workshop, facts: Place) -> Iterator[Component]:
    yield Component(NAME, facts.version, "MIT", (shop.root / "LICENSE",))
    yield from frozen_components(shop, facts)


def manifest(tree: Path, head: Mapping[str, Any]) -> dict[str, Any]:
    """What `pack.json` says of a tree: `head`, the program and every file."""
    files = []
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        row: dict[str, Any] = {"path": path.relative_to(tree).as_posix()}
        row |= {"size": path.stat().st_size, "sha256": archives.digest(path)}
        files.append(row | ({"executable": True} if os.access(path, os.X_OK) else {}))
    return {**head, "program": torch_contents.NAME, "files": files}


def _packed(shop: Workshop, head: Mapping[str, Any], version: str) -> Path:
    """The archive, its list first: it is read before anything is unpacked."""
    name = f"{torch_contents.NAME}-{version}"
    folder = shop.work / "tar"
    shutil.rmtree(folder, ignore_errors=True)
    for former in shop.tree.parent.glob(f"{torch_contents.NAME}-*"):
        former.unlink()
    top = archives.copied(shop.tree, folder, name)
    listed = json.dumps(manifest(top, head), separators=(",", ":"))
    (top / "pack.json").write_text(listed + "\n", "utf-8")
    made = made_at(shop.root)
    system = f"{head['system']}-{head['machine']}"
    target = shop.tree.parent / f"{torch_contents.NAME}-{version}-{system}.tar.xz"
    inner = sorted(f"{name}/{path.name}" for path in top.iterdir() if path.name != "pack.json")
    archives.write_tar(target, folder, [f"{name}/pack.json", *inner], made)
    shutil.rmtree(folder)
    return target
