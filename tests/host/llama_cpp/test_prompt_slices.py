"""How much of a prompt is handed over at a time."""

from __future__ import annotations

from app.host.llama_cpp.context import Slices
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import Runner


def test_a_processor_gets_whole_batches() -> None:
    slices = Slices(512)
    slices.learn(512, 9.0)
    assert (slices.rows(), slices.rows(exact=True)) == (512, 512)


def test_a_slow_gpu_gets_less_and_a_fast_one_more() -> None:
    slices = Slices(512, on_gpu=True)
    assert slices.rows() == 64
    for rows in (64, 32, 16, 8):
        slices.learn(rows, 0.1)
    assert slices.rows() == 8
    for rows in (8, 16, 32, 64, 128, 256, 512):
        slices.learn(rows, 0.001)
    assert slices.rows() == 512
    slices.learn(512, 0.03)
    assert slices.rows() == 512


def test_the_end_of_a_prompt_teaches_nothing() -> None:
    slices = Slices(512, on_gpu=True)
    slices.learn(3, 0.0001)
    assert slices.rows() == 64


def test_an_exact_run_always_has_the_same_slices() -> None:
    slices = Slices(512, on_gpu=True)
    slices.learn(64, 0.0001)
    assert slices.rows(exact=True) == 64
    assert Slices(32, on_gpu=True).rows(exact=True) == 32


def test_a_prompt_in_slices_gives_the_same_text(small_engine: LlamaCppEngine) -> None:
    context, runner = small_engine._context, Runner(small_engine)
    prompt = "The lamp was lit. " * 30
    whole = runner(prompt, temperature=0.0, max_tokens=8, exact=True)
    former, context.slices = context.slices, Slices(16, on_gpu=True)
    sliced = runner(prompt, temperature=0.0, max_tokens=8, exact=True)
    context.slices = former
    assert [event.done for event in runner.prefills][:3] == [0, 16, 32]
    assert sliced.takes[0].text == whole.takes[0].text
