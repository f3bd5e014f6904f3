"""What is installed, whether it can be used, and which command starts it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import EngineMissingError
from app.engine.packs import installed
from app.engine.packs.installed import Packs
from tests.fake_pack import put_in_place


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    """The packs of a program without PyTorch."""
    return Packs(tmp_path / "packs", has_own=lambda _engine: False)


def test_nothing_is_installed(packs: Packs) -> None:
    assert packs.all() == ()
    with pytest.raises(EngineMissingError, match=r"pack of its own.*GGUF models do"):
        packs.command("torch")


def test_other_engines_are_the_programs_own(packs: Packs) -> None:
    put_in_place(packs.folder)
    assert packs.command("llama.cpp") == packs.command("fake") == packs.command("server") == ()


def test_a_program_with_pytorch_uses_that(tmp_path: Path) -> None:
    packs = Packs(tmp_path, has_own=lambda engine: engine == "torch")
    put_in_place(tmp_path, protocol=1)
    assert packs.command("torch") == ()
    assert not packs.is_needed("torch")


def test_the_packs_program_is_the_command(packs: Packs) -> None:
    folder = put_in_place(packs.folder)
    assert packs.command("torch") == (str(folder / "lampblack-torch"), "engine-host")
    assert [pack.problem for pack in packs.all()] == [""]


def test_one_that_was_replaced_is_read_again(packs: Packs) -> None:
    put_in_place(packs.folder)
    assert packs.command("torch")
    put_in_place(packs.folder, protocol=1)
    with pytest.raises(EngineMissingError, match="older version"):
        packs.command("torch")


def test_a_program_that_is_gone_is_said(packs: Packs) -> None:
    (put_in_place(packs.folder) / "lampblack-torch").unlink()
    (pack,) = packs.all()
    assert "its program is missing" in pack.problem
    assert pack.info is not None


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 10_000, b"\xff" * 100])
def test_a_list_that_cannot_be_read_is_said(packs: Packs, content: bytes) -> None:
    (put_in_place(packs.folder) / "pack.json").write_bytes(content)
    (pack,) = packs.all()
    assert "no pack of Lampblack" in pack.problem


def test_a_list_that_is_no_file_or_far_too_long_is_said(packs: Packs, monkeypatch) -> None:
    folder = put_in_place(packs.folder)
    monkeypatch.setattr(installed, "MOST_LIST", 10)
    assert "cannot be read" in packs.all()[0].problem
    (folder / "pack.json").unlink()
    os.mkfifo(folder / "pack.json")
    assert "cannot be read" in packs.all()[0].problem
