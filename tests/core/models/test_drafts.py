"""Which models can guess for another, and the one that was chosen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.core.models.drafts import draft_choices, with_draft
from app.core.models.metadata import ModelRecord
from app.core.models.model_file import ModelFile
from app.core.options.load_options import LoadOptions
from tests.core.formats.test_vocabulary import WORDS, file_of


def model(path: Path, size: int, **more: object) -> ModelFile:
    return msgspec.structs.replace(
        ModelFile(path=str(path), name=path.stem, kind="gguf", size_bytes=size), **more
    )


@pytest.fixture
def large(tmp_path: Path) -> ModelFile:
    return model(file_of(tmp_path / "large.gguf", WORDS), 1000)


@pytest.fixture
def small(tmp_path: Path) -> ModelFile:
    return model(file_of(tmp_path / "small.gguf", WORDS), 300)


def test_smaller_ones_with_the_same_tokens_are_offered(
    large: ModelFile, small: ModelFile, tmp_path: Path
) -> None:
    tiny = model(file_of(tmp_path / "tiny.gguf", WORDS), 90)
    other = model(file_of(tmp_path / "other.gguf", WORDS[:2]), 90)
    same_size = model(file_of(tmp_path / "twin.gguf", WORDS), 950)
    gone = model(tmp_path / "gone.gguf", 90)
    found = draft_choices(large, [large, other, small, same_size, gone, tiny])
    assert [one.name for one in found.models] == ["tiny", "small"]
    assert found.reason == ""


def test_where_there_is_none_a_reason_says_why(
    large: ModelFile, small: ModelFile, tmp_path: Path
) -> None:
    assert draft_choices(small, [large, small]).reason == "size"
    folder = model(tmp_path, 90, kind="transformers")
    broken = model(Path(small.path), 90, problem="It is damaged.")
    sorter = model(Path(small.path), 90, labels=("yes", "no"))
    assert draft_choices(large, [large, folder, broken, sorter]).reason == "size"
    other = model(file_of(tmp_path / "other.gguf", WORDS[:2]), 90)
    assert draft_choices(large, [other]).reason == "words"
    assert draft_choices(sorter, [small]).reason == "classifier"
    lost = model(tmp_path / "gone.gguf", 1000)
    assert draft_choices(lost, [small]).reason == "unreadable"


@pytest.mark.parametrize(
    ("draft", "engine", "expected"),
    [
        ("/m/a.gguf", "llama.cpp", "/m/a.gguf"),
        ("/m/folder", "torch", "/m/folder"),
        ("/m/folder", "llama.cpp", ""),
        ("", "torch", ""),
    ],
)
def test_what_the_engine_cannot_run_is_left_out(draft: str, engine: str, expected: str) -> None:
    options = LoadOptions(context=512, draft="/m/of-another-model.gguf")
    found = with_draft(options, ModelRecord(draft=draft), engine)
    assert found == LoadOptions(context=512, draft=expected)
