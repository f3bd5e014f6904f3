"""What is known of a text before it is put in: where it comes from, said by who puts it there."""

from __future__ import annotations

import os
import zlib

import msgspec

from app.core.provenance.spans import Kind, OriginRun, OriginSpans, Runs, cut, joined, length_of

_LEVEL = 6


class Origin(msgspec.Struct, frozen=True):
    """All of it is of one kind; of what a model wrote, from `offset` on in the take `take`.

    `start` is where in the text it is put, and `length` how long it is, both in units: from these
    is known what each letter is where the same letters stood there before. -1 where the change
    itself says that.
    """

    kind: Kind
    take: int = 0
    offset: int = 0
    start: int = -1
    length: int = -1


class Copied(msgspec.Struct, frozen=True):
    """A text that is put in at `start` and was known elsewhere: what its parts are."""

    start: int
    runs: Runs


class Patched(msgspec.Struct, frozen=True):
    """A text that is put in at `start` and keeps parts of what stood in the text before.

    Each piece has a length, and where it was; -1 for what is new, which is of the kind `kind`.
    """

    start: int
    pieces: tuple[tuple[int, int], ...]
    kind: Kind = "typed"


class Reworked(msgspec.Struct, frozen=True):
    """A text that is put in the place of what it was made out of, in a way that nobody saw.

    Words that stayed keep what they were; what came is of the kind `kind`.
    """

    kind: Kind = "unknown"


KnownOrigin = Origin | Copied | Patched
AnyOrigin = KnownOrigin | Reworked


def runs_of(origin: KnownOrigin, spans: OriginSpans, position: int, length: int) -> Runs:
    """What `length` units are that are put in at `position`; `spans` are those before that.

    Units of which nothing is known are pasted ones.
    """
    if not length:
        return ()
    if isinstance(origin, Origin):
        shift = position - origin.start if origin.start >= 0 else 0
        offset = origin.offset + shift if origin.take else 0
        return (OriginRun(length, origin.kind, origin.take, offset),)
    runs = origin.runs if isinstance(origin, Copied) else _patched(origin, spans)
    first = position - origin.start
    known = cut(runs, first, first + length) if first >= 0 else ()
    return known if length_of(known) == length else (OriginRun(length, "pasted"),)


def _patched(origin: Patched, spans: OriginSpans) -> Runs:
    found: list[OriginRun] = []
    for length, start in origin.pieces:
        found += (
            spans.cut(start, start + length) if start >= 0 else (OriginRun(length, origin.kind),)
        )
    return joined(found)


def carried(old: str, runs: Runs, new: str, kind: Kind = "unknown") -> Runs:
    """What the units of `new` are where it was made out of `old` in a way that nobody saw.

    Words that stayed keep what they were; what came is of the kind `kind`. Takes as long as the
    difference of the two, so it is not for the window's thread.
    """
    from app.core.text.differences import difference  # with rapidfuzz, where it is needed

    found, at = list[OriginRun](), 0
    for hunk in difference(old, new):
        length = units(hunk.old)
        if hunk.is_same:
            found += cut(runs, at, at + length)
        elif hunk.new:
            found.append(OriginRun(units(hunk.new), kind))
        at += length
    return joined(found)


def filled(runs: Runs, known: Runs) -> Runs:
    """`runs`, in which what is unknown is what `known`, of the same length, says."""
    found, at = list[OriginRun](), 0
    for run in runs:
        part = cut(known, at, at + run.length)
        found += part if run.kind == "unknown" and part else (run,)
        at += run.length
    return joined(found)


def new_take_key() -> int:
    """A key for a take that has no number in the store yet; none is made twice."""
    return int.from_bytes(os.urandom(7), "little") | 1


def units(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def pack(runs: Runs) -> bytes:
    """The runs as they are kept."""
    return zlib.compress(msgspec.msgpack.encode(runs), _LEVEL)


def unpack(data: bytes) -> Runs | None:
    """The runs that were kept; None where they are damaged."""
    try:
        runs = msgspec.msgpack.decode(zlib.decompress(data), type=Runs)
    except (zlib.error, msgspec.MsgspecError):
        return None
    return joined(runs) if all(run.length > 0 for run in runs) else None
