"""The dialog in which an export profile is edited and named."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.conversion.looks.profiles import PAPERS, ExportProfile
from app.ui.conversion.texts import paper_name, profile_name
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel, QuietCombo
from app.ui.widgets.number_box import NumberBox

_FONTS = ("Times New Roman", "Georgia", "Courier New")
_LONGEST = 40
_NUMBERS = {
    "size_pt": (6, 36, 0.5),
    "line_spacing": (0.8, 4, 0.1),
    "indent_cm": (0, 5, 0.1),
    "gap_pt": (0, 72, 1),
    "margin_cm": (0.5, 5, 0.1),
}


class ProfileDialog(QDialog):
    """Edits a profile. `saved` carries its name and what was set; the dialog waits to be closed."""

    saved = Signal(str, object)

    def __init__(
        self, profile: ExportProfile, parent: QWidget | None = None, *, is_own: bool
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self.setWindowTitle(self.tr("Export Profile"))
        self.note = NoteLabel("wrong")
        self._make_fields(is_own=is_own)
        self.form = QFormLayout()
        for field, label in self._labels().items():
            widget = self.fields[field]
            beside = QLabel(label)
            beside.setBuddy(widget)
            name_field(widget, label.replace("&", ""))
            self.form.addRow(beside, widget)
        for check in self.checks.values():
            self.form.addRow("", check)
        buttons = QDialogButtonBox()
        self.save = buttons.addButton(QDialogButtonBox.StandardButton.Save)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.save.setProperty("kind", "primary")
        buttons.accepted.connect(lambda: self.saved.emit(self.name.text(), self.profile()))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addLayout(self.form)
        column.addWidget(self.note)
        column.addWidget(buttons)
        self.name.selectAll()

    def _make_fields(self, *, is_own: bool) -> None:
        profile = self._profile
        plain = profile_name(profile)
        self.name = QLineEdit(plain if is_own else self.tr("{0}, my own").format(plain))
        self.name.setMaxLength(60)
        self.name.setToolTip(self.tr("What the profile is called in the list"))
        self.font_name = QuietCombo()
        self.font_name.setEditable(True)
        families = {*_FONTS, *QFontDatabase.families()}
        self.font_name.addItems(sorted(filter(QFontDatabase.isSmoothlyScalable, families)))
        self.font_name.setEditText(profile.font)
        self.font_name.setToolTip(self.tr("The typeface; where it is missing, one much like it"))
        self.paper = QuietCombo()
        for paper in ("", *PAPERS):
            self.paper.addItem(paper_name(paper), paper)
        self.paper.setCurrentIndex(self.paper.findData(profile.paper))
        self.paper.setToolTip(self.tr("The size of the page, for formats that have pages"))
        self.scene_break = QLineEdit(profile.scene_break)
        self.scene_break.setMaxLength(_LONGEST)
        self.scene_break.setToolTip(self.tr("What stands alone between two scenes"))
        self.numbers = {
            name: NumberBox(low, high, step, whole=False)
            for name, (low, high, step) in _NUMBERS.items()
        }
        for name, box in self.numbers.items():
            box.setValue(getattr(profile, name))
        for name, tip in self._tips().items():
            self.numbers[name].setToolTip(tip)
        self.checks: dict[str, QCheckBox] = {}
        for name, (words, tip) in self._switches().items():
            check = self.checks[name] = QCheckBox(words)
            check.setToolTip(tip)
            check.setChecked(getattr(profile, name))
        self.fields: dict[str, QWidget] = {
            "name": self.name,
            "font": self.font_name,
            **self.numbers,
            "paper": self.paper,
            "scene_break": self.scene_break,
        }

    def _labels(self) -> dict[str, str]:
        return {
            "name": self.tr("&Name"),
            "font": self.tr("&Typeface"),
            "size_pt": self.tr("&Size in points"),
            "line_spacing": self.tr("&Line spacing"),
            "indent_cm": self.tr("First line &indented, in cm"),
            "gap_pt": self.tr("Space &between paragraphs, in points"),
            "margin_cm": self.tr("&Margins in cm"),
            "paper": self.tr("&Page"),
            "scene_break": self.tr("Scene brea&k"),
        }

    def _tips(self) -> dict[str, str]:
        return {
            "size_pt": self.tr("12 points are usual for manuscripts"),
            "line_spacing": self.tr("1 is single, 2 is double spaced"),
            "indent_cm": self.tr("How far the first line of a paragraph is indented"),
            "gap_pt": self.tr("What is left free below each paragraph"),
            "margin_cm": self.tr("What is left free at each side of a page"),
        }

    def _switches(self) -> dict[str, tuple[str, str]]:
        """What each switch says, and its tooltip."""
        return {
            "has_title_page": (
                self.tr("A title page"),
                self.tr("Title and author stand on a page of their own"),
            ),
            "has_contents": (
                self.tr("A table of contents"),
                self.tr("The chapters are listed where there are two or more"),
            ),
            "has_running_head": (
                self.tr("Author, title and page over each page"),
                self.tr("Without it the page’s number stands below the text"),
            ),
            "is_submission": (
                self.tr("Address and length on the first page, as editors want them"),
                self.tr("The running head has only the surname then"),
            ),
            "is_justified": (
                self.tr("Both sides straight"),
                self.tr("Else the right side is ragged"),
            ),
            "is_smart": (
                self.tr("Curly quotes and dashes"),
                self.tr("In the place of the straight ones, except in code"),
            ),
        }

    def profile(self) -> ExportProfile:
        """What was set, under the former name."""
        font = "".join(c for c in self.font_name.currentText() if c not in "'\"<>").strip()
        values: dict[str, Any] = {
            "font": font or self._profile.font,
            "paper": self.paper.currentData(),
            "scene_break": self.scene_break.text(),
        }
        values |= {name: box.value() for name, box in self.numbers.items()}
        values |= {name: check.isChecked() for name, check in self.checks.items()}
        return msgspec.structs.replace(self._profile, words="", **values)

    def say(self, words: str) -> None:
        """What was wrong with it."""
        self.note.say(told(words))


def name_field(field: QWidget, name: str) -> None:
    """Name a field for screen readers, and the line in a list that can be written in."""
    field.setAccessibleName(name)
    if isinstance(field, QComboBox) and (line := field.lineEdit()) is not None:
        line.setAccessibleName(name)
