"""The dialog of licences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from app.core.system.licences import LicensedComponent
from app.engine.packs.installed import Packs
from app.ui.window import help
from app.ui.window.licences_dialog import LicencesDialog

LONG = "\n".join(f"Line {n}" for n in range(20_000))
FOUND = (
    LicensedComponent("lampblack", "0.1", "MIT", LONG),
    LicensedComponent("Qt", "6.11", "LGPL-3.0-only", "Lesser"),
    LicensedComponent("bare", "", "", "", "This package has brought no text of its licence along."),
)


@pytest.fixture
def open_dialog(qtbot, tmp_path: Path) -> Callable[[Path | None], LicencesDialog]:
    def make(folder: Path | None) -> LicencesDialog:
        dialog = LicencesDialog(folder, Packs(tmp_path / "packs"))
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def names(dialog: LicencesDialog) -> list[str]:
    return [dialog.list.item(row).text().split("\n")[0] for row in range(dialog.list.count())]


def test_every_component_is_listed_with_its_whole_text(open_dialog) -> None:
    dialog = open_dialog(None)
    assert not dialog.copy.isEnabled()
    dialog.show_components(FOUND)
    assert names(dialog) == ["lampblack", "Qt", "bare"]
    assert dialog.list.item(1).text() == "Qt\n6.11 · LGPL-3.0-only"
    assert dialog.preview.toPlainText() == LONG  # not only its beginning
    assert "3" in dialog.count.text()
    dialog.list.setCurrentRow(2)
    assert dialog.preview.toPlainText() == FOUND[2].problem
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    assert dialog.preview.font().family() == fixed.family()
    selectable = Qt.TextInteractionFlag.TextSelectableByKeyboard
    assert dialog.preview.textInteractionFlags() & selectable


def test_the_filter_narrows_by_name_and_licence(open_dialog, qtbot) -> None:
    dialog = open_dialog(None)
    dialog.show_components(FOUND)
    for letters, left in (("q", ["Qt"]), ("lgpl", ["Qt"]), ("MIT lamp", ["lampblack"]), ("x", [])):
        dialog.filter.setText(letters)
        assert names(dialog) == left, letters
        assert dialog.count.text().startswith(f"{len(left)} of 3")
        assert dialog.copy.isEnabled() is bool(left)
    assert dialog.preview.toPlainText() == ""
    dialog.filter.clear()
    assert len(names(dialog)) == 3
    assert "of" not in dialog.count.text()


def test_what_is_selected_stays_so_where_it_is_still_listed(open_dialog, qtbot) -> None:
    dialog = open_dialog(None)
    dialog.show_components(FOUND)
    dialog.list.setCurrentRow(1)
    for letters in ("l", "", "lgpl", ""):
        dialog.filter.setText(letters)
        assert dialog.current() == FOUND[1]
        assert dialog.preview.toPlainText() == "Lesser"
    dialog.filter.setText("MIT")
    assert dialog.current() == FOUND[0]
    bar = dialog.preview.verticalScrollBar()
    bar.setValue(bar.maximum())
    dialog.filter.setText("MIT l")
    assert bar.value() == bar.maximum()  # it is read on


def test_what_a_pack_carries_is_listed_under_its_name(open_dialog, qtbot) -> None:
    dialog = open_dialog(None)
    dialog.show_components(
        (*FOUND, LicensedComponent("torch", "2", "BSD", "T", pack="PyTorch engine"))
    )
    dialog.filter.setText("pytorch")
    assert [dialog.list.item(0).text()] == ["torch\n2 · BSD · PyTorch engine"]
    assert dialog.list.count() == 1


def test_copy_takes_name_version_and_text(open_dialog) -> None:
    dialog = open_dialog(None)
    dialog.show_components(FOUND[1:])
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "Qt 6.11 LGPL-3.0-only\n\nLesser\n"


def test_a_list_that_cannot_be_read_is_a_sentence(open_dialog, qtbot, tmp_path: Path) -> None:
    dialog = open_dialog(tmp_path)
    dialog.begin()
    qtbot.waitUntil(lambda: "cannot be read: it is missing" in dialog.intro.text())
    assert names(dialog) == []
    assert not dialog.copy.isEnabled()


def test_about_leads_to_the_installed_packages(studio, qtbot) -> None:
    help.show_about(studio.window, studio.window.program.packs)
    box = studio.window.findChild(QMessageBox)
    (button,) = (one for one in box.findChildren(QPushButton) if "Licences" in one.text())
    button.click()
    dialog = studio.window.findChild(LicencesDialog)
    qtbot.waitUntil(lambda: dialog.list.count() > 20)
    assert "holds the complete list" in dialog.intro.text()
    assert names(dialog)[0] == "lampblack"
    dialog.close()


def test_closing_while_it_is_read_leaves_nothing_behind(studio) -> None:
    help.show_licences(studio.window, studio.window.program.packs)
    dialog = studio.window.findChild(LicencesDialog)
    dialog.reject()
    QApplication.processEvents()
