"""Data out of a text, as JSON that obeys a schema; the data of several parts are merged.

The rule: objects are merged name by name, lists are joined in order without what is in them
already, and of two other values the first that says anything (not null, "", 0 or false) stays. What
is left out so is named in a note; where a schema bounds a list, it is cut there, with a note.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from app.core.errors import CancelledError, GenerationError
from app.tasks.task_run import TaskRun


def extract(run: TaskRun, text: str) -> Any:
    """The data of the whole text; raises GenerationError for an answer without an end."""
    answer = run.sampling.max_tokens
    third = run.model.context // 3
    parts = run.parts(text, run.room(min(answer, third) if answer >= 0 else third))
    found = [_data(run, part.strip()) for part in parts if part.strip()]
    merged = found[0]
    if len(found) > 1:
        merger = Merger()
        for data in found[1:]:
            merged = merger.merge(merged, data, "")
        merged = merger.bounded(merged, json.loads(run.options.schema), "")
        run.note("The data of the parts were merged.")
        for sentence in merger.notes:
            run.note(sentence)
    return merged


def _data(run: TaskRun, text: str) -> Any:
    sampling = replace(run.sampling, grammar=run.options.schema)
    take = run.generate(run.asked(text), sampling, _unheard).takes[0]
    if take.finish_reason == "cancelled":
        raise CancelledError("Stopped.")
    try:
        return json.loads(take.text)
    except ValueError:
        raise GenerationError(
            "The data were not finished within the most tokens that an answer may have.",
            "Raise max_tokens, load the model with a larger context, or ask for less.",
        ) from None


def _unheard(_piece: str) -> None:
    """JSON is of use only when it is whole."""


class Merger:
    """Merges data by the rule of this module; `notes` say what was left out."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def merge(self, first: Any, second: Any, place: str) -> Any:
        """Both in one; `place` is the JSON pointer to them."""
        if isinstance(first, dict) and isinstance(second, dict):
            names = [*first, *(name for name in second if name not in first)]
            return {
                name: self.merge(first[name], second[name], f"{place}/{name}")
                if name in first and name in second
                else first.get(name, second.get(name))
                for name in names
            }
        if isinstance(first, list) and isinstance(second, list):
            return [*first, *(item for item in second if not _holds(first, item))]
        if not first or not second or _same(first, second):
            return first or second if first != 0 or second else first
        self.notes.append(f"The parts differ at {place or '/'}: the first value was kept.")
        return first

    def bounded(self, value: Any, schema: Any, place: str) -> Any:
        """The value with lists no longer than the schema's `maxItems` where it names one."""
        if not isinstance(schema, Mapping):
            return value
        if isinstance(value, dict):
            inner = schema.get("properties", {})
            return {
                name: self.bounded(item, inner.get(name), f"{place}/{name}")
                for name, item in value.items()
            }
        most = schema.get("maxItems")
        if isinstance(value, list) and isinstance(most, int) and len(value) > most:
            left = len(value) - most
            self.notes.append(f"The schema bounds the list at {place or '/'}: {left} left out.")
            return value[:most]
        return value


def _holds(items: list[Any], wanted: Any) -> bool:
    return any(_same(item, wanted) for item in items)


def _same(one: Any, other: Any) -> bool:
    """Whether both are the same JSON: true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
