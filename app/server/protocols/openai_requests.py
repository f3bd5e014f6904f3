"""From the JSON of OpenAI's completions and chats to what the engine is asked."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

import msgspec

from app.core.options.rows import Row, rows_by_name
from app.core.options.sampling import Sampling
from app.engine.messages import ChatMessage, Generate, ModelInfo, Role
from app.engine.service_messages import ServiceLimits
from app.server.protocols.fields import Fields, RequestError
from app.server.protocols.parameters import read_sampling
from app.server.protocols.unsupported import ignored

MOST_PROMPTS = 256
"""The most prompts of one request, and the most answers to all of them."""

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}


class CommonFields(msgspec.Struct, frozen=True, kw_only=True):
    """What every request for text may hold beside the sampling parameters."""

    stream: Annotated[
        bool, Row(label="Stream", help="Send the text as it is written, as server-sent events.")
    ] = False
    n: Annotated[
        int, Row(label="Number of answers", help="How many answers are written.", low=1)
    ] = 1
    exact: Annotated[
        bool,
        Row(
            label="Exact",
            help="Write alone, so that the same request gives the same text at any time.",
        ),
    ] = False


class CompletionFields(CommonFields, frozen=True, kw_only=True):
    """What a completion may hold beside them."""

    echo: Annotated[
        bool,
        Row(
            label="Echo",
            help="Put the prompt before the text; with logprobs its tokens have their own, too.",
        ),
    ] = False
    parse_special: Annotated[
        bool, Row(label="Parse special", help="Turn texts of control tokens into those tokens.")
    ] = True
    suffix: Annotated[
        str | None,
        Row(
            label="Suffix",
            help="Write what stands between the prompt and this text, if the model was trained to.",
        ),
    ] = None
    logprobs: Annotated[
        int | None,
        Row(
            label="Log probabilities",
            help="Give each token's log probability and those of this many likeliest ones.",
            low=0,
            high=100,
        ),
    ] = None


class ChatFields(CommonFields, frozen=True, kw_only=True):
    """What a chat may hold beside them."""

    logprobs: Annotated[
        bool, Row(label="Log probabilities", help="Give each token's log probability.")
    ] = False
    top_logprobs: Annotated[
        int | None,
        Row(
            label="Likeliest tokens",
            help="Give those of this many likeliest tokens, too; needs logprobs.",
            low=0,
            high=100,
        ),
    ] = None


class AskedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt as text or as tokens."""

    text: str = ""
    tokens: tuple[int, ...] = ()


class TextRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request for text in any dialect.

    `alternatives` is how many likeliest tokens are shown with each, -1 without probabilities;
    `special` turns texts of control tokens in prompts into those tokens; `ignored` names the fields
    that were ignored, `reduced` one that was taken for less.
    """

    sampling: Sampling
    prompts: tuple[AskedPrompt, ...] = ()
    messages: tuple[ChatMessage, ...] = ()
    suffix: str | None = None
    sampled: bool = False
    n: int = 1
    stream: bool = False
    exact: bool = False
    echo: bool = False
    special: bool = True
    alternatives: int = -1
    include_usage: bool = False
    ignored: tuple[str, ...] = ()
    reduced: str = ""

    def commands(self) -> tuple[Generate, ...]:
        """A command for each prompt.

        Control tokens in a prompt's text are meant as such, unless a suffix follows it.
        """
        special = self.special and self.suffix is None
        chat = Generate(
            job=0,
            messages=self.messages,
            suffix=self.suffix,
            sampling=self.sampling,
            n=self.n,
            probabilities=max(1, self.alternatives) if self.alternatives >= 0 else 0,
            sampled=self.sampled and self.alternatives >= 0,
            exact=self.exact,
        )
        if self.messages:
            return (chat,)
        return tuple(
            msgspec.structs.replace(
                chat,
                prompt=prompt.text,
                tokens=prompt.tokens,
                special=special and not prompt.tokens,
            )
            for prompt in self.prompts
        )


def read_completion(values: dict[str, Any], model: ModelInfo, limits: ServiceLimits) -> TextRequest:
    """A request of `/v1/completions`; raises RequestError naming the field."""
    fields = Fields(values)
    rows = rows_by_name(CompletionFields)
    prompts = read_prompts(fields.take("prompt"), model.vocabulary)
    common = read_common(fields, limits)
    check_answers(len(prompts), common["n"])
    best = fields.take("best_of")
    if best is not None and (isinstance(best, bool) or best != common["n"]):
        message = f"best_of is not supported: every one of the n={common['n']} answers is given."
        raise RequestError(message, "Leave it out.", param="best_of", code="unsupported_parameter")
    logprobs, echo = fields.read(rows["logprobs"]), fields.read(rows["echo"])
    suffix = fields.read(rows["suffix"]) or None
    if suffix is not None:
        check_infill(model, "suffix")
        if echo and logprobs is not None:
            message = "echo gives no log probabilities of a prompt that is read with its suffix."
            raise RequestError(message, "Leave out logprobs, echo or suffix.", param="echo")
    return TextRequest(
        prompts=prompts,
        echo=echo,
        suffix=suffix,
        special=fields.read(rows["parse_special"]),
        alternatives=-1 if logprobs is None else logprobs,
        sampling=read_sampling(fields, model, limits.max_tokens, {}),
        **common,
        ignored=ignored(fields),
        reduced=fields.reduced,
    )


def read_chat(values: dict[str, Any], model: ModelInfo, limits: ServiceLimits) -> TextRequest:
    """A request of `/v1/chat/completions`; raises RequestError naming the field."""
    fields = Fields(values)
    rows = rows_by_name(ChatFields)
    messages, beside = read_messages(fields.take("messages"))
    common = read_common(fields, limits)
    shown, top = fields.read(rows["logprobs"]), fields.read(rows["top_logprobs"])
    if top and not shown:
        message = "top_logprobs needs logprobs to be true."
        raise RequestError(message, param="top_logprobs")
    sampling = read_sampling(fields, model, limits.max_tokens, {"max_tokens": -1})
    return TextRequest(
        messages=messages,
        alternatives=(top or 0) if shown else -1,
        sampling=sampling,
        **common,
        ignored=(*beside, *ignored(fields)),
        reduced=fields.reduced,
    )


def read_common(fields: Fields, limits: ServiceLimits) -> dict[str, Any]:
    """What all dialects have beside the sampling parameters; the model's name is struck off."""
    rows = rows_by_name(CommonFields)
    model = fields.take("model")
    if model is not None and not isinstance(model, str):
        raise RequestError("model must be a text.", param="model")
    bound = rows["n"]
    row = msgspec.structs.replace(bound.row, high=limits.max_n)
    return {
        "n": fields.read(msgspec.structs.replace(bound, row=row)),
        "stream": fields.read(rows["stream"]),
        "exact": fields.read(rows["exact"]),
        "include_usage": _include_usage(fields.take("stream_options")),
    }


def _include_usage(options: Any) -> bool:
    name = "stream_options"
    if options is None:
        return False
    if not isinstance(options, dict):
        raise RequestError(f"{name} must be an object.", param=name)
    value = options.get("include_usage")
    if not isinstance(value, bool | None):
        raise RequestError(f"{name}.include_usage must be true or false.", param=name)
    return bool(value)


def read_prompts(value: Any, vocabulary: int, name: str = "prompt") -> tuple[AskedPrompt, ...]:
    """One prompt or several, each a text or a list of tokens; raises RequestError."""
    if value is None:
        raise RequestError(f"{name} is missing.", "Give a text or a list of tokens.", param=name)
    if isinstance(value, str) or (isinstance(value, list) and _begins_with_number(value)):
        value = [value]
    if not isinstance(value, list) or not value:
        raise RequestError(f"{name} must be a text, or a list of texts or tokens.", param=name)
    if len(value) > MOST_PROMPTS:
        message = (
            f"{name} holds {len(value):,} prompts; at most {MOST_PROMPTS} can be sent at once."
        )
        raise RequestError(message, param=name)
    return tuple(_prompt(one, vocabulary, name) for one in value)


