"""What a server is and can do, found out by asking it; no text of the writer's is sent for that."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from app.core.errors import ModelNotFoundError, ServerError
from app.core.masking import Masker
from app.core.options.sampling import Sampling
from app.engine.messages import (
    ChatMessage,
    EngineSettings,
    ModelInfo,
    Score,
    ServerPlace,
    TokenDetail,
)
from app.remote.abilities import Abilities, Ability, Way
from app.remote.address import Pinned
from app.remote.answers import choices_of, details
from app.remote.connections import OpenLine
from app.remote.dialects import Dialect, cannot, grammar_fields, unsupported
from app.remote.judging import Judge
from app.remote.leaving import stops_when_left
from app.remote.tokens import Asker, pieces_of
from app.remote.web import NonsenseError, Server, ServerRefusedError, nonsense, read_object

_OWNERS: dict[str, Dialect] = {
    "lampblack": "lampblack", "llamacpp": "llama-server", "vllm": "vllm"
}  # fmt: skip
_WAYS: dict[Dialect, Way] = {
    "lampblack": "own", "llama-server": "forced", "vllm": "numbers", "openai": "echo"
}  # fmt: skip
_MOST_NAMED = 10
_LONGEST_NAME = 80
_NO_REQUEST = "such servers have no request for that"

PROBE = "Once upon"
"""What servers are asked to go on with."""

_WORD = "q7"
_TINY = {"max_tokens": 2, "temperature": 0, "stream": False}
_ROUNDING = 0.02
"""How much two probabilities of the same token may differ: servers compute in blocks."""

T = TypeVar("T")


def probe(server: Server, wanted: str, line: OpenLine) -> Abilities:
    """Ask what it is; `wanted` is a model of its, or empty where it has only one.

    About ten tiny requests, and one that is left at its beginning. Raises ServerError where it
    cannot be asked at all, and ModelNotFoundError where the model has to be named.
    """
    model = _chosen(_models(server, line), wanted)
    dialect = _OWNERS.get(str(model.get("owned_by")), "openai")
    known = Abilities(dialect=dialect, model=str(model["id"]), context=_context(model))
    return _AbilityProbe(server, known, line).found()


class _AbilityProbe:
    """Tries one ability after the other."""

    def __init__(self, server: Server, known: Abilities, line: OpenLine) -> None:
        self._server, self._known, self._line = server, known, line
        self._asker = Asker(server, known, line)
        self._cannot: dict[Ability, str] = {}
        self._unknown: dict[Ability, str] = {}

    def found(self) -> Abilities:
        """What it can do."""
        written = self._writing()
        self._chat()
        self._tokens()
        self._schemas()
        way = self._scoring(written)
        self._leaving()
        return msgspec.structs.replace(
            self._known,
            cannot=self._cannot,
            unknown=self._unknown,
            scores_by=way,
            takes_turns=self._known.dialect == "openai" and "count" not in self._cannot,
        )

    def _tried(self, *abilities: Ability, by: Callable[[], T]) -> T | None:
        """What came of it; None, with the reason noted, where the server refused or it was wrong.

        A key that is refused, a busy server and a lost connection are no answer, and are raised.
        """
        try:
            return by()
        except (ServerRefusedError, NonsenseError) as error:
            for ability in abilities:
                self._cannot.setdefault(ability, _reason(error))
            return None

    def _writing(self) -> tuple[str, tuple[TokenDetail, ...]] | None:
        """A text that it goes on with, and the tokens of that; whether it writes several."""
        fields: dict[str, Any] = {**_TINY, "prompt": PROBE, "logprobs": 1}
        listed = self._tried("n", by=lambda: self._texts({**fields, "n": 2}))
        if listed is None:
            listed = self._tried("probabilities", by=lambda: self._texts(fields))
        if listed is None:
            del fields["logprobs"]
            listed = self._tried("complete", by=lambda: self._texts(fields))
        if listed is None:
            self._cannot.setdefault("n", self._cannot["complete"])
            return None
        if len(listed) != 2:
            self._cannot.setdefault("n", f"asked for 2, it gave {len(listed)}")
        if "probabilities" in self._cannot:
            return None
        told = self._tried("probabilities", by=lambda: details(listed[0], 1))
        if not told:
            self._cannot.setdefault("probabilities", "asked for them, it gave none")
            return None
        return str(listed[0].get("text")), told

    def _texts(self, fields: dict[str, Any]) -> Sequence[dict[str, Any]]:
        found = choices_of(self._asker.ask("/v1/completions", fields))
        if not found or not all(isinstance(one.get("text"), str) for one in found):
            raise nonsense()
        return found

    def _chat(self) -> None:
        fields: dict[str, Any] = {**_TINY, "messages": [{"role": "user", "content": PROBE}]}
        asked = {**fields, "logprobs": True, "top_logprobs": 1}
        found = self._tried("chat probabilities", by=lambda: self._turn(asked))
        if found is None:
            self._tried("chat", by=lambda: self._turn(fields))
            return
        if not self._tried("chat probabilities", by=lambda: details(found, 1)):
            self._cannot.setdefault("chat probabilities", "asked for them, it gave none")

    def _turn(self, fields: dict[str, Any]) -> dict[str, Any]:
        found = choices_of(self._asker.ask("/v1/chat/completions", fields))
        if len(found) != 1 or not isinstance(found[0].get("message"), dict):
            raise nonsense()
        return found[0]

    def _schemas(self) -> None:
        """Whether a schema that allows one word only makes it write that, in texts and in chats.

        Lampblack and llama-server always do; there it would cost a grammar's beginning.
        """
        if self._known.dialect in ("lampblack", "llama-server"):
            return
        schema = json.dumps({"const": _WORD})
        fields = {**_TINY, "max_tokens": 8, **grammar_fields(self._known.dialect, schema)}
        text = {**fields, "prompt": PROBE}
        chat = {**fields, "messages": [{"role": "user", "content": PROBE}]}
        self._held("schema", "complete", lambda: self._texts(text)[0]["text"])
        self._held("chat schema", "chat", lambda: self._turn(chat)["message"].get("content"))

    def _held(self, ability: Ability, needed: Ability, ask: Callable[[], Any]) -> None:
        if needed in self._cannot:
            self._cannot[ability] = self._cannot[needed]
            return
        text = self._tried(ability, by=ask)
        if ability not in self._cannot and str(text).strip() != json.dumps(_WORD):
            self._cannot[ability] = "it wrote something else than what the schema allowed"

    def _tokens(self) -> None:
        counted = self._tried("count", by=lambda: self._asker.count(PROBE))
        if counted is not None and not 1 <= counted <= len(PROBE) + 1:
            self._cannot.setdefault(
                "count", f"it counts {counted:,} tokens in {len(PROBE)} letters"
            )
        if self._known.dialect == "openai":
            self._cannot["tokenize"] = self._cannot["chat count"] = _NO_REQUEST
            return
        if "chat" in self._cannot:
            self._cannot["chat count"] = self._cannot["chat"]
        else:
            turn = ChatMessage(role="user", content=PROBE)
            self._tried("chat count", by=lambda: self._asker.count_chat((turn,)))
        found = self._tried("tokenize", by=lambda: self._asker.tokenize(PROBE, begins=False))
        if found is not None and b"".join(pieces_of(PROBE, found[1])) != PROBE.encode():
            self._cannot["tokenize"] = "its tokens are not those of the text"

    def _scoring(self, written: tuple[str, tuple[TokenDetail, ...]] | None) -> Way:
        """The way to score that gives the probabilities again with which it had written."""
        way = _WAYS[self._known.dialect]
        if written is None:
            self._cannot["score"] = "it gives no probabilities, by which that could be checked"
            return ""
        if way in ("forced", "numbers") and "tokenize" in self._cannot:
            self._cannot["score"] = "it does not give the tokens of a text"
            return ""
        judge = Judge(self._asker.by(way), self._line)
        text, expected = written
        asked = Score(job=0, text=PROBE + text)
        judged = self._tried("score", by=lambda: judge.score(asked).details)
        if judged is not None and not _agree(judged, expected):
            self._cannot["score"] = "its probabilities of a given text are not those of its writing"
        return "" if "score" in self._cannot else way

    def _leaving(self) -> None:
        known = msgspec.structs.replace(self._known, cannot=self._cannot)
        found, reason = stops_when_left(self._server, known, PROBE, self._line)
        if found != "yes":
            (self._cannot if found == "no" else self._unknown)["cancel"] = reason


def _agree(judged: Sequence[TokenDetail], written: Sequence[TokenDetail]) -> bool:
    """Whether the end of a judged text has the probabilities with which it was written."""
    if len(judged) < len(written):
        return False
    pairs = zip(judged[-len(written) :], written, strict=True)
    return all(abs(one.probability - other.probability) <= _ROUNDING for one, other in pairs)


def _reason(error: ServerError) -> str:
    """An error as the reason of a sentence: without its full stop."""
    return error.message[0].lower() + error.message[1:].rstrip(".")


def _context(model: dict[str, Any]) -> int:
    """The length of the context, 0 where the server does not tell it."""
    meta = model.get("meta")
    told = (model.get("max_model_len"), meta.get("n_ctx") if isinstance(meta, dict) else None)
    return next((one for one in told if type(one) is int and 0 < one < 2**31), 0)


def model_names(server: Server, line: OpenLine) -> tuple[str, ...]:
    """The models that the server has; raises ServerError."""
    return tuple(str(one["id"]) for one in _models(server, line))


def _models(server: Server, line: OpenLine) -> Sequence[dict[str, Any]]:
    found = read_object(server.get("/v1/models", line)).get("data")
    listed = found if isinstance(found, list) else []
    named = [one for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]
    return [one for one in named if one["id"].isprintable()]


def _chosen(models: Sequence[dict[str, Any]], wanted: str) -> dict[str, Any]:
    if not models:
        raise ServerError("The server has no model loaded.", "Load one there, and try again.")
    fitting = [one for one in models if wanted in ("", one["id"], _shown(one["id"]))]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(
        ascii(_shown(one["id"]))[1:-1][:_LONGEST_NAME] for one in models[:_MOST_NAMED]
    )
    if len(models) > _MOST_NAMED:
        names = f"{names} and {len(models) - _MOST_NAMED} more"
    what = f"no model {wanted!r}" if wanted else "several models"
    raise ModelNotFoundError(f"The server has {what}.", f"Name one with --model: {names}.")


def described(pinned: Pinned, abilities: Abilities, masker: Masker | None) -> ModelInfo:
    """The model as the program shows it, with where the text goes as its first note."""
    return ModelInfo(
        name=_shown(abilities.model),
        path=pinned.address.url,
        engine="server",
        context=abilities.context,
        trained_context=abilities.context,
        has_chat_template=abilities.can("chat"),
        abilities=abilities.names,
        unknown={name: abilities.reason(name) for name in abilities.unknown},
        settings=EngineSettings(
            engine="server", build=abilities.dialect, device=pinned.address.url
        ),
        notes=tuple(_notes(pinned, abilities, masker)),
        unsupported=_unsupported(abilities),
        server=ServerPlace(
            url=pinned.address.url,
            ip=pinned.ip,
            is_here=pinned.is_here,
            masks=masker is not None,
            names=masker.names if masker is not None else (),
        ),
    )


def _unsupported(abilities: Abilities) -> dict[str, str]:
    found = cannot(abilities.dialect)
    if not abilities.can("schema") and not abilities.can("chat schema"):
        found["grammar"] = abilities.reason("schema")
    return found


def _shown(model: str) -> str:
    """A model's name: servers of GGUF files give its whole path."""
    name = model.replace("\\", "/").rpartition("/")[2]
    return name.removesuffix(".gguf") if name.endswith(".gguf") else model


