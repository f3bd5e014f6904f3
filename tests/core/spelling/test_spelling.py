"""Dictionaries, what is looked up, and what is right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import DocumentError
from app.core.spelling.checker import SpellChecker, unknown_words
from app.core.spelling.dictionaries import Dictionary, dictionaries, language_of, suited
from app.core.spelling.words import spelled_words

AFF = "SET UTF-8\nTRY abcdefghijklmnopqrstuvwxyzäöüß\n"


def write(folder: Path, name: str, words: tuple[str, ...], aff: str = AFF) -> Dictionary:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.aff").write_text(aff, encoding="utf-8")
    listed = "\n".join((str(len(words)), *words, ""))
    (folder / f"{name}.dic").write_text(listed, encoding="utf-8")
    return Dictionary(language_of(name), name, str(folder))


@pytest.fixture
def english(tmp_path: Path) -> SpellChecker:
    (shipped,) = dictionaries(tmp_path, {"XDG_DATA_DIRS": str(tmp_path), "HOME": str(tmp_path)})
    return SpellChecker(shipped)


def looked_up(line: str) -> list[str]:
    return [word for _place, word in spelled_words(line)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("The old keeper’s lamp.", ["The", "old", "keeper’s", "lamp"]),
        ("re-enter 3rd x86 a_name NASA I", ["re", "enter", "I"]),
        ("see https://exampel.org/aa and me@exampel.org", ["see", "and"]),
        ("call `fooo` now [teh](http://x.y/zzz)", ["call", "now", "teh"]),
        ("他说 helo 世界", ["helo"]),
        ("<span clas='x'>text</span>", ["text"]),
        ("```pyton", []),
        ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
    ],
)
def test_only_words_are_looked_up(line: str, words: list[str]) -> None:
    assert looked_up(line) == words


def test_places_are_those_in_the_line(english: SpellChecker) -> None:
    line = "I recieve it ‘teh’."
    assert [line[one.start : one.end] for one in english.misspelled(line)] == ["recieve", "teh"]


@pytest.mark.parametrize(
    "word", ["Hello", "HELLO", "dog's", "dog’s", "naïve", "nai\u0308ve", "Paris"]
)
def test_right_words_are_right(english: SpellChecker, word: str) -> None:
    assert english.is_right(word)


def test_another_script_is_not_looked_up(english: SpellChecker) -> None:
    assert english.is_right("ёлка")
    assert not english.misspelled("ёлка Ωmega 漢字")


def test_an_apostrophe_that_begins_a_word_belongs_to_it(english: SpellChecker) -> None:
    english.set_own(("'zqm",))
    assert [one.word for one in english.misspelled("’zqm ‘zqm ’xqzy zqm’")] == [
        "zqm",
        "xqzy",
        "zqm",
    ]


def test_suggestions_keep_the_apostrophe(english: SpellChecker) -> None:
    assert "receive" in english.suggest("recieve")
    assert "don’t" in english.suggest("do’nt")
    assert english.suggest("ёлка") == ()


def test_own_words_are_right_also_with_a_capital(english: SpellChecker) -> None:
    english.set_own(("grommelwick", "Llanfair"))
    assert english.is_right("grommelwick")
    assert english.is_right("Grommelwick")
    assert english.is_right("Llanfair")
    assert not english.is_right("llanfair")
    english.set_own(())
    assert not english.is_right("grommelwick")


def test_unknown_words_are_counted_outside_code(english: SpellChecker) -> None:
    lines = ["teh cat", "```", "teh teh zzq", "```", "Teh teh xqz"]
    assert unknown_words(english, lines) == {"teh": 2, "Teh": 1, "xqz": 1}


def test_a_text_in_another_language_is_strange(english: SpellChecker) -> None:
    german = "Der alte Wärter stieg langsam die Treppe hinauf und sah auf das graue Meer hinaus, "
    assert english.is_strange([german * 2])
    assert not english.is_strange(["The old keeper climbed the stairs and looked at the sea. " * 3])
    assert not english.is_strange(["xqz wvk"])


def test_dictionaries_of_the_user_go_before_the_systems(tmp_path: Path) -> None:
    write(tmp_path / "own", "en_US", ("ours",))
    write(tmp_path / "data" / "hunspell", "en_US", ("theirs",))
    write(tmp_path / "data" / "hunspell", "de_DE_frami", ("Haus",))
    write(tmp_path / "data" / "hunspell", "hyph_de_DE", ("no",))
    (tmp_path / "data" / "hunspell" / "fr_FR.dic").write_text("0\n", encoding="utf-8")
    found = dictionaries(
        tmp_path / "own", {"XDG_DATA_DIRS": str(tmp_path / "data"), "HOME": str(tmp_path)}
    )
    assert [(one.language, one.name) for one in found] == [
        ("de_DE", "de_DE_frami"),
        ("en_US", "en_US"),
    ]
    assert found[1].folder == str(tmp_path / "own")
    assert SpellChecker(found[0]).is_right("Haus")


def test_the_nearest_dictionary_serves() -> None:
    known = [Dictionary(name, name, "") for name in ("de_AT", "de_DE", "en_US", "pt_BR", "ca")]
    named = {
        wanted: getattr(suited(known, wanted), "language", "")
        for wanted in ("de_AT", "de_CH", "en_GB", "zh_CN", "pt_PT", "ca_ES", "fr_FR")
    }
    assert named == {
        "de_AT": "de_AT",
        "de_CH": "de_DE",
        "en_GB": "en_US",
        "zh_CN": "en_US",
        "pt_PT": "pt_BR",
        "ca_ES": "ca",
        "fr_FR": "",
    }


@pytest.mark.parametrize("lost", ["aff", "dic"])
def test_a_dictionary_that_cannot_be_read_is_told(
    tmp_path: Path, lost: str, capfd: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path, "xx_XX", ("word",))
    os.truncate(tmp_path / f"xx_XX.{lost}", 0)
    with pytest.raises(DocumentError, match="xx_XX cannot be read"):
        SpellChecker(one)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_dictionary_marks_words_and_no_more(tmp_path: Path, seed: int) -> None:
    import random

    chance = random.Random(seed)
    one = write(tmp_path, "xx_XX", ("word/A", "other"), AFF + "SFX A Y 1\nSFX A 0 s .\n")
    for ending in ("aff", "dic"):
        path = tmp_path / f"xx_XX.{ending}"
        data = bytearray(path.read_bytes())
        for _ in range(8):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
    try:
        checker = SpellChecker(one)
    except DocumentError:
        return
    checker.misspelled("words and other things")
    checker.suggest("wrod")
