"""The types for copies: sizes, prices, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import gguf
import pytest

from app.core.errors import ParameterError
from app.core.formats.gguf_tensors import FILE_TYPES, Tensor
from app.core.formats.quantization import (
    TYPES,
    coarsest,
    copy_path,
    estimate,
    price,
    require,
    type_named,
)


def matrix(name: str, kind: str, rows: int = 512, columns: int = 512) -> Tensor:
    return Tensor(name, (columns, rows), 1000, kind)


@pytest.mark.parametrize("one", TYPES, ids=lambda one: one.name)
def test_the_numbers_are_those_of_gguf(one) -> None:
    assert FILE_TYPES[one.number] == one.name
    assert gguf.GGMLQuantizationType[one.element]
    assert one.words.endswith(".")


def test_types_are_found_in_any_case() -> None:
    assert type_named(" q4_k_m ").name == "Q4_K_M"
    with pytest.raises(ParameterError, match="no type 'Q9'"):
        type_named("Q9")


def test_the_coarsest_type_counts_and_not_the_most_common() -> None:
    tensors = [
        matrix("blk.0.ffn_up.weight", "Q8_0", rows=2000),
        matrix("blk.0.ffn_down.weight", "Q4_K"),
        Tensor("output_norm.weight", (512,), 2048, "F32"),
    ]
    assert coarsest(tensors) == "Q4_K"
    assert coarsest(tensors[:1]) == "Q8_0"
    assert coarsest([]) == "F32"


def test_a_trifle_does_not_count() -> None:
    tensors = [matrix("a.weight", "F16", rows=100_000), matrix("b.weight", "Q4_0", rows=1)]
    assert coarsest(tensors) == "F16"


@pytest.mark.parametrize("source", ["F32", "F16", "BF16"])
@pytest.mark.parametrize("target", [one for one in TYPES if one.name != "F16"])
def test_everything_is_made_of_the_original(source, target) -> None:
    found = price(source, target)
    assert found.is_allowed
    assert not found.warns


@pytest.mark.parametrize("source", ["Q4_1", "Q4_K", "Q5_0", "Q6_K", "IQ4_NL", "Q2_K", "MXFP4"])
@pytest.mark.parametrize("target", [one for one in TYPES if one.bits < 8])
def test_what_was_rounded_below_eight_bits_is_not_rounded_again(source, target) -> None:
    if source != target.element:
        assert "already" in price(source, target).words
    assert not price(source, target).is_allowed


@pytest.mark.parametrize(("source", "target"), [("BF16", "F16"), ("F16", "Q8_0"), ("Q8_0", "Q6_K")])
def test_a_copy_that_saves_nothing_is_asked_about(source, target) -> None:
    found = require("m", source, type_named(target), saves=False)
    assert found.warns
    assert found.words.startswith("The copy is no smaller than the model. ")


def test_from_eight_bits_down_has_a_price() -> None:
    found = require("m", "Q8_0", type_named("Q4_K_M"))
    assert found.warns
    assert "a little worse" in found.words


def test_upwards_is_explained() -> None:
    found = require("m", "Q4_1", type_named("Q8_0"))
    assert not found.warns
    assert "stays lost" in found.words


def test_the_same_type_again_is_refused() -> None:
    with pytest.raises(ParameterError, match="in Q8_0 already"):
        require("m", "Q8_0", type_named("Q8_0"))


def test_rows_that_are_no_whole_blocks_take_the_next_type() -> None:
    """As llama.cpp does: 96 numbers are no block of 256, but three of 32."""
    tensors = [matrix("blk.0.ffn_down.weight", "F16", columns=96, rows=1000)]
    assert estimate(tensors, type_named("Q6_K")) == 96_000 * 34 // 32
    tensors = [matrix("blk.0.ffn_down.weight", "F16", columns=100, rows=1000)]
    assert estimate(tensors, type_named("Q8_0"), overhead=7) == 200_007


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("novel.F16", "novel.Q8_0.gguf"),
        ("小说 🖋", "小说 🖋.Q8_0.gguf"),
        ("../../up: drafts/night", "-..-up- drafts-night.Q8_0.gguf"),
        ("hf.co/someone/model:latest", "hf.co-someone-model-latest.Q8_0.gguf"),
        (".hidden", "hidden.Q8_0.gguf"),
        ("..", "model.Q8_0.gguf"),
        ("C:\\nul\0", "C-nul-.Q8_0.gguf"),
    ],
)
def test_a_title_is_never_a_way_out_of_the_folder(name: str, copy: str) -> None:
    target = type_named("Q8_0")
    assert copy_path(Path("a/model.gguf"), name, target, Path("own")) == Path("a") / copy
    assert copy_path(Path("blobs/sha256-0"), name, target, Path("own")) == Path("own") / copy


def test_a_copy_of_the_longest_name_has_room_for_its_type() -> None:
    for name in ("n" * 250, "名" * 83, "🖋" * 62):
        found = copy_path(Path("a/model.gguf"), name, type_named("Q5_K_M"), Path("own"))
        assert found.name.startswith(name[:50])
        assert found.name.endswith(".Q5_K_M.gguf")
        assert len(os.fsencode(found.name)) <= 240
