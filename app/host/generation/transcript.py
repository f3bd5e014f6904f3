"""From token bytes to text that may be shown: UTF-8 joining, stop texts, banned phrases.

Both engines feed each chosen token's bytes to a `Transcript`. It shows nothing that might still
become a stop text or a banned phrase, and it can be cut back to any token.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterable, Sequence


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


def fold(text: str) -> str:
    """`text` in lower case, character by character, so that positions stay the same."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


class Patterns:
    """An Aho-Corasick automaton (Aho and Corasick, 1975) over texts, fed one character at a time.

    A state is a number; `depth` says how many of the last characters could begin a pattern, and
    `length` how long the longest pattern is that ends here (0 for none).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._fail = [0]
        self.depth = [0]
        self.length = [0]
        for text in texts:
            self._add(text)
        self._link()

    def __bool__(self) -> bool:
        return len(self._next) > 1

    def step(self, state: int, char: str) -> int:
        """The state after one more character."""
        while char not in self._next[state]:
            if not state:
                return 0
            state = self._fail[state]
        return self._next[state][char]

    def _add(self, text: str) -> None:
        state = 0
        for char in text:
            state = self._next[state].setdefault(char, len(self._next))
            if state == len(self._next):
                self._next.append({})
                self._fail.append(0)
                self.depth.append(0)
                self.length.append(0)
        self.length[state] = len(text)

    def _link(self) -> None:
        queue = [0]
        for state in queue:
            for char, child in self._next[state].items():
                self.depth[child] = self.depth[state] + 1
                self._fail[child] = self.step(self._fail[state], char) if state else 0
                self.length[child] = self.length[child] or self.length[self._fail[child]]
                queue.append(child)


class Transcript:
    """One variant's text while it grows token by token.

    `stopped` turns true when a stop text was completed; the text then ends before it. `banned_at`
    is the number of the token at which a banned phrase began, or -1; the owner then cuts back to
    it. `shown` is how many characters were taken.
    """

    def __init__(self, stops: Sequence[str], banned: Sequence[str]) -> None:
        self._stops = Patterns(stops)
        self._banned = Patterns(fold(phrase) for phrase in banned)
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
        self._stop_state = self._ban_state = 0
        self._certain = 0
        self.stopped = False
        self.banned_at = -1

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
        for index, char in enumerate(text):
            self._stop_state = self._stops.step(self._stop_state, char)
            self._ban_state = self._banned.step(self._ban_state, fold(char))
            if length := self._banned.length[self._ban_state]:
                self.banned_at = bisect_right(self._ends, self._length + index + 1 - length)
                return text[: index + 1]
            if length := self._stops.length[self._stop_state]:
                self.stopped = True
                self._certain = self._length + index + 1 - length
                return text[: index + 1]
        return text

    def _settle(self) -> None:
        """Find how far the text is certain: a ban takes back whole tokens, a stop only its text."""
        if self.stopped or self.banned_at >= 0:
            return
        certain = self._length - self._stops.depth[self._stop_state]
        depth = self._banned.depth[self._ban_state]
        torn = bool(self._banned) and self._ends[-1] > self._length  # it may begin a phrase
        if depth or torn:
            token = bisect_right(self._ends, self._length - depth)
            certain = min(certain, self._whole[token - 1] if token else 0)
        self._certain = certain
