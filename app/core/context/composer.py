"""Composes a prompt out of the text and of what the writer keeps for the model.

The order of the parts, what changes least first, so that the engine's cache holds:

1. the system prompt, where an instruction is given;
2. the memory;
3. the lore that is named, in the order of the writer's list;
4. what follows the cursor, where it is sent to a model without tokens for it;
5. the text before the cursor, which only grows at its end, with the author's note within it,
   before the last paragraphs;
6. the instruction.

The rules by which parts are cut, in tokens of the model's own tokenizer. The budget is the model's
context without the room for the answer, a chat's template, the program's words around the parts and
the instruction.

- The memory may take a quarter of it, the lore a quarter, the note a twentieth, and what follows
  the cursor three twentieths. What they do not take goes to the text, which so has three tenths.
- Of the memory, of the note and of what follows, whole sentences are kept from the beginning; of a
  first sentence that is longer than that, whole words.
- Lore is taken in this order: named in the instruction, then nearest before the cursor, then named
  by an entry that is sent. An entry is sent whole or with its first sentences, or left out.
- Of the text, the beginning goes, in blocks of a quarter of its room, up to a paragraph's border,
  or that of a sentence or a word where that one is too long: at least a fifth of the budget, or
  all of the text, is always sent.
- Comments (`%%…%%` and `<!-- -->`) are never sent, and no name in them counts.

The form in which it is read, where no instruction is given: the memory, each entry, and
`[What follows later: …]` are paragraphs; then `***`; then the text, in which the note is a
paragraph `[Author's note: …]`. An entry whose text does not name it begins with its name and a
colon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from app.core.context.composition import (
    Composition,
    ContextPart,
    ContextRequest,
    LeftOut,
    PartKind,
    TokenCounter,
    Turn,
)
from app.core.context.entries import LoreEntry, StoryMemory
from app.core.context.mentions import Mention, mentions, names_in
from app.core.context.pieces import atoms, beginning, end_from, paragraphs
from app.core.documents.comments import without_comments
from app.core.documents.prompts import DEFAULT_SYSTEM, asked_of, continuation

MEMORY_SHARE, LORE_SHARE, NOTE_SHARE, FOLLOWING_SHARE = 0.25, 0.25, 0.05, 0.15
"""What these parts may take of the budget at most."""

TEXT_SHARE = 0.2
"""What of the budget the text before the cursor always has, unless it is shorter."""

MOST_FOLLOWING = 20_000
"""Characters after the cursor that are looked at."""

_ROUNDS = 4  # how often the text is cut shorter because a joined text has more tokens
_MARKS = 8  # tokens of a beginning and of the marks around a middle
_BREAK = "***\n\n"

Undivided = Callable[[str, int], int]
"""Gives the first place from one on at which the text may be cut."""


def _anywhere(_text: str, place: int) -> int:
    return place


def compose(
    story: StoryMemory,
    request: ContextRequest,
    counter: TokenCounter,
    undivided: Undivided = _anywhere,
) -> Composition:
    """The prompt for a request.

    Where there is nothing but the text before the cursor, nothing is counted and nothing cut: the
    engine does that. What the counter raises is raised.
    """
    if story.is_empty and not request.after.strip():
        return _plain(request)
    return _Composer(_cleaned(story), request, counter, undivided).composed()


def entry_text(entry: LoreEntry) -> str:
    """What is sent of an entry, without its comments; empty where it says nothing."""
    text = without_comments(entry.text).strip()
    return text if not text or names_in(entry, text) else f"{entry.name.strip()}: {text}"


def _cleaned(story: StoryMemory) -> StoryMemory:
    return StoryMemory(
        memory=without_comments(story.memory).strip(),
        note=without_comments(story.note).strip(),
        depth=story.depth,
        lore=tuple(replace(one, text=without_comments(one.text).strip()) for one in story.lore),
    )


def _plain(request: ContextRequest) -> Composition:
    """The text alone, and the instruction."""
    before, instruction = request.before, request.instruction.strip()
    if not instruction:
        text = continuation(before).prompt
        return Composition((ContextPart("text", "prompt", text),), before=before)
    head, text, asked = asked_of(before, instruction)
    parts = (
        ContextPart("system", "system", request.system.strip() or DEFAULT_SYSTEM),
        ContextPart("frame", "user", head),
        ContextPart("text", "user", text),
        ContextPart("instruction", "user", asked),
    )
    return Composition(tuple(one for one in parts if one.text or one.turn == "system"), (), before)


class _Composer:
    """One prompt in the making."""

    def __init__(
        self,
        story: StoryMemory,
        request: ContextRequest,
        counter: TokenCounter,
        undivided: Undivided,
    ) -> None:
        self._story, self._request = story, request
        self._counter, self._undivided = counter, undivided
        self._asks = bool(request.instruction.strip())
        self._turn: Turn = "user" if self._asks else "prompt"
        self._left: list[LeftOut] = []

    def composed(self) -> Composition:
        """The parts that have room."""
        budget = max(1, self._request.size - self._request.answer)
        room = max(0, budget - self._fixed())
        memory = self._kept("memory", self._story.memory, int(room * MEMORY_SHARE))
        lore = self._lore(int(room * LORE_SHARE))
        following = self._kept("following", self._following(), int(room * FOLLOWING_SHARE))
        note = self._kept("note", self._story.note, int(room * NOTE_SHARE))
        left = list(self._left)
        head = [*memory, *lore]
        is_suffix = bool(following) and self._request.fills and not self._asks
        ahead = self._headed(head if is_suffix else [*head, *following])
        if is_suffix:
            suffix = following[0].text
            following = [replace(following[0], turn="suffix", tokens=self._count(suffix))]
        others = sum(part.tokens for part in (*ahead, *note, *(following if is_suffix else ())))
        text_room = max(1, room - others)
        made = Composition(())
        for _round in range(_ROUNDS):
            self._left = list(left)
            text = self._text(text_room)
            parts = [*self._before(), *ahead, *self._with_note(text, note)]
            parts += self._behind(text) + (following if is_suffix else [])
            made = self._settled(parts, text, budget)
            if made.tokens <= budget or not self._request.cuts or text_room <= 1:
                break
            text_room = max(1, text_room - (made.tokens - budget) - _MARKS)
        is_over = made.tokens > budget and self._request.cuts
        return self._bare(made) if is_over and (head or note or following) else made

    def _bare(self, made: Composition) -> Composition:
        """The text and the instruction alone, where nothing has room beside them."""
        request = replace(self._request, after="")
        bare = _Composer(StoryMemory(), request, self._counter, self._undivided).composed()
        gone = [
            LeftOut(part.kind, "no_room", part.mention.entry.name if part.mention else "")
            for part in made.parts
            if part.kind in ("memory", "lore", "note", "following")
        ]
        left = [one for one in self._left if one.kind != "text"]
        return replace(bare, left_out=(*bare.left_out, *left, *gone))

    # What has its place for certain

    def _fixed(self) -> int:
        """The tokens that are there whatever else is sent."""
        if not self._asks:
            return _MARKS
        head, _text, asked = asked_of("x", self._request.instruction.strip())
        turns = (("system", self._system()), ("user", f"{head}{asked}"))
        return self._counter.whole(Composition(_as_parts(turns)).prompt) + _MARKS

    def _system(self) -> str:
        return self._request.system.strip() or DEFAULT_SYSTEM

    def _before(self) -> list[ContextPart]:
        if not self._asks:
            return []
        return [ContextPart("system", "system", self._system(), self._count(self._system()))]

    def _headed(self, parts: list[ContextPart]) -> list[ContextPart]:
        """What stands before the text, with what parts it from it."""
        if not parts:
            return []
        found = [self._recounted(replace(one, text=f"{_framed(one)}\n\n")) for one in parts]
        if not self._asks:
            found.append(ContextPart("frame", self._turn, _BREAK, self._count(_BREAK)))
        return found

    def _behind(self, text: str) -> list[ContextPart]:
        if not self._asks:
            return []
        asked = asked_of(text, self._request.instruction.strip())[2]
        return [ContextPart("instruction", "user", asked, self._count(asked))]

    # What has its place as far as there is room

    def _kept(self, kind: PartKind, text: str, room: int) -> list[ContextPart]:
        """A part, or its beginning; what is left out is noted."""
        if not text.strip():
            return []
        whole = ContextPart(kind, self._turn, text)
        tokens = self._count(_framed(whole) + "\n\n")
        if tokens <= room:
            return [replace(whole, tokens=tokens)]
        frame = self._count(_framed(replace(whole, text="")) + "\n\n")
        kept = self._undivided_beginning(text, beginning(text, room - frame, self._counts))
        if not kept.strip():
            self._left.append(LeftOut(kind, "no_room", tokens=tokens))
            return []
        part = self._recounted(replace(whole, text=kept, is_cut=True))
        if part.tokens > room:  # a joined text may have a token more
            self._left.append(LeftOut(kind, "no_room", tokens=tokens))
            return []
        if kind != "following":
            self._left.append(LeftOut(kind, "cut", tokens=max(0, tokens - part.tokens)))
        return [part]

    def _lore(self, room: int) -> list[ContextPart]:
        """The entries that are named, in the order of the list."""
        before = self._request.before
        found = mentions(self._story.lore, before, self._request.instruction)
        kept: dict[LoreEntry, ContextPart] = {}
        texts = [entry_text(one.entry) for one in found]
        counts = self._counts([f"{text}\n\n" for text in texts])
        for mention, text, tokens in zip(found, texts, counts, strict=True):
            if mention.entry in kept or (text and any(text == one.text for one in kept.values())):
                continue
            part = self._entry(mention, text, tokens, room)
            if part is not None:
                kept[mention.entry] = part
                room -= part.tokens
        named = {one.entry for one in found}
        self._left += [
            LeftOut("lore", "not_named", one.name)
            for one in dict.fromkeys(self._story.lore)
            if one not in named
        ]
        return [kept[one] for one in dict.fromkeys(self._story.lore) if one in kept]

    def _entry(self, mention: Mention, text: str, tokens: int, room: int) -> ContextPart | None:
        name = mention.entry.name
        part = ContextPart("lore", self._turn, text, tokens, mention)
        if not text:
            self._left.append(LeftOut("lore", "empty", name))
            return None
        if tokens <= room:
            return part
        kept = beginning(text, room - self._count("\n\n"), self._counts, divides=False)
        kept = self._undivided_beginning(text, kept)
        cut = self._recounted(replace(part, text=kept, is_cut=True)) if kept else part
        if not kept or cut.tokens > room:
            self._left.append(LeftOut("lore", "no_room", name, tokens))
            return None
        self._left.append(LeftOut("lore", "cut", name, max(0, tokens - cut.tokens)))
        return cut

    def _following(self) -> str:
        """What comes after the cursor; between two texts also the space that it begins with."""
        whole = self._request.after
        after = self._undivided_beginning(whole, whole[:MOST_FOLLOWING])
        return after.rstrip() if self._request.fills and not self._asks else after.strip()

    # The text before the cursor

    def _text(self, room: int) -> str:
        """Its end that has room."""
        before = self._request.before
        if not self._request.cuts:
            return before
        pieces = atoms(before, max(1, room // 16), self._counts)
        gone = end_from(pieces, room)
        place = self._undivided(before, sum(len(text) for text, _tokens in pieces[:gone]))
        if place:
            dropped = sum(tokens for _text, tokens in pieces[:gone])
            self._left.append(LeftOut("text", "too_long", tokens=dropped))
        return before[place:].lstrip("\n") if place else before

    def _with_note(self, text: str, note: list[ContextPart]) -> list[ContextPart]:
        """The text, with the note before its last paragraphs."""
        head, shown, _asked = asked_of(text, self._request.instruction.strip())
        if not self._asks:
            head, shown = "", continuation(text).prompt
        frame = [ContextPart("frame", "user", head, self._count(head))] if head else []
        if not note:
            return [*frame, ContextPart("text", self._turn, shown)]
        place = self._note_place(shown)
        gap = "\n\n" if "\n\n" in shown or "\n" not in shown else "\n"
        part = self._recounted(replace(note[0], text=f"{_framed(note[0])}{gap}"))
        part = replace(part, depth=self._story.depth)
        older = [ContextPart("text", self._turn, shown[:place])] if place else []
        return [*frame, *older, part, ContextPart("text", self._turn, shown[place:])]

    def _note_place(self, shown: str) -> int:
        """Where the note goes: before paragraphs, and within nothing that may not be cut."""
        for depth in range(self._story.depth, len(shown) + 1):
            place = _note_place(shown, depth)
            if not place or self._undivided(shown, place) == place:
                return place
        return 0

    def _undivided_beginning(self, text: str, kept: str) -> str:
        """What is kept of a text's beginning, without what is cut at its end but may not be."""
        place = len(kept)
        while 0 < place < len(text) and self._undivided(text, place) != place:
            space = text.rfind(" ", 0, place)
            place = max(space, text.rfind("\n", 0, place), 0)
        return kept if place == len(kept) else text[:place].rstrip()

    def _settled(self, parts: Sequence[ContextPart], text: str, budget: int) -> Composition:
        """The whole, counted as the engine will; what the joining changes is the text's."""
        known = tuple(one for one in parts if one.text or one.kind == "text")
        tokens = self._counter.whole(Composition(known).prompt)
        open_parts = [number for number, one in enumerate(known) if one.tokens < 0]
        counts = self._counts([known[number].text for number in open_parts])
        found = list(known)
        for number, count in zip(open_parts, counts, strict=True):
            found[number] = replace(found[number], tokens=count)
        return Composition(tuple(found), tuple(self._left), text, tokens, budget)

    # Counting

    def _counts(self, texts: Sequence[str]) -> Sequence[int]:
        return self._counter.texts(tuple(texts)) if texts else ()

    def _count(self, text: str) -> int:
        return self._counts([text])[0] if text else 0

    def _recounted(self, part: ContextPart) -> ContextPart:
        return replace(part, tokens=self._count(_ended(part)))


def _ended(part: ContextPart) -> str:
    """A part's text as it is counted: with the lines behind it."""
    if part.text.endswith("\n"):
        return part.text
    return f"{_framed(part)}\n\n"


def _framed(part: ContextPart) -> str:
    """A part's text in the words that say what it is."""
    if part.kind == "note":
        return f"[Author's note: {part.text}]"
    if part.kind == "following":
        return f"[What follows later: {part.text}]"
    return part.text


def _note_place(text: str, depth: int) -> int:
    """Where the last `depth` paragraphs of a text begin."""
    place, left = len(text), depth
    for paragraph in reversed(paragraphs(text)):
        place -= len(paragraph)
        left -= bool(paragraph.strip())
        if not left:
            return place
    return 0


def _as_parts(turns: Sequence[tuple[str, str]]) -> tuple[ContextPart, ...]:
    return (
        ContextPart("system", "system", turns[0][1]),
        ContextPart("frame", "user", turns[1][1]),
    )
