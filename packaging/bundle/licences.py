"""The licences of a bundle: who made each file in it, under what terms, and the gate over both."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

from machine import SetupError, tool

# fmt: off
ALLOWED = frozenset((
    "0BSD", "AFL-2.1", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause",
    "BSD-3-Clause", "BSL-1.0", "bzip2-1.0.6", "CC0-1.0", "CNRI-Python",
    "GPL-2.0-or-later WITH Bootloader-exception", "GPL-3.0-or-later WITH GCC-exception-3.1",
    "ISC", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0",
    "PSF-2.0", "Unicode-3.0", "X11", "Zlib",
))
# fmt: on
"""The terms under which a bundle may carry something; the AGPL and the plain GPL are none."""

_CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
}
_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
_NUMPY = f"BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0 AND {_GCC} AND LGPL-2.1-or-later"
_READ = {
    "apsw-sqlite3mc": "Zlib",
    "chunspell": ("MIT AND (MPL-1.1 OR GPL-2.0-or-later OR LGPL-2.1-or-later) AND BSD-3-Clause"),
    "numpy": _NUMPY,  # with the runtime libraries of GCC that its wheel carries
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
    "transformers": "Apache-2.0",
}
"""What was read in the licences of packages whose metadata do not say it by an SPDX name."""

# fmt: off
_DEBIAN = {
    "MIT": (
        "libffi", "libxcb-", "libxkbcommon",
    ),
    "LGPL-2.1-or-later": ("libglib2.0-", "libgcrypt", "libgpg-error", "libsystemd"),
    "BSD-3-Clause": ("libcap2", "libpcre2-8", "libuuid", "libzstd"),
    "BSD-2-Clause": ("liblz4-",), "0BSD": ("liblzma",), "bzip2-1.0.6": ("libbz2",),
    "AFL-2.1": ("libdbus-1-",), "Apache-2.0": ("libssl3",), "X11": ("libtinfo", "libncurses"),
    _GCC: ("libgomp",),
}
# fmt: on
"""The terms of Debian's libraries themselves, by the beginnings of their packages' names.

Other files of the same source package (tools, tests, build scripts) may stand under others; the
whole copyright file is carried.
"""

_COMMON = Path("/usr/share/common-licenses")
_NAMED = {"LGPL-2.1-or-later": "LGPL-2.1", "Apache-2.0": "Apache-2.0", _GCC: "GPL-3"}
"""Texts that Debian's copyright files only name, since every Debian has them."""

_NOTICE_QT = Path(__file__).with_name("NOTICE-qt.txt")
_NOTICES = {"chunspell": Path(__file__).with_name("NOTICE-spelling.txt")}
"""What is said beside a package's own texts."""

KEPT = Path(__file__).resolve().parents[2] / ".setup" / "terms"
"""Where systems that have no common licences of their own find them; `bundle --terms` collects."""

TERMS = ("Apache-2.0", "GPL-3", "LGPL-3")
"""The common licences that no package of a bundle brings along."""
_NAMES = ("licen", "copying", "notice", "authors")


@dataclass(frozen=True)
class Component:
    """Something that a bundle carries: `licence` is an SPDX expression, `texts` its files.

    `url` is the package's address as CycloneDX has it, such as `pkg:pypi/numpy@2.4.6`.
    """

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]
    url: str = ""


def is_allowed(licence: str) -> bool:
    """Whether a bundle may carry what stands under this SPDX expression."""
    groups = (part.strip("() ") for part in licence.split(" AND "))
    return all(any(one in ALLOWED for one in group.split(" OR ")) for group in groups)


def require_allowed(components: Iterable[Component]) -> None:
    """Raise the sentence about everything that has no text, or terms that are not allowed."""
    problems = [
        f"{one.name} {one.version}: {one.licence or 'no known licence'}"
        for one in components
        if not is_allowed(one.licence)
    ]
    problems += [f"{one.name} {one.version}: no text" for one in components if not one.texts]
    problems += [
        f"{path} is missing" for one in components for path in one.texts if not path.is_file()
    ]
    if problems:
        raise SetupError(f"The bundle's licences do not allow it: {'; '.join(problems)}.")


