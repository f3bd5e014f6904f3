"""The whole answer to whether a model fits, and the layouts that it is made of."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from app.core.errors import LampblackError
from app.core.formats.gguf_tensors import LayerSizes
from app.core.memory_fit import layout_cache as layouts_module
from app.core.memory_fit.advice import need_text
from app.core.memory_fit.estimate import MEMORY, estimate, with_given_back
from app.core.memory_fit.layout import Layout, layout
from app.core.memory_fit.layout_cache import Layouts
from app.core.memory_fit.report import as_chosen, because, given_back, report, sizes_of
from app.core.models.model_file import ModelFile, inspect
from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.core.system.machine import Gpu, Machine
from app.core.units import size_text

GIBI, MEBI = 2**30, 2**20
MODEL = Layout(
    name="Lantern-7B.Q4_K_M",
    quantization="Q4_K_M",
    parameters=7_000_000_000,
    context=32_768,
    vocabulary=32_000,
    sizes=LayerSizes(
        weights=(128 * MEBI,) * 32,
        cache=(2 * 1024,) * 32,
        output=100 * MEBI,
        width=4096,
        widest=11_008,
        heads=32,
        rest=70 * MEBI,
        queries=4096,
    ),
)
"""4 GiB of layers, and 1 GiB of KV cache at 8,192 tokens as f16."""


def machine(free: float, total: float = 16, *gpus: Gpu) -> Machine:
    return Machine(int(total * GIBI), int(free * GIBI), 4, gpus)


def test_what_fits_is_loaded_as_asked() -> None:
    found = report(MODEL, LoadOptions(), machine(12))
    assert (found.fit.verdict, found.taken, found.advice) == ("fits", LoadOptions(), ())
    assert found.steps[0].options == LoadOptions()
    assert found.smaller is None


def test_what_would_be_loaded_by_itself_is_among_the_steps() -> None:
    found = report(MODEL, LoadOptions(), machine(5.5))
    (place,) = [n for n, step in enumerate(found.steps) if step.options == found.taken]
    assert place > 0
    assert found.steps[place].fit.needed[MEMORY] <= 5.5 * GIBI
    assert found.advice


def test_both_figures_are_said_where_they_differ_by_more_than_a_fifth() -> None:
    slow = estimate(MODEL, LoadOptions(context=32_768, flash_attention="off"), machine(12))
    assert slow.at_once < slow.total / 1.2
    assert need_text(slow) == (
        f"It needs {size_text(slow.at_once)} at once and {size_text(slow.total)} at most, with a "
        "full context."
    )
    fast = estimate(MODEL, LoadOptions(flash_attention="on"), machine(12))
    assert fast.total / 1.2 < fast.at_once < fast.total
    assert need_text(fast) == f"It needs {size_text(fast.total)} in all."


def test_what_flash_attention_spares_is_said_where_it_is_not_settled() -> None:
    here, on = machine(12), LoadOptions(flash_attention="on")
    spared = estimate(MODEL, LoadOptions(), here).total - estimate(MODEL, on, here).total
    found = report(MODEL, LoadOptions(), here).fit
    assert found.notes[0].startswith(f"It needs {size_text(spared)} less with flash attention")
    for settled in (on, LoadOptions(flash_attention="off"), LoadOptions(tune=False)):
        assert not any("flash" in note for note in report(MODEL, settled, here).fit.notes)


def test_a_way_that_keeps_what_the_user_set_is_offered_too() -> None:
    asked = LoadOptions(flash_attention="off")
    found = report(MODEL, asked, machine(5.2))
    assert found.taken is not None
    assert found.taken.flash_attention == "off"
    assert found.taken in [step.options for step in found.steps]


def test_weights_that_do_not_stay_in_memory_are_told_to_be_slow() -> None:
    found = report(MODEL, LoadOptions(), machine(3.5))
    assert found.is_slow
    assert found.taken is not None
    assert not report(MODEL, LoadOptions(mmap=False), machine(1)).is_slow
    assert report(MODEL, LoadOptions(mmap=False), machine(1)).taken is None


def test_nothing_else_is_changed_of_options_that_were_chosen() -> None:
    step = report(MODEL, LoadOptions(), machine(5.5)).steps[-1]
    assert as_chosen(step).fit == "as-asked"
    assert as_chosen(step).context == step.options.context == 2048


def test_as_asked_means_as_asked() -> None:
    asked = LoadOptions(fit="as-asked")
    assert report(MODEL, asked, machine(1)).taken == asked


def test_the_loaded_model_gives_back_what_is_not_mapped() -> None:
    here = machine(4)
    fit = estimate(MODEL, LoadOptions(), here)
    mapped = given_back(MODEL, LoadOptions(), here)
    held = fit.total - fit.sum_of("engine")  # which stays
    assert mapped == held - fit.sum_of("weights")
    assert given_back(MODEL, LoadOptions(mmap=False), here) == held
    assert given_back(MODEL, LoadOptions(mmap=False), machine(15)) == GIBI  # no more than is taken
    empty = with_given_back(here, {MEMORY: mapped})
    found = report(MODEL, LoadOptions(), empty)
    assert found.given_back == mapped
    assert found.fit.free[MEMORY] == 4 * GIBI + mapped


@pytest.mark.parametrize(
    ("here", "words"),
    [
        (machine(12), "of memory are free."),
        (with_given_back(machine(11), {MEMORY: GIBI}), "with what the loaded model gives back"),
        (machine(3), "of the 17.2 GB here"),
        (machine(3, 4), "this machine has 4.3 GB"),
        (machine(12, 16, Gpu("Card", 8 * GIBI, 8 * GIBI)), "on Card, where 8.6 GB are free"),
    ],
)
def test_one_sentence_says_why(here: Machine, words: str) -> None:
    fit = estimate(MODEL, LoadOptions(), here)
    assert words in because(fit, here)


def write_model(path: Path) -> ModelFile:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(512)
    writer.add_block_count(1)
    writer.add_tensor("a", np.ones((4, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return inspect(path)


def test_a_header_is_read_once_until_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    real = layout

    def counted(path: Path, engine: Any) -> Layout:
        read.append(path)
        return real(path, engine)

    monkeypatch.setattr(layouts_module, "layout", counted)
    model, known = write_model(tmp_path / "雨.gguf"), Layouts()
    assert not known.has(model, "llama.cpp")
    assert known.of(model, "llama.cpp") == known.of(model, "llama.cpp")
    assert (len(read), known.has(model, "llama.cpp")) == (1, True)
    os.utime(model.path, ns=(1, 1))
    assert not known.has(model, "llama.cpp")
    known.of(model, "llama.cpp")
    assert len(read) == 2


def test_what_is_wrong_with_a_file_is_remembered_too(tmp_path: Path) -> None:
    model, known = write_model(tmp_path / "a.gguf"), Layouts()
    Path(model.path).write_bytes(b"GGUF nonsense")
    for _ in range(2):
        with pytest.raises(LampblackError, match=r"a\.gguf"):
            known.of(model, "llama.cpp")


def test_adapters_count_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"12345")
    folder = tmp_path / "peft"
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"123")
    paths = (tmp_path / "a.gguf", folder, tmp_path / "gone")
    assert sizes_of(Adapter(path=str(path)) for path in paths) == 8
