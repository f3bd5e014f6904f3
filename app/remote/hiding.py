"""What of a command a server may see: masked, or refused where a mask would change its meaning."""

from __future__ import annotations

import codecs
import copy
import threading
from collections.abc import Sequence

from msgspec.structs import replace

from app.core.errors import ParameterError
from app.core.masking import Masker
from app.engine.messages import ChatMessage, Count, Score, ScoreChoices

_MOST_KNOWN = 1_000_000


class Hiding:
    """Masks for one server; several threads may use it. Without a `masker` all is left as it is.

    `is_spaced` where the server's tokens of a text begin with a space that is none of the text's.
    """

    def __init__(self, masker: Masker | None) -> None:
        self.masker = masker
        self.lock = threading.Lock()
        self.is_spaced = False
        self._pieces: dict[int, bytes] = {}

    def again(self) -> Hiding:
        """One with placeholders of its own, so that what is asked beside it changes none of them.

        It knows the same tokens.
        """
        other = copy.copy(self)
        other.masker = self.masker.again() if self.masker else None
        return other

    def text(self, text: str) -> str:
        """The text as the server may see it."""
        if self.masker is None:
            return text
        with self.lock:
            return self.masker.mask(text)

    def messages(self, messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
        """A chat as the server may see it."""
        return tuple(replace(one, content=self.text(one.content)) for one in messages)

    def counted(self, command: Count) -> Count:
        """What is counted is what would be sent."""
        messages = self.messages(command.messages)
        return replace(command, prompt=self.text(command.prompt), messages=messages)

    def scored(self, command: Score) -> Score:
        """With the prompt masked; raises ParameterError where it would score placeholders."""
        if command.tokens:
            self.check_numbers(command.tokens)
        elif self.text(command.text) != command.text:
            raise _masked("The text")
        if not command.is_behind or self.masker is None:
            return command
        prompt = self.text(command.prompt or "")
        if self.text((command.prompt or "") + command.text) != prompt + command.text:
            raise _masked("The text")
        return replace(command, prompt=prompt, messages=self.messages(command.messages))

    def choices(self, command: ScoreChoices) -> ScoreChoices:
        """With the prompt masked; raises ParameterError where a choice would be."""
        if self.masker is None:
            return command
        is_begun = bool(command.messages) and command.messages[-1].role == "assistant"
        before = command.messages[-1].content if is_begun else command.prompt
        hidden = self.text(before)
        if any(self.text(before + choice) != hidden + choice for choice in command.choices):
            raise _masked("A choice")
        messages = self.messages(command.messages)
        return replace(command, prompt=self.text(command.prompt), messages=messages)

    def check_prompt(self, ids: Sequence[int]) -> None:
        """Raise ParameterError for tokens to go on from that are not those of a masked text."""
        if self.masker is None:
            return
        text = self._given_text(ids)
        if self.text(self.shown(text)) != text:
            raise _masked("The text")

    def check_numbers(self, ids: Sequence[int]) -> None:
        """Raise ParameterError for tokens to judge that may hold what is masked, or its mask."""
        if self.masker is None:
            return
        text = self._given_text(ids)
        if self.text(text) != text:
            raise _masked("The text")

    def _given_text(self, ids: Sequence[int]) -> str:
        if (text := self.known_text(ids)) is None:
            raise ParameterError(
                "While names and numbers are masked, a server is only given tokens that it gave.",
                "Give the text instead, or write without masking.",
            )
        return text

    def known_text(self, ids: Sequence[int]) -> str | None:
        """The text of tokens that the server has given; None if there are others among them."""
        pieces = [self._pieces.get(one) for one in ids]
        known = [one for one in pieces if one is not None]
        return b"".join(known).decode("utf-8", "replace") if len(known) == len(pieces) else None

    def learn(self, ids: Sequence[int], pieces: Sequence[bytes]) -> None:
        """Know the bytes that these tokens have in any text."""
        if len(self._pieces) < _MOST_KNOWN:
            self._pieces.update(zip(ids, pieces, strict=True))

    def put_back(self, pieces: Sequence[bytes]) -> tuple[bytes, ...]:
        """The pieces of a masked text as those of the text: the last of a placeholder has it all.

        The pieces of one character are taken together likewise.
        """
        if self.masker is None:
            return tuple(pieces)
        unmasker = self.masker.unmasker()
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        found = [unmasker.feed(decoder.decode(piece)).encode() for piece in pieces]
        if found:
            found[-1] += (unmasker.feed(decoder.decode(b"", True)) + unmasker.finish()).encode()
        return tuple(found)

    def shown(self, text: str) -> str:
        """What the server has sent, with what was masked put back."""
        return text if self.masker is None else self.masker.unmask(text)


def _masked(what: str) -> ParameterError:
    return ParameterError(
        f"{what} holds a name or number that is masked before it goes to a server, which would "
        "then judge something else.",
        "Leave it out, or write without masking.",
    )
