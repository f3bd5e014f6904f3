"""The tab of the models on this machine: the list, and all about the selected one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
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

from app.core.models.catalogue import PURPOSES
from app.core.passport import Passport
from app.ui.manager.card_texts import (
    advice_text,
    draft_text,
    fit_text,
    model_card,
    order_text,
    origin_text,
    purpose_text,
)
from app.ui.manager.inventory import Inventory, InventoryModel, ordered
from app.ui.manager.model_actions import ModelActions
from app.ui.manager.views import InstalledView
from app.ui.numbers import data_size_text
from app.ui.texts import moment_text, passport_card, passport_words
from app.ui.widgets.card_list import Card, CardsView
from app.ui.widgets.controls import ElidedLabel, FlowingNote, NoteLabel, QuietCombo, set_property
from app.ui.widgets.theme import heading_font


class PassportCard(QWidget):
    """Sentences, the warnings apart, and the button that tries the model out."""

    def __init__(self, button: QPushButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QLabel(self.tr("Passport"))
        self.heading.setFont(heading_font(self.font()))
        self.text = FlowingNote("")
        self.warning = FlowingNote("wrong")
        self.made = FlowingNote()
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for widget in (self.heading, self.text, self.warning, self.made):
            column.addWidget(widget)
        column.addLayout(line)

    def show_passport(self, passport: Passport | None) -> None:
        """Show what is known of a model."""
        if passport is None:
            self.text.say(self.tr("Not tried out yet."))
            self.warning.say("")
            self.made.say("")
            return
        warnings = passport_card(passport).warnings
        told = passport_words(passport)
        self.text.say("\n".join(told[: len(told) - len(warnings)]))
        self.warning.say("\n".join(warnings))
        made = self.tr("Tried out {0}, on this machine.")
        self.made.say(made.format(moment_text(passport.made_at)) if passport.made_at else "")


_ORDERS = ("best", "name", "size", "used")
_ON_CARD = ("passport",)  # its button stands with the passport


class InstalledTab(QWidget):
    """Shows the models and asks for what the writer wants; does nothing to them itself.

    `asked` carries what is wanted of the model at a path; `noted` its path and its new notes.
    """

    asked = Signal(str, str)
    noted = Signal(str, str)
    find_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model_of: tuple[InventoryModel, ...] = ()
        self._models: dict[str, InventoryModel] = {}
        self._loaded = self._shown = self._wanted = ""
        self._is_loading = False
        self.list = CardsView(self.tr("Models on this machine"))
        self.list.selectionModel().currentChanged.connect(self._show_selected)
        self.list.activated.connect(lambda _index: self._activate())
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.actions_table = ModelActions(self, self._ask)
        self.buttons = self.actions_table.buttons
        self._make_choices()
        self.empty = NoteLabel()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.find_button = QPushButton(self.tr("Find a Model…"))
        set_property(self.find_button, "kind", "primary")
        self.find_button.clicked.connect(self.find_requested)
        self.details = self._make_details()
        self._lay_out()
        self.show_inventory(None)

    def show_inventory(self, inventory: Inventory | None) -> None:
        """Show the models; None while they are being read for the first time."""
        models = inventory.models if inventory is not None else ()
        self._model_of = models
        is_first = not self._shown
        self._show_cards()
        wanted = self._wanted if self._wanted in self._models else self._loaded
        if is_first and wanted in self._models:  # else the first
            self.list.select(wanted)
        self._wanted = "" if models else self._wanted
        is_empty = inventory is not None and not models
        words = self.tr("No models yet. Drop a model (a .gguf file or a folder) here, or find one.")
        self.empty.say(words if is_empty else "" if models else self.tr("Looking at the disk…"))
        self.find_button.setVisible(is_empty)
        self.nothing.setVisible(not models)
        self.split.setVisible(bool(models))
        self.choices.setVisible(bool(models))

    def view(self) -> InstalledView:
        """What the writer looks at."""
        selected = self._wanted or self.list.selected()
        return InstalledView(self.order.currentData(), self.purpose.currentData(), selected)

    def take_view(self, view: InstalledView) -> None:
        """Look at the same; the model is selected with the first inventory that has any."""
        self.order.setCurrentIndex(self.order.findData(view.order))
        self.purpose.setCurrentIndex(self.purpose.findData(view.purpose))
        self._wanted = view.selected

    def set_loaded(self, path: str, *, is_loading: bool = False) -> None:
        """Mark the loaded model, and whether one is being loaded."""
        is_news = path != self._loaded
        self._loaded, self._is_loading = path, is_loading
        if is_news:
            self._show_cards()
        self._show_buttons()

    def selected(self) -> InventoryModel | None:
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
        self.about = FlowingNote()
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.path = ElidedLabel()
        self.path.setProperty("kind", "muted")
        self.fit = FlowingNote()
        self.advice = FlowingNote()
        self.notes = _NotesField()
        self.notes.setProperty("kind", "field")
        self.notes.setPlaceholderText(self.tr("Your notes on this model"))
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setTabChangesFocus(True)
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 4, 4, 4)
        column.setSpacing(8)
        self.passport = PassportCard(self.buttons["passport"])
        for widget in (self.title, self.about, self.path, self.fit, self.advice, self.passport):
            column.addWidget(widget)
        column.addWidget(self.notes, 1)
        area = QScrollArea()
        area.setProperty("kind", "plain")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        area.setAccessibleName(self.tr("About the model"))
        whole = QWidget()
        beside = QVBoxLayout(whole)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(10)
        beside.addWidget(area, 1)
        beside.addLayout(self._make_buttons())
        return whole

    def _make_buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.setContentsMargins(14, 0, 4, 0)
        names = [name for name in self.buttons if name not in _ON_CARD]
        for number, name in enumerate(names):
            grid.addWidget(self.buttons[name], number // 2, number % 2)
        set_property(self.buttons["load"], "kind", "primary")
        return grid

    def _make_choices(self) -> None:
        """The order of the list, and what the writer looks for."""
        self.order = self._combo(self.tr("Sort by"))
        for order in _ORDERS:
            self.order.addItem(order_text(order), order)
        self.purpose = self._combo(self.tr("Recommended for"))
        self.purpose.addItem(self.tr("Any purpose"), "")
        for purpose in PURPOSES:
            self.purpose.addItem(purpose_text(purpose), purpose)
        self.choices = QWidget()
        line = QHBoxLayout(self.choices)
        line.setContentsMargins(0, 0, 0, 4)
        line.setSpacing(8)
        for combo in (self.order, self.purpose):
            label = QLabel(combo.accessibleName())
            label.setProperty("kind", "muted")
            label.setBuddy(combo)
            line.addWidget(label)
            line.addWidget(combo)
            line.addSpacing(8)
            combo.currentIndexChanged.connect(self._show_cards)
        line.addStretch(1)

    def _combo(self, name: str) -> QuietCombo:
        combo = QuietCombo()
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.setMinimumContentsLength(16)
        return combo

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
        self.nothing = QWidget()
        middle = QVBoxLayout(self.nothing)
        middle.setSpacing(14)
        middle.addStretch(2)
        middle.addWidget(self.empty)
        middle.addLayout(line)
        middle.addStretch(3)
        whole.addWidget(self.nothing, 1)
        whole.addWidget(self.choices)
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
        purpose = self.purpose.currentData()
        models = ordered(self._model_of, self.order.currentData(), purpose)
        self._models = {one.model.path: one for one in models}
        self.list.show_cards([self._card(one, purpose) for one in models])
        self._show_selected()

    def _card(self, one: InventoryModel, purpose: str) -> Card:
        recommended = bool(purpose) and one.is_recommended(purpose)
        return model_card(one, loaded=one.model.path == self._loaded, recommended=recommended)

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

    def _show_details(self, one: InventoryModel) -> None:
        model, used = one.model, one.record.used_at
        self.title.setText(model.name)
        lines = [
            model.own_name,
            self.tr("Takes {0} on disk").format(data_size_text(one.bytes)),
            self.tr("Licence: {0}").format(model.licence) if model.licence else "",
            self.tr("Belongs to {0}").format(model.program) if model.program else "",
            origin_text(one.record),
            draft_text(one.record),
            self.tr("Last used {0}").format(moment_text(used)) if used else "",
        ]
        self.path.setText(model.path)
        self.path.setToolTip(model.path)
        self.about.say("\n".join(line for line in lines if line))
        loaded = model.path == self._loaded
        self.fit.say(model.problem or ("" if loaded else fit_text(one)))
        set_property(self.fit, "kind", "wrong" if one.is_wrong(loaded=loaded) else "muted")
        self.advice.say(advice_text(one))
        self.passport.setVisible(not model.problem)
        self.passport.show_passport(one.passport)

    def _show_menu(self, place: QPoint) -> None:
        if self.selected() is not None:
            menu = self.actions_table.menu(self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.list.viewport().mapToGlobal(place))

    def _show_buttons(self) -> None:
        one, table = self.selected(), self.actions_table
        loaded = one is not None and one.model.path == self._loaded
        sound = one is not None and not one.model.problem
        tried = one is not None and one.passport is not None
        table.rename("load", self.tr("Unload") if loaded else self.tr("Load"))
        table.rename("passport", self.tr("Try It Again…") if tried else self.tr("Try It Out…"))
        enabled = {
            "load": loaded or (sound and not self._is_loading),
            "passport": sound and not self._is_loading,
            "fit": sound,
            "draft": sound,
            "verify": sound,
            "quantize": sound and one is not None and one.model.kind == "gguf",
            "remove": one is not None and not loaded,
        }
        for name in self.buttons:
            table.enable(name, on=enabled.get(name, one is not None))
        table.check("favourite", on=one is not None and one.record.favourite)


class _NotesField(QPlainTextEdit):
    """Room for some lines, and for more where there is any."""

    def sizeHint(self) -> QSize:
        """Three lines or so."""
        return QSize(200, 4 * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        """No less."""
        return self.sizeHint()
