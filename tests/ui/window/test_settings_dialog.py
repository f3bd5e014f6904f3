from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog

from app.core.options.load_options import LOAD_OPTIONS
from app.core.options.settings import SETTINGS
from app.core.options.settings_store import SettingsStore
from app.ui.widgets.theme import DARK, LIGHT, Theme
from app.ui.window.settings_dialog import FontRow, SettingsDialog
from tests.ui.values import other_value

KIND = QDialogButtonBox.StandardButton
SHOWN = [bound for bound in SETTINGS if bound.name != "preset"]


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    made = SettingsStore(tmp_path / "settings.toml")
    made.change(theme="light")
    return made


@pytest.fixture
def dialog(qtbot, store: SettingsStore) -> SettingsDialog:
    made = SettingsDialog(store)
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_setting_and_load_option_is_there(dialog: SettingsDialog) -> None:
    assert list(dialog.rows) == [bound.name for bound in SHOWN]
    common = [bound.name for bound in LOAD_OPTIONS if bound.name != "draft"]  # it is a model's own
    assert list(dialog.load_rows) == common
    tabs: list[Any] = [dialog.tabs.widget(index) for index in range(dialog.tabs.count())]
    for row in (*dialog.rows.values(), *dialog.load_rows.values()):
        assert any(tab.isAncestorOf(row) for tab in tabs)


def test_every_row_goes_to_the_file_and_comes_back(dialog, store, qtbot, tmp_path: Path) -> None:
    for row in dialog.rows.values():
        row.take("DejaVu Serif" if isinstance(row, FontRow) else other_value(row.bound))
    for row in dialog.load_rows.values():
        row.take(other_value(row.bound))
    dialog.load_rows["batch"].take(1024)
    with qtbot.waitSignal(dialog.applied) as told:
        dialog.buttons.button(KIND.Apply).click()
    assert told.args == [store.settings]
    again = SettingsStore(tmp_path / "settings.toml")
    assert again.settings == store.settings
    fresh = SettingsDialog(again)
    qtbot.addWidget(fresh)
    for name, row in fresh.rows.items():
        assert row.value() == dialog.rows[name].value()
    for name, row in fresh.load_rows.items():
        assert row.value() == dialog.load_rows[name].value()
    assert store.settings.font_family == "DejaVu Serif"
    assert store.settings.load.batch == 1024


def test_nothing_is_kept_by_cancel_and_the_theme_comes_back(dialog, store) -> None:
    dialog.rows["theme"].take("dark")
    assert Theme.current() is DARK
    dialog.rows["font_size"].take(30)
    dialog.buttons.button(KIND.Cancel).click()
    assert Theme.current() is LIGHT
    assert store.settings.font_size == 14


def test_escape_is_cancel(dialog: SettingsDialog, qtbot) -> None:
    dialog.rows["theme"].take("dark")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert Theme.current() is LIGHT


def test_apply_waits_for_a_change(dialog: SettingsDialog, qtbot) -> None:
    apply = dialog.buttons.button(KIND.Apply)
    assert not apply.isEnabled()
    dialog.rows["measure"].take(70)
    assert apply.isEnabled()
    apply.click()
    assert not apply.isEnabled()
    with qtbot.assertNotEmitted(dialog.applied):
        dialog.buttons.button(KIND.Ok).click()
    assert not dialog.isVisible()


def test_what_cannot_be_is_said_at_once_and_not_kept(dialog: SettingsDialog, store) -> None:
    dialog.load_rows["batch"].take(512)
    dialog.load_rows["ubatch"].take(1024)
    assert "micro-batch" in dialog.problem.text()
    assert not dialog.buttons.button(KIND.Ok).isEnabled()
    dialog.accept()
    assert dialog.isVisible()
    assert store.settings.load.ubatch == 0
    dialog.load_rows["batch"].take(1024)
    assert not dialog.problem.text()
    assert dialog.buttons.button(KIND.Ok).isEnabled()


