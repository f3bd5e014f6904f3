"""Every window and dialog in a made-up language, a third longer, accented and in brackets.

What stands outside brackets was never handed to a translator; what does not fit is clipped.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from app.core.formats.gguf import read_header
from app.core.options.adapters import Adapter
from app.core.store import Recovery
from app.core.system.licences import LicensedComponent
from app.core.system.paths import resource
from app.engine.messages import Previewed
from app.engine.packs.installed import Packs
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
from app.ui.window.help import ShortcutsDialog, about
from app.ui.window.licences_dialog import LicencesDialog
from app.ui.window.settings_dialog import SettingsDialog
from tests.host.tiny_llama import write_tiny
from tests.ui.pseudo_language import (
    clipped,
    compile_pseudo,
    outside_brackets,
    pseudo,
    untranslated,
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_pseudo(tmp_path_factory.mktemp("pseudo"))


@pytest.fixture
def pseudo_spoken(qapp: QApplication, compiled: Path, tmp_path: Path) -> Iterator[None]:
    """The made-up language, spoken until the test ends."""
    translator = QTranslator(qapp)
    assert translator.load(str(compiled))
    qapp.installTranslator(translator)
    yield
    assert speak(qapp, "en", tmp_path) == ""


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


def _about(parent: QWidget) -> QWidget:
    return about(parent, Packs(Path()))


@pytest.mark.parametrize("make", [ShortcutsDialog, _about])
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


def _licences(path: Path) -> QWidget:
    dialog = LicencesDialog(None, Packs(path))
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


def test_every_sentence_of_other_processes_is_told_to_the_last_word(pseudo_spoken) -> None:
    """With a number for each of its values, as the rooms without Qt make it."""
    file = ET.parse(resource("translations") / "lampblack_zh_CN.ts")
    templates = [
        message.findtext("source") or ""
        for context in file.iter("context")
        if context.findtext("name") == "Sentences"
        for message in context.iter("message")
    ]
    assert len(templates) > 1000
    made = [re.sub(r"\{\w+\}", "7", template) for template in templates]
    left = [sentence for sentence in made if outside_brackets(told(sentence))]
    assert left == []


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