def _notes(pinned: Pinned, abilities: Abilities, masker: Masker | None) -> Sequence[str]:
    found = [_where(pinned), _masked(masker)]
    if pinned.warning:
        found.append(pinned.warning)
    missing: tuple[Ability, ...] = ("complete", "chat", "probabilities", "count", "score")
    found += [abilities.reason(name) for name in missing if not abilities.can(name)]
    if "cancel" in abilities.cannot:
        found.append(f"{abilities.reason('cancel')} What is stopped here goes on there to its end.")
    if abilities.takes_turns:
        found.append(
            "The server drops what it writes when it is asked again, so it is asked in turns."
        )
    if abilities.dialect == "llama-server" and abilities.can("probabilities"):
        found.append(
            "Of a letter of several tokens the server tells the last token's probability alone."
        )
    reasons = unsupported(abilities.dialect, Sampling())
    if reasons:
        names = ", ".join(name for name, _ in reasons)
        found.append(
            f"The server cannot be told of {names}: it writes without Lampblack's defaults of them."
        )
    return found


def _where(pinned: Pinned) -> str:
    url, ip = pinned.address.url, pinned.ip
    if pinned.is_here:
        return f"The text is sent to the server {url}, which runs on this machine."
    return f"The text leaves this machine: it is sent to the server {url} (at {ip})."


def _masked(masker: Masker | None) -> str:
    if masker is None:
        return "Nothing in it is masked."
    names = len(masker.replaced)
    which = {0: "no names are listed", 1: "1 name"}.get(names, f"{names} names")
    return (
        "Masked in it, and put back in the answer: e-mail addresses, telephone, card and account "
        f"numbers; {which}."
    )
