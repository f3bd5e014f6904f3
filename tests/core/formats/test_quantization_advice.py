"""The adviser: when a copy would read prompts faster, and when nothing is said."""

from __future__ import annotations

import pytest

from app.core.formats.quantization import advise

X86 = ("SSE3", "AVX", "AVX2", "FMA", "AVX512", "AVX512_VNNI", "REPACK")


def test_the_starters_type_is_slow_on_x86() -> None:
    found = advise("Q4_1", 98_362_432, X86)
    assert found is not None
    assert found.type_name == "Q8_0"
    assert "1.5 and 2.8 times" in found.words
    assert "MB" in found.words


def test_what_was_not_measured_has_no_figures() -> None:
    found = advise("Q5_1", 98_362_432, X86)
    assert found is not None
    assert "2.8" not in found.words


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0", "IQ4_NL", "Q4_K - Medium", "F16", "", "Q6_K"])
def test_other_types_need_no_advice(kind: str) -> None:
    assert advise(kind, 1000, X86) is None


def test_nothing_is_said_without_knowing_the_processor() -> None:
    assert advise("Q4_1", 1000, ()) is None
    assert advise("Q4_1", 1000, ("NEON", "DOTPROD")) is None
    assert advise("Q4_1", 1000, (*X86, "AMX_INT8")) is None


def test_a_graphics_card_or_the_other_engine_has_its_own_kernels() -> None:
    assert advise("Q4_1", 1000, X86, gpu_layers=12) is None
    assert advise("Q4_1", 1000, X86, engine="torch") is None
