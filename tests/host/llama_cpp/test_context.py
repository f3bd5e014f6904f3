"""What becomes of a batch that llama.cpp could not compute."""

from __future__ import annotations

import pytest

from app.core.errors import GenerationError, OutOfMemoryError
from app.host.interface import Job
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import library, native

FAILED = "decode: failed to decode, ret = -3"
FULL = "decode: failed to find a memory slot for batch of size 8"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ((), GenerationError),
        ((FAILED,), GenerationError),
        ((FULL, FAILED), GenerationError),
        (("output_reserve: failed to allocate output buffer",), OutOfMemoryError),
        (("ggml_backend_cuda: cudaMalloc failed: out of memory", FAILED), OutOfMemoryError),
        (("ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory",), OutOfMemoryError),
    ],
)
def test_a_full_context_is_no_full_memory(
    small_engine: LlamaCppEngine,
    monkeypatch: pytest.MonkeyPatch,
    said: tuple[str, ...],
    kind: type[Exception],
) -> None:
    def decode(*_: object) -> int:
        library()._lines.extend(said)
        return -3

    context = small_engine._context
    context.watch([Job(1, lambda _event: None)])
    with monkeypatch.context() as patch:
        patch.setattr(native, "llama_decode", decode)
        with pytest.raises(kind):
            context.decode(1)
    context.watch(())


def test_an_error_is_not_told_by_what_another_job_left_in_the_log(
    small_engine: LlamaCppEngine,
) -> None:
    library()._lines.append("ggml_gallocr: failed to allocate a buffer")
    small_engine._context.watch([Job(1, lambda _event: None)])
    assert library().log() == []
    small_engine._context.watch(())
