"""The window as a whole: its table of actions, its names for everybody, its memory."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QScrollBar,
    QStyleOptionViewItem,
    QTextEdit,
)

from app.core.errors import SettingsError
from app.core.options.settings_store import SettingsStore
from app.core.store import TakeRecord
from app.core.system.paths import Paths
from app.engine.messages import ModelInfo
from app.ui.action_table import ACTIONS, MENUS
from app.ui.crash_log import CrashLog
from app.ui.generation.takes_dialog import TakesDialog
from app.ui.manager.model_actions import MODEL_ACTIONS
from app.ui.texts import moment_text
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar
from app.ui.widgets.theme import DARK, LIGHT
from app.ui.window import help
from app.ui.window.help import ShortcutsDialog


def test_no_key_is_given_twice():
    keys = [QKeySequence(keys).toString() for row in ACTIONS for keys in row.shortcuts]
    assert "" not in keys
    assert len(keys) == len(set(keys))
    assert len({row.id for row in ACTIONS}) == len(ACTIONS)


def test_no_key_is_one_that_types_a_letter_where_ctrl_and_alt_are_altgr():
    """On Windows AltGr is Ctrl+Alt, which types ó on Polish keyboards and @ on German ones."""
    for row in (*ACTIONS, *MODEL_ACTIONS):
        for keys in row.shortcuts:
            held, _plus, key = keys.rpartition("+")
            assert not {"Ctrl", "Alt"} <= set(held.split("+")) or len(key) > 1, row.id


def test_every_action_is_in_a_menu_with_a_key_and_a_tooltip(studio):
    menus = {
        menu.title().replace("&", ""): menu for menu in studio.window.actions_table.menus.values()
    }
    assert tuple(menus) == MENUS
    for row in ACTIONS:
        action = studio.window.actions_table[row.id]
        assert action in menus[row.menu].actions()
        assert action.shortcuts()
        first = QKeySequence(row.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
        help_line = action.toolTip().split("\n")[0]  # and why it cannot be done, in another
        assert help_line.endswith(f"({first})")
        assert studio.window.actions_table.is_connected(row.id)


def test_the_table_needs_no_qt():
    code = "import sys, app.ui.action_table; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_opening_the_window_imports_no_model_library():
    code = (
        "import sys, app.ui.application\n"
        "heavy = {'torch', 'transformers', 'llama_cpp', 'jinja2', 'numpy'} & set(sys.modules)\n"
        "sys.exit(len(heavy))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_everything_that_can_be_used_has_a_name(studio):
    kinds = (
        QAbstractButton,
        QAbstractItemView,
        QAbstractSlider,
        QAbstractSpinBox,
        QComboBox,
        QLineEdit,
        QProgressBar,
        QTextEdit,
    )
    nameless = []
    for widget in studio.window.findChildren(object):
        if not isinstance(widget, kinds) or isinstance(widget, QScrollBar):
            continue
        # The inner parts of Qt's own widgets are named by the widget around them.
        inner = isinstance(widget.parent(), QComboBox | QLineEdit | QAbstractItemView)
        asleep = isinstance(widget, QAbstractButton) and not widget.isVisible()
        if inner or asleep or widget.window() is not studio.window:
            continue
        named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
        if not named and not isinstance(widget.parent(), QAbstractSpinBox):
            parent = type(widget.parent()).__name__
            nameless.append(f"{type(widget).__name__} in {parent} {widget.objectName()}")
    assert nameless == []


def test_words_are_shown_and_those_selected(studio, qtbot):
    with qtbot.waitSignal(studio.window.display.counting.timeout):
        studio.show("It was a dark night.")
    assert studio.window.status.words.text() == "5 words"
    with qtbot.waitSignal(studio.window.display.counting.timeout):
        studio.window.editor.selectAll()
    assert studio.window.status.words.text() == "5 of 5 words"


def test_the_theme_reaches_the_page(studio):
    for setting, theme in (("dark", DARK), ("light", LIGHT)):
        studio.program.settings_store.change(theme=setting)
        studio.window.view.show_settings()
        QApplication.sendPostedEvents()
        page = studio.window.page.palette().color(QPalette.ColorRole.Window)
        assert page == theme.page
        assert theme.page.name() in studio.window.editor.styleSheet()


def test_zoom_is_kept_beside_the_setting(studio):
    points = studio.window.editor.document().defaultFont().pointSizeF()
    studio.do("zoom_in")
    assert studio.window.editor.document().defaultFont().pointSizeF() > points
    assert studio.program.settings.font_size == 14
    studio.do("zoom_reset")
    assert studio.window.editor.document().defaultFont().pointSizeF() == points


def test_looking_and_formatting_is_no_change(studio):
    studio.do("zoom_in")
    studio.do("zoom_reset")
    assert not studio.window.isWindowModified()
    assert not studio.window.actions_table["undo"].isEnabled()


def test_find_goes_around_the_end(studio):
    studio.show("one two one", caret=4)
    bar = studio.window.page.find_bar
    studio.do("find")
    bar.line.setText("one")
    studio.do("find_next")
    assert studio.window.editor.textCursor().selectionStart() == 8
    studio.do("find_next")
    assert studio.window.editor.textCursor().selectionStart() == 0
    bar.line.setText("three")
    studio.do("find_next")
    assert bar.found.text() == "Not found"
    bar.close_bar()
    assert bar.isHidden()


def test_the_side_panel_is_remembered(studio):
    studio.do("side_panel")
    assert not studio.window.side.isVisible()
    assert not studio.program.settings.side_panel


def test_the_panel_of_the_few_is_remembered(studio):
    sampling, action = studio.window.sampling, studio.window.actions_table["all_parameters"]
    assert not sampling.is_all_shown()
    studio.do("all_parameters")
    assert sampling.list.more.is_open()
    assert action.isChecked()
    assert studio.program.settings.all_parameters
    sampling.list.more.header.click()
    assert not action.isChecked()
    assert not studio.program.settings.all_parameters


def test_all_parameters_come_into_sight_wherever_the_panel_was(studio, qtbot):
    top_k = studio.window.sampling.list.rows["top_k"]
    studio.do("all_parameters")
    qtbot.waitUntil(top_k.isVisible)
    studio.do("side_panel")
    studio.do("all_parameters")
    assert top_k.isVisible()
    assert studio.program.settings.all_parameters
    studio.window.show_models()
    studio.do("all_parameters")
    assert top_k.isVisible()
    studio.do("all_parameters")
    assert not top_k.isVisible()


def test_all_parameters_of_the_settings_are_shown(make_studio, own_home):
    folder = own_home / "config"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text("all_parameters = true\n")
    studio = make_studio()
    assert studio.window.actions_table["all_parameters"].isChecked()
    assert studio.window.sampling.list.more.is_open()
    studio.program.settings_store.change(all_parameters=False)
    studio.window.view.show_settings()
    assert not studio.window.sampling.list.more.is_open()


def test_problems_with_the_settings_are_said_once(make_studio, own_home):
    folder = own_home / "config"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text("font_size = 900\n")
    studio = make_studio()
    studio.window.begin()
    assert len(studio.banners) == 1
    assert "900" in studio.banners[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "The list of servers in servers.json cannot be used"),
        ('{"lampblack_servers": 99, "servers": {}}', "The list of servers cannot be read"),
    ],
)
def test_a_damaged_list_of_servers_is_said_once(make_studio, own_home, qtbot, content, sentence):
    file = Paths.here().servers_file
    file.parent.mkdir(parents=True)
    file.write_text(content)
    studio = make_studio()
    (said,) = studio.banners
    assert sentence in said
    studio.window.page.banners.banners()[0].dismiss()
    with qtbot.waitSignal(studio.window.models.settled):
        studio.window.models.panel.refresh()
    assert not studio.banners


def test_damaged_notes_on_models_are_said_once(make_studio, own_home):
    file = Paths.here().metadata_file
    file.parent.mkdir(parents=True)
    file.write_text("{")
    studio = make_studio(is_listed=False)
    studio.window.models.settled.emit()
    (said,) = studio.banners
    assert f"The file {file.name} is damaged" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[[[", "not valid TOML. It was kept as settings.toml.broken"),
        (b"\xff\xfe\0", "not valid TOML. It was kept as settings.toml.broken"),
        (b"lampblack_settings = 2\nnovel = 1\n", "a newer version of Lampblack wrote it"),
    ],
)
def test_the_window_opens_on_settings_that_cannot_be_used(make_studio, own_home, data, said):
    folder = own_home / "config"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_bytes(data)
    studio = make_studio()
    studio.window.begin()
    assert said in studio.banners[0]
    assert data in [file.read_bytes() for file in folder.iterdir()]


def test_a_list_of_downloads_of_a_newer_version_is_said(make_studio, own_home):
    folder = own_home / "data"
    folder.mkdir(parents=True)
    (folder / "downloads.json").write_text('{"version": 2}')
    studio = make_studio()
    assert any("a newer version of Lampblack wrote it" in said for said in studio.banners)
    assert (folder / "downloads.json").read_text() == '{"version": 2}'


def test_sampling_is_kept(studio, qtbot):
    with qtbot.waitSignal(studio.window._keep_sampling.timeout):
        studio.window.sampling.list.rows["temperature"].set_value(1.25)
        studio.window.sampling.changed.emit(studio.window.sampling.sampling())
    assert studio.program.settings.sampling == studio.window.sampling.sampling()


def test_dialogs_open_and_close(studio, qtbot):
    for action in ("shortcuts", "about", "settings", "all_takes"):
        studio.do(action)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        dialog.close()
        QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete.value)
        assert QApplication.activeModalWidget() is None


def test_the_shortcuts_dialog_names_every_action(studio, qtbot):
    dialog = ShortcutsDialog(studio.window)
    texts = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for row in ACTIONS:
        assert row.help in texts
    dialog.deleteLater()


def test_a_report_of_a_dead_program_is_found_once(tmp_path):
    (tmp_path / "crash-999999999.log").write_text("Fatal Python error")
    (tmp_path / "crash-999999998.log").write_text("")
    log = CrashLog(tmp_path)
    (report,) = log.left_behind()
    assert report.read_text() == "Fatal Python error"
    assert CrashLog(tmp_path).left_behind() == ()
    assert not (tmp_path / "crash-999999998.log").exists()


def test_an_unexpected_error_is_written_down(tmp_path, capsys):
    log = CrashLog(tmp_path)
    heard: list[Any] = []
    log.on_problem = heard.append
    log.install()
    try:
        sys.excepthook(ValueError, ValueError("a bug"), None)
    finally:
        log.close()
    (report,) = tmp_path.glob("report-*.txt")
    assert report.read_text().endswith("\nValueError\n")  # its message may hold the text
    assert len(heard) == 1
    assert "a bug" not in report.read_text() + capsys.readouterr().err


def test_a_clean_end_leaves_no_log(tmp_path):
    log = CrashLog(tmp_path)
    log.install()
    log.close()
    assert list(tmp_path.iterdir()) == []


def test_a_bug_is_told_and_the_text_stays(studio, tmp_path, qtbot):
    studio.show("Mine")
    with qtbot.waitSignal(studio.window.bridge.arrived):
        studio.window.bridge.post(tmp_path / "crash-1.log")
    assert "your text is safe" in studio.banners[0]
    assert studio.text == "Mine"


def test_a_crash_of_the_last_time_is_told(studio, tmp_path):
    studio.window.notices.show_crash(tmp_path / "report-1.txt")
    (banner,) = studio.window.page.banners.banners()
    assert banner.text.startswith("Lampblack ended unexpectedly last time.")
    assert [button.text() for button in banner.buttons] == ["Show It"]


def test_what_keeps_the_store_from_writing_is_said_once(studio, qtbot, monkeypatch):
    store = studio.program.store
    monkeypatch.setattr(type(store), "problems", property(lambda _store: ("The disk is full.",)))
    studio.window.begin()
    assert studio.banners == ["The disk is full."]
    for problem in ("The disk is full.", "It is written again."):
        with qtbot.waitSignal(studio.window.bridge.arrived):
            store.on_problem(problem)
    assert studio.banners == ["The disk is full.", "It is written again."]


def test_a_narrow_window_shows_the_page_alone(studio, qtbot):
    window = studio.window
    window.resize(520, 380)
    qtbot.waitUntil(window.side.isHidden)
    qtbot.waitUntil(lambda: window.page.width() == window.splitter.width())
    assert studio.program.settings.side_panel
    studio.do("models")
    assert window.side.isVisible()
    qtbot.waitUntil(lambda: window.width() > 600)
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: window.width() == 1000)
    assert window.side.isVisible()


def test_cut_and_copy_need_a_selection(studio):
    cut, copy = (studio.window.actions_table[name] for name in ("cut", "copy"))
    studio.show("word")
    assert not cut.isEnabled()
    assert not copy.isEnabled()
    studio.do("select_all")
    assert cut.isEnabled()
    assert copy.isEnabled()


def test_no_key_is_the_input_methods(qapp):
    taken = {"Ctrl+Shift+U"}  # IBus and GTK type characters by their number with it
    assert not taken & {keys for row in ACTIONS for keys in row.shortcuts}


def test_the_shortcuts_fit_the_dialogs_width(studio):
    dialog = ShortcutsDialog(studio.window)
    dialog.show()
    area = dialog.findChild(QScrollArea)
    assert area is not None
    assert area.horizontalScrollBar().maximum() == 0
    dialog.close()
    dialog.deleteLater()


def test_about_promises_no_more_than_the_system_keeps(studio, monkeypatch):
    for state, told in (("kernel", True), ("hook", False), ("no", False)):
        monkeypatch.setattr(help, "network_state", lambda found=state: found)
        box = help.about(studio.window, studio.window.program.packs)
        assert ("no network" in box.informativeText()) is told
        box.deleteLater()


def test_a_long_take_keeps_its_time_in_the_list(studio):
    take = TakeRecord(text="\n\n灯塔看守人打开门，" * 12, created_at=1e9)
    dialog = TakesDialog([take], studio.window)
    dialog.show()
    rect = dialog.list.visualItemRect(dialog.list.item(0))
    higher = 1.2  # a line of Chinese letters, against one of Latin ones
    assert rect.height() >= 2 * higher * dialog.list.fontMetrics().height()
    option = QStyleOptionViewItem()
    option.rect = rect
    delegate: Any = dialog.list.itemDelegate()
    delegate.initStyleOption(option, dialog.list.model().index(0, 0))
    first, second = option.text.split("\u2028")
    assert first.endswith("…")
    assert second == moment_text(1e9)
    assert not dialog.preview.toPlainText().startswith("\n")
    dialog.close()
    dialog.deleteLater()


def test_dialogs_keep_within_the_screen(studio):
    dialog = TakesDialog((), studio.window)
    room = dialog.screen().availableSize()
    dialog.resize(room * 2)
    show_dialog(dialog)
    assert dialog.width() <= room.width()
    assert dialog.height() < room.height()
    dialog.close()


def test_a_narrow_status_bar_shortens_names_instead_of_cutting_them_off(qtbot):
    status = StatusBar()
    qtbot.addWidget(status)
    status.show_words(120_000, 0)
    status.show_context(8_000, 8_192)
    status.show_speed(31.4)
    path = "/models/" + "A-Very-Long-Model-Name-" * 4 + ".gguf"
    status.show_model(ModelInfo(name="x", path=path, engine="llama.cpp"))
    status.show_progress("Reading your text: 10 %", 0.1)
    status.resize(640, status.sizeHint().height())
    status.show()
    shown = (status.words, status.context, status.speed, status.model)
    assert all(label.geometry().right() < status.width() for label in shown)
    assert all(label.width() >= label.sizeHint().width() for label in shown[:3])
    assert status.model.width() < status.model.sizeHint().width()


def test_a_setting_that_cannot_be_written_is_told_and_holds(studio, qtbot, monkeypatch):
    def fail(_store) -> None:
        raise SettingsError("The settings cannot be written.", "Make room on the disk.")

    monkeypatch.setattr(SettingsStore, "_write", fail)
    with qtbot.waitSignal(studio.window.bridge.arrived):
        studio.do("side_panel")
    assert studio.banners == ["The settings cannot be written. Make room on the disk."]
    assert not studio.program.settings.side_panel
