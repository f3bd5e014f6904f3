"""Loading: settings, progress, cancel, and a sentence for every bad file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import gguf
import msgspec
import numpy as np
import psutil
import pytest

from app.core.errors import (
    CancelledError,
    EngineMissingError,
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
    OutOfMemoryError,
    ParameterError,
    TruncatedModelError,
    UnsupportedModelError,
)
from app.core.memory_fit.placement import LlamaDevice, Placement
from app.core.options.load_options import LoadOptions
from app.core.system.machine import Machine
from app.engine.messages import HostEvent, Loading
from app.host import llama_cpp as engine_module
from app.host.cpu import default_threads
from app.host.interface import Job
from app.host.llama_cpp import load_file, loading, memory_fit
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import library
from app.host.llama_cpp.load_file import _load_error
from tests.host.driving import load
from tests.host.tiny_llama import write_tiny


def ignore(_event: HostEvent) -> None:
    pass


def test_the_model_is_described(engine: LlamaCppEngine, starter_model: Path) -> None:
    info = engine.info
    assert info.path == str(starter_model)
    assert (info.engine, info.architecture, info.quantization) == ("llama.cpp", "llama", "Q4_1")
    assert (info.parameters, info.layers, info.vocabulary) == (134_515_008, 30, 49_152)
    assert (info.context, info.trained_context) == (2048, 8192)
    assert info.size_bytes == 98_362_432
    assert info.has_chat_template
    assert info.settings.threads == 2
    assert info.settings.build.startswith("llama-cpp-python 0.3.36 ")


def test_loading_reports_its_progress(starter_model: Path) -> None:
    events: list[HostEvent] = []
    engine = load(starter_model, LoadOptions(context=256), Job(7, events.append))
    engine.close()
    fractions = [event.fraction for event in events if isinstance(event, Loading)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert {getattr(event, "job", 0) for event in events} == {7}


def test_loading_can_be_cancelled(starter_model: Path) -> None:
    job = Job(1, ignore)

    def cancel(_event: HostEvent) -> None:
        job.cancelled = True

    job.emit = cancel
    with pytest.raises(CancelledError):
        load(starter_model, LoadOptions(context=256), job)


@pytest.mark.parametrize("kv_type", ["q8_0", "q4_0", "bf16", "f32"])
def test_other_cache_types_work(starter_model: Path, kv_type: str) -> None:
    options = LoadOptions(context=256, kv_type=kv_type, mmap=kv_type != "f32")
    engine = load(starter_model, options)
    assert engine.info.settings.kv_type == kv_type
    assert engine.info.settings.flash_attention == kv_type.startswith("q")
    engine.close()
    engine.close()


def test_a_quantized_cache_without_flash_attention_is_refused(starter_model: Path) -> None:
    with pytest.raises(ParameterError, match="flash attention"):
        load(starter_model, LoadOptions(kv_type="q8_0", flash_attention="off"))


def test_flash_attention_and_automatic_values(starter_model: Path) -> None:
    engine = load(starter_model, LoadOptions(flash_attention="on", batch=8192, ubatch=8192))
    settings = engine.info.settings
    engine.close()
    assert settings.flash_attention
    assert settings.context == settings.batch == settings.ubatch == 8192
    assert settings.threads == default_threads()


def test_a_context_beyond_the_memory_is_refused(
    starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = SimpleNamespace(available=8192 * 23_040 - 1, total=2**40)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    with pytest.raises(OutOfMemoryError, match="8,192"):
        load(starter_model, LoadOptions(fit="as-asked"))


def test_the_attention_of_a_micro_batch_counts_as_memory(
    starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = SimpleNamespace(available=8192 * (23_040 + 512 * 9 * 4) - 1, total=2**40)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    with pytest.raises(OutOfMemoryError, match="8,192"):
        load(starter_model, LoadOptions(fit="as-asked"))
    load(starter_model, LoadOptions(fit="as-asked", flash_attention="on", threads=1)).close()


@pytest.mark.parametrize("context", [1, 31])
def test_a_context_too_small_for_llama_is_refused(starter_model: Path, context: int) -> None:
    with pytest.raises(ParameterError, match="at least 32"):
        load(starter_model, LoadOptions(context=context))


def _empty(path: Path, _model: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path, _model: Path) -> None:
    path.write_text("Once upon a time there was a model.")


def _cut(path: Path, model: Path) -> None:
    with model.open("rb") as whole:
        path.write_bytes(whole.read(20_000_000))


def _head_only(path: Path, model: Path) -> None:
    with model.open("rb") as whole:
        path.write_bytes(whole.read(1_000))


def _foreign(path: Path, _model: Path) -> None:
    writer = gguf.GGUFWriter(path, "mysterymodel")
    writer.add_block_count(1)
    writer.add_context_length(16)
    writer.add_tensor("token_embd.weight", np.zeros((8, 8), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (_empty, NotAModelError),
        (_text, NotAModelError),
        (_cut, TruncatedModelError),
        (_head_only, TruncatedModelError),
        (_foreign, UnsupportedModelError),
    ],
)
def test_a_bad_file_is_a_sentence(
    tmp_path: Path,
    starter_model: Path,
    make: Callable[[Path, Path], None],
    kind: type[LampblackError],
) -> None:
    path = tmp_path / "bad.gguf"
    make(path, starter_model)
    with pytest.raises(kind) as caught:
        load(path)
    assert "bad.gguf" in caught.value.message
    assert caught.value.message.endswith(".")


TINY = LoadOptions(context=256, threads=1, tune=False, fit="as-asked")


def test_a_pre_tokenizer_that_is_not_known_asks_for_a_newer_program(tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "new.gguf", pre="brand-new")
    with pytest.raises(UnsupportedModelError, match=r"brand-new.*newer version of the program"):
        load(path, TINY)


def test_a_missing_pre_tokenizer_and_a_context_beyond_the_own_one_are_noted(
    tmp_path: Path,
) -> None:
    engine = load(write_tiny(tmp_path / "sound.gguf"), TINY)
    engine.close()
    assert engine.info.notes == ()
    path = write_tiny(tmp_path / "silent.gguf", pre="")
    engine = load(path, msgspec.structs.replace(TINY, context=1024))
    engine.close()
    beyond, silent = engine.info.notes
    assert "512 tokens" in beyond
    assert "1,024" in beyond
    assert "silent.gguf does not say" in silent


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        load(tmp_path / "none.gguf")
    with pytest.raises(LampblackError):
        load(tmp_path)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("error loading model: unknown model architecture: 'zeta'", UnsupportedModelError),
        ("tensor 'x' data is not within the file bounds, model is corrupted", TruncatedModelError),
        ("ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate", OutOfMemoryError),
        ("gguf_init_from_file_impl: invalid magic characters", NotAModelError),
        ("error loading model vocabulary: unknown pre-tokenizer type: 'x'", UnsupportedModelError),
        ("done_getting_tensors: wrong number of tensors; expected 9, got 8", UnsupportedModelError),
        ("something else entirely", LampblackError),
    ],
)
def test_the_librarys_log_is_read_once_at_the_border(line: str, kind: type[Exception]) -> None:
    error = _load_error(Path("a.gguf"), [line])
    assert isinstance(error, kind)
    assert "a.gguf" in error.message


def test_the_reason_is_told_and_not_a_warning_before_it() -> None:
    log = ["load: the tokenizer may be incorrect", "x: error loading model: no 'a' here.", "failed"]
    assert _load_error(Path("a.gguf"), log).message == (
        "llama.cpp could not load a.gguf: no 'a' here."
    )


def test_the_engine_describes_itself() -> None:
    report = engine_module.describe()
    assert report.available
    assert "0.3.36" in report.version
    assert "CPU" in [device.kind for device in report.devices]
    assert [device.kind for device in library().devices()].count(0) == 1


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    report = engine_module.describe()
    assert not report.available
    assert report.problem.endswith(".")
    with pytest.raises(EngineMissingError):
        load(Path("x.gguf"))


def test_threads_are_physical_cores_within_the_quota(tmp_path: Path) -> None:
    for cpu in range(512):
        folder = tmp_path / f"cpu{cpu}/topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text("0-511\n")
    quota = tmp_path / "cpu.max"
    assert default_threads(tmp_path, quota) == 1
    quota.write_text("150000 100000\n")
    assert default_threads(tmp_path / "none", quota) == 1
    quota.write_text("max 100000\n")
    assert default_threads(tmp_path / "none", quota) >= 1


def test_weights_are_copied_for_speed_only_where_they_stay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that does not fit would end the process; what is in the file is read again."""
    tiny = write_tiny(tmp_path / "tiny.gguf", "Q4_0")
    plain = LoadOptions(threads=1, tune=False, gpu_layers=0, fit="as-asked")
    load(tiny, plain).close()
    assert library().has_copied or "AVX2" not in library().features
    monkeypatch.setattr(memory_fit, "this_machine", lambda _gpus: Machine(2**33, 1, 1))
    load(tiny, plain).close()
    assert not library().has_copied


