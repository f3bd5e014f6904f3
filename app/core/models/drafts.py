"""Which smaller models can guess for a model, and the one that was chosen for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from app.core.errors import LampblackError
from app.core.options.load_options import LoadOptions

if TYPE_CHECKING:
    from app.core.models.metadata import ModelRecord
    from app.core.models.model_file import ModelFile

_SMALLER = 0.8  # of the model's bytes: one that is hardly smaller is hardly faster

NoDraft = Literal["", "classifier", "size", "words", "unreadable"]


class DraftChoices(msgspec.Struct, frozen=True):
    """The models that can guess for a model, the smallest first; `reason` why there are none."""

    models: tuple[ModelFile, ...] = ()
    reason: NoDraft = ""


def with_draft(options: LoadOptions, record: ModelRecord, engine: str) -> LoadOptions:
    """The options with the draft model that was chosen for a model, if `engine` can run it."""
    is_usable = engine == "torch" or record.draft.lower().endswith(".gguf")
    return msgspec.structs.replace(options, draft=record.draft if is_usable else "")


def draft_choices(model: ModelFile, models: Iterable[ModelFile]) -> DraftChoices:
    """Which of the `models` can guess for `model`; reads their vocabularies.

    They are files of the same kind, smaller, and each number stands for the same token.
    """
    from app.core.formats.vocabulary import vocabulary_digest

    if model.labels:
        return DraftChoices(reason="classifier")
    smaller = [one for one in models if _is_smaller(one, model)]
    if not smaller:
        return DraftChoices(reason="size")
    try:
        wanted = vocabulary_digest(Path(model.path))
    except (LampblackError, OSError):
        return DraftChoices(reason="unreadable")
    found = []
    for one in sorted(smaller, key=lambda one: (one.size_bytes, one.name)):
        try:
            if vocabulary_digest(Path(one.path)) == wanted:
                found.append(one)
        except (LampblackError, OSError):
            continue
    return DraftChoices(tuple(found), "" if found else "words")


def _is_smaller(one: ModelFile, model: ModelFile) -> bool:
    is_sound = one.kind == model.kind and not one.problem and not one.labels
    return is_sound and one.path != model.path and one.size_bytes < _SMALLER * model.size_bytes