def test_a_row_with_a_problem_holds_ok_back(dialog: SettingsDialog) -> None:
    prompt: Any = dialog.rows["system_prompt"]
    prompt.edit.setPlainText("x" * 20_001)
    assert "at most 20000" in dialog.problem.text()
    assert not dialog.buttons.button(KIND.Ok).isEnabled()
    prompt.edit.setPlainText("x")
    assert dialog.buttons.button(KIND.Ok).isEnabled()


def test_a_file_that_cannot_be_written_is_a_sentence(qtbot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    store = SettingsStore(tmp_path / "file" / "settings.toml")
    dialog = SettingsDialog(store)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.rows["measure"].take(70)
    with qtbot.waitSignal(dialog.applied):
        dialog.accept()
    assert dialog.isVisible()
    assert "could not be saved" in dialog.problem.text()


def test_defaults_come_back_one_tab_at_a_time(dialog: SettingsDialog) -> None:
    dialog.rows["measure"].take(70)
    dialog.rows["takes_at_once"].take(8)
    dialog.tabs.setCurrentIndex(0)
    dialog.buttons.button(KIND.RestoreDefaults).click()
    assert dialog.rows["measure"].value() == 68
    assert dialog.rows["takes_at_once"].value() == 8


def test_each_row_shows_its_help(dialog: SettingsDialog) -> None:
    for name, row in (*dialog.rows.items(), *dialog.load_rows.items()):
        if name != "prompt_overflow":
            assert row.note.text() == row.bound.row.help


def test_a_font_that_is_gone_stays_chosen(qtbot, store: SettingsStore) -> None:
    store.change(font_family="A font of another machine")
    dialog = SettingsDialog(store)
    qtbot.addWidget(dialog)
    assert dialog.rows["font_family"].value() == "A font of another machine"
    assert dialog.changes() == {}


def test_agreed_hosts_are_named_and_can_be_forgotten(qtbot, store: SettingsStore) -> None:
    without = SettingsDialog(store)
    qtbot.addWidget(without)
    assert without.agreed.isHidden()
    store.change(agreed_hosts=("hub.example", "the index"))
    dialog = SettingsDialog(store)
    qtbot.addWidget(dialog)
    assert "hub.example, the index" in dialog.agreed.words.text()
    assert not dialog.changes()
    dialog.agreed.button.click()
    assert store.settings.agreed_hosts
    assert dialog.buttons.button(KIND.Apply).isEnabled()
    dialog.buttons.button(KIND.Apply).click()
    assert store.settings.agreed_hosts == ()
    assert not dialog.changes()


def test_the_local_network_without_a_certificate_is_warned_of(
    dialog: SettingsDialog, store: SettingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dialog.openness.isHidden()
    dialog.rows["service_lan"].take(True)
    assert "can read all texts" in dialog.openness.text()
    key: Any = dialog.rows["service_key"]
    key.edit.setText("/keys/own.pem")
    key.edit.textEdited.emit("/keys/own.pem")
    assert "needs its certificate" in dialog.problem.text()
    certificate: Any = dialog.rows["service_certificate"]
    chosen = ("/keys/certificate.pem", "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_asked: chosen)
    certificate.button.click()
    assert certificate.edit.text() == chosen[0]
    assert dialog.openness.isHidden()
    assert not dialog.problem.text()
    assert dialog.apply()
    settings = store.settings
    kept = settings.service_lan, settings.service_certificate, settings.service_key
    assert kept == (True, "/keys/certificate.pem", "/keys/own.pem")


def test_a_page_that_is_no_origin_is_said(dialog: SettingsDialog, store: SettingsStore) -> None:
    row: Any = dialog.rows["service_origins"]
    assert row.edit.placeholderText() == "Add an origin such as http://localhost:8000"
    row.edit.setText("localhost")
    row.add_button.click()
    assert "must be an origin" in dialog.problem.text()
    row.edit.setText("http://localhost:8000")
    row.add_button.click()
    assert dialog.apply()
    assert store.settings.service_origins == ("http://localhost:8000",)
