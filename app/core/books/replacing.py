"""Replacing in many files: what would change is shown first, and can be put back afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from app.core.documents.search import Query, SearchResult, search
from app.core.documents.search_process import search_texts
from app.core.documents.text_files import (
    Document,
    KeptFiles,
    open_document,
    read_file,
    save_document,
)
from app.core.errors import DocumentChangedError, DocumentError, LampblackError, StoreError
from app.core.system.files import why, write_atomically

_LIMIT_S = 10.0

KeepVersion = Callable[[str, str], bool]
"""Keeps a text as a version of the file of that name; False where it could not be kept."""


class PlannedText(msgspec.Struct, frozen=True, kw_only=True):
    """A text, the places in it, and what would be put there. `document` is None for the page."""

    name: str
    group: str = ""
    text: str
    spans: list[tuple[int, int]]
    replacements: list[str]
    document: Document | None = None


class ReplacedFile(msgspec.Struct, frozen=True):
    """A file that was changed at `count` places: its bytes before, and what tells those after."""

    name: str
    count: int
    before: bytes
    after: str


def read_text(name: str, group: str = "", encoding: str = "") -> PlannedText:
    """A file as it is now, without places; raises DocumentError."""
    document = open_document(Path(name), encoding)
    return PlannedText(
        name=name, group=group, text=document.text, spans=[], replacements=[], document=document
    )


def plan(
    texts: Sequence[PlannedText],
    query: Query,
    replacement: str,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[PlannedText]:
    """Those of the `texts` that have places, with what would be put there.

    Raises SearchError for an expression or a replacement that is wrong.
    """
    found: Sequence[SearchResult] | None
    if query.is_pattern:
        found = search_texts(
            [one.text for one in texts],
            query,
            replacement,
            limit_s=_LIMIT_S,
            cancelled=cancelled,
        )
    else:
        found = [search(one.text, query, replacement) for one in texts]
    return [
        msgspec.structs.replace(one, spans=result.spans, replacements=result.replacements)
        for one, result in zip(texts, found or (), strict=False)
        if result.spans
    ]


def replaced_text(planned: PlannedText, chosen: Collection[int]) -> str:
    """The text with the `chosen` places, by their number, replaced."""
    parts, at = list[str](), 0
    for number, (start, end) in enumerate(planned.spans):
        if number in chosen:
            parts += planned.text[at:start], planned.replacements[number]
            at = end
    return "".join((*parts, planned.text[at:]))


def replace_in_file(
    planned: PlannedText, chosen: Collection[int], keep: KeepVersion, snapshots: Path | KeptFiles
) -> ReplacedFile:
    """Replace the `chosen` places in a file, all or nothing, after a version of it was kept.

    Encoding and line ends stay. Raises DocumentChangedError where the file is not as it was
    planned, StoreError where no version could be kept, and DocumentError.
    """
    document, path = planned.document, Path(planned.name)
    assert document is not None  # the page has no file to write
    if read_file(path) != document.data:
        raise _changed(path)
    if not keep(planned.name, planned.text):
        raise StoreError(
            f"{path.name} was not changed: no version of it as it is now could be kept.",
            "Make room on the disk, then replace once more.",
        )
    text = replaced_text(planned, chosen)
    try:
        saved = save_document(document, text, path, snapshots=snapshots)
    except DocumentChangedError:
        raise _changed(path) from None
    return ReplacedFile(planned.name, len(chosen), document.data, _digest(saved.data))


def put_back(replaced: ReplacedFile) -> None:
    """Give a file the bytes that it had before.

    Raises DocumentChangedError where it was changed since, and DocumentError.
    """
    path = Path(replaced.name)
    if _digest(read_file(path)) != replaced.after:
        raise DocumentChangedError(
            f"{path.name} has changed since: it was left as it is.",
            "Its earlier versions are in its history.",
        )
    try:
        write_atomically(path, replaced.before)
    except OSError as error:
        raise DocumentError(f"{path.name} could not be put back: {why(error)}.") from error


class ReplaceOutcome(msgspec.Struct, frozen=True):
    """What became of many files: those that were changed, and the errors of the others."""

    changed: tuple[ReplacedFile, ...] = ()
    errors: tuple[LampblackError, ...] = ()


def replace_in_files(
    files: Sequence[tuple[PlannedText, Collection[int]]],
    keep: KeepVersion,
    snapshots: Path | KeptFiles,
) -> ReplaceOutcome:
    """Replace in each file by itself: an error of one leaves that one as it was."""
    changed, errors = list[ReplacedFile](), list[LampblackError]()
    for planned, chosen in files:
        try:
            changed.append(replace_in_file(planned, chosen, keep, snapshots))
        except LampblackError as error:
            errors.append(error)
    return ReplaceOutcome(tuple(changed), tuple(errors))


def put_all_back(replaced: Sequence[ReplacedFile]) -> ReplaceOutcome:
    """Put back what was not changed since; `changed` are those that are as they were before."""
    changed, errors = list[ReplacedFile](), list[LampblackError]()
    for one in replaced:
        try:
            put_back(one)
            changed.append(one)
        except LampblackError as error:
            errors.append(error)
    return ReplaceOutcome(tuple(changed), tuple(errors))


def _changed(path: Path) -> DocumentChangedError:
    return DocumentChangedError(
        f"{path.name} has changed since it was searched: it was left as it is.",
        "Replace once more to see its places as they are now.",
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
