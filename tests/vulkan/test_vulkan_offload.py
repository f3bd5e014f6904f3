"""All layers on the device, some of them, and none: where they went, and what is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.formats.gguf import read_header
from app.core.memory_fit.demand import OUTPUTS, Computing, demand
from app.core.memory_fit.placement import gpus
from app.engine.messages import HostEvent, Prefill
from app.host.interface import Job
from app.host.llama_cpp import describe
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import library
from tests.host.asking import scored
from tests.host.driving import Runner

PROMPT = "The old lamp stood on"


def test_the_device_is_found_with_its_memory() -> None:
    (card,) = gpus(library().devices())
    assert (card.name, card.backend) == ("Vulkan0", "Vulkan")
    assert 0 < card.free <= card.total
    kinds = [device.kind for device in describe().devices]
    assert kinds.count("GPU") == 1
    assert kinds[-1] == "CPU"


def test_the_layers_went_where_they_were_meant_to(
    whole: LlamaCppEngine, partly: LlamaCppEngine, without: LlamaCppEngine
) -> None:
    (card,) = gpus(library().devices())
    layers = [
        [(row.device, row.layers) for row in engine.info.placement]
        for engine in (whole, partly, without)
    ]
    assert layers == [[(card.title, 31)], [(card.title, 9), ("CPU", 22)], [("CPU", 31)]]
    assert [engine.info.settings.gpu_layers for engine in (whole, partly, without)] == [31, 9, 0]
    assert [engine.info.notes for engine in (whole, partly, without)] == [()] * 3


@pytest.mark.parametrize("name", ["whole", "partly"])
def test_the_text_is_the_processors(
    name: str, without: LlamaCppEngine, request: pytest.FixtureRequest
) -> None:
    engine = request.getfixturevalue(name)
    asked = {"temperature": 0.0, "max_tokens": 4, "probabilities": 3}
    done, there = Runner(engine)(PROMPT, **asked), Runner(without)
    expected = there(PROMPT, **asked)
    assert done.takes[0].text == expected.takes[0].text
    assert done.takes[0].finish_reason == "length"


@pytest.mark.parametrize("name", ["whole", "partly"])
def test_the_probabilities_are_near_the_processors(
    name: str, without: LlamaCppEngine, request: pytest.FixtureRequest
) -> None:
    text = "The old lamp stood on the table by the window."
    job = Job(1, lambda _event: None)
    here = scored(request.getfixturevalue(name), text, 0, job)
    there = scored(without, text, 0, job)
    assert [token.id for token in here] == [token.id for token in there]
    for one, other in zip(here, there, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.05)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"gpu_layers": 9},
        {"context": 2048, "kv_type": "f32", "batch": 512, "ubatch": 512},
        {"context": 2048, "batch": 512, "ubatch": 128, "flash_attention": "off"},
    ],
)
def test_what_is_predicted_is_what_is_taken(
    options: dict[str, Any], load_noting: Callable[..., Any], starter_model: Path
) -> None:
    engine, sizes = load_noting(**options)
    settings, placed = engine.info.settings, engine.info.placement[0]
    engine.close()
    header = read_header(starter_model)
    computing = Computing(
        context=settings.context,
        ubatch=settings.ubatch,
        outputs=OUTPUTS,
        kv_type=settings.kv_type,
        flash_attention=settings.flash_attention,
    )
    needed = demand(header.sizes, header.vocabulary, computing)
    assert placed.weights == pytest.approx(sizes["model"], rel=0.02)
    assert placed.cache == pytest.approx(sizes["KV"], rel=0.02)
    predicted = placed.weights + placed.cache + needed.scratch + needed.logits
    assert predicted == pytest.approx(sum(sizes.values()), rel=0.12)


def test_a_cancel_while_the_prompt_is_read_comes_back_with_the_next_slice(
    whole: LlamaCppEngine,
) -> None:
    runner = Runner(whole)

    def stop(event: HostEvent, job: Job) -> None:
        if isinstance(event, Prefill) and event.done:
            job.cancel()

    runner.on_event = stop
    done = runner("one lamp " * 100, exact=True)
    assert done.takes[0].finish_reason == "cancelled"
    assert [event.done for event in runner.prefills] == [0, 64]
    runner.on_event = None
    assert runner(PROMPT, temperature=0.0, max_tokens=1).takes[0].finish_reason == "length"


def test_a_cancel_while_it_writes_keeps_the_text(partly: LlamaCppEngine) -> None:
    runner = Runner(partly)
    runner.on_event = lambda _event, job: job.cancel() if runner.tokens else None
    done = runner(PROMPT, temperature=0.0, max_tokens=50)
    assert done.takes[0].finish_reason == "cancelled"
    assert done.takes[0].text == runner.streamed()


def test_what_does_not_fit_stays_on_the_processor(
    load_noting: Callable[..., Any],
) -> None:
    (card,) = gpus(library().devices())
    context = card.total // 2**15  # the cache is more than the device has
    engine, sizes = load_noting(context=context, kv_type="f32", ubatch=32)
    info = engine.info
    text = Runner(engine)(PROMPT, temperature=0.0, max_tokens=1).takes[0].text
    engine.close()
    assert 0 < info.settings.gpu_layers < 31
    assert [row.device for row in info.placement] == [card.title, "CPU"]
    assert sum(sizes.values()) <= card.free
    assert sum(sizes.values()) >= 0.8 * card.budget
    assert "the processor does the rest" in info.notes[0]
    assert text
