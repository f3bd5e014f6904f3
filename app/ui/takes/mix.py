"""A take put together from sentences of others."""

from __future__ import annotations

import msgspec

from app.ui.generation.takes import TakeText

_WITHOUT_SPACES = "\u2e80"
"""From here on come the scripts of East Asia, which put no spaces between sentences."""


class Mix(msgspec.Struct, eq=False):
    """The sentences that were chosen, in the order they were, and the take that they make."""

    take: TakeText = msgspec.field(default_factory=lambda: TakeText(finished=True))
    parts: list[tuple[str, int, str]] = []
    lead: str = ""

    def toggle(self, key: str, number: int, sentence: str, whole: str) -> str:
        """Add sentence `number` of the take `key`, or take it out; the text that is now wanted.

        `whole` is that take's text, whose space at the beginning joins what stands before it.
        """
        found = [one for one in self.parts if one[:2] == (key, number)]
        if found:
            self.parts.remove(found[0])
        else:
            if not self.parts:
                self.lead = whole[: len(whole) - len(whole.lstrip())]
            self.parts.append((key, number, sentence))
        return self.text

    def chosen(self, key: str) -> tuple[int, ...]:
        """The numbers of the chosen sentences of a take."""
        return tuple(sorted(number for one, number, _text in self.parts if one == key))

    @property
    def text(self) -> str:
        """The sentences one after the other, with a space between them where none is."""
        text = ""
        for _key, _number, sentence in self.parts:
            text += " " * _needs_space(text, sentence) + sentence
        return self.lead + text.strip() if text else ""


def _needs_space(before: str, after: str) -> bool:
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return False
    return before[-1] < _WITHOUT_SPACES and after[0] < _WITHOUT_SPACES
