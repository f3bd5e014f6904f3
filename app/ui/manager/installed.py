"""The tab of the models on this machine: the list, and all about the selected one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.ui.controls import ElidedLabel, Note, set_property
from app.ui.manager.cards import CardsView
from app.ui.manager.stock import Stock, Stocked
from app.ui.manager.wording import model_card, origin_text, verdict_text
from app.ui.models_list import size_text


class InstalledTab(QWidget):
    """Shows the models and asks for what the writer wants; does nothing to them itself.

    `asked` carries what is wanted of the model at a path; `noted` its path and its new notes.
    """

    asked = Signal(str, str)
    noted = Signal(str, str)
    find_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: dict[str, Stocked] = {}
        self._loaded = self._shown = ""
        self._is_loading = False
        self.list = CardsView(self.tr("Models on this machine"))
        self.list.selectionModel().currentChanged.connect(self._show_selected)
        self.list.activated.connect(lambda _index: self._activate())
        self.empty = Note()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.find_button = QPushButton(self.tr("Find a model…"))
        set_property(self.find_button, "kind", "primary")
        self.find_button.clicked.connect(self.find_requested)
        self.details = self._make_details()
        self._lay_out()
        self.show_stock(None)

    def show_stock(self, stock: Stock | None) -> None:
        """Show the models; None while they are being read for the first time."""
        models = stock.models if stock is not None else ()
        self._models = {one.model.path: one for one in models}
        is_first = not self._shown
        self._show_cards()
        if is_first and self._loaded in self._models:
            self.list.select(self._loaded)
        is_empty = stock is not None and not models
        words = self.tr("No models yet. Drop a GGUF file or a model's folder here, or find one.")
        self.empty.say(words if is_empty else "" if models else self.tr("Looking at the disk…"))
        self.find_button.setVisible(is_empty)
        self.split.setVisible(bool(models))

    def set_loaded(self, path: str, *, is_loading: bool = False) -> None:
        """Mark the loaded model, and whether one is being loaded."""
        is_news = path != self._loaded
        self._loaded, self._is_loading = path, is_loading
        if is_news:
            self._show_cards()
        self._show_buttons()

    def selected(self) -> Stocked | None:
        """The selected model."""
        return self._models.get(self.list.selected())

    def keep_notes(self) -> None:
        """Tell the notes if they were changed."""
        one = self._models.get(self._shown)
        text = self.notes.toPlainText()
        if one is not None and text != one.record.notes and self.notes.document().isModified():
            self.notes.document().setModified(False)
            self.noted.emit(self._shown, text)

    # Building

    def _make_details(self) -> QWidget:
        body = QWidget()
        body.setProperty("kind", "body")
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() + 2)
        font.setBold(True)
        self.title.setFont(font)
        self.about = Note()
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.path = ElidedLabel()
        self.path.setProperty("kind", "muted")
        self.fit = Note()
        self.notes = QPlainTextEdit()
        self.notes.setProperty("kind", "field")
        self.notes.setPlaceholderText(self.tr("Your notes on this model"))
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(60)
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 4, 4, 4)
        column.setSpacing(8)
        for widget in (self.title, self.about, self.path, self.fit):
            column.addWidget(widget)
        column.addWidget(self.notes, 1)
        column.addLayout(self._make_buttons())
        area = QScrollArea()
        area.setProperty("kind", "plain")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        return area

    def _make_buttons(self) -> QGridLayout:
        texts = {
            "load": (self.tr("Load"), self.tr("Load this model and write with it")),
            "rename": (self.tr("Rename…"), self.tr("Show it under another name; its file stays")),
            "favourite": (self.tr("Favourite"), self.tr("Keep it at the top of the list")),
            "reveal": (self.tr("Show in Folder"), self.tr("Show it in the file manager")),
            "verify": (self.tr("Verify"), self.tr("Read every byte and compare its checksum")),
            "smaller": (self.tr("Smaller Copy…"), self.tr("Make a copy that takes less room")),
            "remove": (self.tr("Remove…"), self.tr("Take it off the list, or into the trash")),
        }
        self.buttons: dict[str, QPushButton] = {}
        grid = QGridLayout()
        grid.setSpacing(6)
        for number, (name, (text, help_text)) in enumerate(texts.items()):
            button = self.buttons[name] = QPushButton(text)
            button.setToolTip(help_text)
            button.setCheckable(name == "favourite")
            button.clicked.connect(lambda _on=False, wish=name: self._ask(wish))
            grid.addWidget(button, number // 2, number % 2)
        set_property(self.buttons["load"], "kind", "primary")
        return grid

    def _lay_out(self) -> None:
        self.split = QSplitter()
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.list)
        self.split.addWidget(self.details)
        self.split.setSizes([460, 360])
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.find_button)
        line.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 12, 14, 8)
        whole.addWidget(self.empty)
        whole.addLayout(line)
        whole.addWidget(self.split, 1)

    # Inside

    def _ask(self, wish: str) -> None:
        if (one := self.selected()) is None:
            return
        path = one.model.path
        is_unload = wish == "load" and path == self._loaded
        self.asked.emit("unload" if is_unload else wish, path)

    def _activate(self) -> None:
        if self.buttons["load"].isEnabled() and self.list.selected() != self._loaded:
            self._ask("load")

    def _show_cards(self) -> None:
        self.list.show_cards(
            [
                model_card(one, loaded=one.model.path == self._loaded)
                for one in self._models.values()
            ]
        )
        self._show_selected()

    def _show_selected(self) -> None:
        one = self.selected()
        path = one.model.path if one is not None else ""
        if path != self._shown:
            self.keep_notes()
            self._shown = path
            self.notes.setPlainText(one.record.notes if one is not None else "")
        if one is not None:
            self._show_details(one)
        self._show_buttons()

    def _show_details(self, one: Stocked) -> None:
        model = one.model
        self.title.setText(model.name)
        lines = [
            model.own_name,
            self.tr("Takes {0} on disk").format(size_text(one.bytes)),
            self.tr("Licence: {0}").format(model.licence) if model.licence else "",
            self.tr("Belongs to {0}").format(model.program) if model.program else "",
            origin_text(one.record),
        ]
        self.path.setText(model.path)
        self.path.setToolTip(model.path)
        self.about.say("\n".join(line for line in lines if line))
        loaded = model.path == self._loaded
        self.fit.say(
            model.problem or ("" if loaded else f"{verdict_text(one.verdict)}: {one.because}")
        )
        wrong = bool(model.problem) or (not loaded and one.verdict == "too large")
        set_property(self.fit, "kind", "wrong" if wrong else "muted")

    def _show_buttons(self) -> None:
        one = self.selected()
        loaded = one is not None and one.model.path == self._loaded
        sound = one is not None and not one.model.problem
        self.buttons["load"].setText(self.tr("Unload") if loaded else self.tr("Load"))
        enabled = {
            "load": loaded or (sound and not self._is_loading),
            "verify": sound,
            "smaller": sound and one is not None and one.model.kind == "gguf",
            "remove": one is not None and not loaded,
        }
        for name, button in self.buttons.items():
            button.setEnabled(enabled.get(name, one is not None))
        self.buttons["favourite"].setChecked(one is not None and one.record.favourite)
