"""A request to write, in the server's terms; what cannot be said in them is refused."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from app.core.errors import ParameterError, UnsupportedError
from app.core.masking import Masker
from app.core.options.json_schema import is_schema
from app.core.options.rows import check_all
from app.core.options.sampling import PARAMETERS, Sampling
from app.engine.messages import Generate, Previewed
from app.remote.abilities import Abilities
from app.remote.dialects import Dialect, body, loaded_schema, unsupported
from app.remote.tokens import chat_fields
from app.remote.web import Server

_MOST_TAKES = 16
_SEEDS = 2**32
_WITHOUT = "Ask without that."
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|[nrt])")
_UNMASKABLE = ("banned_phrases", "dry_breakers", "logit_bias", "grammar")


class Request(msgspec.Struct, frozen=True):
    """Where a request goes and what is in it; `masker` puts back the placeholders of the answer.

    Where the server writes one take at a time, it is sent once `for_each` of them.
    """

    path: str
    fields: dict[str, Any]
    seed: int
    masker: Masker | None
    for_each: bool
    server: Abilities

    def of_take(self, index: int) -> dict[str, Any]:
        """The fields for one take, whose seed is the first one's and its number, as in `seeds`."""
        return self.fields | {"n": 1, "seed": (self.seed + index) % _SEEDS}


def request(command: Generate, abilities: Abilities, masker: Masker | None) -> Request:
    """The command in the server's terms; raises ParameterError for what cannot be said in them."""
    if masker and not command.tokens:  # those have the placeholders with which they were asked for
        masker = masker.again()  # what is asked beside it changes none
    sampling = check_all(command.sampling)
    _check(command, sampling, abilities)
    seed = sampling.seed if sampling.seed is not None else random.getrandbits(31)
    masked = _masked(msgspec.structs.replace(sampling, seed=seed), masker)
    hide = masker.mask if masker else str
    fields = {
        **body(abilities.dialect, masked, abilities.context),
        "model": abilities.model,
        "n": command.n,
        "stream": True,
        "stream_options": {"include_usage": True},
        **_probabilities(command, abilities.dialect),
    }
    if command.exact:
        fields["exact"] = True
    for_each = command.n > 1 and not abilities.can("n")
    rest = (seed, masker, for_each, abilities)
    if command.messages:
        chat = chat_fields(command.messages, hide)
        if abilities.dialect != "vllm":
            chat = {"messages": chat["messages"]}
        return Request("/v1/chat/completions", fields | chat, *rest)
    prompt: Any = list(command.tokens) or hide(command.prompt)
    if abilities.dialect == "lampblack" and not command.tokens:
        fields["parse_special"] = command.special
    return Request("/v1/completions", fields | {"prompt": prompt}, *rest)


def preview(job: int, asked: Request, server: Server) -> Previewed:
    """The request as the writer is shown it before it is sent."""
    turns = asked.fields.get("messages") or [{"role": "", "content": asked.fields["prompt"]}]
    texts = tuple((turn["role"], str(turn["content"])) for turn in turns)
    shown = json.dumps(asked.fields, ensure_ascii=False, indent=2)
    known = asked.masker.replaced if asked.masker else {}
    replaced = tuple(pair for pair in known.items() if pair[0] in shown)
    return Previewed(
        job=job, url=server.url(asked.path), texts=texts, fields=shown, replaced=replaced
    )


def _probabilities(command: Generate, dialect: Dialect) -> dict[str, Any]:
    if not command.probabilities:
        return {}
    if command.messages:
        return {"logprobs": True, "top_logprobs": command.probabilities}
    numbers = {"return_token_ids": True} if dialect == "vllm" else {}
    return {"logprobs": command.probabilities, **numbers}


def _check(command: Generate, sampling: Sampling, abilities: Abilities) -> None:
    """Refuse what would be changed in silence; defaults that cannot be said are in the notes."""
    is_ours = abilities.dialect == "lampblack"
    abilities.check("chat" if command.messages else "complete")
    if is_schema(sampling.grammar):
        abilities.check("chat schema" if command.messages else "schema", _WITHOUT)
    if command.probabilities:
        abilities.check("chat probabilities" if command.messages else "probabilities", _WITHOUT)
    if not 1 <= command.n <= _MOST_TAKES:
        raise ParameterError(f"There can be 1 to {_MOST_TAKES} takes, not {command.n}.")
    refused = [
        (
            bool(command.tokens) and abilities.dialect == "openai",
            "go on from tokens by their numbers",
        ),
        (command.suffix is not None, "fill in the middle"),
        (command.sampled, "give the probabilities that sampling leaves"),
        (command.exact and not is_ours, "promise the same text for the same seed (exact)"),
        (
            bool(command.messages)
            and command.messages[-1].role == "assistant"
            and abilities.dialect == "openai",
            "go on with the last turn of a chat",
        ),
    ]
    for is_asked, what in refused:
        if is_asked:
            raise UnsupportedError(f"The server cannot {what}.", _WITHOUT)
    default = Sampling()
    for name, reason in unsupported(abilities.dialect, sampling):
        if getattr(sampling, name) != getattr(default, name):
            raise UnsupportedError(f"{name} cannot be used here: {reason}", "Leave it as it is.")


def _masked(sampling: Sampling, masker: Masker | None) -> Sampling:
    """Stop texts as the server sees the text; other texts must not hold what is masked."""
    if masker is None:
        return sampling
    for bound in PARAMETERS:
        value = getattr(sampling, bound.name)
        texts = _texts(value) if isinstance(value, str) else value
        if bound.name in _UNMASKABLE and any(masker.mask(text) != text for text in texts):
            raise UnsupportedError(
                f"{bound.name} holds something that is masked before it goes to a server.",
                "Leave it out, or write without masking.",
            )
    return msgspec.structs.replace(sampling, stop=tuple(map(masker.mask, sampling.stop)))


def _texts(grammar: str) -> tuple[str, ...]:
    """The texts in a grammar with their escapes resolved, so that no name hides in them."""
    if not is_schema(grammar):
        return grammar, _ESCAPE.sub(_letter, grammar)
    found: list[str] = []

    def take(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Take up an object's texts, also those under a name that comes twice."""
        for name, value in pairs:
            found.extend((name, *_strings(value)))
        return dict(pairs)

    loaded_schema(grammar, take)
    return tuple(found)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _letter(escape: re.Match[str]) -> str:
    """What an escape of GBNF stands for; a space for a line's end or a tab."""
    code = int(escape[1] or escape[2] or escape[3] or "20", 16)
    return chr(code) if code < sys.maxunicode else escape[0]
