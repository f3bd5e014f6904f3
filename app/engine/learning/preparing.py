"""Before and after a style is learned: the memory it takes, a probe of its time, its use."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.core.errors import CancelledError, OutOfMemoryError, ParameterError
from app.core.memory_fit.layout import layout
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile
from app.core.options.adapters import Adapter
from app.core.system.machine import this_machine
from app.core.training.cards import LearnedAdapter
from app.core.training.memory import has_bfloat16, training_memory
from app.core.training.orders import StyleSettings, TrainingNews, TrainingOrder, TrainingPlan
from app.core.training.pages import TrainingPages
from app.core.units import size_text
from app.engine.learning.child import TrainingChild


def require_memory(model: ModelFile, settings: StyleSettings) -> int:
    """The bytes that the training takes; raises OutOfMemoryError where they are not here."""
    number = 2 if has_bfloat16() else 4
    need = training_memory(
        layout(Path(model.path), "torch"), settings.length, settings.rank, number
    )
    machine = this_machine()
    if machine.judge(need) == "too large":
        raise OutOfMemoryError(
            f"To train {model.name} takes about {size_text(need)} of memory, and this machine has "
            f"{size_text(machine.memory_total)}.",
            "Choose a smaller model, or a smaller length.",
        )
    return need


def probed(
    child: TrainingChild,
    model: ModelFile,
    pages: TrainingPages,
    settings: StyleSettings,
    cache: str,
) -> TrainingPlan:
    """What a probe foresees; nothing of it is kept.

    Raises CancelledError where it was stopped before, and LampblackError.
    """
    found: list[TrainingPlan] = []

    def tell(news: TrainingNews) -> None:
        if isinstance(news, TrainingPlan):
            found.append(news)
            child.stop()

    with tempfile.TemporaryDirectory() as folder:
        order = TrainingOrder(
            model=model.path, texts=pages.texts, settings=settings, folder=folder, cache=cache
        )
        try:
            child.run(order, tell)
        except CancelledError:
            if not found:
                raise
    return found[0]


def engine_of_model(model: ModelFile) -> str:
    """The engine that the model is written with."""
    return "torch" if model.kind == "transformers" else "llama.cpp"


def attach(metadata: MetadataStore, model: ModelFile, learned: LearnedAdapter) -> Adapter:
    """Put the adapter on the model's list, and return it; raises LampblackError."""
    adapter = learned.for_engine(engine_of_model(model))
    if adapter is None:
        raise ParameterError(learned.card.gguf_problem or "There is no adapter for this engine.")
    record = metadata.record(model)
    others = tuple(one for one in record.adapters if one.path != adapter.path)
    metadata.change(model, adapters=(*others, adapter))
    return adapter
