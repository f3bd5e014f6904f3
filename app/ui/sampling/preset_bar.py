"""The preset bar: choose, save, rename, delete, import and export presets, without dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LampblackError, SettingsError
from app.core.options.presets import BUILTIN, SUGGESTED, Preset, Presets, is_untouched
from app.core.options.sampling import Sampling
from app.ui.languages import on_language_change
from app.ui.sentences import Words, told
from app.ui.widgets.controls import IconButton, NoteLabel, QuietCombo
from app.ui.widgets.icons import icon
from app.ui.widgets.number_box import shown_number
from app.ui.widgets.theme import Theme

_FIRST = "Balanced"


class PresetBar(QFrame):
    """Shows which preset the values come from, whether they were modified, and its menu.

    As long as no preset was chosen the name is "", which stands for what the model suggests, else
    for Balanced. `chosen` carries the values of the preset that the user took; `renamed` the name
    of the present preset when only the name changed.
    """

    chosen = Signal(object)
    renamed = Signal(str)

    def __init__(
        self, presets: Presets, sampling: Sampling, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._presets = presets
        self._sampling = sampling
        is_suggested = not name and sampling == SUGGESTED.sampling
        self._suggestion = SUGGESTED if is_suggested else None
        self._name = self._found(name)
        self._then: Callable[[str], None] | None = None
        self.combo = QuietCombo()
        self.combo.activated.connect(self._choose)
        self.mark = QLabel()
        self.mark.setProperty("kind", "badge")
        self.menu_button = IconButton("more", "")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.actions_by_name = self._make_menu()
        self._make_question()
        self.description = NoteLabel()
        self.problem = NoteLabel("wrong")
        self.notes = NoteLabel()
        self._lay_out()
        self._word()
        on_language_change(self._word)

    def _word(self) -> None:
        self.combo.setAccessibleName(self.tr("Preset"))
        self.combo.setToolTip(self.tr("A preset sets every value below at once."))
        self.mark.setText(self.tr("modified"))
        self.menu_button.name(self.tr("Save and manage presets"))
        texts = {
            "update": self.tr("Save changes in this preset"),
            "revert": self.tr("Go back to the preset's values"),
            "save_as": self.tr("Save as a new preset…"),
            "rename": self.tr("Rename…"),
            "delete": self.tr("Delete…"),
            "import": self.tr("Import…"),
            "export": self.tr("Export my presets…"),
        }
        for name, text in texts.items():
            self.actions_by_name[name].setText(text)
        self.edit.setPlaceholderText(self.tr("Name of the preset"))
        self.edit.setAccessibleName(self.tr("Name of the preset"))
        self.yes.setText(told(self._yes))
        self.no.setText(self.tr("Cancel"))
        for note in (self.question_text, self.problem, self.notes):
            note.reword()
        self._fill()

    def name(self) -> str:
        """The chosen preset's name; "" if none was chosen."""
        return self._name

    def preset(self) -> Preset:
        """The chosen preset, or what stands for it."""
        return self._presets.get(self._name) if self._name else self._suggestion or BUILTIN[0]

    def suggest(self, suggestion: Preset | None) -> bool:
        """Offer what suits the loaded model; true if its values were taken over.

        They are while no preset was chosen and no value was changed.
        """
        self._suggestion = suggestion
        self._fill()
        if self._name or not is_untouched(self._sampling) or not self.is_modified():
            return False
        self.chosen.emit(self.preset().sampling)
        return True

    def set_sampling(self, sampling: Sampling) -> None:
        """Compare other values with the preset; a seed is no modification."""
        self._sampling = sampling
        modified = self.is_modified()
        self.mark.setVisible(modified)
        self.actions_by_name["update"].setEnabled(modified and not self.preset().builtin)
        self.actions_by_name["revert"].setEnabled(modified)

    def is_modified(self) -> bool:
        """Whether the values differ from the preset's."""
        preset = self.preset().sampling
        return bool(msgspec.structs.replace(self._sampling, seed=preset.seed) != preset)

    # Building

    def _found(self, name: str) -> str:
        presets = self._presets.all()
        if not name or any(preset.name == name for preset in presets):
            return name
        equal = (preset.name for preset in presets if preset.sampling == self._sampling)
        return next(equal, _FIRST)

    def _make_menu(self) -> dict[str, QAction]:
        menu = QMenu(self)
        entries = (
            ("update", "save", self.update_preset),
            ("revert", "reset", self.revert),
            ("save_as", "add", self.ask_save),
            ("rename", "edit", self.ask_rename),
            ("delete", "trash", self.ask_delete),
            ("import", "import", self.choose_import),
            ("export", "export", self.choose_export),
        )
        actions = {}
        for name, drawing, act in entries:
            if name in ("save_as", "import"):
                menu.addSeparator()
            actions[name] = menu.addAction("", act)
            actions[name].setData(drawing)
        menu.aboutToShow.connect(self._draw_icons)
        self.menu_button.setMenu(menu)
        return actions

    def _make_question(self) -> None:
        self.question = QWidget()
        self.question_text = NoteLabel()
        self.edit = QLineEdit()
        self.edit.setMaxLength(60)
        self.edit.returnPressed.connect(self.answer)
        self._yes: Words = ""
        self.yes = QPushButton()
        self.yes.setProperty("kind", "primary")
        self.yes.clicked.connect(self.answer)
        self.no = QPushButton()
        self.no.clicked.connect(self.close_question)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self.question)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        column.addWidget(self.question_text)
        column.addWidget(self.edit)
        column.addLayout(buttons)
        self.question.hide()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.combo, 1)
        top.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.menu_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 12, 12, 10)
        whole.setSpacing(6)
        whole.addLayout(top)
        whole.addWidget(self.description)
        whole.addWidget(self.question)
        whole.addWidget(self.problem)
        whole.addWidget(self.notes)

    def _draw_icons(self) -> None:
        """Draw the menu's icons in the colours of the present theme, whenever it opens."""
        for action in self.actions_by_name.values():
            action.setIcon(icon(action.data(), Theme.current().muted))

    def _fill(self) -> None:
        self.combo.clear()
        if self._suggestion is not None:
            self._add_suggestion()
        presets = self._presets.all()
        own = [preset.name for preset in presets if not preset.builtin]
        for preset in presets:
            if own and preset.name == own[0]:
                self.combo.insertSeparator(self.combo.count())
            name = preset.name
            shown = QCoreApplication.translate("Presets", name) if preset.builtin else name
            self.combo.addItem(shown, name)
        shown_name = self._name if self._name or self._suggestion else _FIRST
        self.combo.setCurrentIndex(self.combo.findData(shown_name))
        self._describe()
        builtin = self.preset().builtin
        for name in ("rename", "delete"):
            self.actions_by_name[name].setEnabled(not builtin)
        self.actions_by_name["export"].setEnabled(bool(own))
        self.set_sampling(self._sampling)

    def _describe(self) -> None:
        """Say what the preset does to the prose, also to those who hear the list."""
        described = QCoreApplication.translate("Presets", self.preset().description)
        self.description.say(described)
        self.combo.setAccessibleDescription(described)

    def _add_suggestion(self) -> None:
        self.combo.addItem(self.tr("Suggested for this model"), "")
        why = self.tr(
            "For models that soon repeat themselves, as small ones do: DRY {0}, repetition penalty "
            "{1} over the last {2} tokens."
        ).format(
            shown_number(SUGGESTED.sampling.dry_multiplier, self.locale()),
            shown_number(SUGGESTED.sampling.repetition_penalty, self.locale()),
            shown_number(SUGGESTED.sampling.repetition_window, self.locale()),
        )
        for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            self.combo.setItemData(0, why, role)

    # What the user does

    def _choose(self, index: int) -> None:
        self._name = self.combo.itemData(index)
        self.close_question()
        self._fill()
        self.chosen.emit(self.preset().sampling)

    def revert(self) -> None:
        """Take the preset's values again."""
        self.chosen.emit(self.preset().sampling)

    def update_preset(self) -> None:
        """Write the present values into the chosen preset."""
        self._try(lambda: self._save(self._name))

    def ask_save(self) -> None:
        """Ask for the name of a new preset."""
        self._ask(
            lambda: self.tr("Save the present values as"),
            lambda: self.tr("Save"),
            self._save_new,
            "",
        )

    def ask_rename(self) -> None:
        """Ask for another name of the chosen preset."""
        self._ask(
            lambda: self.tr("Rename “{0}” to").format(self._name),
            lambda: self.tr("Rename"),
            self._rename,
        )

    def ask_delete(self) -> None:
        """Ask whether to delete the chosen preset."""
        self._ask(
            lambda: self.tr("Delete the preset “{0}”? The values below stay.").format(self._name),
            lambda: self.tr("Delete"),
            self._delete,
        )
        self.edit.hide()
        self.no.setFocus()

    def choose_import(self) -> None:
        """Let the user point at a file of presets."""
        from PySide6.QtWidgets import QFileDialog

        files = self.tr("Presets (*.json *.yaml *.yml *.kcpps);;All files (*)")
        path, _filter = QFileDialog.getOpenFileName(self, self.tr("Import presets"), "", files)
        if path:
            self._try(lambda: self._import(Path(path)))

    def choose_export(self) -> None:
        """Let the user say where the user's own presets go."""
        from PySide6.QtWidgets import QFileDialog

        path, _filter = QFileDialog.getSaveFileName(
            self, self.tr("Export my presets"), "presets.json", self.tr("Presets (*.json)")
        )
        if path:
            own = [preset.name for preset in self._presets.all() if not preset.builtin]
            self._try(lambda: self._presets.export_to(Path(path), own))

    def answer(self) -> None:
        """Do what was asked, with the name that was typed."""
        then, name = self._then, self.edit.text().strip()
        if then is not None and self._try(lambda: then(name)):
            self.close_question()

    def close_question(self) -> None:
        """Put the question away."""
        self.notes.say("")
        self._then = None
        self.question.hide()
        self.problem.say("")

    # Doing it

    def _ask(
        self, question: Words, yes: Words, then: Callable[[str], None], name: str | None = None
    ) -> None:
        self.problem.say("")
        self.notes.say("")
        self._then = then
        self.question_text.say(question)
        self._yes = yes
        self.yes.setText(told(yes))
        self.edit.setText(self._name if name is None else name)
        self.edit.show()
        self.question.show()
        self.edit.selectAll()
        self.edit.setFocus()

    def _try(self, act: Callable[[], object]) -> bool:
        """Whether `act` went well; its trouble is shown as a sentence."""
        try:
            act()
        except LampblackError as error:
            self.problem.say(str(error))
            return False
        self.problem.say("")
        return True

    def _save_new(self, name: str) -> None:
        taken = (one.name for one in self._presets.all() if not one.builtin)
        if any(one.casefold() == name.casefold() for one in taken):
            raise SettingsError(
                self.tr("There is already a preset named {0}.").format(name),
                self.tr("Choose another name, or choose that preset and save changes in it."),
            )
        self._save(name)

    def _save(self, name: str) -> None:
        seedless = msgspec.structs.replace(self._sampling, seed=None)
        self._show_name(self._presets.save(name, seedless).name)

    def _rename(self, name: str) -> None:
        self._show_name(self._presets.rename(self._name, name).name)

    def _delete(self, _typed: str) -> None:
        self._presets.delete(self._name)
        self._show_name(_FIRST)

    def _import(self, path: Path) -> None:
        imported = self._presets.import_from(path)
        self._fill()
        if imported.names:
            self._show_name(imported.names[0])
            self.chosen.emit(self.preset().sampling)
        self.notes.say(" ".join(imported.notes))

    def _show_name(self, name: str) -> None:
        self._name = name
        self._fill()
        self.renamed.emit(name)
