"""Numbers and sizes as the locale writes them (`locale_of`), also those within sentences."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.units import share_texts, size_text

_SIZES = re.compile(r"(?<![\w.,])\d[\d,]*\.\d(?= GB\b)")
_GROUPED = re.compile(r"(?<![\w.,/-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w/-]|[.,]\d)")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def number_text(value: float, digits: int = 0) -> str:
    """A number with so many decimals as the locale writes it; as in English with LANG=C."""
    locale = QLocale()
    if locale.language() == QLocale.Language.C:
        return f"{value:,.{digits}f}"
    return locale.toString(float(value), "f", digits)


def per_cent(value: float, digits: int = 0) -> str:
    """So many per cent, with the sign as the language has it."""
    return QCoreApplication.translate("Downloads", "{0} %").format(number_text(value, digits))


def local_number(text: str) -> str:
    """A number that core wrote as in English, with what stands around it: 7.2B, 1,204."""
    return _NUMBER.sub(_local, text)


def data_size_text(size: float) -> str:
    """Bytes as people say them, in decimal units and the locale's numbers: 98 MB, 4,7 GB."""
    return with_local_numbers(size_text(size))


def data_share_texts(done: float, total: float) -> tuple[str, str]:
    """A part of a size and the whole, in one unit: 41 and 98 MB, 0,9 and 2,5 GB."""
    part, whole = share_texts(done, total)
    return with_local_numbers(f"{part} GB").removesuffix(" GB"), with_local_numbers(whole)


def with_local_numbers(text: str) -> str:
    """A text with its sizes in GB, and its numbers in threes, as the locale writes them.

    Core writes them as in English.
    """
    return _GROUPED.sub(_local, _SIZES.sub(_local, text))


def _local(found: re.Match[str]) -> str:
    _whole, _point, decimals = found[0].partition(".")
    return number_text(float(found[0].replace(",", "")), len(decimals))
