"""The licences of what the program consists of: the lists of a bundle and of its packs, or what is
installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from email.message import Message
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import cast

import msgspec

from app import __version__
from app.core.errors import LampblackError
from app.core.system.files import read_regular, why
from app.core.system.json_store import JsonStore

LIST = "licences.json"
"""The list in a bundle's folder of licences; the texts lie beside it."""

_OWN = "lampblack"
_ROOT = Path(__file__).resolve().parents[3]
_MOST = 4 * 1024 * 1024  # bytes of one text
_NAMES = ("licen", "copying", "notice", "authors")
_NEED = re.compile(r"\s*(\w[\w.-]*)\s*(?:\[([^]]*)\])?")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)""")
_INSTALL_AGAIN = "Install Lampblack again."


class LicensedComponent(msgspec.Struct, frozen=True):
    """A part of the program: `licence` as its makers name it, `text` all texts of its licences.

    `problem` is a sentence that says why there is no text; `pack` names the pack that it lies in.
    """

    name: str
    version: str
    licence: str
    text: str = ""
    problem: str = ""
    pack: str = ""


class _Listed(msgspec.Struct, frozen=True):
    """A row of a bundle's list; `text` is the name of a file beside it."""

    name: str
    version: str
    licence: str
    text: str


def bundled_licences() -> Path | None:
    """The folder of licences that a frozen bundle carries; None where the program is no bundle."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "licences" if bundle else None


def read_licences(
    folder: Path | None, packs: Mapping[str, Path] = MappingProxyType({})
) -> tuple[LicensedComponent, ...]:
    """Everything in the bundle whose folder of licences it is, or, without one, what is installed.

    The program itself is the first, and what `packs` have besides, by their names and their folders
    of licences, the last. Raises LampblackError for a bundle's list that cannot be read; takes up
    to a second.
    """
    found = [*(_installed() if folder is None else _bundled(folder))]
    known = {(one.name, one.version, one.text) for one in found}
    for name, place in packs.items():
        packed = sorted(_packed(name, place), key=lambda one: one.name.casefold())
        found += (one for one in packed if (one.name, one.version, one.text) not in known)
    return tuple(found)


def _packed(name: str, folder: Path) -> Iterator[LicensedComponent]:
    """What is in a pack; of one whose list cannot be read it says so."""
    try:
        for one in _bundled(folder):
            yield msgspec.structs.replace(one, pack=name)
    except LampblackError as error:
        yield LicensedComponent(name, "", "", problem=error.message, pack=name)


# In a bundle


def _bundled(folder: Path) -> Iterator[LicensedComponent]:
    found = JsonStore(folder / LIST, _decoded).read(keep_damaged=False)
    if found.content is None:
        reason = found.reason or "it is missing"
        raise LampblackError(f"The list of licences cannot be read: {reason}.", _INSTALL_AGAIN)
    for row in found.content:
        text, problem = _text_beside(folder, row.text)
        yield LicensedComponent(row.name, row.version, row.licence, text, problem)


def _decoded(data: bytes) -> tuple[_Listed, ...]:
    try:
        rows = msgspec.json.decode(data, type=tuple[_Listed, ...])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ValueError("it is damaged") from None
    if not rows:
        raise ValueError("it is empty")
    return rows


def _text_beside(folder: Path, name: str) -> tuple[str, str]:
    """The text of that name, or the sentence about what is wrong with it."""
    if Path(name).name != name or "\\" in name:
        return "", "The list of licences names no file of its own for this text."
    try:
        return _read(folder / name), ""
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "its name is not valid"
        return "", f"The text of this licence cannot be read: {reason}. {_INSTALL_AGAIN}"


def _read(path: Path) -> str:
    return read_regular(path, _MOST).decode("utf-8", "replace").strip()


# Installed from source


def _installed() -> Iterator[LicensedComponent]:
    own = _own_package()
    licence = _ROOT / "LICENSE"
    if own is None or licence.is_file():
        yield _component(_OWN, __version__, "MIT", [licence])
    else:
        yield _component(_OWN, __version__, "MIT", _texts(own))
    found = _closure(_own_needs(own))
    for name in sorted(found):
        one = found[name]
        yield _component(name, _field(one, "Version"), _licence(one), _texts(one))


def _own_package() -> metadata.Distribution | None:
    with suppress(metadata.PackageNotFoundError):
        return metadata.distribution(_OWN)
    return None


def _own_needs(own: metadata.Distribution | None) -> list[str]:
    """The requirements of the program and of its engines, without those of its tests."""
    source = _ROOT / "pyproject.toml"
    if source.is_file():
        project = tomllib.loads(source.read_text("utf-8"))["project"]
        extras = project["optional-dependencies"].items()
        more = [need for name, needs in extras if name != "test" for need in needs]
        return [*project["dependencies"], *more]
    needs = own.requires or [] if own else []
    return [text.partition(";")[0] for text in needs if "test" not in _EXTRA.findall(text)]


def _closure(needs: Iterable[str]) -> dict[str, metadata.Distribution]:
    """What is installed of these requirements, and of theirs, by their names.

    Of a requirement's marker only its extras are looked at: what another system needs is not here.
    """
    found: dict[str, metadata.Distribution] = {}
    waiting = deque(needs)
    done: set[str] = set()
    while waiting:
        need = waiting.popleft().partition(";")[0].strip()
        match = _NEED.match(need)
        if match is None or match[0] in done:
            continue
        done.add(match[0])
        name = re.sub(r"[-_.]+", "-", match[1]).lower()
        with suppress(metadata.PackageNotFoundError):
            one = found.setdefault(name, metadata.distribution(match[1]))
            waiting.extend(_needs_of(one, {extra.strip() for extra in (match[2] or "").split(",")}))
    return found


def _needs_of(package: metadata.Distribution, extras: set[str]) -> Iterator[str]:
    for need in package.requires or ():
        named = _EXTRA.findall(need)
        if not named or extras.intersection(named):
            yield need


def _component(name: str, version: str, licence: str, texts: Iterable[Path]) -> LicensedComponent:
    found = []
    for path in texts:
        with suppress(OSError):
            found.append(_read(path))
    problem = "" if any(found) else "This package has brought no text of its licence along."
    return LicensedComponent(name, version, licence, "\n\n".join(filter(None, found)), problem)


def _field(package: metadata.Distribution, name: str) -> str:
    about = cast(Message, package.metadata)  # which another library may have made
    return str(about.get(name) or "")


def _licence(package: metadata.Distribution) -> str:
    """What the metadata say: an expression, a name, or the classifiers."""
    about = cast(Message, package.metadata)
    classifiers = [text.split(" :: ") for text in about.get_all("Classifier") or ()]
    licences = (parts[-1] for parts in classifiers if parts[0] == "License")
    named = ", ".join(text for text in licences if text != "OSI Approved")
    short = _field(package, "License").strip()
    return _field(package, "License-Expression") or named or short.partition("\n")[0]


def _texts(package: metadata.Distribution) -> list[Path]:
    files = [file for file in package.files or () if file.parts[0].endswith(".dist-info")]
    wanted = [file for file in files if any(part in file.name.lower() for part in _NAMES)]
    return [Path(str(package.locate_file(file))) for file in wanted]
