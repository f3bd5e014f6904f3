"""Loading a model into llama.cpp: where its layers go, its context and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil

from app.core.errors import (
    CancelledError,
    LampblackError,
    OutOfMemoryError,
    ParameterError,
)
from app.core.formats.gguf import read_header
from app.core.formats.header_notes import beyond_training, without_pre_tokenizer
from app.core.formats.split_files import all_parts
from app.core.memory_fit.demand import Demand, demand
from app.core.memory_fit.estimate import QUANTIZED, computing_of
from app.core.memory_fit.layout import Layout, header_layout
from app.core.memory_fit.placement import LlamaDevice, Placement, no_room, place, respread
from app.core.options.adapters import Adapter
from app.core.options.load_options import BATCH, OWN_CONTEXT, LoadOptions
from app.core.system.files import stamps
from app.core.units import size_text
from app.engine.messages import EngineSettings, Load, ModelInfo, Placed
from app.host.cpu import default_threads
from app.host.interface import LEAST_CONTEXT, Job, check_context
from app.host.llama_cpp.context import (
    SMALLER,
    Slices,
    attention_bytes,
    cache_bytes,
    make_context,
)
from app.host.llama_cpp.drafting.loading import load_draft
from app.host.llama_cpp.drafting.model import DraftModel
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import library, native, report
from app.host.llama_cpp.load_file import check_usable, load_model
from app.host.llama_cpp.memory_fit import fitted, sizes_of, stays_in_memory
from app.host.llama_cpp.model import LlamaModel, attach, check_all, metadata
from app.host.llama_cpp.tuning.autotune import NOT_MEASURED, tuned, tuning_file
from app.host.llama_cpp.tuning.tuning_file import Tuning, TuningFile
from app.host.process_memory import let_go_of
from app.host.prompt_cache.disk_cache import saved_prompts
from app.host.prompt_cache.fingerprint import digests


class _ProcessorFullError(OutOfMemoryError):
    """The processor's memory does not hold its part of the context."""


def load_engine(command: Load, job: Job) -> LlamaCppEngine:
    """Load the model, emitting `Loading`; raises a LampblackError.

    What was measured of it is kept in the command's cache, if there is one.
    """
    file, options, adapters = Path(command.path), command.options, command.adapters
    before = stamps(all_parts(file))
    header = read_header(file)  # a bounded look first: llama.cpp aborts on some damaged headers
    check_all(adapters, file.stem, header.architecture)
    layout = header_layout(file.name, header)
    devices = tuple(_devices(options))
    options, changed = fitted(layout, options, devices, sizes_of(adapters))
    needed = _demand(layout, options)
    remembered = tuning_file(file, command.cache)
    if remembered is not None and command.remeasure:
        remembered.forget()
        options = msgspec.structs.replace(options, tune=True)  # for once, as it was asked for
    # A copy of weights for speed must stay in memory: only what lies in the file is read again.
    copies = not options.mmap or stays_in_memory(layout, options, devices, sizes_of(adapters))
    model, settings, placement, notes = _load_where_it_fits(
        file, options, devices, needed, job, remembered, adapters, copies=copies
    )
    notes += (*changed, *beyond_training(settings.context, header.context, header.stretch))
    if header.lacks_pre:
        notes.append(without_pre_tokenizer(file.name))
    if remembered is not None:
        found = (remembered.note_flash(settings.flash_attention), remembered.problem)
        notes += filter(None, found)
    if command.remeasure and model.tuning is None:
        notes.append(NOT_MEASURED)
    draft = _draft(model, settings, options, job, notes)
    info = _info(file, model, settings)
    placed = tuple(
        Placed(device=one.device, layers=one.layers, weights=one.weights, cache=one.cache)
        for one in placement.held(needed)
    )
    settings = msgspec.structs.replace(settings, adapters=digests(adapters))
    info = msgspec.structs.replace(
        info,
        settings=settings,
        adapters=adapters,
        placement=placed,
        notes=tuple(notes),
        devices=tuple(report(device) for device in devices),
        draft=draft.name if draft is not None else "",
    )
    saved = saved_prompts(info, all_parts(file), before, options, command.prompts, command.key)
    return LlamaCppEngine(model, info, saved, drafts=options.drafts != "off", draft=draft)


def _draft(
    model: LlamaModel, settings: EngineSettings, options: LoadOptions, job: Job, notes: list[str]
) -> DraftModel | None:
    """The draft model that was asked for; without one, or where it cannot help, a note says why."""
    if not options.draft or options.drafts == "off":
        return None
    try:
        return load_draft(Path(options.draft), model, settings, options, job)
    except CancelledError:
        model.close()
        raise
    except LampblackError as error:
        notes.append(f"No draft model is used: {error}")
        return None


