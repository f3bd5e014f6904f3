"""A made-up language: every text a third longer, accented and in brackets, to be read off a window.

What stands outside brackets was never handed to a translator.
"""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import PySide6
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from app.ui.widgets.card_list import CARD_ROLE, CardsView
from app.ui.widgets.controls import ElidedLabel

FOLDER = Path(__file__).parent.parent.parent / "resources" / "translations"
_ACCENTS = str.maketrans("aeiouyAEIOU", "áéíóúýÁÉÍÓÚ")
_KEPT = re.compile(r"(\{\w+\}|%n|&|\(\*[^)]*\)|;;|\n)")
_DATA = re.compile(
    r"Lampblack|PyTorch|llama\.cpp|English|简体中文|Tiny|CPU|OpenAI|"
    r"Windows-|Mac Roman|Mac\b|Shift JIS|Johab|Big5|"
    r"(?:f16|f32|bf16|q8_0|q4_0)|(?:Ctrl|Shift|Alt|Esc|Del|Enter|Return|Left|Right|Up|Down)\b|"
    r"https?://\S*|/\S+|\b\d+[.,\d]*\s?(?:kB|MB|GB|s|min|pt|%)?|V?[0-9.]+|"
    r"top-k|as-asked|\bq\d\w*|[A-Z]{2,}[\w-]*"
)
_LETTERS = re.compile(r"[^\W\d_]{3}")


def pseudo(text: str) -> str:
    """A text a third longer, in brackets, with its places, keys and filters kept."""
    if "(*" in text:  # a filter is matched by its endings
        return ";;".join(
            f"[{part.partition(' (')[0]}] ({part.partition(' (')[2]}" for part in text.split(";;")
        )
    pieces = _KEPT.split(text)
    shown = "".join(one if _KEPT.fullmatch(one) else one.translate(_ACCENTS) for one in pieces)
    more = _KEPT.sub("", text)[: len(text) * 3 // 10 + 1].translate(_ACCENTS)
    return f"[{shown} {more}]"


def compile_pseudo(folder: Path) -> Path:
    """The made-up language as a .qm file, made of all texts that there are."""
    tree = ET.parse(FOLDER / "lampblack_zh_CN.ts")
    for message in tree.iter("message"):
        translation = message.find("translation")
        assert translation is not None
        for form in [*translation] or [translation]:
            form.text = pseudo(message.findtext("source") or "")
    tree.write(folder / "pseudo.ts", encoding="utf-8", xml_declaration=True)
    tool = Path(PySide6.__file__).parent / "lrelease"
    command: list[str | Path] = [tool, "-silent", folder / "pseudo.ts", "-qm", folder / "pseudo.qm"]
    subprocess.run(command, check=True)
    return folder / "pseudo.qm"


def outside_brackets(text: str) -> str:
    """What of a text is neither translated nor data; empty if nothing is."""
    plain = re.sub(r"<[^>]*>|&(?:amp|lt|gt|quot);", " ", text)
    while plain != (fewer := re.sub(r"\[[^\[\]]*\]", " ", plain)):
        plain = fewer
    return text if _LETTERS.search(_DATA.sub(" ", plain)) else ""


def texts(widget: QWidget) -> Iterator[str]:
    """Everything that a widget says, and how it is called."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow():
        yield widget.windowTitle().replace("[*]", "")
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QListWidget):
        yield from (widget.item(row).text() for row in range(widget.count()))
    if isinstance(widget, CardsView):
        rows = map(widget.cards.index, range(widget.cards.rowCount()))
        for card in (row.data(CARD_ROLE) for row in rows):
            yield from (card.badge, card.facts, card.words, card.warning, card.tip)
    if isinstance(widget, QTreeWidget):
        items = map(widget.topLevelItem, range(widget.topLevelItemCount()))
        for item in filter(None, (widget.headerItem(), *items)):
            yield from (item.text(column) for column in range(widget.columnCount()))
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(index) for index in range(widget.count()))
    if isinstance(widget, QComboBox):
        choices = {widget.itemText(index) for index in range(widget.count())}
        yield from sorted(choices - set(QFontDatabase.families()))
    for action in widget.actions():
        yield from (action.text(), action.toolTip())


def untranslated(window: QWidget) -> list[str]:
    """The texts of a window and all in it that were never translated."""
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        if isinstance(widget.parent(), QDialogButtonBox | QTabBar):  # Qt's own words
            continue
        said = (outside_brackets(text) for text in texts(widget))
        found += [f"{type(widget).__name__}: {text}" for text in said if text]
    return found


def clipped(window: QWidget) -> list[str]:
    """The labels and buttons in a window that are smaller than what they say."""
    return [
        f"{type(widget).__name__} {widget.size().toTuple()}: {text}"
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and (text := _too_long(widget))
    ]


def _too_long(widget: QWidget) -> str:
    """What a widget has no room for; empty if it has, or shortens it by design."""
    if isinstance(widget, QPushButton) or (isinstance(widget, QAbstractButton) and widget.text()):
        if isinstance(widget, QToolButton) and not widget.text():
            return ""
        return widget.text() if widget.width() < _width(widget, widget.text()) else ""
    if not isinstance(widget, QLabel) or isinstance(widget, ElidedLabel) or not widget.text():
        return ""
    if widget.wordWrap():
        return widget.text() if widget.height() < widget.heightForWidth(widget.width()) else ""
    return widget.text() if widget.width() < widget.sizeHint().width() else ""


def _width(button: QAbstractButton, text: str) -> int:
    return button.fontMetrics().horizontalAdvance(text.replace("&", ""))
