"""From a loaded model to its tuning: what is remembered of it, or else a probe."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psutil

from app.core.errors import CancelledError, LampblackError
from app.core.formats.split_files import all_parts
from app.core.options.load_options import BATCH
from app.engine.messages import EngineSettings, Loading
from app.host.cpu import OtherPrograms, busy_cores, default_threads, is_busy
from app.host.interface import Job
from app.host.llama_cpp.context import attention_bytes, cache_bytes, make_context
from app.host.llama_cpp.library import native
from app.host.llama_cpp.tuning.probe import Defaults, probe, thread_levels
from app.host.llama_cpp.tuning.probe_target import CONTEXT, OUTPUTS, ModelSubject
from app.host.llama_cpp.tuning.tuning_file import Probed, Tuning, TuningFile, setup_of
from app.host.llama_cpp.tuning.wait_policy import waiting_policy
from app.host.prompt_cache.fingerprint import fingerprint

NOT_MEASURED = (
    "The model could not be measured: other programs keep this machine busy, or too little memory "
    "is free. It is tried again whenever the model is loaded."
)
_MEMORY_SHARE = 4  # the two contexts may take this part (1/4) of the free memory


def tuning_file(file: Path, cache: str) -> TuningFile | None:
    """What is remembered of a model in the folder `cache`; None where nothing can be."""
    if not cache:
        return None
    try:
        return TuningFile(cache, fingerprint(all_parts(file)))
    except OSError:  # it was moved away since it was mapped: nothing tells it from another
        return None


def tuned(
    file: Path, handle: Any, usual: EngineSettings, remembered: TuningFile, job: Job
) -> Tuning | None:
    """The tuning of a loaded model whose `usual` settings hold where nothing was measured.

    None where it cannot be measured, as while other programs are busy; raises CancelledError.
    """
    setup = setup_of(usual)
    former = remembered.find(setup)
    if (former is None or not former.is_final) and not is_busy(job):
        found = _measured(file, handle, usual, job)
        if found is not None:
            former = found.after(former)
            remembered.keep(setup, former)
    if former is None:
        return None
    waiting = "active"
    if former.is_final and not usual.gpu_layers:
        waiting = waiting_policy(file, former.tuning, usual.build, remembered.cache, job)
    return msgspec.structs.replace(former.tuning, waiting=waiting)


def _measured(file: Path, handle: Any, usual: EngineSettings, job: Job) -> Probed | None:
    small = msgspec.structs.replace(usual, context=CONTEXT, batch=BATCH, ubatch=BATCH)
    if not _has_room(handle, usual, small):
        return None
    gpu = usual.device if usual.gpu_layers else ""
    job.emit(Loading(job=job.number, fraction=1.0, gpu=gpu, measuring=True))
    subject = ModelSubject(
        _maker(file, handle, small),
        native.llama_vocab_n_tokens(native.llama_model_get_vocab(handle)),
        job,
        can_deepen=not _is_recurrent(handle),
    )
    defaults, others = _defaults(handle, usual), OtherPrograms()
    try:
        found = probe(subject, defaults)
    except CancelledError:
        raise
    except LampblackError as error:  # what cannot be measured may still run
        sys.stderr.write(f"The model could not be measured: {error}\n")
        return None
    finally:
        subject.close()
    return judged(found, defaults, others.cores)


def judged(found: Probed, defaults: Defaults, busy: float) -> Probed:
    """What to believe of a result while others kept this many cores busy.

    The times of a busy machine say nothing about a quiet one; only the costs of small batches are
    ratios of neighbours in time.
    """
    if found.is_steady and busy <= busy_cores():
        return found
    usual = Tuning(
        threads=defaults.levels[0],
        flash_attention=defaults.flash_attention,
        batch=defaults.batch,
        ubatch=defaults.batch,
        rows_cost=found.tuning.rows_cost,
    )
    return Probed(tuning=usual, is_flash_settled=False, is_steady=False)


def _defaults(handle: Any, usual: EngineSettings) -> Defaults:
    """What is taken by default; with no layer left for it, the processor has nothing to choose."""
    cores = default_threads()
    on_gpu = usual.gpu_layers > native.llama_model_n_layer(handle)
    return Defaults(
        levels=(cores,) if on_gpu else thread_levels(cores),
        flash_attention=usual.flash_attention,
        flash_free=usual.kv_type in ("f32", "f16", "bf16"),
        batch=BATCH,
    )


def _maker(file: Path, handle: Any, small: EngineSettings) -> Callable[[bool], Any]:
    def make(flash: bool) -> Any:
        settings = msgspec.structs.replace(small, flash_attention=flash)
        return make_context(file.name, handle, settings, OUTPUTS)

    return make


def _has_room(handle: Any, usual: EngineSettings, small: EngineSettings) -> bool:
    """Whether two small contexts fit beside the model; a GPU has room for the one that comes."""
    if usual.gpu_layers:
        return usual.context >= 2 * small.context
    plain = msgspec.structs.replace(small, flash_attention=False)
    needed = 2 * cache_bytes(handle, plain) + attention_bytes(handle, plain)
    available: int = psutil.virtual_memory().available
    return needed * _MEMORY_SHARE <= available


def _is_recurrent(handle: Any) -> bool:
    return bool(native.llama_model_is_recurrent(handle) or native.llama_model_is_hybrid(handle))
