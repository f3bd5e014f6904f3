"""The dictionaries of Hunspell's form that are on this machine, and the shipped one of English."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec

_NAME = re.compile(r"([a-z]{2,3})(?:[_-]([A-Za-z]{2,4}))?(?:[_-][\w-]+)?")
_NO_SPELLING = ("hyph_", "th_")
SHIPPED = "en_US"
_WITHOUT_SPACES = ("zh", "ja", "ko")
"""Languages that have no words to look up here, whose writers now and then write English ones."""


class Dictionary(msgspec.Struct, frozen=True, order=True):
    """Two files, `name` with .aff and .dic, in `folder`; `language` as Qt has it, as `de_AT`."""

    language: str
    name: str
    folder: str


def dictionaries(own: Path, environ: Mapping[str, str] | None = None) -> tuple[Dictionary, ...]:
    """Every dictionary on this machine, one a language, ordered by language.

    `own` is the user's folder of dictionaries, which goes before the system's, and the system's
    before the shipped one. Folders that cannot be read are passed over.
    """
    found: dict[str, Dictionary] = {}
    for folder in (own, *_system_folders(os.environ if environ is None else environ), *_shipped()):
        for one in _in_folder(folder):
            found.setdefault(one.language, one)
    return tuple(sorted(found.values()))


def suited(known: Iterable[Dictionary], language: str) -> Dictionary | None:
    """The dictionary for a language such as `de_CH` or `de`; None where there is none.

    Another country's serves where the country's own is missing, and English for the English words
    of a text in Chinese, Japanese or Korean.
    """
    by_language = {one.language: one for one in known}
    if language in by_language:
        return by_language[language]
    base = language.partition("_")[0]
    if base in _WITHOUT_SPACES:
        base = "en"
    for wanted in (base, SHIPPED if base == "en" else f"{base}_{base.upper()}"):
        if wanted in by_language:
            return by_language[wanted]
    return next((one for name, one in by_language.items() if name.partition("_")[0] == base), None)


def _in_folder(folder: Path) -> Iterator[Dictionary]:
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return
    names = {file.name for file in files}
    for file in files:
        language = language_of(file.stem)
        if file.suffix == ".dic" and language and f"{file.stem}.aff" in names:
            yield Dictionary(language, file.stem, str(folder))


def language_of(name: str) -> str:
    """The language that a dictionary's name says, such as `de_DE` of de_DE_frami; or nothing."""
    found = _NAME.fullmatch(name)
    if found is None or name.startswith(_NO_SPELLING):
        return ""
    language, more = found.groups()
    if not more:
        return language
    return f"{language}_{more.upper() if len(more) == 2 else more.title()}"


def _system_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    yield from (Path(one) for one in environ.get("DICPATH", "").split(os.pathsep) if one)
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or os.sep)
    if sys.platform == "darwin":
        roots = [home / "Library" / "Spelling", Path("/Library/Spelling")]
        offices = [Path("/Applications/LibreOffice.app/Contents/Resources/extensions")]
    elif sys.platform == "win32":
        roots = []
        programs = environ.get("PROGRAMFILES", r"C:\Program Files")
        offices = [Path(programs) / "LibreOffice" / "share" / "extensions"]
    else:
        shared = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        data = [Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")]
        data += [Path(one) for one in shared.split(os.pathsep) if one]
        names = ("hunspell", "myspell", "myspell/dicts")
        roots = [one / name for one in data for name in names]
        offices = [Path("/usr/lib/libreoffice/share/extensions")]
    yield from roots
    for office in offices:
        yield from sorted(office.glob("dict-*"))


def _shipped() -> Iterator[Path]:
    found = find_spec("hunspell")
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        yield Path(folder) / "dictionaries"
