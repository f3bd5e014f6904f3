"""What a writer keeps for the model beside the text: memory, author's note and lore; as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from app.core.errors import DocumentError
from app.core.system.json_store import NewerFormatError, decode_table, encode_table

DEPTHS = range(1, 21)
"""How many paragraphs may stand between the author's note and the cursor."""

USUAL_DEPTH = 3

LONGEST = 200_000
"""The most characters of the memory, of the note and of an entry's text."""

LONGEST_NAME = 200
"""The most characters of a name and of each of its spellings."""

MOST_ENTRIES = 2000
MOST_SPELLINGS = 100

_MARK, _VERSION, _KEY = "lampblack_memory", 1, "story"

_Text = Annotated[str, msgspec.Meta(max_length=LONGEST)]
_Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]


class LoreEntry(msgspec.Struct, frozen=True):
    """A `text` that is sent when its name, or one of the other `spellings`, occurs.

    Spellings are also inflections and nicknames.
    """

    name: _Name
    spellings: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=MOST_SPELLINGS)] = ()
    text: _Text = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called."""
        return tuple(name for one in (self.name, *self.spellings) if (name := one.strip()))


class StoryMemory(msgspec.Struct, frozen=True):
    """What is kept for a document or a book.

    The `memory` is always sent; the author's `note` stands `depth` paragraphs before the cursor.
    """

    memory: _Text = ""
    note: _Text = ""
    depth: Annotated[int, msgspec.Meta(ge=DEPTHS[0], le=DEPTHS[-1])] = USUAL_DEPTH
    lore: Annotated[tuple[LoreEntry, ...], msgspec.Meta(max_length=MOST_ENTRIES)] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it can ever be sent."""
        return not (self.memory.strip() or self.note.strip() or self.lore)

    def joined(self, other: StoryMemory) -> StoryMemory:
        """What is here with what `other` has more: other entries, and texts that are empty here.

        Nothing that is here is replaced; the entry of a name that both have stays as it is here.
        Raises DocumentError where there would be too many entries.
        """
        known = {entry.name.casefold() for entry in self.lore}
        more = tuple(one for one in other.lore if one.name.casefold() not in known)
        if len(self.lore) + len(more) > MOST_ENTRIES:
            raise DocumentError(
                f"There can be {MOST_ENTRIES:,} entries of lore at most.",
                "Remove some of them, and import the file again.",
            )
        has_note = bool(self.note.strip())
        return StoryMemory(
            memory=self.memory if self.memory.strip() else other.memory,
            note=self.note if has_note else other.note,
            depth=self.depth if has_note else other.depth,
            lore=self.lore + more,
        )


def encode_story(story: StoryMemory) -> bytes:
    """A story's memory as JSON, for the store and for a file."""
    return encode_table(msgspec.to_builtins(story), _MARK, _VERSION, _KEY)


def decode_story(data: bytes) -> StoryMemory:
    """What `encode_story` made; raises DocumentError for anything else."""
    try:
        table = decode_table(data, _MARK, _VERSION, _KEY)
        return msgspec.convert(table, StoryMemory)
    except NewerFormatError:
        raise DocumentError(
            "This memory was written by a newer version of Lampblack.", "Read it with that one."
        ) from None
    except (ValueError, RecursionError) as error:
        reason = "it has fields that no memory has" if _is_field(error) else str(error)
        raise DocumentError(
            f"This is no memory that Lampblack exported: {reason}.",
            "Choose a file that was exported from the Memory panel.",
        ) from None


def _is_field(error: Exception) -> bool:
    return isinstance(error, msgspec.ValidationError)


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, with the first number behind it that makes it another one than those taken."""
    known = {one.casefold() for one in taken}
    found, number = name, 2
    while found.casefold() in known:
        found, number = f"{name} {number}", number + 1
    return found
