"""Numbers and sizes as the locale writes them, also those in sentences out of core."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

from app.core.passport import Passport
from app.ui.numbers import data_share_texts, data_size_text, local_number, number_text, per_cent
from app.ui.sentences import told
from app.ui.texts import clock_text, passport_card


@pytest.fixture
def written() -> Iterator[Callable[[str], None]]:
    """Has everything written as in the locale of that name until the test ends."""
    former = QLocale()
    yield lambda name: QLocale.setDefault(QLocale(name))
    QLocale.setDefault(former)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C", "1,234,567.5"), ("de_DE", "1.234.567,5"), ("zh_CN", "1,234,567.5")],
)
def test_numbers_are_as_the_locale_writes_them(written, name: str, shown: str) -> None:
    written(name)
    assert number_text(1_234_567.5, 1) == shown


@pytest.mark.parametrize(
    ("name", "shown", "part"),
    [("C", "1,234.5 GB", "0.9"), ("de_DE", "1.234,5 GB", "0,9"), ("tr_TR", "1.234,5 GB", "0,9")],
)
def test_sizes_are_so_too(written, name: str, shown: str, part: str) -> None:
    written(name)
    assert data_size_text(1_234_500_000_000) == shown
    assert data_size_text(98_362_432) == "98 MB"
    assert data_share_texts(900_000_000, 2_500_000_000)[0] == part
    assert data_share_texts(41_000_000, 98_000_000) == ("41", "98 MB")


def test_a_sentence_keeps_its_words_and_gets_the_locales_sizes(written) -> None:
    written("de_DE")
    said = "It needs 4.7 GB, llama.cpp 0.3.36 is here, and 1,204.5 GB are free. Get 2.10.7 GB."
    assert told(said) == (
        "It needs 4,7 GB, llama.cpp 0.3.36 is here, and 1.204,5 GB are free. Get 2.10.7 GB."
    )


def test_long_numbers_within_sentences_are_so_too(written) -> None:
    written("de_DE")
    said = "The context is 8,192 tokens in place of 1,048,576, to fit. See a-1,234.gguf, 1,23."
    assert told(said) == (
        "The context is 8.192 tokens in place of 1.048.576, to fit. See a-1,234.gguf, 1,23."
    )


def test_a_number_of_core_is_written_again(written) -> None:
    written("de_DE")
    assert (local_number("7.2B"), local_number("1,204"), local_number("0.05")) == (
        "7,2B",
        "1.204",
        "0,05",
    )
    assert per_cent(12.5, 1) == "12,5 %"


def test_digits_are_those_of_the_locale(written) -> None:
    written("fa_IR")
    assert (per_cent(42), local_number("12 pages")) == ("۴۲ %", "۱۲ pages")


def test_a_passport_counts_as_the_locale_does(written) -> None:
    written("de_DE")
    passport = Passport(
        memory_per_1000=2_500_000_000, languages_tried=("en", "fr"), languages=("en",)
    )
    memory = "Every 1.000 tokens of text that it reads take 2,5 GB of memory."
    assert memory in passport_card(passport).facts


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C", "13:06:09"), ("de_DE", "13:06:09"), ("en_US", "1:06:09 PM"), ("zh_CN", "13:06:09")],
)
def test_a_time_of_day_has_its_seconds_and_no_zone(written, name: str, shown: str) -> None:
    written(name)
    at = QDateTime(QDate(2026, 11, 26), QTime(13, 6, 9)).toMSecsSinceEpoch() / 1000
    assert clock_text(at).replace("\u202f", " ") == shown