def of_package(found: metadata.Distribution) -> Component:
    """A Python package, out of its own metadata."""
    name = found.metadata["Name"].lower().replace("_", "-")
    about = cast(Message, found.metadata)  # which another library may have made
    named = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or ()]
    guessed = next((_CLASSIFIERS[text] for text in named if text in _CLASSIFIERS), "")
    own = about.get("License-Expression") or guessed or about.get("License") or ""
    files = [file for file in found.files or () if _is_text(file.parts)]
    texts = tuple(Path(str(found.locate_file(file))) for file in files)
    licence = _READ.get(name) or own
    if licence == "LGPL-3.0-only":
        texts = (_NOTICE_QT, *(texts or (common("LGPL-3"), common("GPL-3"))))
    if licence == "Apache-2.0":
        texts = texts or (common("Apache-2.0"),)  # some wheels come without it
    if name in _NOTICES:
        texts = (_NOTICES[name], *texts)
    return Component(name, found.version, licence, texts, f"pkg:pypi/{name}@{found.version}")


def common(name: str) -> Path:
    """The text of a licence that many things stand under: Debian's, else the one that is kept."""
    own = _COMMON / name
    return own if own.is_file() else KEPT / name


def keep_terms(folder: Path) -> None:
    """Copy the common licences into `folder`, for builds on systems that do not have them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TERMS:
        source = common(name)
        if not source.is_file():
            raise SetupError(f"{source} is missing: Debian and Ubuntu have it in base-files.")
        (folder / name).write_bytes(source.read_bytes())


def _is_text(parts: Sequence[str]) -> bool:
    return ".dist-info" in parts[0] and any(part in parts[-1].lower() for part in _NAMES)


def of_debian(package: str, version: str) -> Component:
    """A library of Debian's; its licence is empty where it was not read yet."""
    named = {start: licence for licence, starts in _DEBIAN.items() for start in starts}
    licence = next((named[start] for start in named if package.startswith(start)), "")
    texts = [Path("/usr/share/doc") / package / "copyright"]
    if licence in _NAMED:
        texts.append(_COMMON / _NAMED[licence])
    return Component(package, version, licence, tuple(texts), f"pkg:deb/debian/{package}@{version}")


def packages_of(sources: Iterable[Path], site: Path) -> list[Component]:
    """The Python packages in `site` that any of the files comes from."""
    wanted = {path.resolve() for path in sources}
    found = []
    for one in metadata.distributions(path=[str(site)]):
        files = (Path(str(one.locate_file(file))).resolve() for file in one.files or ())
        if any(file in wanted for file in files):
            found.append(of_package(one))
    return sorted(found, key=lambda one: one.name)


def qt_of(packages: Iterable[Component]) -> list[Component]:
    """Qt itself, which comes in the package that binds it and stands under the same terms."""
    binding = "pyside6-essentials"
    return [replace(one, name="qt", url="") for one in packages if one.name == binding]


def system_of(sources: Sequence[Path], system: str = sys.platform) -> list[Component]:
    """Who made the libraries that are the system's; raises SetupError where nothing says it."""
    if system == "linux":
        return debian_of(sources)
    if sources:
        names = ", ".join(str(path) for path in sources)
        raise SetupError(f"Nothing says where these come from, or under what licence: {names}.")
    return []


def debian_of(sources: Iterable[Path]) -> list[Component]:
    """Debian's packages that the libraries come from; raises SetupError for one from elsewhere."""
    found = {}
    for path in sources:
        package = _owner(path)
        if package not in found:
            query = [tool("dpkg-query", "dpkg"), "-W", "-f", "${Version}", package]
            version = subprocess.run(query, capture_output=True, text=True, check=True).stdout
            found[package] = of_debian(package, version)
    return [found[name] for name in sorted(found)]


def _owner(path: Path) -> str:
    """The package that has installed a library; before /usr was merged it may be without it."""
    real = path.resolve()
    for place in (
        real,
        Path("/") / real.relative_to("/usr") if real.is_relative_to("/usr") else real,
    ):
        command = [tool("dpkg", "dpkg"), "-S", str(place)]
        said = subprocess.run(command, capture_output=True, text=True).stdout
        if said:
            return said.partition(":")[0]
    raise SetupError(f"No package says where {path} comes from, or under what licence.")


def write(components: Sequence[Component], folder: Path) -> None:
    """Write each component's texts into one file, and the list that leads to them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for one in components:
        texts = [path.read_text("utf-8", "replace").strip() for path in one.texts]
        (folder / f"{one.name}.txt").write_text("\n\n".join(texts) + "\n", "utf-8")
        row = {"name": one.name, "version": one.version, "licence": one.licence}
        rows.append(row | {"text": f"{one.name}.txt"})
    text = json.dumps(rows, indent=1, ensure_ascii=False)
    (folder / "licences.json").write_text(text + "\n", "utf-8")
