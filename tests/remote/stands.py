"""Stand-ins for servers: each answers in the shapes of its kind, with a model of bytes.

A token is a byte, its logarithm of a probability depends on it alone, and every text goes on with
" a". What the kinds do wrongly they do wrongly here, too, as it was seen with llama-server and
llama_cpp.server; vLLM's shapes are those of its protocol's source.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.remote.recording import Reply, Stand, answer

Fields = dict[str, Any]
WRITTEN = b" a"
SLOTS = 2
"""How many takes llama-server writes for one request."""


def logprob(byte: int) -> float:
    return -1 - byte / 64


def refused(said: str, status: int = 400) -> bytes:
    return answer(json.dumps({"error": {"message": said}}).encode(), status)


def shown(byte: int) -> str:
    return bytes([byte]).decode("utf-8", "replace")


def token(byte: int, alternatives: int = 0) -> Fields:
    """A token as an object, as llama-server and Lampblack tell it."""
    found = {"id": byte, "token": shown(byte), "bytes": [byte], "logprob": logprob(byte)}
    if alternatives:
        every = sorted(range(256), key=lambda one: -logprob(one))
        found["top_logprobs"] = [token(one) for one in every[:alternatives]]
    return found


def side_by_side(content: bytes, start: int = 0, *, first: bool = False, shift: int = 0) -> Fields:
    """Tokens as four lists; the very first has none; `shift` takes another token's probability."""
    scores: list[float | None] = [
        logprob(content[min(place + shift, len(content) - 1)]) for place in range(len(content))
    ]
    if first:
        scores[0] = None
    return {
        "tokens": [shown(byte) for byte in content],
        "token_logprobs": scores,
        "top_logprobs": [score and {shown(97): logprob(97)} for score in scores],
        "text_offset": [start + place for place in range(len(content))],
    }


def events(choices: Sequence[Fields]) -> bytes:
    lines = [f"data: {json.dumps({'choices': [one]})}\n\n" for one in choices]
    return answer("".join([*lines, "data: [DONE]\n\n"]).encode())


def replied(fields: Fields, logprobs: Any, takes: int) -> Reply:
    """The answer to a request for text; `logprobs` makes those of a piece."""
    is_chat = "messages" in fields
    end = {"finish_reason": "length"}
    asked = fields.get("logprobs") not in (None, False)
    if not fields.get("stream"):
        told = fields.get("response_format", {}).get("json_schema", {"schema": None})
        schema = fields.get("json_schema") or told["schema"]
        written = json.dumps(schema["const"]) if schema else WRITTEN.decode()
        text = {"message": {"content": written}} if is_chat else {"text": written}
        told = {"logprobs": logprobs(WRITTEN)} if asked else {}
        return {"choices": [{"index": index, **text, **told, **end} for index in range(takes)]}
    choices: list[Fields] = []
    for index in range(takes):
        for byte in WRITTEN:
            text = {"delta": {"content": chr(byte)}} if is_chat else {"text": chr(byte)}
            told = {"logprobs": logprobs(bytes([byte]))} if asked else {}
            choices.append({"index": index, **text, **told, "finish_reason": None})
        last: Fields = {"delta": {}} if is_chat else {"text": ""}
        choices.append({"index": index, **last, **end})
    return events(choices)


def models(owner: str, **more: Any) -> Fields:
    return {"data": [{"id": "m", "owned_by": owner, **more}]}


def shown_chat(fields: Fields) -> bytes:
    turns = "".join(f"<{one['role']}>{one['content']}" for one in fields["messages"])
    is_begun = fields["messages"][-1]["role"] == "assistant"
    return turns.encode() if is_begun else f"{turns}<assistant>".encode()


def contents(content: bytes) -> Fields:
    return {"content": [token(byte, 3) for byte in content]}


