"""Whether a model fits: no card, one, two and mixed ones, the ladder, and what would help."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.formats.gguf_tensors import LayerSizes
from app.core.memory_fit.advice import advised, lines
from app.core.memory_fit.estimate import MEMORY, estimate, with_given_back
from app.core.memory_fit.fallbacks import CHANGEABLE, changes, ladder, unset
from app.core.memory_fit.layout import Layout
from app.core.memory_fit.report import facts_fit, smaller_entry
from app.core.models.catalogue import CatalogueEntry, CatalogueFile
from app.core.options.load_options import LoadOptions
from app.core.system.machine import Gpu, Machine, cgroup_limits
from app.core.units import size_text

GIBI, MEBI = 2**30, 2**20
LAYERS = 32
MODEL = Layout(
    name="Lantern-7B.Q4_K_M",
    quantization="Q4_K_M",
    parameters=7_000_000_000,
    context=32_768,
    vocabulary=32_000,
    sizes=LayerSizes(
        weights=(128 * MEBI,) * LAYERS,
        cache=(2 * 1024,) * LAYERS,
        output=100 * MEBI,
        width=4096,
        widest=11_008,
        heads=32,
        rest=70 * MEBI,
        queries=4096,
    ),
)
"""4 GiB of layers, and 1 GiB of KV cache at 8,192 tokens as f16."""


def machine(free: float, total: float = 0, *gpus: Gpu) -> Machine:
    return Machine(int((total or free) * GIBI), int(free * GIBI), 4, gpus)


def card(name: str, free: float, total: float = 0, **more: bool) -> Gpu:
    return Gpu(name, int(free * GIBI), int((total or free) * GIBI), **more)


def test_the_parts_are_the_model_s_own() -> None:
    fit = estimate(MODEL, LoadOptions(), machine(16))
    assert fit.sum_of("weights") == (LAYERS * 128 + 170) * MEBI
    assert fit.sum_of("cache") == GIBI // 2 * 2
    assert fit.sum_of("buffers") > 8192 * 512 * 32 * 4  # the attention of every head at once
    assert fit.needed == {MEMORY: fit.total}
    assert (fit.verdict, fit.context, fit.kv_type, fit.gpu_layers) == ("fits", 8192, "f16", 0)


def test_a_tied_table_counts_once_in_memory_and_twice_with_a_card() -> None:
    sizes = MODEL.sizes
    tied = Layout(
        vocabulary=100,
        name="tied",
        sizes=type(sizes)(
            weights=(MEBI,),
            cache=(0,),
            output=50 * MEBI,
            rest=50 * MEBI,
            is_tied=True,
            width=8,
            widest=8,
        ),
    )
    assert estimate(tied, LoadOptions(), machine(16)).sum_of("weights") == 51 * MEBI
    both = estimate(tied, LoadOptions(), machine(16, 16, card("A", 8)))
    assert (both.sum_of("weights", "A"), both.sum_of("weights", MEMORY)) == (51 * MEBI, 50 * MEBI)


def test_flash_attention_and_a_quantized_cache_need_less() -> None:
    plain = estimate(MODEL, LoadOptions(), machine(16))
    flash = estimate(MODEL, LoadOptions(flash_attention="on"), machine(16))
    small = estimate(MODEL, LoadOptions(kv_type="q8_0"), machine(16))
    assert plain.sum_of("cache") == flash.sum_of("cache")
    assert plain.total > flash.total > small.total
    assert small.flash_attention
    assert small.sum_of("cache") == flash.sum_of("cache") * 17 // 32


def test_one_card_with_room_holds_all_but_the_table_of_tokens() -> None:
    fit = estimate(MODEL, LoadOptions(), machine(8, 8, card("A", 12)))
    assert (fit.gpu_layers, fit.verdict) == (LAYERS + 1, "fits")
    assert fit.sum_of("weights", MEMORY) == 70 * MEBI
    assert fit.sum_of("cache", MEMORY) == 0
    assert fit.free == {"A": 12 * GIBI, MEMORY: 8 * GIBI}
    assert fit.flash_attention


def test_a_small_card_holds_a_part_and_the_memory_the_rest() -> None:
    fit = estimate(MODEL, LoadOptions(), machine(16, 16, card("A", 3)))
    assert 0 < fit.gpu_layers < LAYERS
    assert fit.needed["A"] <= 3 * GIBI
    layers = fit.sum_of("weights", "A") // (128 * MEBI)
    assert fit.sum_of("weights", MEMORY) == (LAYERS - layers) * 128 * MEBI + 70 * MEBI


def test_two_cards_share_and_mixed_ones_leave_the_inner_one_alone() -> None:
    fit = estimate(MODEL, LoadOptions(), machine(8, 8, card("A", 4), card("B", 4)))
    assert fit.gpu_layers == LAYERS + 1
    assert min(fit.needed["A"], fit.needed["B"]) > GIBI
    mixed = machine(8, 8, card("Inner", 8, integrated=True), card("A", 12))
    assert set(estimate(MODEL, LoadOptions(), mixed).needed) == {"A", MEMORY}


def test_an_inner_card_takes_from_the_memory() -> None:
    fit = estimate(MODEL, LoadOptions(), machine(6.1, 8, card("Inner", 12, integrated=True)))
    assert fit.needed["Inner"] > 5 * GIBI
    assert fit.verdict == "tight"


def test_layers_asked_for_that_do_not_fit_are_too_large() -> None:
    fit = estimate(MODEL, LoadOptions(gpu_layers=33), machine(16, 16, card("A", 4)))
    assert (fit.gpu_layers, fit.verdict) == (33, "too large")
    assert any("has room for" in note for note in fit.notes)


@pytest.mark.parametrize(
    ("free", "total", "verdict"), [(16, 16, "fits"), (6, 16, "tight"), (5, 5, "too large")]
)
def test_the_verdict(free: float, total: float, verdict: str) -> None:
    assert estimate(MODEL, LoadOptions(), machine(free, total)).verdict == verdict


def test_what_our_own_model_holds_is_given_back() -> None:
    here = machine(6, 16, card("A", 1, 12))
    assert (
        estimate(
            MODEL, LoadOptions(gpu_layers=0), with_given_back(here, {MEMORY: 8 * GIBI})
        ).verdict
        == "fits"
    )
    fit = estimate(MODEL, LoadOptions(), with_given_back(here, {"A": 9 * GIBI, MEMORY: GIBI}))
    assert fit.gpu_layers == LAYERS + 1
    assert fit.free == {"A": 10 * GIBI, MEMORY: 7 * GIBI}


def test_adapters_count_where_the_layers_are() -> None:
    assert estimate(MODEL, LoadOptions(), machine(16), adapters=5).sum_of("adapters", MEMORY) == 5
    with_card = machine(16, 16, card("A", 12))
    assert estimate(MODEL, LoadOptions(), with_card, adapters=5).sum_of("adapters", "A") == 5


def test_the_ladder_goes_down_one_change_at_a_time() -> None:
    steps = ladder(MODEL, LoadOptions(), machine(16))
    assert [step.fit.context for step in steps] == [8192, 8192, 8192, 4096, 2048]
    assert [step.fit.kv_type for step in steps] == ["f16", "f16", "q8_0", "q8_0", "q8_0"]
    assert [step.fit.flash_attention for step in steps] == [False, True, True, True, True]
    needs = [step.fit.total for step in steps]
    assert needs == sorted(needs, reverse=True)
    assert [step.sentence.split(" is")[0] for step in steps[1:]] == [
        "Flash attention",
        "The KV cache",
        "The context",
        "The context",
    ]
    assert len(changes(steps[0], steps[-1])) == 3


def test_what_was_set_is_not_changed() -> None:
    assert unset(LoadOptions()) == CHANGEABLE
    assert unset(LoadOptions(context=4096, kv_type="bf16")) == ("gpu_layers", "flash_attention")
    assert unset(LoadOptions(fit="as-asked")) == ()
    steps = ladder(MODEL, LoadOptions(context=16_384), machine(16))
    assert {step.fit.context for step in steps} == {16_384}
    off = ladder(MODEL, LoadOptions(flash_attention="off"), machine(16))
    assert {step.fit.kv_type for step in off} == {"f16"}  # q8_0 needs flash attention
    assert len(ladder(MODEL, LoadOptions(fit="as-asked"), machine(1))) == 1


def test_fewer_layers_come_first_where_they_may_be_changed() -> None:
    steps = ladder(
        MODEL, LoadOptions(gpu_layers=33), machine(16, 16, card("A", 4)), may_change=CHANGEABLE
    )
    assert steps[1].options.gpu_layers == -1
    assert steps[1].sentence.startswith(f"{steps[1].fit.gpu_layers} layers go onto the graphics")


def test_the_advice_says_what_would_make_it_fit() -> None:
    fit = advised(MODEL, LoadOptions(), machine(5.8, 16), smaller="Lantern 3B")
    assert fit.advice[0].startswith("With flash attention it needs ")
    assert any(" it fits: it needs " in line for line in fit.advice)
    assert any(line.startswith("Closing other programs") for line in fit.advice)
    assert fit.advice[-1] == "Lantern 3B would fit."
    assert advised(MODEL, LoadOptions(), machine(16)).advice == ()
    hopeless = advised(MODEL, LoadOptions(), machine(2, 2)).advice
    assert hopeless[-1].startswith("A smaller model")


def test_the_lines_are_a_sum() -> None:
    fit = advised(MODEL, LoadOptions(), machine(8, 8, card("A", 3)))
    shown = lines(fit)
    assert shown[0] == "A"
    rows = [line for line in shown if line.startswith("  ") and line.endswith("B")]
    assert len({len(line) for line in rows}) == 1
    assert size_text(fit.needed[MEMORY]) in "\n".join(rows)
    assert any(line.startswith(("It fits.", "It is tight.")) for line in shown)


def entry(name: str, params: float, memory: float, family: str = "Lantern") -> CatalogueEntry:
    return CatalogueEntry(
        id=name,
        name=name,
        family=family,
        engine="llama.cpp",
        repo="a/b",
        files=(CatalogueFile(path=f"{name}.gguf"),),
        size_bytes=int(memory * GIBI * 0.8),
        params_b=params,
        quantization="Q4_K_M",
        licence="mit",
        context_length=8192,
        kind="base",
        languages=("en",),
        good_for=("continue",),
        why="It writes.",
        memory_bytes=int(memory * GIBI),
    )


def test_a_smaller_model_of_the_family_is_found() -> None:
    here = machine(4.5, 16)
    fit = estimate(MODEL, LoadOptions(), here)
    same, small = entry("lantern-7b-q2", 7, 3), entry("lantern-1b", 1, 3.5)
    other, large = entry("torch-1b", 1, 1, "Torch"), entry("lantern-7b-q8", 7, 9)
    assert smaller_entry(MODEL, fit, here, [small, other, large, same]) == same
    assert smaller_entry(MODEL, fit, here, [small, other, large]) == small
    assert smaller_entry(MODEL, fit, here, [other]) is None


def test_the_catalogue_s_facts_stand_in_for_a_header() -> None:
    fit = facts_fit(entry("lantern-1b", 1, 3), machine(8))
    assert (fit.verdict, fit.total) == ("fits", 3 * GIBI)
    assert facts_fit(entry("lantern-1b", 1, 3), machine(8, 8, card("A", 4))).needed == {
        "A": 3 * GIBI
    }


def test_torch_holds_the_weights_in_the_type_of_its_device() -> None:
    model = Layout(
        name="folder",
        engine="torch",
        parameters=GIBI,
        vocabulary=32_000,
        context=4096,
        sizes=MODEL.sizes,
    )
    plain = estimate(model, LoadOptions(), machine(16))
    assert (plain.sum_of("weights"), plain.kv_type) == (4 * GIBI, "f32")
    assert plain.sum_of("cache") == 2 * GIBI // 4 * 2
    short = estimate(model, LoadOptions(), machine(3))
    assert (short.sum_of("weights"), short.kv_type) == (2 * GIBI, "bf16")
    there = estimate(model, LoadOptions(), machine(16, 16, card("A", 6)))
    assert (there.sum_of("weights", "A"), there.gpu_layers) == (2 * GIBI, LAYERS)
    assert {step.fit.context for step in ladder(model, LoadOptions(), machine(16))} == {4096, 2048}


def test_a_container_s_limit_is_what_is_there(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("0::/a/b\n")
    for folder, limit, taken in (("a/b", "max", 10), ("a", "1000", 700), ("", "5000", 100)):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "memory.max").write_text(f"{limit}\n")
        (tmp_path / folder / "memory.current").write_text(f"{taken}\n")
    (tmp_path / "a" / "memory.stat").write_text("anon 1\ninactive_file 50\n")
    assert list(cgroup_limits(tmp_path, own)) == [(1000, 350), (5000, 4900)]


def test_the_limit_of_an_old_container_is_found(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("5:cpu:/x\n4:memory:/docker/abc\n")
    folder = tmp_path / "memory" / "docker" / "abc"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text("800\n")
    (folder / "memory.usage_in_bytes").write_text("900\n")
    assert list(cgroup_limits(tmp_path, own)) == [(800, 0)]
    assert list(cgroup_limits(tmp_path, tmp_path / "nowhere")) == []
