"""How the manager says things: cards of models and of offers, sizes, times and speeds."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.offers import Offer
from app.fetch.queue import Download
from app.ui.manager.cards import Card
from app.ui.manager.stock import Stocked
from app.ui.models_list import context_text, facts, size_text

_tr = QCoreApplication.translate
_DOT = " · "


def model_card(one: Stocked, *, loaded: bool) -> Card:
    """A model of this machine."""
    model, record = one.model, one.record
    shown = (facts(model), model.licence, model.program)
    wrong = bool(model.problem)
    warning = model.problem or ("" if loaded or one.verdict == "fits" else one.because)
    return Card(
        key=model.path,
        title=f"★ {model.name}" if record.favourite else model.name,
        badge=_tr("Manager", "loaded") if loaded else "",
        facts=_DOT.join(part for part in shown if part),
        warning=warning,
        is_wrong=wrong or (bool(warning) and one.verdict == "too large"),
    )


def offer_card(offer: Offer, downloads: Mapping[str, Download]) -> Card:
    """A model of the catalogue."""
    entry = offer.entry
    shown = (
        size_text(entry.size_bytes) if entry.size_bytes else "",
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
        facts=_DOT.join(part for part in shown if part),
        words=entry.why,
        warning=f"{verdict_text(offer.verdict)}: {offer.because}",
        is_wrong=offer.verdict == "too large",
    )


def _badge(offer: Offer, download: Download | None) -> str:
    if offer.here:
        return _tr("Manager", "here")
    if download is None or download.state == "done":
        return ""
    if download.state == "running" and download.total:
        return f"{download.done * 100 // download.total} %"
    return state_text(download)


def verdict_text(verdict: str) -> str:
    """A verdict in a word."""
    texts = {
        "fits": _tr("Manager", "Fits"),
        "tight": _tr("Manager", "Tight"),
        "too large": _tr("Manager", "Too large"),
    }
    return texts.get(verdict, verdict)


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
    return QLocale.languageToString(found.language()) if is_known else code


def languages_text(codes: tuple[str, ...]) -> str:
    """The languages of a model, not all of many."""
    if "multi" in codes or len(codes) > 3:
        return _tr("Manager", "many languages")
    return ", ".join(language_text(code) for code in codes)


def kind_text(kind: str) -> str:
    """What a model was trained for."""
    if kind == "instruct":
        return _tr("Manager", "follows instructions")
    return _tr("Manager", "goes on with text")


def state_text(download: Download) -> str:
    """How a download is, in a word or two."""
    texts = {
        "waiting": _tr("Manager", "waiting"),
        "running": _tr("Manager", "downloading"),
        "paused": _tr("Manager", "paused"),
        "done": _tr("Manager", "done"),
        "failed": _tr("Manager", "failed"),
    }
    return texts[download.state]


def download_text(download: Download) -> str:
    """How far a download is, with speed and time left while it runs."""
    phases = {
        "verifying": _tr("Manager", "verifying every byte"),
        "unpacking": _tr("Manager", "unpacking"),
    }
    words = [phases.get(download.phase) or state_text(download)]
    if download.state == "done":
        return _DOT.join((*words, size_text(download.total)))
    if download.total:
        amount = _tr("Manager", "{0} of {1}")
        words.append(amount.format(size_text(download.done), size_text(download.total)))
    if download.state == "running" and download.speed > 0 and download.phase != "verifying":
        words.append(_tr("Manager", "{0} per second").format(size_text(round(download.speed))))
        if download.left_s is not None:
            words.append(left_text(download.left_s))
    return _DOT.join(words)


def left_text(seconds: float) -> str:
    """The time left, as exactly as anybody wants to know it."""
    if seconds < 60:
        return _tr("Manager", "less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _tr("Manager", "about {0} min left").format(minutes)
    return _tr("Manager", "about {0} h left").format(f"{minutes / 60:.1f}")
