"""Where layers go: no GPU, one, two, mixed ones, and cards that do not say what they have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.core.formats.gguf_tensors import Attention, LayerSizes, Tensor, layer_sizes
from app.core.memory_fit.demand import Computing, Demand, demand
from app.core.memory_fit.placement import (
    ACCELERATOR,
    CPU,
    GPU,
    INTEGRATED,
    LlamaDevice,
    Placement,
    gpus,
    place,
    respread,
)

GIBI, MEBI = 2**30, 2**20
PROCESSOR = LlamaDevice(9, "CPU", "A processor", CPU, 16 * GIBI, 16 * GIBI, "CPU")
BLAS = LlamaDevice(8, "BLAS", "OpenBLAS", ACCELERATOR, 0, 0, "BLAS")
NEEDED = Demand((200 * MEBI,) * 32 + (300 * MEBI,), (50 * MEBI,) * 32 + (0,), 60 * MEBI, 40 * MEBI)
"""A model of 32 layers that takes 8,400 MiB with its scratch."""


def card(index: int, free: float, total: float = 0.0, **more: object) -> LlamaDevice:
    fields: dict[str, Any] = {
        "title": f"Card {index}",
        "backend": "CUDA",
        "kind": GPU,
        "id": f"0000:0{index}",
    }
    fields |= more
    whole = int((total or free) * GIBI)
    return LlamaDevice(index, f"GPU{index}", free=int(free * GIBI), total=whole, **fields)


def taken(placement: Placement, needed: Demand = NEEDED) -> list[int]:
    """What each device holds, with the scratch."""
    blocks, at, sums = needed.last(placement.layers), 0, []
    for count in placement.counts:
        sums.append(sum(blocks[at : at + count]) + needed.scratch)
        at += count
    return sums


def test_without_a_gpu_the_processor_holds_all() -> None:
    placement = place([PROCESSOR, BLAS], NEEDED, -1)
    assert (placement.devices, placement.layers, placement.notes) == ((), 0, ())
    (row,) = placement.held(NEEDED)
    assert (row.device, row.layers) == ("CPU", 33)
    assert row.weights == sum(NEEDED.weights)


def test_layers_asked_for_on_a_card_that_is_gone_go_to_the_processor() -> None:
    placement = place([PROCESSOR], NEEDED, 20)
    assert placement.layers == 0
    assert placement.notes[0].startswith("No graphics card is here")


def test_no_layers_asked_for_uses_no_gpu() -> None:
    assert place([card(0, 24)], NEEDED, 0) == Placement()


def test_one_card_with_room_takes_all_with_the_output() -> None:
    placement = place([card(0, 12), PROCESSOR], NEEDED, -1)
    assert (placement.counts, placement.notes) == ((33,), ())
    assert [row.device for row in placement.held(NEEDED)] == ["Card 0"]


def test_one_small_card_takes_the_last_layers_and_says_so() -> None:
    placement = place([card(0, 4), PROCESSOR], NEEDED, -1)
    assert 0 < placement.layers < 33
    assert taken(placement)[0] <= card(0, 4).budget
    assert taken(place([card(0, 4)], NEEDED, placement.layers + 1))[0] > card(0, 4).budget
    assert placement.notes == (
        f"{placement.layers} of 33 layers fit into the memory of the graphics card; "
        "the processor does the rest.",
    )
    gpu, processor = placement.held(NEEDED)
    assert (processor.device, gpu.layers + processor.layers) == ("CPU", 33)
    assert gpu.device == "Card 0"


def test_a_full_card_is_left_alone_and_that_is_said() -> None:
    placement = place([card(0, 0.3, 8)], NEEDED, -1)
    assert placement.layers == 0
    words = "No layer fits into the memory of the graphics card (322 MB free)"
    assert placement.notes[0].startswith(words)


def test_a_reserve_stays_free() -> None:
    assert card(0, 1).budget == 768 * MEBI
    assert card(0, 12).budget == 12 * GIBI - 768 * MEBI
    assert card(0, 80).budget == 79 * GIBI
    assert card(0, 0.1).budget == 0


def test_layers_asked_for_are_placed_even_where_they_do_not_fit() -> None:
    placement = place([card(0, 4)], NEEDED, 1000)
    assert placement.counts == (33,)
    fits = place([card(0, 4)], NEEDED, -1).layers
    assert placement.notes == (
        f"33 layers were asked for on the graphics card, but its free memory has room for {fits}.",
    )
    assert place([card(0, 4)], NEEDED, 5) == Placement((card(0, 4),), (5,))


def test_of_two_cards_one_that_has_room_for_all_takes_all() -> None:
    placement = place([card(0, 10), card(1, 24)], NEEDED, -1)
    assert ([one.index for one in placement.devices], placement.counts) == ([1], (33,))


def test_two_alike_share_evenly() -> None:
    placement = place([card(0, 6), card(1, 6)], NEEDED, -1)
    assert sum(placement.counts) == 33
    assert abs(placement.counts[0] - placement.counts[1]) <= 3
    assert all(size <= card(0, 6).budget for size in taken(placement))


def test_unequal_cards_share_by_their_free_memory() -> None:
    placement = place([card(0, 8), card(1, 4)], NEEDED, -1)
    first, second = placement.counts
    assert 1.5 < first / second < 3.5
    assert [row.layers for row in placement.held(NEEDED)] == [first, second]


def test_two_cards_too_small_together_leave_the_rest_to_the_processor() -> None:
    placement = place([card(0, 2), card(1, 3)], NEEDED, -1)
    assert len(placement.counts) == 2
    assert 0 < placement.layers < 33
    for size, device in zip(taken(placement), placement.devices, strict=True):
        assert size <= device.budget


def test_a_card_with_no_room_is_left_out() -> None:
    placement = place([card(0, 0.2, 8), card(1, 6)], NEEDED, -1)
    assert [device.index for device in placement.devices] == [1]


def test_an_integrated_gpu_waits_behind_a_card() -> None:
    inside = card(0, 16, kind=INTEGRATED, backend="Vulkan")
    assert gpus([inside, card(1, 2), PROCESSOR]) == (card(1, 2),)
    assert gpus([inside, PROCESSOR, BLAS]) == (inside,)


def test_an_integrated_gpu_has_no_more_than_the_system() -> None:
    inside = card(0, 16, kind=INTEGRATED)
    assert inside.within(6 * GIBI).free == 6 * GIBI
    assert card(0, 16).within(6 * GIBI).free == 16 * GIBI


def test_an_integrated_gpu_seen_twice_counts_once() -> None:
    first = card(0, 16, kind=INTEGRATED, backend="ROCm")
    second = card(1, 16, kind=INTEGRATED, backend="Vulkan", title="Card 0 (RADV)")
    assert gpus([first, second]) == (first,)


@pytest.mark.parametrize("known", [True, False])
def test_cards_seen_by_two_backends_count_once(known: bool) -> None:
    def seen(index: int, backend: str, title: str, bus: str) -> LlamaDevice:
        return card(index, 8, backend=backend, title=title, id=bus if known else "")

    cuda = [seen(0, "CUDA", "NVIDIA RTX 4090", "a"), seen(1, "CUDA", "NVIDIA RTX 4090", "b")]
    vulkan = [
        seen(2, "Vulkan", "NVIDIA RTX 4090 (driver)", "a"),
        seen(3, "Vulkan", "NVIDIA RTX 4090 (driver)", "b"),
        seen(4, "Vulkan", "AMD RX 6600 (RADV NAVI23)", "c"),
    ]
    assert gpus([*cuda, *vulkan]) == (*cuda, vulkan[2])


def test_a_second_alike_card_that_only_one_backend_sees_is_kept() -> None:
    cuda = card(0, 8, title="RTX 4090", id="")
    vulkan = [card(index, 8, title="RTX 4090", backend="Vulkan", id="") for index in (1, 2)]
    assert gpus([cuda, *vulkan]) == (cuda, vulkan[1])


def test_a_card_of_another_machine_is_not_used() -> None:
    assert gpus([card(0, 8, backend="RPC")]) == ()


def test_a_card_that_hides_its_memory_is_used_only_when_asked_for() -> None:
    silent = card(0, 0)
    assert place([silent], NEEDED, -1).layers == 0
    assert "does not say how much memory" in place([silent], NEEDED, -1).notes[0]
    assert place([silent], NEEDED, 12).counts == (12,)


def test_fewer_layers_stay_on_the_same_devices() -> None:
    placement = place([card(0, 8), card(1, 4)], NEEDED, -1)
    fewer = respread(placement, NEEDED, 16)
    assert fewer.layers == 16
    assert set(fewer.devices) <= set(placement.devices)
    assert respread(placement, NEEDED, 0) == Placement()


@given(
    free=st.lists(st.floats(0.0, 40.0), min_size=1, max_size=4),
    layers=st.integers(1, 80),
    each=st.integers(1, 900),
)
def test_what_is_placed_fits_and_one_more_would_not(
    free: list[float], layers: int, each: int
) -> None:
    needed = Demand((each * MEBI,) * (layers + 1), (0,) * (layers + 1), 50 * MEBI, 100 * MEBI)
    cards = [card(index, size, 48) for index, size in enumerate(free)]
    placement = place(cards, needed, -1)
    for size, device in zip(taken(placement, needed), placement.devices, strict=True):
        assert size <= device.budget
    assert all(count > 0 for count in placement.counts)
    if placement.layers <= layers:
        assert place(cards, needed, placement.layers + 1).notes


def test_the_demand_follows_context_type_and_attention() -> None:
    sizes = LayerSizes(
        weights=(100, 100), cache=(384, 384), output=50, width=576, widest=1536, heads=9
    )
    plain = Computing(context=2048, ubatch=512, outputs=512, kv_type="f16", flash_attention=True)
    needed = demand(sizes, 49_152, plain)
    assert needed.weights == (100, 100, 50)
    assert needed.cache == (384 * 2 * 2048, 384 * 2 * 2048, 0)
    assert needed.scratch == 2048 * 512 * 2 + 3 * 512 * (576 + 1536) * 4
    assert needed.scratch + needed.logits == 512 * 49_152 * 4  # in the place of the rest
    slow = Computing(context=2048, ubatch=512, outputs=64, kv_type="q8_0", flash_attention=False)
    other = demand(sizes, 49_152, slow)
    assert other.scratch > needed.scratch + 2048 * 512 * 9 * 2
    assert other.cache[0] == 384 * 2048 * 34 // 32
    assert other.logits == 0


def test_layers_are_added_up_by_name() -> None:
    tensors = [
        Tensor("token_embd.weight", (8, 100), 800),
        Tensor("blk.0.attn_k.weight", (8, 4), 32),
        Tensor("blk.0.attn_v.weight", (8, 2), 16),
        Tensor("blk.0.ffn_up.weight", (8, 32), 256),
        Tensor("blk.1.attn_qkv.weight", (8, 16), 128),
        Tensor("blk.1.ffn_up_exps.weight", (8, 20, 6), 960),
        Tensor("blk.1.attn_norm.weight", (8,), 32),
        Tensor("output_norm.weight", (8,), 32),
    ]
    tied = layer_sizes(tensors, 2, Attention(heads=2), 3)
    assert tied.weights == (304, 1120)
    assert tied.cache == (6, 8)
    assert (tied.output, tied.width, tied.widest, tied.heads) == (832, 8, 60, 2)
    own = layer_sizes([*tensors, Tensor("output.weight", (8, 100), 400)], 3, Attention(heads=2), 0)
    assert (own.output, own.weights[2], own.widest) == (432, 0, 32)
