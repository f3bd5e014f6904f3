"""`lampblack generate --adapter`: attached with a strength, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.cli.generate import adapters_from
from app.core.errors import LampblackError, UnsupportedModelError, UsageError
from app.engine.client import EngineClient
from tests.cli.conftest import RunWords
from tests.host.tiny_llama import WIDTH, write_adapter, write_tiny


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    half = np.full((2, WIDTH), 0.1, np.float32), np.full((WIDTH, 2), 0.1, np.float32)
    return write_adapter(tmp_path / "a=b.gguf", {"blk.0.attn_q.weight": half}, 2.0)


def test_the_strength_follows_the_last_sign(adapter: Path) -> None:
    assert adapters_from([str(adapter)], "llama.cpp")[0].strength == 1.0
    found = adapters_from([f"{adapter}=0.25"], "llama.cpp")[0]
    assert (found.path, found.strength) == (str(adapter), 0.25)


def test_what_cannot_be_is_a_sentence(adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a strength"):
        adapters_from([f"{adapter}=much"], "llama.cpp")
    with pytest.raises(UnsupportedModelError, match="not for the engine torch"):
        adapters_from([str(adapter)], "torch")
    for wrong in (f"{adapter}=99", f"{adapter}=nan", str(tmp_path / "none"), str(tmp_path)):
        with pytest.raises(LampblackError):
            adapters_from([wrong], "llama.cpp")


def test_a_text_is_written_with_one(run: RunWords, adapter: Path, tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "tiny.gguf", "F32")
    words = ("generate", "The lamp", "--model", str(model), "--adapter", f"{adapter}=0.5")
    done = run(*words, "--max-tokens", "3", "--context", "128", new_client=EngineClient)
    assert done.code == 0, done.err
