"""The tab of the catalogue: what can be got, filtered, best fit first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.models.catalogue import PURPOSES, CatalogueEntry
from app.core.models.catalogue_search import CatalogueFilter, CatalogueMatch, offers
from app.downloads.queue import Download
from app.ui.manager.card_texts import (
    kind_text,
    language_text,
    offer_card,
    order_text,
    purpose_text,
)
from app.ui.manager.inventory import Inventory
from app.ui.manager.views import CatalogueView
from app.ui.numbers import data_size_text
from app.ui.widgets.card_list import CardsView
from app.ui.widgets.controls import NoteLabel, QuietCombo, set_property

_GIGA = 1_000_000_000
_ORDERS = ("best", "name", "size", "memory")
_SIZES = (1, 3, 6, 12, 24)  # GB


class CatalogueTab(QWidget):
    """Shows what the catalogue offers for a wish.

    `download_requested` carries an entry; `load_requested` the path of a model that is here.
    """

    download_requested = Signal(object)
    load_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inventory: Inventory | None = None
        self._wanted: CatalogueView | None = None
        self._downloads: dict[str, Download] = {}
        self._offers: dict[str, CatalogueMatch] = {}
        self._refusal = ""
        self.list = CardsView(self.tr("Models that can be downloaded"))
        self.list.selectionModel().currentChanged.connect(self._show_button)
        self.list.activated.connect(lambda _index: self._act())
        self.note = NoteLabel()
        self.everything = QPushButton(self.tr("Show Everything"))
        self.everything.setToolTip(self.tr("Look for nothing in particular"))
        self.everything.clicked.connect(self.show_everything)
        self.action = QPushButton()
        set_property(self.action, "kind", "primary")
        self.action.clicked.connect(self._act)
        self._make_filters()
        self._lay_out()
        self._show_button()

    def show_inventory(self, inventory: Inventory) -> None:
        """Take over what is known now; the choices follow the catalogue."""
        is_first, self._inventory = self._inventory is None, inventory
        if is_first:
            self._fill_filters(inventory.catalogue.entries)
        self._show_offers()
        if is_first and self._wanted is not None:
            self.take_view(self._wanted)

    def show_downloads(self, downloads: Sequence[Download]) -> None:
        """Mark what is being fetched."""
        before = {name: download.state for name, download in self._downloads.items()}
        self._downloads = {download.id: download for download in downloads}
        is_news = before != {download.id: download.state for download in downloads}
        if is_news or self.isVisible():
            self._show_cards()

    def showEvent(self, event: QShowEvent) -> None:
        """Show how far the downloads are by now."""
        super().showEvent(event)
        self._show_cards()

    def show_refusal(self, sentence: str) -> None:
        """Say why nothing can be fetched; empty when it can be."""
        self._refusal = sentence
        self._show_button()

    def wish(self) -> CatalogueFilter:
        """What the filters say."""
        return CatalogueFilter(
            text=self.text.text(),
            purpose=self.purpose.currentData() or "",
            language=self.language.currentData() or "",
            licence=self.licence.currentData() or "",
            engine=self.engine.currentData() or "",
            kind=self.kind.currentData() or "",
            largest_bytes=self.largest.currentData() or 0,
            fits_only=self.fits.isChecked(),
            sort=self.order.currentData() or "best",
        )

    def view(self) -> CatalogueView:
        """What the writer looks for and at; what they wanted where nothing was read by now."""
        return self._wanted or CatalogueView(self.wish(), self.list.selected())

    def take_view(self, view: CatalogueView) -> None:
        """Look for the same; with the first inventory where there is none yet."""
        if self._inventory is None:
            self._wanted = view
            return
        self._wanted, wish = None, view.wish
        self.text.setText(wish.text)
        values = (wish.purpose, wish.language, wish.licence, wish.engine, wish.kind)
        for combo, value in zip(self._filters, (*values, wish.largest_bytes or ""), strict=True):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.order.setCurrentIndex(max(0, self.order.findData(wish.sort)))
        self.fits.setChecked(wish.fits_only)
        self.list.select(view.selected)

    def show_everything(self) -> None:
        """Look for nothing in particular any more."""
        self.text.clear()
        for combo in self._filters:
            combo.setCurrentIndex(0)
        self.fits.setChecked(False)

    def show_entry(self, entry_id: str) -> None:
        """Bring an entry to the front, whatever was looked for before."""
        self.show_everything()
        self.list.select(entry_id)
        self.list.scrollTo(self.list.currentIndex())
        self.list.setFocus()

    # Building

    def _make_filters(self) -> None:
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.tr("Search"))
        self.text.setAccessibleName(self.tr("Search the catalogue"))
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._show_offers)
        self.purpose = self._combo(self.tr("Purpose"), self.tr("Any purpose"))
        self.language = self._combo(self.tr("Language"), self.tr("Any language"))
        self.licence = self._combo(self.tr("Licence"), self.tr("Any licence"))
        self.engine = self._combo(self.tr("Engine"), self.tr("Any engine"))
        self.kind = self._combo(self.tr("Kind"), self.tr("Any kind"))
        self.largest = self._combo(self.tr("Size"), self.tr("Any size"))
        self._filters = (
            self.purpose,
            self.language,
            self.licence,
            self.engine,
            self.kind,
            self.largest,
        )
        self.order = QuietCombo()
        self.order.setAccessibleName(self.tr("Sort by"))
        self.order.setToolTip(self.tr("Sort by"))
        for order in _ORDERS:
            self.order.addItem(order_text(order), order)
        self.order.currentIndexChanged.connect(self._show_offers)
        self.fits = QCheckBox(self.tr("Fits this machine"))
        self.fits.setToolTip(self.tr("Leave out what needs more memory than is free"))
        self.fits.setChecked(True)
        self.fits.toggled.connect(self._show_offers)

    def _combo(self, name: str, anything: str) -> QuietCombo:
        combo = QuietCombo()
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.addItem(anything, "")
        combo.currentIndexChanged.connect(self._show_offers)
        return combo

    def _fill_filters(self, entries: Sequence[CatalogueEntry]) -> None:
        used = {purpose for entry in entries for purpose in entry.good_for}
        _fill(self.purpose, ((purpose_text(one), one) for one in PURPOSES if one in used))
        codes = {code for entry in entries for code in entry.languages} - {"multi"}
        _fill(self.language, sorted((language_text(code), code) for code in codes))
        _fill(self.licence, ((one, one) for one in sorted({entry.licence for entry in entries})))
        _fill(self.engine, ((one, one) for one in sorted({entry.engine for entry in entries})))
        _fill(self.kind, ((kind_text(one), one) for one in ("base", "instruct")))
        up_to = self.tr("Up to {0} GB")
        _fill(self.largest, ((up_to.format(size), size * _GIGA) for size in _SIZES))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(6)
        for number, combo in enumerate(
            (self.purpose, self.language, self.kind, self.largest, self.licence, self.engine)
        ):
            grid.addWidget(combo, number // 3, number % 3)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.text, 2)
        top.addWidget(self.order, 1)
        top.addWidget(self.fits)
        bottom = QHBoxLayout()
        bottom.addWidget(self.note, 100)
        bottom.addStretch(1)
        bottom.addWidget(self.everything, 0, Qt.AlignmentFlag.AlignBottom)
        bottom.addWidget(self.action, 0, Qt.AlignmentFlag.AlignBottom)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 12, 14, 8)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addLayout(grid)
        whole.addWidget(self.list, 1)
        whole.addLayout(bottom)

    # Inside

    def _show_offers(self) -> None:
        if self._inventory is None:
            return
        inventory = self._inventory
        found = offers(inventory.catalogue, self.wish(), inventory.machine, inventory.here)
        self._offers = {offer.entry.id: offer for offer in found}
        self._show_cards()

    def _show_cards(self) -> None:
        self.list.show_cards(
            [offer_card(offer, self._downloads) for offer in self._offers.values()]
        )
        self._show_button()

    def _show_button(self) -> None:
        offer = self._offers.get(self.list.selected())
        here = offer is not None and bool(offer.here)
        size = data_size_text(offer.entry.size_bytes) if offer and offer.entry.size_bytes else ""
        download = self.tr("Download ({0})").format(size) if size else self.tr("Download")
        self.action.setText(self.tr("Load") if here else download)
        is_empty = not self._offers and self._inventory is not None
        self.everything.setVisible(is_empty)
        self.action.setVisible(here or not (self._refusal or is_empty))
        self.action.setEnabled(offer is not None and (here or self._can_fetch(offer)))
        nothing = self.tr("Nothing in the catalogue answers to all of that. Ask for less.")
        gated = self.tr("Its makers want you to agree to their licence first, on their own page.")
        self.list.say_empty(nothing if is_empty else "")
        words = ""
        if offer is not None and offer.entry.gated and not here:
            words = gated
        self.note.say(self._refusal or words)

    def _can_fetch(self, offer: CatalogueMatch) -> bool:
        known = self._downloads.get(offer.entry.id)
        return not self._refusal and (known is None or known.state not in ("waiting", "running"))

    def _act(self) -> None:
        offer = self._offers.get(self.list.selected())
        if offer is None or not self.action.isEnabled():
            return
        if offer.here:
            self.load_requested.emit(offer.here)
        else:
            self.download_requested.emit(offer.entry)


def _fill(combo: QuietCombo, choices: Iterable[tuple[str, object]]) -> None:
    for text, value in choices:
        combo.addItem(text, value)
