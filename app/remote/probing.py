"""What a server is and can do, found out by asking it; no text of the writer's is sent for that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from app.core.errors import ModelNotFoundError, ServerError
from app.core.masking import Masker
from app.core.options.sampling import Sampling
from app.engine.messages import EngineSettings, ModelInfo, ServerPlace
from app.remote.address import Pinned
from app.remote.dialects import Dialect, cannot, unsupported
from app.remote.web import Server, whole

_OWNERS: dict[str, Dialect] = {
    "lampblack": "lampblack", "llamacpp": "llama-server", "vllm": "vllm"
}  # fmt: skip
_MOST_NAMED = 10


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the server answers to: its dialect, the model's name there, and whether it counts."""

    dialect: Dialect
    model: str
    context: int = 0
    counts: bool = False


def probe(server: Server, wanted: str) -> Abilities:
    """Ask what it is; `wanted` is a model of its, or empty where it has only one.

    Raises ServerError, and ModelNotFoundError where the model has to be named.
    """
    models = _models(server)
    model = _chosen(models, wanted)
    dialect = _OWNERS.get(str(model.get("owned_by")), "openai")
    name = str(model["id"])
    length = model.get("max_model_len")
    context = length if isinstance(length, int) and 0 <= length < 2**31 else 0
    asked = Abilities(dialect=dialect, model=name, context=context)
    try:
        count(server, asked, "a")
    except ServerError:
        return asked
    return msgspec.structs.replace(asked, counts=True)


def model_names(server: Server) -> tuple[str, ...]:
    """The models that the server has; raises ServerError."""
    return tuple(str(one["id"]) for one in _models(server))


def _models(server: Server) -> Sequence[dict[str, Any]]:
    found = _object(server.get("/v1/models")).get("data")
    listed = found if isinstance(found, list) else []
    named = [one for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]
    return [one for one in named if one["id"].isprintable()]


def _chosen(models: Sequence[dict[str, Any]], wanted: str) -> dict[str, Any]:
    if not models:
        raise ServerError("The server has no model loaded.", "Load one there, and try again.")
    fitting = [one for one in models if one["id"] == wanted] if wanted else models
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(ascii(one["id"])[1:-1][:80] for one in models[:_MOST_NAMED])
    more = f" and {len(models) - _MOST_NAMED} more" if len(models) > _MOST_NAMED else ""
    what = f"no model {wanted!r}" if wanted else "several models"
    raise ModelNotFoundError(f"The server has {what}.", f"Name one with --model: {names}{more}.")


def count(server: Server, abilities: Abilities, text: str) -> int:
    """How many tokens a text has there; raises ServerError where the server does not say."""
    fields: dict[str, Any] = {"content": text, "add_special": True}
    if abilities.dialect == "vllm":
        fields = {"model": abilities.model, "prompt": text}
    with server.post("/tokenize", fields) as body:
        tokens = _object(whole(body)).get("tokens")
    if not isinstance(tokens, list):
        raise ServerError("The server does not count tokens.")
    return len(tokens)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _no_model_server() from error
    if not isinstance(found, dict):
        raise _no_model_server()
    return found


def _no_model_server() -> ServerError:
    return ServerError(
        "The server sent something that is not an answer.", "Is the address a model server's?"
    )


def described(pinned: Pinned, abilities: Abilities, masker: Masker | None) -> ModelInfo:
    """The model as the program shows it, with where the text goes as its first note."""
    return ModelInfo(
        name=abilities.model,
        path=pinned.address.url,
        engine="server",
        context=abilities.context,
        trained_context=abilities.context,
        has_chat_template=True,
        settings=EngineSettings(
            engine="server", build=abilities.dialect, device=pinned.address.url
        ),
        notes=tuple(_notes(pinned, abilities, masker)),
        unsupported=cannot(abilities.dialect),
        server=ServerPlace(
            url=pinned.address.url, ip=pinned.ip, is_here=pinned.is_here, masks=masker is not None
        ),
    )


def _notes(pinned: Pinned, abilities: Abilities, masker: Masker | None) -> Sequence[str]:
    found = [_where(pinned), _masked(masker)]
    if pinned.warning:
        found.append(pinned.warning)
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
