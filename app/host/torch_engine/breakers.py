"""The texts at which DRY stops counting, as tokens: a token may hold a part of one."""

from __future__ import annotations

from collections.abc import Iterator

from app.host.torch_engine.vocabulary import Vocabulary

_LONGEST = 40  # bytes of a text, as in llama.cpp
_MOST_TOKENS = 20  # after the first, as in llama.cpp


class BreakerTable:
    """Finds, and keeps, the tokens that each text can begin in."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._pieces: list[bytes] = []
        self._found: dict[str, dict[int, list[tuple[int, ...]]]] = {}

    def of(self, texts: tuple[str, ...]) -> dict[int, list[tuple[int, ...]]]:
        """For each token in which one of `texts` begins, the tokens that must follow it."""
        merged: dict[int, list[tuple[int, ...]]] = {}
        for text in texts:
            for token, tails in self._of(text).items():
                merged.setdefault(token, []).extend(tails)
        return merged

    def _of(self, text: str) -> dict[int, list[tuple[int, ...]]]:
        if text not in self._found:
            self._found[text] = self._search(text.encode()[:_LONGEST])
        return self._found[text]

    def _search(self, data: bytes) -> dict[int, list[tuple[int, ...]]]:
        vocabulary = self._vocabulary
        if not self._pieces:
            self._pieces = [vocabulary.shown(token) for token in range(vocabulary.size)]
        found: dict[int, list[tuple[int, ...]]] = {}
        for token, piece in enumerate(self._pieces):
            if data in piece:
                found[token] = [()]
            elif data[:1] in piece:
                tails = dict.fromkeys(self._tokens(tail) for tail in _tails(data, piece))
                if tails:
                    found[token] = list(tails)
        return found

    def _tokens(self, tail: bytes) -> tuple[int, ...]:
        tokens = self._vocabulary.tokenize(tail.decode("utf-8", "replace"))
        return tuple(tokens[:_MOST_TOKENS].tolist())


def _tails(data: bytes, piece: bytes) -> Iterator[bytes]:
    """What is left of `data` after each beginning of it that ends `piece`."""
    for place in range(len(piece)):
        if data.startswith(piece[place:]):
            yield data[len(piece) - place :]
