"""Notes and places of takes go along when a step moves text from one file of a book to another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from app.core.books.steps import BookStep, FileChange
from app.core.documents.text_files import read_document
from app.core.errors import LampblackError
from app.core.store.notes.kept_notes import KeptNote, KeptNotes, KeptPassage, KeptSentence
from app.core.store.takes.places import (
    NEAR,
    PlaceWithWords,
    TakePlace,
    TakePlaces,
    encoded,
    located,
)

_UNIT = 2  # bytes


class TextMove(msgspec.Struct, frozen=True):
    """What stood in the file `source` from `start` to its end, or all of it, is in the file `to`.

    It begins at `at` there. Both are in UTF-16 units; `former` is the text that `source` had,
    `rest` the one that it has now, and `present` that of `to`, as `located` looks through them.
    """

    source: Path
    to: Path
    start: int
    at: int
    former: bytes
    rest: bytes
    present: bytes

    def moved(self, place: PlaceWithWords) -> KeptPassage | None:
        """Where a place of the former text is in the file `to`; None where it is not there."""
        span = located(self.former, place)
        if span is None or span[0] < self.start:
            return None
        start, stop = (one - self.start + self.at for one in span)
        return _with_words(self.present, start, stop)

    def stays(self, place: PlaceWithWords) -> KeptPassage | None:
        """What of a place of the former text is left in it; None where nothing is."""
        span = located(self.former, place)
        if span is None or span[0] >= self.start:
            return None
        end = len(self.rest) // _UNIT
        return _with_words(self.rest, min(span[0], end), min(span[1], end))

    def has_beginning(self, words: str) -> bool:
        """Whether a passage that begins with these words, and is nowhere else, is moved."""
        at = self.former.find(encoded(words))
        return self.start == 0 or at >= self.start * _UNIT


def text_moves(folder: Path, step: BookStep, encodings: Mapping[str, str]) -> list[TextMove]:
    """What a step that was done moves from one file to another: a split, a merge, or one undone.

    `encodings` has those that the writer chose, by the files' names.
    """
    if len(step.files) != 2:
        return []
    found = list[TextMove]()
    for source, to in (step.files, tuple(reversed(step.files))):
        former = _text_of(source, source.before, encodings)
        present = _text_of(to, to.after, encodings)
        if not former.strip() or not present.strip():
            continue
        one, other = encoded(former), encoded(present)
        difference = (len(one) - len(other)) // _UNIT
        if one.endswith(other) and to.before is None:
            start, at = difference, 0
        elif other.endswith(one) and source.after is None:
            start, at = 0, -difference
        else:
            continue
        paths = folder / source.name, folder / to.name
        rest = encoded(_text_of(source, source.after, encodings))
        found.append(TextMove(*paths, start, at, one, rest, other))
    return found


def carry_along(move: TextMove, places: TakePlaces, notes: KeptNotes, book: Path) -> None:
    """Keep places and notes of what is moved with the file that has it now; waits for the disk.

    A note with sources in both files stays with the first, too. Notes on the whole `book`, which
    is a folder, lead to where their sources are.
    """
    _carry_places(move, places)
    source, to = str(move.source), str(move.to)
    there = {note.key: note for note in notes.of(to)}
    for note in notes.of(source):
        stays, goes = _divided(note, move)
        if goes is not None:
            notes.keep(to, [_joined(there.get(note.key), goes)])
        if stays is None:
            notes.forget(source, note.key)
        elif stays != note:
            notes.keep(source, [stays])
    former = notes.of(str(book))
    turned = [(note, _turned(note, move)) for note in former]
    notes.keep(str(book), [now for note, now in turned if now != note])


def _carry_places(move: TextMove, places: TakePlaces) -> None:
    going, staying = list[TakePlace](), list[TakePlace]()
    for place in places.of(str(move.source)):
        if (now := move.moved(place)) is not None:
            going.append(_placed(place, now))
        elif (now := move.stays(place)) is not None:
            staying.append(_placed(place, now))
    places.keep(str(move.to), going)
    places.keep(str(move.source), staying)


def _placed(place: TakePlace, now: KeptPassage) -> TakePlace:
    return msgspec.structs.replace(
        place, start=now.start, stop=now.stop, before=now.before, after=now.after
    )


def _divided(note: KeptNote, move: TextMove) -> tuple[KeptNote | None, KeptNote | None]:
    """What of a note stays with its file, and what goes along."""
    staying, going = list[KeptSentence](), list[KeptSentence]()
    for sentence in note.sentences:
        stays, goes = list[KeptPassage](), list[KeptPassage]()
        for passage in sentence.passages:
            goes += filter(None, [move.moved(passage)])
            stays += filter(None, [move.stays(passage)])
        staying.append(KeptSentence(sentence.text, tuple(stays)))
        going.append(KeptSentence(sentence.text, tuple(goes)))
    is_any_staying = any(one.passages for one in staying)
    is_any_going = any(one.passages for one in going)
    gone = msgspec.structs.replace(note, sentences=tuple(going))
    if is_any_staying:
        left = msgspec.structs.replace(note, sentences=tuple(staying))
        return left, gone if is_any_going else None
    if is_any_going or move.has_beginning(note.passage):
        return None, gone
    return note, None


def _joined(note: KeptNote | None, coming: KeptNote) -> KeptNote:
    """A note with the sources that it has already, and those of what is coming."""
    if note is None or len(note.sentences) != len(coming.sentences):
        return coming
    sentences = tuple(
        KeptSentence(new.text, tuple(dict.fromkeys((*old.passages, *new.passages))))
        for old, new in zip(note.sentences, coming.sentences, strict=True)
    )
    return msgspec.structs.replace(coming, sentences=sentences)


def _turned(note: KeptNote, move: TextMove) -> KeptNote:
    """A note on a whole book, with its sources where they are now."""

    def turned(passage: KeptPassage) -> KeptPassage:
        if passage.file != str(move.source):
            return passage
        if (now := move.moved(passage)) is not None:
            return msgspec.structs.replace(now, file=str(move.to))
        now = move.stays(passage)
        return msgspec.structs.replace(now, file=passage.file) if now is not None else passage

    sentences = tuple(
        KeptSentence(one.text, tuple(map(turned, one.passages))) for one in note.sentences
    )
    return msgspec.structs.replace(note, sentences=sentences)


def _with_words(data: bytes, start: int, stop: int) -> KeptPassage:
    """A range of a text, with the words that are around it there."""

    def text(first: int, last: int) -> str:
        return data[first * _UNIT : last * _UNIT].decode("utf-16-le", "surrogatepass")

    return KeptPassage(start, stop, text(max(0, start - NEAR), start), text(stop, stop + NEAR))


def _text_of(change: FileChange, data: bytes | None, encodings: Mapping[str, str]) -> str:
    """The text of a file's bytes; nothing where there are none, or no text."""
    if data is None:
        return ""
    try:
        return read_document(Path(change.name), data, 0, encodings.get(change.name, "")).text
    except LampblackError:
        return ""
