"""Reading a GGUF file into llama.cpp: parameters, progress, cancel, and sentences for errors."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path
from typing import Any

from app.core.errors import (
    CancelledError,
    LampblackError,
    ModelLoadError,
    NotAModelError,
    OutOfMemoryError,
    TruncatedModelError,
    UnsupportedModelError,
)
from app.core.memory_fit.placement import Placement
from app.core.options.load_options import LoadOptions
from app.core.system.throttle import Throttle
from app.engine.messages import Loading
from app.host.interface import Job
from app.host.llama_cpp.context import SMALLER
from app.host.llama_cpp.library import library, native

_STEP = 0.01  # of progress per event

_AGAIN = "Get the file again."
_NEWER = "Use another model, or a newer version of the program."
_REASON = re.compile(r"error loading model: (.+)")


def load_model(
    file: Path, options: LoadOptions, placement: Placement, job: Job, *, copies: bool
) -> Any:
    """The native model; `copies` lets llama.cpp rearrange weights for speed, in memory of its own.

    Raises CancelledError after a cancel, else what llama.cpp's log says of the file.
    """
    parameters = native.llama_model_default_params()
    devices = library().handles(placement.devices)
    split = _split(placement)
    parameters.devices = ctypes.cast(devices, ctypes.c_void_p)
    parameters.n_gpu_layers = placement.layers
    parameters.main_gpu = 0
    parameters.split_mode = (
        native.LLAMA_SPLIT_MODE_LAYER
        if len(placement.devices) != 1
        else native.LLAMA_SPLIT_MODE_NONE
    )
    parameters.tensor_split = split
    parameters.load_mode = (
        native.LLAMA_LOAD_MODE_MMAP if options.mmap else native.LLAMA_LOAD_MODE_NONE
    )
    parameters.use_extra_bufts = copies
    parameters.check_tensors = False
    progress = _LoadProgress(job, placement.titles)
    parameters.progress_callback = native.llama_progress_callback(progress)
    handle = native.llama_model_load_from_file(str(file).encode(), parameters)
    if handle and not job.cancelled:
        return handle
    if handle:
        native.llama_model_free(handle)
    if job.cancelled:
        raise CancelledError("Loading the model was stopped.")
    raise _load_error(file, library().log())


def _split(placement: Placement) -> Any:
    """The layers by device as llama.cpp takes them: an array with a place for every device."""
    room = max(native.llama_max_devices(), len(placement.counts), 1)
    return (ctypes.c_float * room)(*placement.counts)


class _LoadProgress:
    """llama.cpp's progress callback: reports each percent, and stops loading after a cancel.

    The GPUs are named before anything is put there, so that a crash of theirs can be told.
    """

    def __init__(self, job: Job, gpu: str) -> None:
        self._job = job
        self._gpu = gpu
        self._is_time, self._ended = Throttle(_STEP), False
        if gpu:
            job.emit(Loading(job=job.number, fraction=0.0, gpu=gpu))

    def __call__(self, fraction: float, _data: object) -> bool:
        if self._is_time(fraction, always=fraction >= 1.0 and not self._ended):
            self._ended = fraction >= 1.0
            event = Loading(job=self._job.number, fraction=min(1.0, fraction), gpu=self._gpu)
            self._job.emit(event)
        return not self._job.cancelled


_LOAD_ERRORS: tuple[tuple[str, type[LampblackError], str, str], ...] = (
    (
        r"unknown model architecture: '(?P<what>[^']*)'",
        UnsupportedModelError,
        "{file} has the architecture {what}, which this version of llama.cpp does not know.",
        _NEWER,
    ),
    (
        r"unknown (?:pre-tokenizer type|tokenizer): '(?P<what>[^']*)'",
        UnsupportedModelError,
        "{file} divides a text into tokens in a way ({what}) that this version of llama.cpp does "
        "not know.",
        _NEWER,
    ),
    (
        r"wrong number of tensors|missing tensor|key not found in model|wrong shape",
        UnsupportedModelError,
        "{file} is built in another way than this version of llama.cpp expects: it may be a newer "
        "kind of model, or damaged.",
        "Use a newer version of the program, or get the file again.",
    ),
    (
        r"corrupted or incomplete|reached end of file|failed to read|not within the file",
        TruncatedModelError,
        "{file} is cut short: it is smaller than its own header says.",
        _AGAIN,
    ),
    (
        r"unable to allocate|failed to allocate|out of memory|alloc_buffer|bad_alloc",
        OutOfMemoryError,
        "There is not enough memory to load {file}.",
        SMALLER,
    ),
    (
        r"invalid magic|failed to load GGUF|bad magic|gguf_init",
        NotAModelError,
        "{file} is not a GGUF model that llama.cpp can read.",
        _AGAIN,
    ),
)
"""What llama.cpp writes to its log when it refuses a file, and what that means for the user.

Its functions return no reason.
"""


def _load_error(file: Path, log: list[str]) -> LampblackError:
    text = "\n".join(log)
    for pattern, kind, message, hint in _LOAD_ERRORS:
        if found := re.search(pattern, text):
            what = found.groupdict().get("what", "")
            return kind(message.format(file=file.name, what=what), hint)
    said = _REASON.search(text)  # what stands before it are only warnings
    reason = said[1] if said else log[0] if log else "it gave no reason"
    return ModelLoadError(f"llama.cpp could not load {file.name}: {reason.rstrip('.')}.", _AGAIN)


def check_usable(file: Path, handle: Any) -> None:
    """Raise UnsupportedModelError for a model that cannot continue text."""
    if native.llama_model_has_encoder(handle) or not native.llama_model_has_decoder(handle):
        raise UnsupportedModelError(
            f"{file.name} is not a model that continues text.", "Choose a text generation model."
        )
    if native.llama_vocab_n_tokens(native.llama_model_get_vocab(handle)) == 0:
        raise UnsupportedModelError(f"{file.name} has no vocabulary.", "Choose another model.")
