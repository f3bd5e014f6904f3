"""From token bytes to text that may be shown: UTF-8 joining, stop texts, banned phrases.

Both engines feed each chosen token's bytes to a `Transcript`. It shows nothing that might still
become a stop text or a banned phrase, and it can be cut back to any token. Both are found however
their quotation marks, accents and spaces are written; banned phrases also in any case, while the
case of a stop text counts, as it does in every API: END does not end at the word friend.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from app.host.generation.folding import base, bases, fold, joins, units


class TextJoiner:
    """Joins UTF-8 that is split over tokens; U+FFFD stands only for what can never be text."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, piece: bytes) -> str:
        """The characters that are complete now."""
        return self._decoder.decode(piece)

    @property
    def is_torn(self) -> bool:
        """Whether a character was begun and is not complete."""
        return bool(self._decoder.getstate()[0])

    def flush(self) -> str:
        """What is left at the end: U+FFFD for a character that was never completed."""
        return self._decoder.decode(b"", True)


class Patterns:
    """An Aho-Corasick automaton (Aho and Corasick, 1975) over folded texts, fed unit by unit.

    A state is a number; `depth` says how many of the last units could begin a pattern, and
    `length` how long the longest pattern is that ends here (0 for none).
    """

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._fail = [0]
        self.depth = [0]
        self.length = [0]
        for text in texts:
            self._add(text)
        self._link()

    def __bool__(self) -> bool:
        return len(self._next) > 1

    def step(self, state: int, unit: str) -> int:
        """The state after one more unit."""
        while unit not in self._next[state]:
            if not state:
                return 0
            state = self._fail[state]
        return self._next[state][unit]

    def _add(self, text: Sequence[str]) -> None:
        state = 0
        for unit in text:
            state = self._next[state].setdefault(unit, len(self._next))
            if state == len(self._next):
                self._next.append({})
                self._fail.append(0)
                self.depth.append(0)
                self.length.append(0)
        self.length[state] = len(text)

    def _link(self) -> None:
        queue = [0]
        for state in queue:
            for unit, child in self._next[state].items():
                self.depth[child] = self.depth[state] + 1
                self._fail[child] = self.step(self._fail[state], unit) if state else 0
                self.length[child] = self.length[child] or self.length[self._fail[child]]
                queue.append(child)


class _TextMatcher:
    """Looks for texts in one that grows character by character; places are the text's own."""

    def __init__(self, texts: Sequence[str], *, any_case: bool) -> None:
        self._any_case = any_case
        folded = [fold(text, any_case=any_case) for text in texts]
        self._patterns = Patterns(folded)
        self._bases = bases(unit for text in folded for unit in text)
        self.reset()

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def reset(self) -> None:
        """Go back to where nothing was fed."""
        self._cluster = ""
        self._starts: list[int] = []  # where the cluster of each unit begins
        self._closed = 0  # units before the last cluster
        self._before = self._state = 0

    def feed(self, char: str, place: int) -> int:
        """Take the character at `place`; where the longest text that it completes begins, or -1."""
        if joins(self._cluster, char):
            place = self._starts[self._closed]
            del self._starts[self._closed :]
            self._cluster += char
        else:
            self._cluster, self._closed, self._before = char, len(self._starts), self._state
        self._state = self._before
        for unit in units(self._cluster, any_case=self._any_case):
            self._state = self._patterns.step(self._state, unit)
            self._starts.append(place)
            if length := self._patterns.length[self._state]:
                return self._starts[-length]
        return -1

    def held(self, end: int) -> int:
        """From where on a text of length `end` may still become one that is looked for."""
        state, count = self._state, len(self._starts)
        if self._cluster and self._grows():
            state, count = self._before, self._closed
            end = self._starts[count]
        depth = self._patterns.depth[state]
        return self._starts[count - depth] if depth else end

    def _grows(self) -> bool:
        """Whether the last cluster may become another unit of a text, as e becomes é."""
        last = units(self._cluster, any_case=self._any_case)[-1]
        return bool(self._bases) and base(last) in self._bases


