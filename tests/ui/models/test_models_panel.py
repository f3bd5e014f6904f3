from __future__ import annotations

import threading
import time

import msgspec
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.core.errors import StoreError
from app.core.units import context_text, count_text, size_text
from app.downloads.queue import Download
from app.engine.messages import ModelInfo
from app.ui.actions import translated
from app.ui.manager.model_actions import MODEL_ACTIONS
from app.ui.models.cards import facts, model_card
from app.ui.models.panel import ModelsPanel
from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.card_list import CardsModel
from tests.ui.values import (
    BROKEN_PATH,
    CHINESE_PATH,
    PROBLEM,
    STARTER_PATH,
    ScriptedLibrary,
    model_file,
)

STARTING = Download(id="starter", title="Small", state="running", done=31_000_000, total=92_871_040)
(MODEL_REMOVAL,) = (row for row in MODEL_ACTIONS if row.id == "remove")
LOADED = ModelInfo(name="starter", path=STARTER_PATH, engine="llama.cpp")


@pytest.fixture(autouse=True)
def dressed(qapp):
    apply_theme("light")
    yield qapp
    # Without a running loop, widgets of former tests would live on and be styled with every theme.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def library() -> ScriptedLibrary:
    models = [model_file(STARTER_PATH), model_file(CHINESE_PATH)]
    made = ScriptedLibrary([*models, model_file(BROKEN_PATH, problem=PROBLEM)])
    made.gate.set()
    return made


@pytest.fixture
def panel(qtbot, library: ScriptedLibrary):
    made = ModelsPanel(library)
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: bool(made.models))
    made.resize(340, 600)
    made.show()
    yield made
    library.gate.set()
    made.wait()


@pytest.fixture
def empty_panel(qtbot):
    library = ScriptedLibrary()
    library.gate.set()
    made = ModelsPanel(library)
    with qtbot.waitSignal(made.refreshed):
        made.refresh()
    qtbot.addWidget(made)
    made.show()
    yield made
    made.wait()


def test_every_model_is_a_row_with_what_is_known(panel: ModelsPanel) -> None:
    model = panel.list.cards
    said = [
        model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())
    ]
    assert said[0].endswith("Q4_1, 98 MB, 135M parameters, 8k context")
    assert "通义千问" in said[1]
    assert said[2] == f"broken, {PROBLEM}"
    assert CHINESE_PATH in model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert panel.list.accessibleName()


def test_reading_the_disk_never_holds_the_window_up(qtbot, library: ScriptedLibrary) -> None:
    library.gate.clear()
    begun = time.perf_counter()
    panel = ModelsPanel(library)
    qtbot.addWidget(panel)
    panel.refresh()
    panel.refresh()
    assert time.perf_counter() - begun < 5  # the gate alone would hold it for 10
    assert not panel.models
    library.gate.set()
    qtbot.waitUntil(lambda: len(panel.models) == 3)
    panel.wait()
    assert library.readings <= 2


def test_a_refresh_shows_what_came_and_keeps_the_choice(
    panel: ModelsPanel, library: ScriptedLibrary, qtbot
) -> None:
    panel.select(CHINESE_PATH)
    library.models.insert(0, model_file("/models/a.gguf"))
    with qtbot.waitSignal(panel.refreshed):
        panel.refresh()
    assert panel.list.cards.rowCount() == 4
    chosen = panel.selected()
    assert chosen is not None
    assert chosen.path == CHINESE_PATH


def test_trouble_with_reading_is_a_sentence(panel, library: ScriptedLibrary, qtbot) -> None:
    library.trouble = StoreError("The folder cannot be read.")
    panel.refresh()
    qtbot.waitUntil(panel.error.isVisible)
    assert panel.error_text.text() == "The folder cannot be read."


def test_a_panel_that_is_gone_stops_listening(qtbot, library: ScriptedLibrary) -> None:
    before = threading.active_count()
    library.gate.clear()
    panel = ModelsPanel(library)
    thread = panel._background.queue._thread
    assert thread is not None
    panel.deleteLater()
    with qtbot.waitSignal(panel.destroyed):
        pass
    library.gate.set()
    thread.join(10)
    assert threading.active_count() == before


