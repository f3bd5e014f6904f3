"""A text's tokens as the server has them: their numbers, their bytes, how many they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec

from app.engine.messages import ChatMessage
from app.remote.abilities import Abilities, Way
from app.remote.connections import OpenLine
from app.remote.web import PATIENT, NonsenseError, Patience, Server, nonsense

_MOST = 64 * 1024 * 1024
_LARGEST_TOKEN = 2**31
_BYTE = re.compile("<0x([0-9A-Fa-f]{2})>")


class Asker:
    """Asks one server for one job."""

    def __init__(
        self,
        server: Server,
        abilities: Abilities,
        line: OpenLine | None = None,
        patience: Patience = PATIENT,
    ) -> None:
        self.abilities = abilities
        self._server = server
        self._line = line
        self._patience = patience

    def by(self, way: Way) -> Asker:
        """The same, with this way to score."""
        known = msgspec.structs.replace(self.abilities, scores_by=way)
        return Asker(self._server, known, self._line, self._patience)

    def ask(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        """The object that answers; raises ServerError."""
        named = {"model": self.abilities.model, **fields}
        return self._server.ask(path, named, self._line, self._patience, _MOST)

    def tokenize(
        self, text: str, *, special: bool = False, begins: bool = False
    ) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
        """The numbers of a text's tokens and the bytes that each has in any text; see `Tokenize`.

        Together they may begin with a space more than the text, which `pieces_of` leaves out.
        Raises ServerError, also where the bytes are not those of the text.
        """
        if self.abilities.dialect == "vllm":
            fields = {"prompt": text, "add_special_tokens": begins, "return_token_strs": True}
            found = self.ask("/tokenize", fields)
            ids = _numbers(found.get("tokens"))
            return ids, _named_pieces(found.get("token_strs"), ids, text)
        fields = {
            "content": text,
            "add_special": begins,
            "parse_special": special,
            "with_pieces": True,
        }
        listed = self.ask("/tokenize", fields).get("tokens")
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise nonsense()
        ids = _numbers([one.get("id") for one in listed])
        return ids, tuple(_piece(one.get("piece")) for one in listed)

    def detokenize(self, ids: Sequence[int]) -> str:
        """The text of tokens; raises ServerError."""
        found = self.ask("/detokenize", {"tokens": list(ids)})
        text = found.get("prompt" if self.abilities.dialect == "vllm" else "content")
        if not isinstance(text, str):
            raise nonsense()
        return text

    def count(self, text: str, *, special: bool = True) -> int:
        """How many tokens a prompt has there; raises ServerError where the server does not say."""
        if self.abilities.dialect == "vllm":
            return _count(self.ask("/tokenize", {"prompt": text}))
        if self.abilities.dialect == "openai":  # llama_cpp.server's, the one of them that has any
            return _count(self.ask("/extras/tokenize/count", {"input": text}))
        fields = {"content": text, "add_special": True, "parse_special": special}
        return _count(self.ask("/tokenize", fields))

    def count_chat(self, messages: Sequence[ChatMessage]) -> int:
        """How many tokens a chat has in the model's template there; raises ServerError."""
        if self.abilities.dialect == "llama-server":
            return self.count(self.templated(messages))
        return _count(self.ask("/tokenize", chat_fields(messages)))

    def templated(self, messages: Sequence[ChatMessage]) -> str:
        """A chat as llama-server's template makes a text of it; raises ServerError."""
        text = self.ask("/apply-template", {"messages": turns(messages)}).get("prompt")
        if not isinstance(text, str):
            raise nonsense()
        return text

    def templated_ids(self, messages: Sequence[ChatMessage]) -> tuple[int, ...]:
        """A chat as tokens: vLLM's way; raises ServerError."""
        return _numbers(self.ask("/tokenize", chat_fields(messages)).get("tokens"))


def turns(
    messages: Sequence[ChatMessage], hide: Callable[[str], str] = str
) -> list[dict[str, str]]:
    """The turns of a chat as OpenAI has them."""
    return [{"role": one.role, "content": hide(one.content)} for one in messages]


def chat_fields(
    messages: Sequence[ChatMessage], hide: Callable[[str], str] = str
) -> dict[str, Any]:
    """A chat whose last turn is gone on with if it is the assistant's, as vLLM wants to be told."""
    fields: dict[str, Any] = {"messages": turns(messages, hide)}
    if messages and messages[-1].role == "assistant":
        fields |= {"add_generation_prompt": False, "continue_final_message": True}
    return fields


def _count(found: dict[str, Any]) -> int:
    count, listed = found.get("count"), found.get("tokens")
    if type(count) is int and 0 <= count < _LARGEST_TOKEN:
        return count
    if not isinstance(listed, list):
        raise NonsenseError("The server does not count tokens.")
    return len(_numbers(listed))


def _numbers(listed: Any) -> tuple[int, ...]:
    is_sound = isinstance(listed, list) and all(
        type(one) is int and 0 <= one < _LARGEST_TOKEN for one in listed
    )
    if not is_sound:
        raise nonsense()
    return tuple(listed)


def _piece(told: Any) -> bytes:
    """A token's bytes: its text, or a list of them where they are none."""
    if isinstance(told, str):
        return told.encode("utf-8", "surrogatepass")
    try:
        return bytes(_numbers(told))
    except ValueError:
        raise nonsense() from None


def _named_pieces(names: Any, ids: Sequence[int], text: str) -> tuple[bytes, ...]:
    """The bytes of tokens that are told by the names that the vocabulary has for them.

    Those are the text itself, GPT-2's letters for bytes, or SentencePiece's with a bar for a space:
    whichever gives the text, perhaps after one token that begins it, which has no bytes. Raises
    ServerError.
    """
    if not isinstance(names, list) or len(names) != len(ids):
        raise nonsense()
    if not all(isinstance(name, str) for name in names):
        raise nonsense()
    wanted = text.encode("utf-8", "surrogatepass")
    for begin in (0, 1):
        for read in (_plain, _from_letters, _from_bars):
            found = (*(b"" for _ in range(begin)), *map(read, names[begin:]))
            if b"".join(found) in (wanted, b" " + wanted):
                return found
    raise NonsenseError("The server's tokens are not those of the text.")


def pieces_of(text: str, pieces: Sequence[bytes]) -> tuple[bytes, ...]:
    """The bytes of a text's tokens without the space that SentencePiece puts before a text."""
    for begin in (0, 1):  # there may be a token that begins it
        if b"".join(pieces[begin:]) == b" " + text.encode("utf-8", "surrogatepass"):
            first = next(place for place, piece in enumerate(pieces) if place >= begin and piece)
            return (*pieces[:first], pieces[first][1:], *pieces[first + 1 :])
    return tuple(pieces)


def _plain(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _from_letters(name: str) -> bytes:
    table = _letters()
    if any(letter not in table for letter in name):
        return _plain(name)
    return bytes(table[letter] for letter in name)


def _from_bars(name: str) -> bytes:
    if match := _BYTE.fullmatch(name):
        return bytes.fromhex(match[1])
    return _plain(name.replace("\u2581", " "))


@cache
def _letters() -> dict[str, int]:
    """GPT-2's letters: a printable byte is its Latin-1 letter, the others go from U+0100 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    found = {chr(byte): byte for byte in printable}
    return found | {chr(256 + place): byte for place, byte in enumerate(others)}
