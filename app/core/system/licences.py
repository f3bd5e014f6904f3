"""The licences of what the program is made of: the bundle's list, or the installed packages."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

import msgspec

from app.core.errors import LampblackError
from app.core.system.files import read_regular, why
from app.core.system.paths import resource

_LIST = "licences.json"
_MOST_BYTES = 4_000_000
_ROOTS = ("llama-cpp-python", "torch", "transformers")
_TEXTS = ("licen", "copying", "notice", "authors")
_LONGEST = 60  # characters of a licence's name; some packages put the whole text there


class LicensedPart(msgspec.Struct, frozen=True):
    """A library or model in the program; `licence` is an SPDX expression where that is known."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...] = ()

    @property
    def text(self) -> str:
        """The licence itself, read from the disk; empty where the package came without it."""
        found = []
        for path in self.texts:
            try:
                found.append(read_regular(path, _MOST_BYTES).decode("utf-8", "replace").strip())
            except OSError as error:
                found.append(f"{path.name}: {why(error)}")
        return "\n\n".join(found)


class LicenceList(msgspec.Struct, frozen=True):
    """Everything that is known to be in the program, itself first; complete in a bundle."""

    parts: tuple[LicensedPart, ...]
    is_complete: bool


class _Row(msgspec.Struct):
    name: str
    version: str
    licence: str
    text: str


def read_licences() -> LicenceList:
    """The list of the bundle, else of the installed packages.

    Raises LampblackError where a bundle's list cannot be read.
    """
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is None:
        return LicenceList(tuple(_installed()), is_complete=False)
    return LicenceList(tuple(_listed(Path(bundle) / "licences")), is_complete=True)


def _listed(folder: Path) -> Iterator[LicensedPart]:
    remedy = f"The texts are in {folder}; install Lampblack again to have the list back."
    try:
        rows = msgspec.json.decode(read_regular(folder / _LIST, _MOST_BYTES), type=list[_Row])
    except OSError as error:
        said = f"The list of licences cannot be read: {why(error)}."
        raise LampblackError(said, remedy) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LampblackError("The list of licences is damaged.", remedy) from error
    for row in rows:
        yield LicensedPart(row.name, row.version, row.licence, (folder / Path(row.text).name,))


def _installed() -> Iterator[LicensedPart]:
    own = resource("").parent / "LICENSE"
    version = next((one.version for one in metadata.distributions(name="lampblack")), "")
    yield LicensedPart("lampblack", version, "MIT", (own,) if own.is_file() else ())
    found: dict[str, metadata.Distribution] = {}
    names = list(reversed([*_needs("lampblack"), *_ROOTS]))
    while names:
        name = names.pop()
        if name not in found and (one := next(iter(metadata.distributions(name=name)), None)):
            found[name] = one
            names += _needs(name)
    for name in sorted(found):
        yield _part(name, found[name])


def _needs(name: str) -> Sequence[str]:
    """The names of what a package needs without its extras."""
    try:
        lines = metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return ()
    return [_canonical(line) for line in lines if "extra ==" not in line]


def _canonical(requirement: str) -> str:
    """The name in a requirement, as indexes compare names (PEP 503)."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", name[0]).lower() if name else ""


def _part(name: str, found: metadata.Distribution) -> LicensedPart:
    about = cast(Message, found.metadata)  # the type does not say all that it has
    classes = [text for text in about.get_all("Classifier") or () if text.startswith("License")]
    named = about.get("License-Expression") or about.get("License") or ""
    if not named or "\n" in named or len(named) > _LONGEST:
        named = ", ".join(text.rpartition(" :: ")[2] for text in classes)
    files = [file for file in found.files or () if ".dist-info" in file.parts[0]]
    texts = [file for file in files if any(part in file.name.lower() for part in _TEXTS)]
    return LicensedPart(
        name, found.version, named, tuple(Path(str(found.locate_file(file))) for file in texts)
    )