def test_closing_gives_the_memory_back(starter_model: Path) -> None:
    process = psutil.Process()
    load(starter_model, LoadOptions(context=256)).close()
    before = process.memory_info().rss
    for _ in range(3):
        load(starter_model, LoadOptions(context=256)).close()
    assert process.memory_info().rss - before < 60_000_000


CARD = LlamaDevice(0, "GPU0", "A card", 1, 8 * 2**30, 8 * 2**30, "Vulkan", "0000:01")


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A graphics card that is only said to be there; the layers of every try, done by the CPU."""
    tried: list[int] = []
    real = load_file.load_model

    def load_model(
        file: Path, options: LoadOptions, placement: Placement, job: Job, *, copies: bool
    ) -> object:
        tried.append(placement.layers)
        job.emit(Loading(job=job.number, fraction=0.0, gpu=placement.titles))
        if placement.layers > 7:
            raise OutOfMemoryError("There is not enough memory to load it.")
        return real(file, options, Placement(), job, copies=copies)

    monkeypatch.setattr(loading, "load_model", load_model)
    monkeypatch.setattr(type(library()), "devices", lambda _self: iter([CARD]))
    return tried


def test_a_full_card_gets_fewer_layers_each_time_and_that_is_said(
    starter_model: Path, card: list[int]
) -> None:
    engine = load(starter_model, LoadOptions(context=256, threads=1))
    info = engine.info
    engine.close()
    assert card == [31, 15, 7]
    assert info.notes == (
        "The graphics card had no room for 31 layers, so 15 were tried.",
        "The graphics card had no room for 15 layers, so 7 were tried.",
    )
    assert [(row.device, row.layers) for row in info.placement] == [("A card", 7), ("CPU", 24)]
    assert (info.settings.gpu_layers, info.settings.device) == (7, "A card")


def test_fewer_layers_are_no_help_where_the_processor_is_full(
    starter_model: Path, card: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: SimpleNamespace(available=1000, total=2**40)
    )
    with pytest.raises(OutOfMemoryError, match="A context of 256 tokens needs"):
        load(starter_model, LoadOptions(context=256, threads=1, fit="as-asked"))
    assert card == [31, 15, 7]


def test_layers_that_were_asked_for_are_not_taken_back(
    starter_model: Path, card: list[int]
) -> None:
    with pytest.raises(OutOfMemoryError, match="with 20 layers on the graphics card"):
        load(starter_model, LoadOptions(context=256, threads=1, gpu_layers=20))
    assert card == [20]


def test_no_layers_means_that_no_card_is_looked_at(
    starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(library()), "devices", pytest.fail)
    engine = load(starter_model, LoadOptions(context=256, threads=1, gpu_layers=0))
    info = engine.info
    engine.close()
    assert [(row.device, row.layers) for row in info.placement] == [("CPU", 31)]
    assert info.placement[0].weights == 30 * 2_216_448 + 30_083_328
