"""Every window and dialog in a made-up language, a third longer, accented and in brackets.

What stands outside brackets was never handed to a translator; what does not fit is clipped.
"""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
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

from app.core.formats.gguf import read_header
from app.core.options.adapters import Adapter
from app.core.store.store import Recovery
from app.core.system.licences import LicensedComponent
from app.engine.messages import Previewed
from app.engine.values import ServerPlace
from app.ui.documents.open_as_dialog import OpenAsDialog
from app.ui.documents.recovery import RecoveryDialog
from app.ui.languages import speak
from app.ui.manager.card_texts import verdict_text
from app.ui.manager.token_dialog import GatedModel, TokenDialog
from app.ui.models.adapters_dialog import AdaptersDialog
from app.ui.models.quantize_dialog import QuantizeDialog
from app.ui.sentences import told
from app.ui.servers.preview_dialog import PreviewDialog
from app.ui.widgets.controls import ElidedLabel
from app.ui.window.help import ShortcutsDialog, about
from app.ui.window.licences_dialog import LicencesDialog
from app.ui.window.settings_dialog import SettingsDialog
from tests.host.tiny_llama import write_tiny

FOLDER = Path(__file__).parent.parent.parent / "resources" / "translations"
_ACCENTS = str.maketrans("aeiouyAEIOU", "áéíóúýÁÉÍÓÚ")
_KEPT = re.compile(r"(\{\w+\}|%n|&|\(\*[^)]*\)|;;|\n)")
_DATA = re.compile(
    r"Lampblack|PyTorch|llama\.cpp|English|简体中文|Tiny|CPU|OpenAI|"
    r"Windows-|Mac Roman|Mac\b|Shift JIS|Johab|Big5|"
    r"(?:f16|f32|bf16|q8_0|q4_0)|(?:Ctrl|Shift|Alt|Esc|Del|Enter|Return|Left|Right)\b|"
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


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up language, made of all texts that there are."""
    folder = tmp_path_factory.mktemp("pseudo")
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


@pytest.fixture
def pseudo_spoken(qapp: QApplication, compiled: Path, tmp_path: Path) -> Iterator[None]:
    """The made-up language, spoken until the test ends."""
    translator = QTranslator(qapp)
    assert translator.load(str(compiled))
    qapp.installTranslator(translator)
    yield
    assert speak(qapp, "en", tmp_path) == ""


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
    if isinstance(widget, QTreeWidget):
        items = map(widget.topLevelItem, range(widget.topLevelItemCount()))
        for item in filter(None, (widget.headerItem(), *items)):
            yield from (item.text(column) for column in range(widget.columnCount()))
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(index) for index in range(widget.count()))
    if isinstance(widget, QComboBox) and widget.count() < 30:
        yield from (widget.itemText(index) for index in range(widget.count()))
    for action in widget.actions():
        yield from (action.text(), action.toolTip())


def untranslated(window: QWidget) -> list[str]:
    """The texts of a window and all in it that were never translated."""
    found = []
    fonts = set(QFontDatabase.families())  # their names are the machine's
    for widget in (window, *window.findChildren(QWidget)):
        if isinstance(widget.parent(), QDialogButtonBox | QTabBar):  # Qt's own words
            continue
        said = (outside_brackets(text) for text in texts(widget) if text not in fonts)
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


def test_a_pseudo_text_keeps_what_programs_read() -> None:
    assert pseudo("Open {0} of &All") == "[Ópén {0} óf &Áll Ópén ]"
    assert outside_brackets("[one [two] three] Ctrl+O, 4.7 GB") == ""
    assert outside_brackets("[one] two three") == "[one] two three"


def test_the_main_window(pseudo_spoken, make_studio, qtbot) -> None:
    studio = make_studio()
    studio.window.resize(1100, 760)
    studio.window.sampling.show_all(True)
    assert untranslated(studio.window) == []
    assert clipped(studio.window) == []


def test_the_models_panel_and_the_empty_page(pseudo_spoken, make_studio) -> None:
    studio = make_studio(model=None)
    studio.library.add("/models/Tiny.gguf")
    studio.window.show_models()
    studio.window.page.show_empty()
    assert untranslated(studio.window) == []
    assert clipped(studio.window) == []


def test_the_settings(pseudo_spoken, make_studio, qtbot) -> None:
    studio = make_studio()
    dialog = SettingsDialog(studio.program.settings_store)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    for tab in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(tab)
        QApplication.processEvents()
        assert clipped(dialog) == []
    assert untranslated(dialog) == []


@pytest.mark.parametrize("make", [ShortcutsDialog, about])
def test_the_dialogs_that_only_tell(
    pseudo_spoken, qtbot, make: Callable[[QWidget], QWidget]
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = make(parent)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert untranslated(dialog) == []
    assert clipped(dialog) == []
    dialog.close()


def _adapters(path: Path) -> QWidget:
    return AdaptersDialog(
        "Tiny", (Adapter(path=str(path / "Tiny.gguf"), strength=0.5),), "llama.cpp"
    )


def _licences(_path: Path) -> QWidget:
    dialog = LicencesDialog(None)
    dialog.show_components([LicensedComponent("Tiny", "1.0", "MIT", "Tiny")])
    return dialog


def _open_as(path: Path) -> QWidget:
    file = path / "tale.txt"
    file.write_bytes(b"Once\xe9")
    return OpenAsDialog(file, "utf-8")


def _preview(_path: Path) -> QWidget:
    place = ServerPlace(url="https://a.example/v1", ip="10.0.0.1", is_here=False, masks=True)
    shown = Previewed(
        job=1, url=place.url, texts=(("", "Once"),), fields="{}", replaced=(("NAME_1", "Tiny"),)
    )
    return PreviewDialog(shown, place)


def _quantize(path: Path) -> QWidget:
    model = write_tiny(path / "tiny.F16.gguf")
    return QuantizeDialog(model, "tiny.F16", read_header(model), path, "Once")


def _recovery(_path: Path) -> QWidget:
    return RecoveryDialog([Recovery(id="1", path="", text="Once upon", changed_at=1e9)])


def _token(_path: Path) -> QWidget:
    pages = {"page": "https://hub.example/a", "tokens_page": "https://hub.example/t"}
    gate = GatedModel(
        title="Tiny", host="https://hub.example", can_keep=True, is_known=True, **pages
    )
    return TokenDialog(gate)


@pytest.mark.parametrize(
    "make", [_adapters, _licences, _open_as, _preview, _quantize, _recovery, _token]
)
def test_the_dialogs_over_something(
    pseudo_spoken, qtbot, tmp_path: Path, make: Callable[[Path], QWidget]
) -> None:
    dialog = make(tmp_path)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert untranslated(dialog) == []
    assert clipped(dialog) == []


def test_a_model_that_does_not_fit_is_told_of(pseudo_spoken) -> None:
    assert outside_brackets(told("It needs 3.2 GB, and this machine has 2 GB.")) == ""
    assert outside_brackets(verdict_text("too large")) == ""


@pytest.mark.parametrize("action", ["manage", "service", "add_server", "passport", "all_takes"])
def test_the_dialogs_of_the_menu(pseudo_spoken, make_studio, qtbot, action: str) -> None:
    studio = make_studio()
    before = set(QApplication.topLevelWidgets())
    studio.do(action)

    def opened() -> list[QWidget]:
        tops = set(QApplication.topLevelWidgets()) - before
        return [one for one in tops if one.isVisible()]

    qtbot.waitUntil(lambda: bool(opened()))
    for dialog in opened():
        assert untranslated(dialog) == []
        assert clipped(dialog) == []
        dialog.close()
