from __future__ import annotations

from pathlib import Path

import pytest

from app.core.formats.split_files import (
    MOST_PARTS,
    SplitPart,
    all_parts,
    one_per_model,
    part_of,
    plain_name,
    present_parts,
)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("a-00002-of-00003.gguf", SplitPart("a", 2, 3)),
        ("B-00001-of-00001.GGUF", SplitPart("B", 1, 1, ".GGUF")),
        ("雨-x-00001-of-00002-00001-of-00002.gguf", SplitPart("雨-x-00001-of-00002", 1, 2)),
        ("a.gguf", None),
        ("a-1-of-3.gguf", None),
        ("a-00001-of-00003.safetensors", None),
    ],
)
def test_a_name_says_which_part_it_is(name: str, part: SplitPart | None) -> None:
    assert part_of(name) == part
    assert part is None or part.name == name


def test_a_first_part_leads_to_the_others(tmp_path: Path) -> None:
    first = tmp_path / "a-00001-of-00003.gguf"
    names = ["a-00001-of-00003.gguf", "a-00002-of-00003.gguf", "a-00003-of-00003.gguf"]
    assert [path.name for path in all_parts(first)] == names
    (tmp_path / names[2]).touch()
    assert [path.name for path in present_parts(first)] == [names[0], names[2]]
    assert all_parts(tmp_path / names[1]) == [tmp_path / names[1]]
    assert all_parts(tmp_path / "b.gguf") == [tmp_path / "b.gguf"]
    assert len(all_parts(tmp_path / "c-00001-of-99999.gguf")) == MOST_PARTS


def test_each_model_is_listed_once_and_one_without_its_first_part_too() -> None:
    names = ["b-00002-of-00002.gguf", "b-00001-of-00002.gguf", "c-00003-of-00003.gguf"]
    more = ["c-00002-of-00003.gguf", "a.GGUF", ".hidden.gguf", "x.bin", "b.gguf"]
    assert one_per_model([*names, *more]) == [
        "a.GGUF",
        "b-00001-of-00002.gguf",
        "b.gguf",
        "c-00002-of-00003.gguf",
    ]


def test_people_know_a_model_by_its_plain_name() -> None:
    assert plain_name(Path("/m/Big.Q4-00001-of-00002.gguf")) == "Big.Q4"
    assert plain_name(Path("/m/Small.Q4.GGUF")) == "Small.Q4"
    assert plain_name(Path("/m/Folder-1.5B")) == "Folder-1.5B"
