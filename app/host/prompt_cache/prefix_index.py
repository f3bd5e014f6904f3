"""An index of token sequences by their beginnings, so that few need to be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from hashlib import blake2b
from typing import Generic, TypeVar

from app.host.generation.vocabulary import Ids, common_prefix

BLOCK = 64
"""How many tokens are hashed together."""

_DIGEST = 16  # bytes


def block_hashes(tokens: Ids) -> Iterator[bytes]:
    """A hash for each whole block, made from it and all that came before it."""
    digest = b""
    for start in range(0, len(tokens) - BLOCK + 1, BLOCK):
        block = tokens[start : start + BLOCK]
        digest = blake2b(digest + block.astype("<i4").tobytes(), digest_size=_DIGEST).digest()
        yield digest


T = TypeVar("T")


class PrefixIndex(Generic[T]):
    """Items, each with its tokens, found by the longest common beginning.

    Equal hashes stand for equal beginnings, so that only the items that share the most blocks are
    compared token by token. Items are told apart by identity or their own equality.
    """

    def __init__(self) -> None:
        self._tokens: dict[T, Ids] = {}
        self._at: dict[bytes, dict[T, None]] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._tokens))

    def add(self, item: T, tokens: Ids) -> None:
        """Put an item in that begins with `tokens`."""
        self._tokens[item] = tokens
        for digest in block_hashes(tokens):
            self._at.setdefault(digest, {})[item] = None

    def remove(self, item: T) -> None:
        """Take an item out."""
        for digest in block_hashes(self._tokens.pop(item)):
            sharing = self._at[digest]
            del sharing[item]
            if not sharing:
                del self._at[digest]

    def clear(self) -> None:
        """Take all items out."""
        self._tokens.clear()
        self._at.clear()

    def best(self, tokens: Ids, *, whole: bool = False) -> tuple[T | None, int]:
        """The item with the longest common beginning, and that length; (None, 0) without any.

        With `whole` only items count that are a beginning of `tokens` with all they have.
        """
        for level in self._levels(tokens):
            found, length = self._longest(level, tokens, whole=whole)
            if length:
                return found, length
        return None, 0

    def _levels(self, tokens: Ids) -> Iterator[Collection[T]]:
        """The items that share the most blocks with `tokens`, then those with one less, and on."""
        levels: list[Collection[T]] = [self._tokens]
        for digest in block_hashes(tokens):
            if digest not in self._at:
                break
            levels.append(self._at[digest])
        return reversed(levels)

    def _longest(self, items: Collection[T], tokens: Ids, *, whole: bool) -> tuple[T | None, int]:
        found, longest = None, 0
        for item in items:
            known = self._tokens[item]
            length = common_prefix(known, tokens)
            if length > longest and (not whole or length == len(known)):
                found, longest = item, length
        return found, longest
