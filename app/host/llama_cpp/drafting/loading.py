"""Loading the smaller model beside the larger one, if it can guess for it and that pays."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
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
from app.host.generation.draft_costs import MANY, STRIDE, DraftCosts, Timer, timed
from app.host.generation.draft_memory import check_worth, same_words
from app.host.interface import Job
from app.host.llama_cpp.context import Context, make_context
from app.host.llama_cpp.drafting.model import DraftModel
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.load_file import check_usable, load_model
from app.host.llama_cpp.model import LlamaModel


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
        words = same_words(larger.vocabulary, model.vocabulary, file.stem)
        costs = measured(larger.context, model.context, words)
        check_worth(costs, file.stem)
        return DraftModel(file.stem, model, costs, words)
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


def measured(larger: Context, smaller: Context, words: int) -> DraftCosts:
    """Compare both models' empty contexts, which are empty again afterwards."""
    try:
        return timed(
            _timer(larger, words, outputs=True),
            _timer(smaller, words),
            min(MANY, smaller.chunk),
        )
    finally:
        larger.clear()
        smaller.clear()


def _timer(context: Context, words: int, *, outputs: bool = False) -> Timer:
    """Computes rows that all give logits with `outputs`, else the last one only."""

    def seconds(count: int) -> float:
        context.clear()
        tokens = np.arange(1, count + 1) * STRIDE % words
        context.batch.fill(tokens.astype(np.int32), 0, 0)
        if outputs:
            context.batch.output[:count] = 1
        begun = perf_counter()
        context.decode(count)
        context.logits(-1)  # on a GPU the numbers are there only now
        return perf_counter() - begun

    return seconds
