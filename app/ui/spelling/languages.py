"""The names of languages, in the window's own language where Qt knows them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

NONE = "none"
"""In the place of a language: spelling is not checked."""

_tr = QCoreApplication.translate


def language_name(language: str) -> str:
    """A name for people, in the language's own words: `Österreichisches Deutsch (de_AT)`."""
    locale = QLocale(language)
    own = locale.nativeLanguageName()
    if not own or locale.language() == QLocale.Language.C:
        return language
    return _tr("Spelling", "{0} ({1})").format(own, language)
