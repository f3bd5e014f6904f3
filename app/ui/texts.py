"""Sentences and words that several parts of the window say: downloads, folders, moments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.core.options.servers import server_of
from app.core.passport import Passport, PassportSummary, card, summary, words
from app.downloads.queue import Download
from app.ui.numbers import data_share_texts, data_size_text, local_number, number_text, per_cent
from app.ui.sentences import told

_tr = QCoreApplication.translate
_DOT = " · "
_ZONE = re.compile(r"\(?t+\)?")


def list_text(items: Iterable[str]) -> str:
    """Names and values one after the other."""
    return _tr("Lists", ", ").join(items)


def state_text(download: Download) -> str:
    """How a download is, in a word or two."""
    texts = {
        "waiting": _tr("Downloads", "waiting"),
        "running": _tr("Downloads", "downloading"),
        "paused": _tr("Downloads", "paused"),
        "done": _tr("Downloads", "done"),
        "failed": _tr("Downloads", "failed"),
    }
    return texts[download.state]


def download_text(download: Download) -> str:
    """How far a download is, with speed and time left while it runs."""
    phases = {
        "verifying": _tr("Downloads", "verifying every byte"),
        "unpacking": _tr("Downloads", "unpacking"),
    }
    words = [phases.get(download.phase) or state_text(download)]
    if download.state == "done":
        return _DOT.join((*words, data_size_text(download.total)))
    if download.total and not download.done:
        words.append(data_size_text(download.total))
    elif download.total:
        amount = _tr("Downloads", "{0} of {1}")
        words.append(amount.format(data_size_text(download.done), data_size_text(download.total)))
    if download.state == "running" and download.speed > 0 and download.phase not in phases:
        words.append(
            _tr("Downloads", "{0} per second").format(data_size_text(round(download.speed)))
        )
        if download.left_s is not None:
            words.append(left_text(download.left_s))
    return _DOT.join(words)


def resume_text(download: Download) -> str:
    """What a button says that goes on with a paused or failed download."""
    if download.state == "failed":
        words, short = _tr("Downloads", "Try again, {0}"), _tr("Downloads", "Try again")
    else:
        words, short = _tr("Downloads", "Resume, {0}"), _tr("Downloads", "Resume")
    return words.format(amount_text(download)) if download.done and download.total else short


def amount_text(download: Download) -> str:
    """How much of how much is there, as short as it can be said."""
    return _tr("Downloads", "{0} of {1}").format(*data_share_texts(download.done, download.total))


def percent_text(download: Download) -> str:
    """How far a download is, in a word."""
    if not download.total:
        return state_text(download)
    share = min(100, download.done * 100 // download.total)
    return per_cent(share)


def left_text(seconds: float) -> str:
    """The time left, in minutes or tenths of an hour."""
    if seconds < 60:
        return _tr("Downloads", "less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _tr("Downloads", "about {0} min left").format(number_text(minutes))
    return _tr("Downloads", "about {0} h left").format(number_text(minutes / 60, 1))


def passport_tr(text: str) -> str:
    """A text of a model's passport."""
    return _tr("Passport", text)


def passport_card(passport: Passport) -> PassportSummary:
    """What a writer should know of a model, in the language of the window."""
    return card(in_words(passport), passport_tr, local_number)


def passport_words(passport: Passport) -> tuple[str, ...]:
    """The sentences of that card, the most important first."""
    return words(in_words(passport), passport_tr, local_number)


def passport_summary(passport: Passport) -> str:
    """That card in one line."""
    return summary(passport, passport_tr, local_number)


def in_words(passport: Passport) -> Passport:
    """A passport whose problems are told in the language of the window."""
    return replace(
        passport,
        problem=told(passport.problem),
        template_problem=told(passport.template_problem),
    )


def work_text(what: str) -> str:
    """What the engine says it does (`Working.what`)."""
    return QCoreApplication.translate("Working", what)


def watched_text(folder: Path) -> str:
    """What a folder was added as."""
    text = _tr("Models", "{0} is watched from now on: the models in it are on the list.")
    return text.format(folder)


def model_title(path: str) -> str:
    """What the model at a path, or the server that it stands for, is called in a sentence."""
    return server_of(path) or Path(path).stem


def loading_text(path: str) -> str:
    """What goes on while that is loaded."""
    words = (
        _tr("Models", "Connecting to {0}…") if server_of(path) else _tr("Models", "Loading {0}…")
    )
    return words.format(model_title(path))


def moment_text(seconds: float) -> str:
    """A moment, in seconds since 1970, as short as the locale writes date and time."""
    return _short(seconds, "yyyy-MM-dd HH:mm")


def day_text(seconds: float) -> str:
    """The day of a moment, in seconds since 1970, as short as the locale writes dates."""
    return _short(seconds, "yyyy-MM-dd", day_only=True)


def clock_text(seconds: float) -> str:
    """The time of day of a moment, in seconds since 1970, to the second."""
    locale = QLocale()
    shape = _ZONE.sub("", locale.timeFormat(QLocale.FormatType.LongFormat)).strip()
    return locale.toString(_moment(seconds).time(), shape)


def _short(seconds: float, plain: str, *, day_only: bool = False) -> str:
    """The moment in the locale's short format; in `plain` where no country's is set (LANG=C)."""
    moment, locale = _moment(seconds), QLocale()
    if locale.language() == QLocale.Language.C:
        return moment.toString(plain)
    short = QLocale.FormatType.ShortFormat
    return locale.toString(moment.date(), short) if day_only else locale.toString(moment, short)


def _moment(seconds: float) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(seconds * 1000))
