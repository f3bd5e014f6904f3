"""The settings dialog: tabs built from the tables of settings and load options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LampblackError
from app.core.options.load_options import LOAD_OPTIONS, LoadOptions
from app.core.options.rows import BoundRow
from app.core.options.settings import SETTINGS, Settings
from app.core.options.settings_store import SettingsStore
from app.ui.languages import on_language_change
from app.ui.sampling.list_rows import in_line
from app.ui.sampling.parameter_row import ParameterRow, translated
from app.ui.sampling.value_rows import make_row
from app.ui.texts import list_text
from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.controls import FlowingNote, IconButton, NoteLabel, QuietCombo
from app.ui.widgets.section import PanelScroll

if TYPE_CHECKING:
    from app.ui.models.pack_controller import PackController

_TABS = ("Page", "Writing", "Model", "Service", "Servers", "Privacy")
_ENGINES = "Engines"
"""The tab after those of the table, which has no settings: what it does is done at once."""

_QUIET = ("prompt_overflow",)
"""Settings whose choices say everything; their help names the values of the file."""


class SettingsDialog(QDialog):
    """Shows every setting and load option; nothing is kept until Apply or OK.

    `applied` carries the new Settings. The theme is shown at once and taken back by Cancel. With
    `packs` there is a tab of the engines, with `passphrase` that part above the lock. `outdated`
    says that the dialog, still open after Apply, closes because another language is spoken, and
    carries the tab at which to open a new one.
    """

    applied = Signal(object)
    outdated = Signal(str)

    def __init__(
        self,
        store: SettingsStore,
        parent: QWidget | None = None,
        packs: PackController | None = None,
        passphrase: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self.setWindowTitle(self.tr("Settings"))
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(self.windowTitle())
        self._make_tabs()
        self._make_rows()
        if passphrase is not None:
            self._bodies["Privacy"].column.insertWidget(0, passphrase)
        if packs is not None:
            self._add_engines(packs)
        self.problem = NoteLabel("wrong")
        self.buttons = self._make_buttons()
        self._lay_out()
        self.take_settings(store.settings)
        on_language_change(self._on_language_change)

    def take_settings(self, settings: Settings) -> None:
        """Show these settings."""
        for name, row in self.rows.items():
            row.set_value(getattr(settings, name))
        for name, row in self.load_rows.items():
            row.set_value(getattr(settings.load, name))
        self.agreed.set_hosts(settings.agreed_hosts)
        self._validate()

    def open_tab(self, group: str) -> None:
        """Bring the tab of that group of settings to the front; the first one for no group."""
        self.tabs.setCurrentIndex((*_TABS, _ENGINES).index(group) if group else 0)

    def changes(self) -> dict[str, Any]:
        """What differs from the kept settings."""
        kept = self._store.settings
        found = {name: row.value() for name, row in self.rows.items()}
        if self.agreed.is_forgotten:
            found["agreed_hosts"] = ()
        found["load"] = LoadOptions(**{name: row.value() for name, row in self.load_rows.items()})
        return {name: value for name, value in found.items() if value != getattr(kept, name)}

    def apply(self) -> bool:
        """Keep what was changed; False if it could not be, which the dialog then says."""
        changes = self.changes()
        if not self._validate():
            return False
        try:
            if changes:
                self._store.change(**changes)
        except LampblackError as error:
            self.problem.say(str(error))
            self.applied.emit(self._store.settings)
            return False
        self._validate()
        if changes:
            self.applied.emit(self._store.settings)
        return True

    def accept(self) -> None:
        """Keep the changes and close."""
        if self.apply():
            super().accept()

    def reject(self) -> None:
        """Close without keeping anything; the former theme comes back."""
        apply_theme(self._store.settings.theme)
        super().reject()

    def _on_language_change(self) -> None:
        """After all that `applied` brings about; by then OK has closed the dialog."""
        QTimer.singleShot(0, self, self._give_way)

    def _give_way(self) -> None:
        if self.isVisible():
            super().reject()
            self.outdated.emit((*_TABS, _ENGINES)[self.tabs.currentIndex()])

    def restore_tab(self) -> None:
        """Put everything in the present tab back to its default."""
        tab = (*_TABS, _ENGINES)[self.tabs.currentIndex()]
        for row in self._all_rows():
            if row.bound.row.group == tab and row.is_modified():
                row.reset()

    # Building

    def _row(self, bound: BoundRow) -> ParameterRow:
        column = self._bodies[bound.row.group].column
        place = column.parentWidget()
        row = _OWN_ROWS.get(bound.name, make_row)(bound, place)
        column.addWidget(row)
        if bound.name not in _QUIET:
            row.show_help()
        row.changed.connect(self._validate)
        row.problem_changed.connect(self._validate)
        if bound.name == "theme":
            row.changed.connect(apply_theme)
        return row

    def _make_tabs(self) -> None:
        """From the outside in: moving a widget into another styles it again, with all in it."""
        self._bodies: dict[str, PanelScroll] = {}
        titles = (
            self.tr("Appearance"),
            self.tr("Writing"),
            self.tr("Model"),
            self.tr("Local Service"),
            self.tr("Servers"),
            self.tr("Privacy"),
        )
        for group, title in zip(_TABS, titles, strict=True):
            scroll = self._bodies[group] = PanelScroll()
            scroll.column.setContentsMargins(20, 16, 16, 16)
            scroll.column.setSpacing(16)
            self.tabs.addTab(scroll, title)

    def _make_rows(self) -> None:
        self.rows: dict[str, ParameterRow] = {}
        for bound in SETTINGS:
            if bound.name == "preset":  # chosen above its sliders
                continue
            self.rows[bound.name] = self._row(bound)
            if bound.name == "network":
                column = self._bodies[bound.row.group].column
                self.agreed = AgreedHosts(column.parentWidget())
                self.agreed.changed.connect(self._validate)
                column.addWidget(self.agreed)
            if bound.name == "service_key":
                self.openness = FlowingNote("wrong", self._bodies[bound.row.group])
                self._bodies[bound.row.group].column.addWidget(self.openness)
        common = (bound for bound in LOAD_OPTIONS if not bound.row.per_model)
        self.load_rows = {bound.name: self._row(bound) for bound in common}
        for scroll in self._bodies.values():
            scroll.column.addStretch(1)

    def _add_engines(self, packs: PackController) -> None:
        from app.ui.window.engines_page import EnginesPage

        scroll = PanelScroll()
        scroll.column.setContentsMargins(20, 16, 16, 16)
        self.engines = EnginesPage(packs)
        scroll.column.addWidget(self.engines)
        scroll.column.addStretch(1)
        self.tabs.addTab(scroll, self.tr("Engines"))

    def _all_rows(self) -> Iterable[ParameterRow]:
        return (*self.rows.values(), *self.load_rows.values())

    def _make_buttons(self) -> QDialogButtonBox:
        kind = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kind.RestoreDefaults | kind.Cancel | kind.Apply | kind.Ok)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        box.button(kind.Apply).clicked.connect(self.apply)
        box.button(kind.RestoreDefaults).clicked.connect(self.restore_tab)
        box.button(kind.RestoreDefaults).setText(self.tr("Restore defaults"))
        box.button(kind.RestoreDefaults).setToolTip(self.tr("Of the tab that is open."))
        box.button(kind.Ok).setProperty("kind", "primary")
        for button in box.buttons():
            button.setIcon(QIcon())
        restore = box.button(kind.RestoreDefaults)
        self.tabs.currentChanged.connect(lambda tab: restore.setEnabled(tab < len(_TABS)))
        return box

    def _lay_out(self) -> None:
        below = QVBoxLayout()
        below.setContentsMargins(20, 8, 20, 16)
        below.addWidget(self.problem)
        below.addWidget(self.buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.tabs, 1)
        whole.addLayout(below)
        bar = self.tabs.tabBar()
        bar.ensurePolished()
        self.resize(max(520, bar.sizeHint().width()), 600)  # no tab is hidden in large letters

    # Following

    def _validate(self) -> bool:
        """Whether everything can be kept; the buttons and the sentence follow."""
        trouble = next((row.problem() for row in self._all_rows() if row.problem()), "")
        ubatch, batch = self.load_rows["ubatch"].value(), self.load_rows["batch"].value()
        if not trouble and 0 < batch < ubatch:
            trouble = self.tr("The micro-batch may not be larger than the batch.")
        trouble = trouble or self._service_trouble()
        self.problem.say(trouble)
        kind = QDialogButtonBox.StandardButton
        self.buttons.button(kind.Ok).setEnabled(not trouble)
        self.buttons.button(kind.Apply).setEnabled(not trouble and bool(self.changes()))
        return not trouble

    def _service_trouble(self) -> str:
        """What cannot be of the local service; a note warns of what can, and is open to all."""
        lan, certificate, key = (
            self.rows[f"service_{name}"].value() for name in ("lan", "certificate", "key")
        )
        warning = self.tr(
            "Without a certificate, others in that network can read all texts and the token."
        )
        self.openness.say(warning if lan and not certificate else "")
        return self.tr("A private key needs its certificate.") if key and not certificate else ""


class AgreedHosts(QWidget):
    """The hosts that are asked for models without a question, and a button to ask again."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_forgotten = False
        self.words = NoteLabel()
        self.button = QPushButton(self.tr("Ask Again"))
        self.button.setProperty("kind", "small")
        self.button.setToolTip(self.tr("Ask before the next download from each of them"))
        self.button.clicked.connect(self._forget)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.words, 1)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    def set_hosts(self, hosts: tuple[str, ...]) -> None:
        """Show these; hide where there are none."""
        self.is_forgotten = False
        self.button.setEnabled(True)
        text = self.tr("You agreed to downloads from {0}; they begin without a question.")
        self.words.say(text.format(list_text(hosts)))
        self.setVisible(bool(hosts))

    def _forget(self) -> None:
        self.is_forgotten = True
        self.words.say(self.tr("You will be asked before the next download from each host."))
        self.button.setEnabled(False)
        self.changed.emit()