def _load_where_it_fits(
    file: Path,
    options: LoadOptions,
    devices: tuple[LlamaDevice, ...],
    needed: Demand,
    job: Job,
    remembered: TuningFile | None,
    adapters: tuple[Adapter, ...],
    *,
    copies: bool,
) -> tuple[LlamaModel, EngineSettings, Placement, list[str]]:
    """Load with fewer and fewer layers on the GPU until it has room; the notes say so."""
    placement = place(devices, needed, options.gpu_layers)
    notes = list(placement.notes)
    while True:
        try:
            model, settings = _load_placed(
                file, options, placement, job, remembered, adapters, copies=copies
            )
        except _ProcessorFullError:
            raise  # fewer layers on the GPU would ask for more
        except OutOfMemoryError as error:
            if not placement.layers or options.gpu_layers > 0:
                raise _with_fewer(error, placement) from error
            fewer = respread(placement, needed, placement.layers // 2)
            notes.append(no_room(placement.layers, fewer.layers))
            placement = fewer
        else:
            return model, settings, placement, notes


def _devices(options: LoadOptions) -> Iterator[LlamaDevice]:
    """The devices that may be used; where no layers are wanted, no GPU is as much as looked at."""
    if options.gpu_layers:
        available = psutil.virtual_memory().available
        yield from (device.within(available) for device in library().devices())


def _demand(layout: Layout, options: LoadOptions) -> Demand:
    """As if for a GPU: what is measured beforehand decides only for the processor."""
    computing = computing_of(layout, options, on_gpu=True)
    return demand(layout.sizes, layout.vocabulary, computing)


def _load_placed(
    file: Path,
    options: LoadOptions,
    placement: Placement,
    job: Job,
    remembered: TuningFile | None,
    adapters: tuple[Adapter, ...] = (),
    *,
    copies: bool = True,
) -> tuple[LlamaModel, EngineSettings]:
    library().forget_log()
    handle = load_model(file, options, placement, job, copies=copies)
    if options.mmap and library().has_copied:
        let_go_of(all_parts(file))
    try:
        check_usable(file, handle)
        settings = _settings(handle, options, placement)
        _check_memory(handle, settings)
        tuning = None
        if remembered is not None and options.tune:
            tuning = tuned(file, handle, settings, remembered, job)
            settings = _settings(handle, options, placement, tuning)
            _check_memory(handle, settings)
        context = make_context(file.name, handle, settings)
        model = _attached(LlamaModel(handle, context, tuning), adapters, file)
        model.context.slices = Slices(model.context.chunk, on_gpu=placement.layers > 0)
        return model, settings
    except LampblackError:
        native.llama_model_free(handle)
        raise


def _attached(model: LlamaModel, adapters: tuple[Adapter, ...], file: Path) -> LlamaModel:
    """The model with its adapters; where they cannot be had, its context is freed."""
    try:
        attach(model.handle, model.context.handle, adapters, file.stem)
    except LampblackError:
        model.context.close()
        raise
    return model


def _with_fewer(error: OutOfMemoryError, placement: Placement) -> OutOfMemoryError:
    """The error with the hint that fits: layers that were asked for are not taken back."""
    if not placement.layers:
        return error
    return OutOfMemoryError(
        f"{error.message.rstrip('.')} with {placement.layers} layers on the graphics card.",
        "Ask for fewer layers there, or for -1 to put there what fits.",
    )


def _settings(
    handle: Any, options: LoadOptions, placement: Placement, tuning: Tuning | None = None
) -> EngineSettings:
    """What was asked for, then what was measured, then what is usual."""
    trained: int = native.llama_model_n_ctx_train(handle)
    check_context(options.context)
    context = options.context or max(LEAST_CONTEXT, min(trained, OWN_CONTEXT))
    batch = min(options.batch or (tuning.batch if tuning else BATCH), context)
    ubatch = options.ubatch or (tuning.ubatch if tuning else BATCH)
    threads = tuning.threads if tuning else default_threads()
    layers = placement.layers
    return EngineSettings(
        engine="llama.cpp",
        build=library().build,
        device=placement.titles if layers else "CPU",
        context=context,
        threads=options.threads or threads,
        batch=batch,
        ubatch=min(ubatch, batch),
        gpu_layers=layers,
        flash_attention=_flash_attention(options, layers, tuning),
        kv_type=options.kv_type,
    )


def _flash_attention(options: LoadOptions, layers: int, tuning: Tuning | None) -> bool:
    quantized = options.kv_type in QUANTIZED
    if options.flash_attention == "auto":
        return quantized or (tuning.flash_attention if tuning else layers > 0)
    if quantized and options.flash_attention == "off":
        raise ParameterError(
            f"A KV cache of type {options.kv_type} needs flash attention, which is off.",
            "Switch flash attention on, or take f16.",
        )
    return options.flash_attention == "on"


def _check_memory(handle: Any, settings: EngineSettings) -> None:
    """Refuse a context that cannot fit: the system would end the whole process for it."""
    recurrent = native.llama_model_is_recurrent(handle) or native.llama_model_is_hybrid(handle)
    if recurrent:
        return
    layers: int = native.llama_model_n_layer(handle)
    here = max(0, layers + 1 - settings.gpu_layers) if settings.gpu_layers else layers
    needed = cache_bytes(handle, settings) * here // layers if here else 0
    needed += attention_bytes(handle, settings) if here else 0
    free = psutil.virtual_memory().available
    if needed > free:
        raise _ProcessorFullError(
            f"A context of {settings.context:,} tokens needs {size_text(needed)} of memory, "
            f"but only {size_text(free)} are free.",
            SMALLER,
        )


def _info(file: Path, model: LlamaModel, settings: EngineSettings) -> ModelInfo:
    handle = model.handle
    kind: bytes | None = native.llama_ftype_name(native.llama_model_ftype(handle))
    return ModelInfo(
        name=file.stem,
        path=str(file),
        engine="llama.cpp",
        architecture=metadata(handle, "general.architecture"),
        quantization=(kind or b"").decode(),
        parameters=native.llama_model_n_params(handle),
        size_bytes=file.stat().st_size,
        layers=native.llama_model_n_layer(handle),
        vocabulary=model.vocabulary.size,
        context=model.context.size,
        trained_context=native.llama_model_n_ctx_train(handle),
        has_chat_template=model.template is not None,
        fills_middle=model.vocabulary.infill is not None,
        settings=settings,
        features=library().features,
    )
