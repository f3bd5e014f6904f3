"""The memory of a training against what was measured with this program's layers."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.memory_fit.layout import layout
from app.core.training.memory import adapter_parameters, has_bfloat16, training_memory

MEASURED = {2: 1_343_000_000, 4: 1_966_000_000}
"""The peak of the process, in bytes, on the starter with 512 tokens and rank 8."""


@pytest.mark.parametrize("number", [2, 4])
def test_it_comes_near_to_what_was_measured(starter_model: Path, number: int) -> None:
    found = training_memory(layout(starter_model, "torch"), 512, 8, number)
    assert found == pytest.approx(MEASURED[number], rel=0.17)


def test_the_adapter_of_the_starter_is_counted_to_the_number(starter_model: Path) -> None:
    assert adapter_parameters(layout(starter_model, "torch"), 8) == 2_442_240


def test_a_processors_flags_say_whether_it_has_bfloat16(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("model name: x\nflags\t: fpu avx512_bf16 sse\n", "utf-8")
    assert has_bfloat16(file)
    file.write_text("flags\t: fpu sse\n", "utf-8")
    assert not has_bfloat16(file)
    assert not has_bfloat16(tmp_path / "none")
