"""What is edited, and how the words of a text are counted by where they came from."""

from __future__ import annotations

import pytest

from app.core.provenance.origins import units
from app.core.provenance.passages import OriginPassage, passages, words_of
from app.core.provenance.report import KnownTake, PartText, make_report, model_name, parts_of
from app.core.provenance.spans import OriginRun, Runs, length_of
from app.core.text.words import count_words

Run = OriginRun


def made(*parts: tuple[str, str, int, int] | tuple[str, str]) -> tuple[str, Runs]:
    """A text of parts: the words, the kind and, of a model's, the take and its offset."""
    text = "".join(part[0] for part in parts)
    runs = tuple(Run(units(part[0]), *part[1:]) for part in parts)
    assert length_of(runs) == units(text)
    return text, runs


def test_what_nobody_touched_is_generated() -> None:
    text, runs = made(("Mine. ", "typed"), ("It rained.\nStill.", "generated", 3, 0))
    assert passages(text, runs) == [
        OriginPassage(0, 6, "typed"),
        OriginPassage(6, 17, "generated", 3),
        OriginPassage(17, 23, "generated", 3),
    ]


def test_what_was_put_in_and_cut_out_makes_it_edited() -> None:
    text, runs = made(
        ("It ", "generated", 3, 0),
        ("never ", "typed"),
        ("rained.\n", "generated", 3, 3),
        ("Still.", "generated", 3, 15),
    )
    found = passages(text, runs, 100)
    assert [(one.start, one.end, one.kind) for one in found] == [
        (100, 103, "edited"),
        (103, 109, "typed"),
        (109, 117, "edited"),
        (117, 123, "generated"),
    ]
    assert found[0].changed == pytest.approx(10 / 21)  # 6 put in, 4 cut out, 11 stand


def test_typing_beside_a_take_edits_nothing() -> None:
    text, runs = made(("a ", "typed"), ("b c", "generated", 3, 0), (" d", "typed"))
    assert {one.kind for one in passages(text, runs)} == {"typed", "generated"}


@pytest.mark.parametrize("text", ["", "稿 𝄞 is’nt it?\n\nNo-one *knows*.", "a_b 12\n"])
def test_every_word_is_counted_once(text: str) -> None:
    runs = (Run(units(text), "typed"),) if text else ()
    assert len(list(words_of(text, runs))) == count_words(text)


def test_a_word_of_both_is_edited() -> None:
    text, runs = made(
        ("ra", "generated", 3, 0), ("in", "typed"), (" ", "pasted"), ("fell", "pasted")
    )
    assert [word.kind for word in words_of(text, runs)] == ["edited", "pasted"]


def known(keys: set[int]) -> dict[int, KnownTake]:
    return {key: KnownTake(key * 10, 4, "/models/Tiny.gguf", 5.0) for key in keys if key < 8}


def test_a_report_sums_parts_takes_and_models() -> None:
    parts = [
        PartText("Part", 0),
        PartText("One", 1, *made(("two words ", "typed"), ("by it", "generated", 3, 0))),
        PartText("Two", 1, *made(("old", "unknown"), (" lost one", "generated", 9, 0))),
        PartText("End", 0, *made(("x", "rewrite", 3, 9))),
    ]
    report = make_report("Novel", parts, known, lambda path: f"MIT of {path}", 9.0)
    assert [(one.title, one.level, sum(one.words.values())) for one in report.parts] == [
        ("Part", 0, 7),
        ("One", 1, 4),
        ("Two", 1, 3),
        ("End", 0, 1),
    ]
    assert report.total == {
        "typed": 2,
        "generated": 4,
        "edited": 0,
        "rewrite": 1,
        "pasted": 0,
        "unknown": 1,
    }
    assert [(one.number, one.words, one.had) for one in report.takes] == [(30, 3, 4), (0, 2, 0)]
    assert [(one.model, one.licence, one.words) for one in report.models] == [
        ("/models/Tiny.gguf", "MIT of /models/Tiny.gguf", 3),
        ("", "", 2),
    ]


def test_a_text_is_divided_by_its_headings() -> None:
    text = "before 𝄞\n# One\nfirst\n### Deep\n## Two\nsecond\n#### Least\nlast"
    runs = (Run(9, "typed"), Run(units(text) - 9, "pasted"))
    parts = parts_of("novel.md", text, runs)
    assert [(one.title, one.level) for one in parts] == [
        ("novel.md", 0),
        ("One", 1),
        ("Two", 2),
    ]
    assert "".join(one.text for one in parts) == text
    assert all(length_of(one.runs) == units(one.text) for one in parts)
    assert parts[0].runs == (Run(9, "typed"), Run(1, "pasted"))
    assert [one.title for one in parts_of("a", "", ())] == ["a"]


def test_a_model_is_called_by_its_file() -> None:
    assert model_name("C:\\models\\Tiny.Q4.gguf") == "Tiny.Q4"
    assert model_name("/models/folder") == "folder"
