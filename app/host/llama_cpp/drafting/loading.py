"""Loading the smaller model beside the larger one, if it can guess for it and that pays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.core.errors import LampblackError, UnsupportedModelError
from app.core.formats.gguf import read_header
from app.core.memory_fit.demand import demand
from app.core.memory_fit.draft import draft_options
from app.core.memory_fit.estimate import computing_of
from app.core.memory_fit.layout import header_layout
from app.core.memory_fit.placement import place
from app.core.options.load_options import LoadOptions
from app.engine.messages import EngineSettings
from app.host.generation.partner import promises
from app.host.interface import Job
from app.host.llama_cpp.context import make_context
from app.host.llama_cpp.drafting.costs import measured
from app.host.llama_cpp.drafting.model import DraftModel
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.load_file import check_usable, load_model
from app.host.llama_cpp.model import LlamaModel
from app.host.llama_cpp.vocabulary import LlamaVocabulary

_WORTH = 1.1  # times writing alone that must be in sight


def load_draft(
    file: Path, larger: LlamaModel, settings: EngineSettings, options: LoadOptions, job: Job
) -> DraftModel:
    """The model in `file`, to guess for the `larger` one, which runs with `settings`.

    Raises a LampblackError where it cannot, or where that would not be faster here.
    """
    if not larger.can_forget_part:
        raise UnsupportedModelError("The large model cannot take guesses back.")
    options = draft_options(options)
    layout = header_layout(file.name, read_header(file))
    library().forget_log()
    devices = tuple(library().devices()) if settings.gpu_layers else ()
    computing = computing_of(layout, options, on_gpu=bool(devices))
    needed = demand(layout.sizes, layout.vocabulary, computing)
    placement = place(devices, needed, -1 if devices else 0)
    handle = load_model(file, options, placement, job, copies=True)
    try:
        check_usable(file, handle)
        model = _with_context(file, handle, settings, computing.context, placement.layers)
    except LampblackError:
        native.llama_model_free(handle)
        raise
    try:
        if not model.can_forget_part:
            raise UnsupportedModelError(f"{file.stem} cannot take guesses back.")
        check_same_words(larger.vocabulary, model.vocabulary, file.stem)
        costs = measured(larger.context, model.context, model.vocabulary.size)
        if promises(costs) < _WORTH:
            raise UnsupportedModelError(
                f"{file.stem} guesses too slowly here to make the large model faster.",
                "Choose a smaller draft model, or none.",
            )
        return DraftModel(model, costs)
    except BaseException:
        model.close()
        raise


def _with_context(
    file: Path, handle: Any, settings: EngineSettings, size: int, layers: int
) -> LlamaModel:
    batch = min(settings.batch, size)
    own = replace(
        settings, context=size, batch=batch, ubatch=min(settings.ubatch, batch), gpu_layers=layers
    )
    context = make_context(file.name, handle, own)
    return LlamaModel(handle, context)


def check_same_words(larger: LlamaVocabulary, smaller: LlamaVocabulary, name: str) -> None:
    """Raise UnsupportedModelError unless each number stands for the same token in both."""
    same = larger.size == smaller.size and larger.ends == smaller.ends
    if not same or any(larger.shown(one) != smaller.shown(one) for one in range(larger.size)):
        raise UnsupportedModelError(
            f"{name} has another vocabulary than the large model, so it cannot guess for it.",
            "Choose a smaller model of the same family.",
        )
