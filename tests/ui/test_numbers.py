"""Numbers and sizes as the system writes them, also those in sentences out of core."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale

from app.ui.numbers import data_share_texts, data_size_text, number_text
from app.ui.sentences import told


@pytest.fixture
def system(monkeypatch):
    def speak(name: str) -> None:
        monkeypatch.setattr(QLocale, "system", lambda: QLocale(name))

    return speak


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C", "1,234,567.5"), ("de_DE", "1.234.567,5"), ("zh_CN", "1,234,567.5")],
)
def test_numbers_are_as_the_system_writes_them(system, name: str, shown: str) -> None:
    system(name)
    assert number_text(1_234_567.5, 1) == shown


@pytest.mark.parametrize(
    ("name", "shown", "part"),
    [("C", "1,234.5 GB", "0.9"), ("de_DE", "1.234,5 GB", "0,9"), ("tr_TR", "1.234,5 GB", "0,9")],
)
def test_sizes_are_so_too(system, name: str, shown: str, part: str) -> None:
    system(name)
    assert data_size_text(1_234_500_000_000) == shown
    assert data_size_text(98_362_432) == "98 MB"
    assert data_share_texts(900_000_000, 2_500_000_000)[0] == part
    assert data_share_texts(41_000_000, 98_000_000) == ("41", "98 MB")


def test_a_sentence_keeps_its_words_and_gets_the_systems_sizes(system) -> None:
    system("de_DE")
    said = "It needs 4.7 GB, llama.cpp 0.3.36 is here, and 1,204.5 GB are free. Get 2.10.7 GB."
    assert told(said) == (
        "It needs 4,7 GB, llama.cpp 0.3.36 is here, and 1.204,5 GB are free. Get 2.10.7 GB."
    )
