"""Names of texts in a book's folder: which are safe to open, and which are free for new ones."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from app.core.conversion.importing import file_name
from app.core.system.files import is_device_name, is_file

TEXT_SUFFIXES = (".md", ".markdown", ".txt")
"""Of the files that are texts of a book."""

_MOST_BYTES = 255
_MOST_PARTS = 8
_CONFLICT = re.compile(
    r"^(?P<stem>.+?)"
    r"(?: \((?:[^()]*\bconflict(?:ed copy)?\b[^()]*|[^()]*冲突[^()]*)\)"  # Dropbox, Nextcloud
    r"|\.sync-conflict-\d{8}-\d{6}(?:-\w+)?"  # Syncthing
    r"|_conflict-\d{8}-\d{6}"  # ownCloud
    r")(?P<suffix>\.[^.]*)$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d+)")


def is_plain(name: str) -> bool:
    """Whether a name of the list stays in the folder and means the same file on every system.

    It is relative, with `/` between at most eight parts; none is hidden, `..`, the name of a
    device such as CON, or longer than 255 bytes.
    """
    if "\\" in name or not name.isprintable():
        return False
    parts = name.split("/")
    return len(parts) <= _MOST_PARTS and all(map(_is_plain_part, parts)) and not _has_drive(name)


def text_path(folder: Path, name: str) -> Path | None:
    """Where the text of that name lies; None for one that is not plain, or a link that leads out.

    There need not be a file.
    """
    if not is_plain(name):
        return None
    path = folder / name
    inside = os.path.realpath(folder)
    found = os.path.realpath(path)
    return path if os.path.commonpath((inside, found)) == inside and found != inside else None


def same_name(name: str) -> str:
    """What two spellings of one name have in common: systems write accents in two ways."""
    return unicodedata.normalize("NFC", name)


def in_order(name: str) -> list[tuple[int, int, str]]:
    """The key by which people sort names: 2 comes before 10."""
    parts = _DIGITS.split(name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def conflict_of(name: str) -> str:
    """The name of the file that this one is a conflicting copy of, made by a sync program.

    Empty for any other file.
    """
    head, slash, last = name.rpartition("/")
    found = _CONFLICT.match(last)
    return f"{head}{slash}{found['stem']}{found['suffix']}" if found else ""


def free_name(folder: Path, title: str, suffix: str, taken: frozenset[str] = frozenset()) -> str:
    """A name for a new text with that title: no file of it is there, and it is not in `taken`."""
    stem = file_name(title) or "Untitled"
    if is_device_name(stem) or stem.startswith("."):
        stem = f"_{stem}"
    used = {same_name(name).casefold() for name in taken}
    number = 1
    while True:
        name = f"{stem}{suffix}" if number == 1 else f"{stem} {number}{suffix}"
        if same_name(name).casefold() not in used and not os.path.lexists(folder / name):
            return name
        number += 1


def text_files(folder: Path, most: int) -> list[str]:
    """The texts in a folder and the folders in it, in people's order; at most `most`.

    Hidden ones and links that lead out of the folder are left out. Raises OSError where the folder
    itself cannot be read.
    """
    found, waiting = list[str](), [("", 1)]
    while waiting and len(found) < most:
        below, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(folder / below), key=lambda one: in_order(one.name))
        except OSError:
            if not below:
                raise
            continue
        for entry in entries:
            name = f"{below}/{entry.name}" if below else entry.name
            if not is_plain(name):
                continue
            if entry.is_dir(follow_symlinks=False) and depth < _MOST_PARTS:
                waiting.append((name, depth + 1))
            elif name.lower().endswith(TEXT_SUFFIXES) and _is_inside(folder, name, entry):
                found.append(name)
    return sorted(found, key=in_order)[:most]


def _is_inside(folder: Path, name: str, entry: os.DirEntry[str]) -> bool:
    if entry.is_symlink():
        return is_file(folder / name) and text_path(folder, name) is not None
    return entry.is_file(follow_symlinks=False)


def _is_plain_part(part: str) -> bool:
    return (
        bool(part)
        and not part.startswith(".")
        and part == part.strip()
        and not part.endswith(".")
        and not is_device_name(part)
        and len(os.fsencode(part)) <= _MOST_BYTES
    )


def _has_drive(name: str) -> bool:
    return len(name) > 1 and name[1] == ":"