def test_enter_and_a_double_click_load(panel: ModelsPanel, qtbot) -> None:
    panel.select(CHINESE_PATH)
    with qtbot.waitSignal(panel.load_requested) as told:
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert told.args == [CHINESE_PATH]
    where = panel.list.visualRect(panel.list.cards.index(0)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    with qtbot.waitSignal(panel.load_requested) as told:
        qtbot.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert told.args == [STARTER_PATH]


def test_the_button_loads_and_unloads_the_selected(panel: ModelsPanel, qtbot) -> None:
    panel.select(STARTER_PATH)
    assert panel.load_button.text() == "Load"
    with qtbot.waitSignal(panel.load_requested):
        panel.load_button.click()
    panel.set_loaded(LOADED)
    assert panel.load_button.text() == "Unload"
    assert "loaded" in panel.list.cards.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    with qtbot.waitSignal(panel.unload_requested):
        panel.load_button.click()
    panel.set_loaded(None)
    assert panel.load_button.text() == "Load"


def test_a_broken_file_says_why_and_is_not_loaded(panel: ModelsPanel, qtbot) -> None:
    panel.select(BROKEN_PATH)
    assert not panel.load_button.isEnabled()
    with qtbot.assertNotEmitted(panel.load_requested):
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert panel.error_text.text() == PROBLEM
    panel.close_error.click()
    assert not panel.error.isVisible()


def test_loading_shows_how_far_and_can_be_stopped(panel: ModelsPanel, qtbot) -> None:
    panel.select(CHINESE_PATH)
    panel.show_error("Before.")
    panel.set_loading(CHINESE_PATH, 0.25)
    assert not panel.error.isVisible()
    assert "通义千问" in panel.strip.text.text()
    assert panel.strip.bar.value() / panel.strip.bar.maximum() == 0.25
    assert not panel.load_button.isEnabled()
    with qtbot.waitSignal(panel.cancel_requested):
        panel.strip.stop_button.click()
    panel.set_loading(None)
    assert not panel.strip.isVisible()
    assert panel.load_button.isEnabled()


def test_a_download_is_shown_until_it_is_over(panel: ModelsPanel, qtbot) -> None:
    panel.show_download(STARTING)
    assert panel.download.words.text() == "downloading · 31 MB of 93 MB"
    panel.set_loading("/models/Other.gguf", 0.5)
    assert panel.strip.isVisible()
    panel.show_download(msgspec.structs.replace(STARTING, total=0))
    assert panel.download.bar.maximum() == 0
    panel.show_download(msgspec.structs.replace(STARTING, state="paused"))
    with qtbot.waitSignal(panel.download_asked) as asked:
        panel.download.buttons["resume"].click()
    assert asked.args == ["resume", "starter"]
    panel.show_download(msgspec.structs.replace(STARTING, state="failed"))
    assert not panel.download.buttons["resume"].isVisible()
    with qtbot.waitSignal(panel.download_asked) as asked:
        panel.download.buttons["retry"].click()
    assert asked.args == ["retry", "starter"]
    panel.show_download(None)
    assert not panel.download.isVisible()


def test_without_models_it_says_what_to_do(empty_panel: ModelsPanel, qtbot) -> None:
    assert not empty_panel.list.isVisible()
    assert "Drop a model (a .gguf file" in empty_panel.empty_text.text()
    assert not empty_panel.load_button.isEnabled()
    with qtbot.waitSignal(empty_panel.get_starter_requested):
        empty_panel.starter_button.click()


def test_the_starter_is_offered_only_while_it_is_not_there(panel, empty_panel) -> None:
    assert not panel.starter_button.isVisible()
    assert empty_panel.starter_button.isVisible()
    empty_panel.show_download(STARTING)
    assert not empty_panel.starter_button.isVisible()
    empty_panel.show_download(None)
    empty_panel.show_refusal("Downloads are switched off.")
    assert not empty_panel.starter_button.isVisible()
    assert "Downloads are switched off." in empty_panel.empty_text.text()


def drop(panel: ModelsPanel, *urls: QUrl) -> QDragEnterEvent:
    data = QMimeData()
    data.setUrls(list(urls))
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), copy, data, left, none)
    enter.ignore()
    QApplication.sendEvent(panel, enter)
    if enter.isAccepted():
        QApplication.sendEvent(panel, QDropEvent(QPointF(20, 20), copy, data, left, none))
    return enter


def test_dropped_files_and_folders_are_added_in_place(panel: ModelsPanel, qtbot) -> None:
    added: list[str] = []
    panel.add_requested.connect(added.append)
    drop(panel, QUrl.fromLocalFile("/a/模型.gguf"), QUrl.fromLocalFile("/a/folder"))
    assert added == ["/a/模型.gguf", "/a/folder"]
    assert panel.list.property("drop") == "false"