def llama_server(path: str, fields: Fields) -> Reply:
    if path == "/v1/models":
        return {
            "data": [
                {"id": "/models/Box.Q8_0.gguf", "owned_by": "llamacpp", "meta": {"n_ctx": 512}}
            ]
        }
    if path == "/tokenize":
        found = list(fields["content"].encode())
        if not fields.get("with_pieces"):
            return {"tokens": found}
        return {"tokens": [{"id": one, "piece": chr(one) if one < 128 else [one]} for one in found]}
    if path == "/detokenize":
        return {"content": bytes(fields["tokens"]).decode("utf-8", "replace")}
    if path == "/apply-template":
        return {"prompt": shown_chat(fields).decode()}
    if path == "/completion":
        ((forced, _bias),) = fields["logit_bias"]
        told = {"completion_probabilities": [token(forced, fields["n_probs"])]}
        return {"content": shown(forced), **(told if forced < 0xC0 else {})}
    if fields.get("n", 1) > SLOTS:
        return refused(f"Field 'n': Value must be between 1 <= value <= {SLOTS}")
    return replied(fields, contents, fields.get("n", 1))


def vllm(path: str, fields: Fields) -> Reply:
    if path == "/v1/models":
        return models("vllm", max_model_len=512)
    if path == "/tokenize":
        found = shown_chat(fields) if "messages" in fields else fields["prompt"].encode()
        names = [chr(one) if one > 32 else chr(256 + one) for one in found]
        strings = {"token_strs": names} if fields.get("return_token_strs") else {}
        return {"count": len(found), "max_model_len": 512, "tokens": list(found), **strings}
    if path == "/detokenize":
        return {"prompt": bytes(fields["tokens"]).decode("utf-8", "replace")}
    if fields.get("prompt_logprobs"):
        ranked = [
            {
                str(one): {"logprob": logprob(one), "rank": 1, "decoded_token": shown(one)}
                for one in {byte, 97}
            }
            for byte in fields["prompt"]
        ]
        return {"choices": [{"index": 0, "text": " ", "prompt_logprobs": [None, *ranked[1:]]}]}
    made = side_by_side if "messages" not in fields else contents
    return replied(fields, made, fields.get("n", 1))


def _echoed(fields: Fields, shift: int) -> Reply:
    content = fields["prompt"].encode() + WRITTEN[: fields["max_tokens"]]
    told = side_by_side(content, first=True, shift=shift)
    return {"choices": [{"index": 0, "text": content.decode(), "logprobs": told}]}


def llama_cpp_python(path: str, fields: Fields) -> Reply:
    """Writes one take whatever is asked, echoes tokens with the next one's probability, heeds no
    schema."""
    if path == "/v1/models":
        return models("me")
    if path == "/extras/tokenize/count":
        return {"count": len(fields["input"].encode())}
    if "completions" not in path:
        return refused("Not Found", 404)
    if fields.get("echo"):
        return _echoed(fields, 1)
    fields.pop("response_format", None)
    return replied(fields, side_by_side if "messages" not in fields else contents, 1)


def openai(path: str, fields: Fields) -> Reply:
    """A plain one that echoes rightly."""
    if path == "/v1/models":
        return models("someone")
    if "completions" not in path:
        return refused("Not Found", 404)
    if fields.get("echo"):
        return _echoed(fields, 0)
    made = side_by_side if "messages" not in fields else contents
    return replied(fields, made, fields.get("n", 1))


def lampblack(path: str, fields: Fields) -> Reply:
    if path == "/v1/models":
        return models("lampblack", max_model_len=512)
    if path == "/tokenize" and "messages" in fields:
        return {"count": len(shown_chat(fields))}
    if path == "/score":
        found = fields.get("tokens") or list(fields["content"].encode())
        return {"tokens": [token(one, fields["n_probs"]) for one in found[1:]]}
    if path == "/choices":
        scores = [
            {"log_probability": sum(map(logprob, one.encode())), "tokens": len(one.encode())}
            for one in fields["choices"]
        ]
        return {"choices": scores, "prompt_tokens": 5}
    if "completions" not in path:
        return llama_server(path, fields)
    return replied(fields, contents, fields.get("n", 1))


STANDS: dict[str, Stand] = {
    "lampblack": lampblack,
    "llama-server": llama_server,
    "vllm": vllm,
    "openai": openai,
    "llama_cpp.server": llama_cpp_python,
}
