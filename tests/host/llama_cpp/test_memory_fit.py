"""The ladder at load: what is changed so that the starter model fits into what is free."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import OutOfMemoryError
from app.core.memory_fit.demand import SEQUENCES
from app.core.memory_fit.estimate import estimate
from app.core.memory_fit.fallbacks import ladder
from app.core.memory_fit.layout import Layout, layout
from app.core.options.load_options import LoadOptions
from app.core.system.machine import Machine
from app.host.interface import MAX_TAKES
from app.host.llama_cpp import memory_fit
from app.host.llama_cpp.memory_fit import fitted, stays_in_memory
from tests.host.driving import load

PLAIN = LoadOptions(threads=1, tune=False, gpu_layers=0)
Free = Callable[[int], Machine]


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Free:
    """Sets how many bytes are free."""

    def let(size: int) -> Machine:
        machine = Machine(size, size, 1)
        monkeypatch.setattr(memory_fit, "this_machine", lambda gpus: machine)
        return machine

    return let


@pytest.fixture
def model(starter_model: Path) -> Layout:
    return layout(starter_model)


def test_there_is_a_state_for_every_take_and_a_cached_one() -> None:
    assert SEQUENCES == 2 * MAX_TAKES


def test_what_fits_is_loaded_as_asked(model: Layout, free: Free) -> None:
    free(2**33)
    assert fitted(model, PLAIN, ()) == (PLAIN, ())


def test_every_rung_is_taken_when_it_is_the_first_that_fits(model: Layout, free: Free) -> None:
    steps = ladder(model, PLAIN, free(2**33))
    assert len(steps) == 5
    for step in steps:
        free(step.fit.total)
        options, notes = fitted(model, PLAIN, ())
        assert options == step.options
        assert len(notes) == (0, 1, 2, 3, 3)[steps.index(step)]


def test_weights_that_do_not_stay_in_memory_are_mapped_and_that_is_said(
    model: Layout, free: Free
) -> None:
    last = ladder(model, PLAIN, free(2**33))[-1].fit
    free(last.total - 1)
    options, notes = fitted(model, PLAIN, ())
    assert options.kv_type != "f16" or options.context != 0 or "read from the disk" in notes[-1]
    assert "read from the disk again and again" in notes[-1]
    assert not stays_in_memory(model, options, ())
    free(last.total)
    options, _notes = fitted(model, PLAIN, ())
    assert stays_in_memory(model, options, ())


def test_the_worst_case_is_a_sentence_with_advice(starter_model: Path, free: Free) -> None:
    free(40 * 2**20)
    with pytest.raises(
        OutOfMemoryError, match=r"With a context of 2,048 tokens .* but only 42 MB"
    ) as raised:
        load(starter_model, PLAIN)
    assert raised.value.hint


def test_what_was_set_is_kept_or_refused(model: Layout, free: Free) -> None:
    asked = LoadOptions(context=8192, kv_type="f32", flash_attention="off", gpu_layers=0)
    free(estimate(model, asked, free(2**33)).total // 2)
    with pytest.raises(OutOfMemoryError, match="With a context of 8,192 tokens"):
        fitted(model, asked, ())


def test_the_notes_of_a_loaded_model_say_what_was_changed(starter_model: Path, free: Free) -> None:
    steps = ladder(layout(starter_model), PLAIN, free(2**33))
    free(steps[-1].fit.total)
    engine = load(starter_model, PLAIN)
    info = engine.info
    engine.close()
    assert (info.context, info.settings.kv_type) == (2048, "q8_0")
    assert info.settings.flash_attention
    assert [note.split(" is")[0] for note in info.notes] == [
        "Flash attention",
        "The KV cache",
        "The context",
    ]
