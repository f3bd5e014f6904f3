"""The dialog of licences, opened from the menu and from About."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from app.core.errors import LampblackError
from app.core.system.licences import LicenceList, LicensedPart
from app.ui.window import help as help_dialogs, licences_dialog
from app.ui.window.licences_dialog import LicencesDialog


class Long(LicensedPart, frozen=True):
    """A part whose text is longer than a take is shown."""

    @property
    def text(self) -> str:
        return f"Terms of {self.name}. " + "x" * 50_000


PARTS = LicenceList(
    (Long("lampblack", "1", "MIT"), Long("icu", "73", "Unicode-3.0"), Long("numpy", "2", "BSD")),
    is_complete=True,
)


@pytest.fixture
def dialog(qtbot, monkeypatch):
    monkeypatch.setattr(licences_dialog, "read_licences", lambda: PARTS)
    made = LicencesDialog()
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: made.list.count() == 3)
    yield made
    made.tasks.close()


def test_the_whole_text_is_shown_and_copied(dialog: LicencesDialog) -> None:
    assert "has 2 parts by others" in dialog.intro.text()
    dialog.list.setCurrentRow(1)
    whole = PARTS.parts[1].text
    assert dialog.preview.toPlainText() == whole
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == whole


def test_the_filter_looks_at_names_and_licences(dialog: LicencesDialog) -> None:
    dialog.filter.setText("unicode")
    shown = [dialog.list.isRowHidden(row) for row in range(3)]
    assert shown == [True, False, True]
    assert dialog.current().name == "icu"
    dialog.filter.setText("no such part")
    assert all(dialog.list.isRowHidden(row) for row in range(3))
    dialog.filter.clear()
    assert not any(dialog.list.isRowHidden(row) for row in range(3))


def test_a_list_that_cannot_be_read_is_told(qtbot, monkeypatch) -> None:
    def fail() -> LicenceList:
        raise LampblackError("The list of licences is damaged.", "Install Lampblack again.")

    monkeypatch.setattr(licences_dialog, "read_licences", fail)
    dialog = LicencesDialog()
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "damaged" in dialog.intro.text())
    assert not dialog.copy.isEnabled()
    dialog.tasks.close()


def test_about_leads_to_the_licences(qtbot, monkeypatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(help_dialogs, "show_dialog", opened.append)
    monkeypatch.setattr(licences_dialog, "read_licences", lambda: PARTS)
    box = help_dialogs.about(None)  # type: ignore[arg-type]  # no window is needed for it
    qtbot.addWidget(box)
    button = next(one for one in box.findChildren(QPushButton) if "Licences" in one.text())
    button.click()
    (dialog,) = opened
    assert isinstance(dialog, LicencesDialog)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.list.count() == 3)
    dialog.tasks.close()
