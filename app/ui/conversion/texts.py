"""What formats, profiles and papers are called."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.conversion.looks.profiles import ExportProfile, usual_paper

_tr = QCoreApplication.translate


def format_name(suffix: str) -> str:
    """What a format is called."""
    names = {
        ".docx": _tr("Export", "Word document"),
        ".epub": _tr("Export", "E-book (EPUB)"),
        ".html": _tr("Export", "Web page"),
        ".odt": _tr("Export", "OpenDocument text"),
        ".md": _tr("Export", "Markdown"),
        ".txt": _tr("Export", "Plain text"),
        ".pdf": _tr("Export", "PDF"),
    }
    return names[suffix]


def profile_name(profile: ExportProfile) -> str:
    """What a profile is called; a user's own as it was named."""
    names = {
        "reading": _tr("Export", "Reading copy"),
        "manuscript": _tr("Export", "Manuscript for submissions"),
        "e-book": _tr("Export", "E-book"),
    }
    return names.get(profile.id, profile.name)


def profile_words(profile: ExportProfile) -> str:
    """What a shipped profile is for."""
    words = {
        "reading": _tr("Export", "A comfortable page for friends and first readers"),
        "manuscript": _tr(
            "Export",
            "12 pt, double spaced, ragged right, with a running head, as agents and editors ask "
            "for",
        ),
        "e-book": _tr("Export", "For reading programs, which choose typeface and page themselves"),
    }
    return words.get(profile.id, "")


def paper_name(paper: str) -> str:
    """What a paper is called; "" is the usual one of the place."""
    names = {
        "": _tr("Export", "Usual here ({0})").format(paper_of_place()),
        "A4": _tr("Export", "A4"),
        "Letter": _tr("Export", "Letter"),
        "A5": _tr("Export", "A5"),
        "Trade": _tr("Export", "Trade book, 6 × 9 in"),
        "Pocket": _tr("Export", "Pocket book, 12 × 18 cm"),
    }
    return names[paper]


def paper_of_place() -> str:
    """The usual paper where the user is."""
    return usual_paper(QLocale.system().name())