def test_what_is_no_file_here_cannot_be_dropped(panel: ModelsPanel, qtbot) -> None:
    with qtbot.assertNotEmitted(panel.add_requested):
        assert not drop(panel, QUrl("https://example.org/model.gguf")).isAccepted()


def test_files_and_folders_can_be_chosen(panel: ModelsPanel, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: ("/a/b.gguf", ""))
    with qtbot.waitSignal(panel.add_requested) as told:
        panel.add_button.file.trigger()
    assert told.args == ["/a/b.gguf"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: "/a/c")
    with qtbot.waitSignal(panel.add_requested) as told:
        panel.add_button.folder.trigger()
    assert told.args == ["/a/c"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: "")
    with qtbot.assertNotEmitted(panel.add_requested):
        panel.add_button.folder.trigger()


def test_every_model_but_the_loaded_one_can_be_removed(panel: ModelsPanel, qtbot) -> None:
    for path in (STARTER_PATH, CHINESE_PATH, BROKEN_PATH):
        panel.select(path)
        assert panel.remove_action.text() == translated(MODEL_REMOVAL.text)
        with qtbot.waitSignal(panel.remove_requested) as told:
            panel.remove_action.trigger()
        assert told.args is not None
        assert told.args[0].path == path
    panel.set_loaded(LOADED)
    panel.select(STARTER_PATH)
    assert not panel.remove_action.isEnabled()


@pytest.mark.parametrize("setting", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 420])
def test_long_problems_wrap_within_the_panel(panel, qapp, setting: str, width: int) -> None:
    apply_theme(setting)
    panel.resize(width, 600)
    panel.grab()
    view = panel.list
    assert view.visualRect(panel.list.cards.index(2)).right() <= view.viewport().width()


def test_numbers_as_people_say_them() -> None:
    assert [
        size_text(size) for size in (0, 500, 999_600, 98_362_432, 999_400_000, 4_700_000_000)
    ] == [
        "0 kB",
        "1 kB",
        "1 MB",
        "98 MB",
        "999 MB",
        "4.7 GB",
    ]
    assert [count_text(count) for count in (900, 134_515_008, 7_600_000_000)] == [
        "900",
        "135M",
        "7.6B",
    ]
    assert [context_text(tokens) for tokens in (512, 8192, 131_072)] == ["512", "8k", "128k"]


def test_only_damage_is_drawn_as_wrong() -> None:
    damaged = model_card(model_file("/a", problem="Cut short.", is_damaged=True), loaded=False)
    other = model_card(model_file("/a", problem="It hears, and writes nothing."), loaded=False)
    sound = model_card(model_file("/a"), loaded=False)
    assert [card.is_wrong for card in (damaged, other, sound)] == [True, False, False]
    assert [card.is_faint for card in (damaged, other, sound)] == [True, True, False]


def test_a_tooltip_is_no_markup() -> None:
    cards = CardsModel()
    cards.set_cards([model_card(model_file("/a/<b>x</b>.gguf"), loaded=False)])
    assert "&lt;b&gt;x&lt;/b&gt;" in cards.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_unknown_facts_are_left_out() -> None:
    folder = model_file("/a/b", kind="transformers", quantization="", parameters=0, context=0)
    assert facts(folder) == "safetensors · 98 MB"
    assert model_card(folder, loaded=True).spoken == "b, loaded, safetensors, 98 MB"


def test_what_is_not_listed_is_said(panel, library: ScriptedLibrary, qtbot) -> None:
    assert not panel.cut_note.isVisible()
    library.notes = ("Some are not listed.", "Nor are others.")
    with qtbot.waitSignal(panel.refreshed):
        panel.refresh()
    assert panel.cut_note.isVisible()
    assert panel.cut_note.text() == "Some are not listed.\nNor are others."
    library.notes = ()
    with qtbot.waitSignal(panel.refreshed):
        panel.refresh()
    assert not panel.cut_note.isVisible()


def test_of_thousands_of_models_the_loaded_one_is_in_sight(
    panel, library: ScriptedLibrary, qtbot
) -> None:
    library.models = [model_file(f"/m/{number:04}.gguf") for number in range(3000)]
    panel.select(BROKEN_PATH)
    panel.list.setCurrentIndex(panel.list.cards.index(-1))
    panel._loaded = "/m/2990.gguf"
    with qtbot.waitSignal(panel.refreshed):
        panel.refresh()
    assert panel.selected().path == "/m/2990.gguf"
    seen = panel.list.visualRect(panel.list.currentIndex())
    assert panel.list.viewport().rect().intersects(seen)