class FontRow(ParameterRow):
    """A typeface of this machine, or the serif that the program finds best."""

    def _make_field(self) -> QWidget:
        self.combo = QuietCombo()
        self.combo.setMaxVisibleItems(16)
        self.combo.addItem(self.tr("Automatic"), "")
        for family in QFontDatabase.families():
            if not QFontDatabase.isPrivateFamily(family):
                self.combo.addItem(family, family)
        self.combo.activated.connect(lambda index: self.take(self.combo.itemData(index)))
        return self.combo

    def _show_value(self) -> None:
        if self.combo.findData(self._value) < 0:
            self.combo.addItem(self._value, self._value)
        self.combo.setCurrentIndex(self.combo.findData(self._value))


class FileRow(ParameterRow):
    """The path of a file, typed or chosen."""

    def _make_field(self) -> QWidget:
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(self.tr("none"))
        self.edit.textEdited.connect(lambda text: self.take(text.strip()))
        self.button = IconButton("folder", self.tr("Choose a file"))
        self.button.clicked.connect(self._choose)
        field = in_line(self.edit, self.button)
        field.setFocusProxy(self.edit)
        return field

    def _named(self) -> tuple[QWidget, ...]:
        return (self.edit,)

    def _show_value(self) -> None:
        self.edit.setText(self._value)

    def _choose(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self,
            translated(self.bound.row.label),
            self._value,
            self.tr("PEM files (*.pem *.crt *.key);;All files (*)"),
        )
        if path:
            self.take(path)
            self._show_value()


_OWN_ROWS: dict[str, Callable[[BoundRow, QWidget | None], ParameterRow]] = {
    "font_family": FontRow,
    "service_certificate": FileRow,
    "service_key": FileRow,
}
