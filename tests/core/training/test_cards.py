"""Cards of learned adapters: names, both forms, the warning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.errors import ParameterError
from app.core.options.adapters import Adapter
from app.core.training.cards import (
    AdapterCard,
    check_name,
    free_name,
    learned_adapters,
    write_card,
)
from app.core.training.orders import StyleSettings
from app.core.training.verbatim import VerbatimRun


def card(**changes: Any) -> AdapterCard:
    whole = AdapterCard(
        name="Mine",
        base="starter",
        base_path="/models/starter.gguf",
        base_sha256="0" * 64,
        made_at=1.0,
        run="style-20260101-000000",
        pages=("a.md",),
        digest="1" * 64,
        words=3000,
        tokens=4000,
        settings=StyleSettings(),
        steps=10,
        best_step=8,
        loss_before=3.0,
        loss_after=2.5,
        seconds=60.0,
        speed=70.0,
        memory=1 << 30,
        parameters=1000,
        samples=50,
        verbatim=VerbatimRun(length=5, text="the lamp burned low and"),
    )
    return msgspec.structs.replace(whole, **changes)


def test_a_card_comes_back_and_its_adapter_for_each_engine(tmp_path: Path) -> None:
    folder = tmp_path / "Mine"
    folder.mkdir()
    write_card(folder, card())
    (tmp_path / "other").mkdir()
    (found,) = learned_adapters(tmp_path)
    assert found.card == card()
    assert found.for_engine("torch") == Adapter(path=str(folder))
    assert found.for_engine("llama.cpp") is None
    (folder / "Mine.gguf").write_bytes(b"GGUF")
    assert found.for_engine("llama.cpp") == Adapter(path=str(folder / "Mine.gguf"))
    assert [*learned_adapters(tmp_path / "none")] == []


def test_the_warning_says_what_came_back() -> None:
    assert "5 words: “the lamp burned low and”" in card().warning
    assert "no three words" in card(verbatim=VerbatimRun()).warning
    assert "can come back" in card().warning


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", ".x", "x.", "_x", "x" * 61, "a\nb", "CON", "nul.x"]
)
def test_names_that_are_no_folders_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="cannot be called"):
        check_name(name, tmp_path)


def test_a_name_that_is_taken_is_refused_and_another_found(tmp_path: Path) -> None:
    assert check_name("我的 style-1", tmp_path) == tmp_path / "我的 style-1"
    (tmp_path / "Book").mkdir()
    with pytest.raises(ParameterError, match="already"):
        check_name("Book", tmp_path)
    assert free_name("Book", tmp_path) == "Book 2"
    assert free_name("///", tmp_path) == "Style"
    assert free_name("con", tmp_path) == "My con"
    assert free_name("console", tmp_path) == "console"
    (tmp_path / "Link").symlink_to(tmp_path / "nowhere")
    assert free_name("Link", tmp_path) == "Link 2"