class Transcript:
    """One take's text while it grows token by token.

    `stop_text` is the stop text that was completed; the text then ends before it. `banned_at`
    is the number of the token at which a banned phrase began, or -1; the owner then cuts back to
    it. `shown` is how many characters were taken.
    """

    def __init__(self, stops: Sequence[str], banned: Sequence[str]) -> None:
        self._stops = _TextMatcher(stops, any_case=False)
        self._banned = _TextMatcher(banned, any_case=True)
        self._watches = bool(self._stops) or bool(self._banned)
        self.shown = 0
        self._reset()

    def _reset(self) -> None:
        self._joiner = TextJoiner()
        self._parts: list[str] = []
        self._held = ""
        self._length = 0
        self._whole: list[int] = []  # characters that are complete after each token
        self._ends: list[int] = []  # those that were begun
        self._stops.reset()
        self._banned.reset()
        self._certain = 0
        self.stop_text = ""
        self.banned_at = -1

    @property
    def stopped(self) -> bool:
        """Whether a stop text was completed."""
        return bool(self.stop_text)

    def feed(self, piece: bytes) -> None:
        """Take the bytes of one more token."""
        self._take(self._joiner.feed(piece))
        self._whole.append(self._length)
        self._ends.append(self._length + self._joiner.is_torn)
        self._settle()

    def finish(self, *, keep_torn: bool) -> None:
        """Nothing follows: all that was held back is certain, unless a stop text was found.

        With `keep_torn` a character that was never completed shows as U+FFFD; without, it is left
        out.
        """
        if self.stopped:
            return
        if keep_torn:
            self._take(self._joiner.flush())
        if not self.stopped and self.banned_at < 0:
            self._certain = self._length

    def cut(self, pieces: Sequence[bytes]) -> None:
        """Go back to where only `pieces` had been fed; what was shown stays shown."""
        self._reset()
        for piece in pieces:
            self.feed(piece)

    def take(self) -> str:
        """The text that became certain since the last call."""
        count = self._certain - self.shown
        if count <= 0:
            return ""
        held = self._held + "".join(self._parts)
        start = len(held) - (self._length - self.shown)
        taken = held[start : start + count]
        self.shown = self._certain
        self._held, self._parts = held[start + count :], []
        return taken

    @property
    def certain(self) -> int:
        """How many characters are certain."""
        return self._certain

    def certain_tokens(self) -> int:
        """How many tokens lie wholly within the certain text."""
        return bisect_right(self._ends, self._certain)

    def kept_tokens(self) -> int:
        """How many tokens the certain text takes, the last perhaps in part."""
        whole = self.certain_tokens()
        begun = self._ends[whole - 1] if whole else 0
        return min(len(self._ends), whole + (begun < self._certain))

    def _take(self, text: str) -> None:
        if self._watches:
            text = self._watch(text)
        self._parts.append(text)
        self._length += len(text)

    def _watch(self, text: str) -> str:
        for place, char in enumerate(text, self._length):
            if self._banned and (begin := self._banned.feed(char, place)) >= 0:
                self.banned_at = bisect_right(self._ends, begin)
                return text[: place + 1 - self._length]
            if self._stops and (begin := self._stops.feed(char, place)) >= 0:
                self._certain = begin
                text = text[: place + 1 - self._length]
                whole = self._held + "".join(self._parts) + text
                self.stop_text = whole[begin - place - 1 :]
                return text
        return text

    def _settle(self) -> None:
        """Find how far the text is certain: a ban takes back whole tokens, a stop only its text."""
        if self.stopped or self.banned_at >= 0:
            return
        certain = self._stops.held(self._length)
        held = self._banned.held(self._length)
        torn = bool(self._banned) and self._ends[-1] > self._length  # it may begin a phrase
        if held < self._length or torn:
            token = bisect_right(self._ends, held)
            certain = min(certain, self._whole[token - 1] if token else 0)
        self._certain = certain
