"""What a task is given beside its text, and what comes out of it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from app.core.formats.classifiers import MAX_LABELS as MAX_LABELS
from app.engine.messages import FinishReason

Form = Literal["auto", "chat", "plain"]
"""How a model is asked; "auto" takes the chat template where there is one."""


class TaskOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a task is given beside its text; each task takes the fields that its row names.

    `language` is the one to write in, as a name or a code of two letters. `schema` is the text of a
    JSON schema. `sampling` holds parameters by name that replace those of the task's row; `seed`
    is the same as that one of them. `calibrate` takes off what the labels have without any text.
    `alternatives` is how many other tokens `score` gives beside each. `exact` reads a prompt in
    fixed blocks, so that the same request gives the same text.
    """

    labels: tuple[str, ...] = ()
    language: str = ""
    source_language: str = ""
    schema: str = ""
    instruction: str = ""
    system: str = ""
    sampling: dict[str, Any] = {}
    seed: int | None = None
    calibrate: bool = True
    alternatives: int = 0
    form: Form = "auto"
    exact: bool = False


class TaskResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came out: `value` can be written as JSON.

    It is `{"text": …}`, `{"label": …, "probabilities": {label: p}}`, `{"data": …}`, or for `score`
    `{"perplexity": …, "byte_perplexity": …, "log_probability": …, "tokens": …, "bytes": …,
    "probabilities": [{"token": …, "probability": …}, …]}`. `notes` are sentences on what was cut
    into parts, left out or guessed. A text that was stopped has the `finish_reason` "cancelled" and
    is what was written until then.
    """

    value: dict[str, Any]
    seed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    notes: tuple[str, ...] = ()
    finish_reason: FinishReason = "stop"
