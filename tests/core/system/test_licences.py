"""The list of licences: the bundle's, the installed packages', and a damaged one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from app.core.errors import LampblackError
from app.core.system.licences import read_licences


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    folder = tmp_path / "licences"
    folder.mkdir()
    return folder


def write_list(folder: Path, **changed: str) -> None:
    row = {"name": "icu", "version": "73", "licence": "Unicode-3.0", "text": "icu.txt"} | changed
    (folder / "licences.json").write_text(json.dumps([row]), "utf-8")


def test_a_bundle_lists_what_it_carries_with_the_texts(bundle: Path) -> None:
    write_list(bundle)
    (bundle / "icu.txt").write_bytes(b"Terms \xff of ICU\n")
    found = read_licences()
    assert found.is_complete
    (part,) = found.parts
    assert (part.name, part.version, part.licence) == ("icu", "73", "Unicode-3.0")
    assert part.text == "Terms \ufffd of ICU"


def test_no_text_is_read_from_outside_of_the_bundles_folder(bundle: Path) -> None:
    (bundle.parent / "secret.txt").write_text("secret", "utf-8")
    write_list(bundle, text="../secret.txt")
    assert "secret" not in read_licences().parts[0].text.replace("secret.txt", "")


@pytest.mark.parametrize("content", [b"", b"{}", b'[{"name": 1}]', b"\xff\xfe", None])
def test_a_damaged_list_is_a_sentence_that_leads_to_the_texts(
    bundle: Path, content: bytes | None
) -> None:
    if content is not None:
        (bundle / "licences.json").write_bytes(content)
    with pytest.raises(LampblackError, match="The list of licences") as caught:
        read_licences()
    assert str(bundle) in str(caught.value)


def test_from_source_what_the_program_needs_is_listed_itself_first() -> None:
    found = read_licences()
    assert not found.is_complete
    parts = {part.name: part for part in found.parts}
    assert found.parts[0].name == "lampblack"
    assert found.parts[0].text.startswith("MIT License")
    assert parts["numpy"].licence.startswith("BSD-3-Clause")
    assert "NumPy Developers" in parts["numpy"].text
    assert {"llama-cpp-python", "pyside6-essentials", "h11"} <= set(parts)
    assert "pytest" not in parts, "a tool of the developers is no part of the program"
