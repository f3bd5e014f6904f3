"""How the manager says things: cards of models and of offers, sizes, times and speeds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.models.catalogue_search import CatalogueMatch
from app.core.models.metadata import ModelRecord
from app.core.models.other_programs import PROGRAMS
from app.core.units import context_text
from app.downloads.queue import Download
from app.ui.manager.inventory import InventoryModel
from app.ui.models.cards import facts
from app.ui.numbers import data_size_text
from app.ui.sentences import told
from app.ui.texts import day_text, list_text, passport_summary, percent_text, state_text
from app.ui.widgets.card_list import DOT, Card

_tr = QCoreApplication.translate


def model_card(one: InventoryModel, *, loaded: bool, recommended: bool = False) -> Card:
    """A model of this machine, `recommended` for what the writer looks for."""
    model, record = one.model, one.record
    shown = (facts(model), model.licence, model.program)
    badge = _tr("Manager", "loaded") if loaded else ""
    warning = told(model.problem or ("" if loaded or one.verdict == "fits" else one.because))
    return Card(
        key=model.path,
        title=f"★ {model.name}" if record.favourite else model.name,
        badge=badge or (_tr("Manager", "recommended") if recommended else ""),
        facts=DOT.join(part for part in shown if part),
        words=_summary(one),
        warning=warning,
        is_wrong=one.is_wrong(loaded=loaded),
        is_faint=bool(model.problem),
        tip=model.path,
    )


def origin_text(record: ModelRecord) -> str:
    """Where a model came from, and whether every byte of it was checked."""
    is_catalogue = bool(record.source) and record.source not in PROGRAMS
    if not record.sha256:
        return _tr("Manager", "From the catalogue") if is_catalogue else ""
    when = day_text(record.verified_at)
    if is_catalogue:
        return _tr("Manager", "From the catalogue, verified on {0}").format(when)
    return _tr("Manager", "Verified on {0}").format(when)


def draft_text(record: ModelRecord) -> str:
    """Which smaller model guesses for a model; empty without one."""
    if not record.draft:
        return ""
    path = PurePath(record.draft)
    name = path.stem if path.suffix.lower() == ".gguf" else path.name
    return _tr("Manager", "Draft model: {0}").format(name)


def _summary(one: InventoryModel) -> str:
    """What the model's passport says, as a sentence of its own."""
    text = passport_summary(one.passport) if one.passport is not None else ""
    return text[:1].upper() + text[1:]


def offer_card(offer: CatalogueMatch, downloads: Mapping[str, Download]) -> Card:
    """A model of the catalogue."""
    entry = offer.entry
    shown = (
        data_size_text(entry.size_bytes) if entry.size_bytes else "",
        entry.quantization,
        kind_text(entry.kind),
        languages_text(entry.languages),
        _tr("Manager", "{0} context").format(context_text(entry.context_length)),
        entry.licence,
        entry.engine if entry.engine != "llama.cpp" else "",
    )
    return Card(
        key=entry.id,
        title=entry.name,
        badge=_badge(offer, downloads.get(entry.id)),
        facts=DOT.join(part for part in shown if part),
        words=_tr("Catalogue", entry.why),
        warning=_explained(verdict_text(offer.verdict), offer.because),
        is_wrong=offer.verdict == "too large",
    )


def _badge(offer: CatalogueMatch, download: Download | None) -> str:
    if offer.here:
        return _tr("Manager", "here")
    if download is None or download.state == "done":
        return ""
    return percent_text(download) if download.state == "running" else state_text(download)


def verdict_text(verdict: str) -> str:
    """A verdict in a word."""
    texts = {
        "fits": _tr("Manager", "Fits"),
        "tight": _tr("Manager", "Tight"),
        "too large": _tr("Manager", "Too large"),
    }
    return texts.get(verdict, verdict)


def fit_text(one: InventoryModel) -> str:
    """Whether a model fits, with the reason; empty while that is not known."""
    return _explained(verdict_text(one.verdict), one.because)


def _explained(verdict: str, because: str) -> str:
    """A verdict with its reason, or the one of them that there is."""
    if not verdict or not because:
        return verdict or told(because)
    return _tr("Manager", "{0}: {1}").format(verdict, told(because))


def advice_text(one: InventoryModel) -> str:
    """What a copy in another type would bring, and how it is made; empty for none."""
    how = _tr("Manager", "{0} The button Smaller Copy… makes it; this model stays as it is.")
    return how.format(told(one.advice)) if one.advice else ""


def order_text(order: str) -> str:
    """An order of models, as a choice."""
    texts = {
        "best": _tr("Manager", "Best for This Machine"),
        "name": _tr("Manager", "Name"),
        "size": _tr("Manager", "Size"),
        "used": _tr("Manager", "Last Used"),
        "memory": _tr("Manager", "Memory Needed"),
    }
    return texts.get(order, order)


def purpose_text(purpose: str) -> str:
    """What a model is for, as a choice."""
    texts = {
        "continue": _tr("Manager", "Going on with prose"),
        "chat": _tr("Manager", "Answering"),
        "rewrite": _tr("Manager", "Rewriting"),
        "summarise": _tr("Manager", "Summarising"),
        "translate": _tr("Manager", "Translating"),
        "classify": _tr("Manager", "Sorting texts"),
        "code": _tr("Manager", "Code"),
    }
    return texts.get(purpose, purpose)


def language_text(code: str) -> str:
    """A language's own name."""
    if code == "multi":
        return _tr("Manager", "many languages")
    found = QLocale(code)
    is_known = found.name().split("_")[0] == code
    return _tr("Languages", QLocale.languageToString(found.language())) if is_known else code


def languages_text(codes: tuple[str, ...]) -> str:
    """The languages of a model, not all of many."""
    if "multi" in codes or len(codes) > 3:
        return _tr("Manager", "many languages")
    return list_text(language_text(code) for code in codes)


def kind_text(kind: str) -> str:
    """What a model was trained for."""
    if kind == "instruct":
        return _tr("Manager", "follows instructions")
    return _tr("Manager", "goes on with text")