def check_infill(model: ModelInfo, name: str) -> None:
    """Refuse to fill in the middle with a model that cannot; raises RequestError."""
    if not model.fills_middle:
        message = f"{name} is not supported: this model has no fill-in-the-middle tokens."
        hint = "Leave it out, or load a model that was trained for it."
        raise RequestError(message, hint, param=name, code="unsupported_parameter")


def check_answers(prompts: int, n: int) -> None:
    """Refuse more answers than one request may have; raises RequestError."""
    if prompts * n > MOST_PROMPTS:
        message = f"n is {n} for each of {prompts} prompts; a request gives {MOST_PROMPTS} answers."
        raise RequestError(message, "Send fewer prompts at once.", param="n")


def _begins_with_number(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], int | float)


def _prompt(value: Any, vocabulary: int, name: str) -> AskedPrompt:
    if isinstance(value, str):
        return AskedPrompt(text=value)
    if isinstance(value, list) and value:
        return AskedPrompt(tokens=read_tokens(value, vocabulary, name))
    raise RequestError(
        f"{name} must hold texts, or lists of tokens that are not empty.", param=name
    )


def read_tokens(value: Any, vocabulary: int, name: str) -> tuple[int, ...]:
    """A list of tokens of the model; raises RequestError."""
    if not isinstance(value, list):
        raise RequestError(f"{name} must be a list of tokens.", param=name)
    size = vocabulary or 2**31
    for token in value:
        if type(token) is not int or not 0 <= token < size:
            shown = str(token)[:20] if type(token) is not int or token.bit_length() < 64 else "it"
            message = f"{name} holds {shown}, but tokens are whole numbers from 0 to {size - 1:,}."
            raise RequestError(message, param=name)
    return tuple(value)


def read_messages(value: Any) -> tuple[tuple[ChatMessage, ...], tuple[str, ...]]:
    """The turns of a chat, and the names of what was ignored in them; raises RequestError."""
    if not isinstance(value, list) or not value:
        raise RequestError("messages must be a list with at least one message.", param="messages")
    ignored_names: dict[str, None] = {}
    turns = [_message(one, f"messages[{place}]", ignored_names) for place, one in enumerate(value)]
    return tuple(turns), tuple(ignored_names)


def _message(value: Any, place: str, beside: dict[str, None]) -> ChatMessage:
    if not isinstance(value, dict):
        raise RequestError(f"{place} must be an object.", param=place)
    fields = Fields(value)
    role = fields.take("role")
    if not isinstance(role, str) or role not in _ROLES:
        known = ", ".join(_ROLES)
        shown = repr(role)[:40]
        raise RequestError(f"{place}.role must be one of {known}, not {shown}.", param=place)
    content = _content(fields.take("content"), f"{place}.content", beside)
    for name in fields.names():
        value = fields.take(name)
        if name in ("tool_calls", "function_call", "audio", "tool_call_id") and value != []:
            refuse_part(f"{place}.{name}")
        beside[f"messages.{name}"] = None
    return ChatMessage(role=_ROLES[role], content=content)


def _content(value: Any, place: str, beside: dict[str, None]) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise RequestError(f"{place} must be a text or a list of parts.", param=place)
    return "".join(_part(part, f"{place}[{at}]", beside) for at, part in enumerate(value))


def _part(value: Any, place: str, beside: dict[str, None]) -> str:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind != "text":
        refuse_part(place)
    text = value.get("text")
    if not isinstance(text, str):
        raise RequestError(f"{place}.text must be a text.", param=place)
    for name in value.keys() - {"type", "text"}:
        beside[f"messages.content.{name}"] = None
    return text


def refuse_part(place: str) -> NoReturn:
    """Raise the RequestError for a part of a message that is no text."""
    message = f"{place} is not supported: Lampblack reads and writes text only, and calls no tools."
    raise RequestError(message, "Send texts.", param=place, code="unsupported_parameter")
