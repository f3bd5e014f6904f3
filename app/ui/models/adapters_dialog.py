"""The dialog of a model's adapters: which are attached, and how strongly each counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LampblackError
from app.core.formats.adapter_files import engine_of
from app.core.options.adapters import MOST, STRONGEST, WEAKEST, Adapter, check_adapters
from app.core.training.cards import LearnedAdapter
from app.ui.models.learned_row import LearnedRow
from app.ui.widgets.controls import IconButton, NoteLabel
from app.ui.widgets.number_box import NumberBox


class AdaptersDialog(QDialog):
    """Lists adapters for a model that `engine` runs; `chosen` carries the new tuple of them.

    `folder_asked` and `trash_asked` carry the LearnedAdapter that they are about.
    """

    chosen = Signal(object)
    folder_asked = Signal(object)
    trash_asked = Signal(object)

    def __init__(
        self,
        name: str,
        adapters: tuple[Adapter, ...],
        engine: str,
        parent: QWidget | None = None,
        *,
        path: str = "",
    ) -> None:
        super().__init__(parent)
        self._engine, self._name, self._path = engine, name, path
        self.learned: list[LearnedRow] = []
        self._learned_lines = QVBoxLayout()
        self.learned_title = QLabel(self.tr("Learned from your pages"))
        self.learned_title.hide()
        self.rows: list[AdapterRow] = []
        self.setWindowTitle(self.tr("Adapters"))
        self._lines = QVBoxLayout()
        self._none = NoteLabel()
        self.problem = NoteLabel("wrong")
        self.buttons = self._make_buttons()
        self._lay_out(name)
        for adapter in adapters:
            self._show(adapter)
        self._show_state()
        self.resize(520, 260)

    def adapters(self) -> tuple[Adapter, ...]:
        """What the rows say."""
        return tuple(row.adapter() for row in self.rows)

    def add(self, path: str) -> None:
        """Put an adapter on the list, or say why it cannot be."""
        added = Adapter(path=str(Path(path).absolute()))
        try:
            check_adapters((*self.adapters(), added))
            if engine_of(Path(path)) != self._engine:
                self.problem.say(
                    self.tr(
                        "This adapter is for the other kind of model: a .gguf file goes with "
                        "a .gguf file, a folder with a folder."
                    )
                )
                return
        except LampblackError as error:
            self.problem.say(str(error))
            return
        self.problem.say("")
        self._show(added)
        self._show_state()

    def show_learned(self, found: Sequence[LearnedAdapter]) -> None:
        """Offer what was learned, for this model first."""
        for row in self.learned:
            row.hide()
            row.deleteLater()
        ordered = sorted(found, key=lambda one: not self._is_for_this(one))
        self.learned = [self._learned_row(one) for one in ordered]
        self.learned_title.setVisible(bool(self.learned))
        self._allow_learned()

    def take_off(self, folder: Path) -> None:
        """Take what lies in that folder off the list: it is gone."""
        for row in list(self.rows):
            path = Path(row.adapter().path)
            if folder in (path, path.parent):
                self._remove(row)

    def _learned_row(self, learned: LearnedAdapter) -> LearnedRow:
        adapter = learned.for_engine(self._engine) if self._is_for_this(learned) else None
        row = LearnedRow(learned, adapter)
        row.attached.connect(self.add)
        row.folder_asked.connect(lambda: self.folder_asked.emit(learned))
        row.trash_asked.connect(lambda: self.trash_asked.emit(learned))
        self._learned_lines.addWidget(row)
        return row

    def _is_for_this(self, learned: LearnedAdapter) -> bool:
        return self._path == learned.card.base_path or self._name == learned.card.base

    def _allow_learned(self) -> None:
        paths = {row.adapter().path for row in self.rows}
        for row in self.learned:
            row.allow(is_attached=row.path in paths, has_room=len(self.rows) < MOST)

    def accept(self) -> None:
        """Close, and have the model loaded with what is listed."""
        self.chosen.emit(self.adapters())
        super().accept()

    def _choose(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        if self._engine == "torch":
            path = QFileDialog.getExistingDirectory(self, self.tr("Add an Adapter’s Folder"))
        else:
            path, _filter = QFileDialog.getOpenFileName(
                self, self.tr("Add an Adapter"), "", self.tr("Adapters (*.gguf);;All files (*)")
            )
        if path:
            self.add(path)

    def _show(self, adapter: Adapter) -> None:
        row = AdapterRow(adapter)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._lines.addWidget(row)

    def _remove(self, row: AdapterRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self._show_state()

    def _show_state(self) -> None:
        nothing = self.tr("None is attached: the model writes as it was made.")
        self._none.say("" if self.rows else nothing)
        self.add_button.setEnabled(len(self.rows) < MOST)
        self._allow_learned()

    def _make_buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox()
        load = buttons.addButton(self.tr("Load with These"), QDialogButtonBox.ButtonRole.AcceptRole)
        load.setProperty("kind", "primary")
        load.setDefault(True)
        self.add_button = buttons.addButton(self.tr("Add…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.add_button.clicked.connect(self._choose)
        buttons.addButton(kinds.Cancel)  # last: Tab goes from the rows to the first one
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _lay_out(self, name: str) -> None:
        about = self.tr(
            "An adapter (LoRA) changes how {0} writes. 1 is as it was trained, 0 without effect."
        )
        top = QLabel(about.format(name))
        top.setWordWrap(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(10)
        whole.addWidget(top)
        whole.addLayout(self._lines)
        whole.addWidget(self._none)
        whole.addWidget(self.learned_title)
        whole.addLayout(self._learned_lines)
        whole.addWidget(self.problem)
        whole.addStretch(1)
        whole.addWidget(self.buttons)


class AdapterRow(QWidget):
    """One adapter: its name, its strength, and a button that takes it off."""

    removed = Signal()

    def __init__(self, adapter: Adapter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = adapter.path
        path = Path(adapter.path)
        name = path.stem if path.suffix.lower() == ".gguf" else path.name
        label = QLabel(name)
        label.setToolTip(adapter.path)
        self.strength = NumberBox(WEAKEST, STRONGEST, 0.1, whole=False)
        self.strength.setDecimals(2)
        self.strength.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.strength.setValue(adapter.strength)
        self.strength.setAccessibleName(self.tr("Strength of {0}").format(name))
        self.strength.setToolTip(self.tr("1 is as it was trained, 0 without effect"))
        remove = IconButton("close", self.tr("Take {0} off").format(name))
        remove.clicked.connect(self.removed)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label, 1)
        line.addWidget(self.strength)
        line.addWidget(remove)

    def adapter(self) -> Adapter:
        """The adapter with the strength that is shown."""
        return Adapter(path=self._path, strength=round(self.strength.value(), 2))
