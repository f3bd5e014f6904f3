"""Numbers and sizes as the system writes them; told sentences need them without the translators."""

from __future__ import annotations

import re

from PySide6.QtCore import QLocale

from app.core.units import share_texts, size_text

_GIGABYTES = re.compile(r"(?<![\w.,])(\d[\d,]*\.\d)(?= GB\b)")


def number_text(value: float, digits: int = 0) -> str:
    """A number with so many decimals as the system writes it; as in English with LANG=C."""
    system = QLocale.system()
    if system.language() == QLocale.Language.C:
        return f"{value:,.{digits}f}"
    return system.toString(float(value), "f", digits)


def data_size_text(size: float) -> str:
    """Bytes as people say them, in decimal units and the system's numbers: 98 MB, 4,7 GB."""
    return with_local_sizes(size_text(size))


def data_share_texts(done: float, total: float) -> tuple[str, str]:
    """A part of a size and the whole, in one unit: 41 and 98 MB, 0,9 and 2,5 GB."""
    part, whole = share_texts(done, total)
    return with_local_sizes(f"{part} GB").removesuffix(" GB"), with_local_sizes(whole)


def with_local_sizes(text: str) -> str:
    """A text with its sizes in GB as the system writes numbers; core writes them as in English."""
    return _GIGABYTES.sub(lambda size: number_text(float(size[1].replace(",", "")), 1), text)
