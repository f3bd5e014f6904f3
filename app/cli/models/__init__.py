"""Every word below `lampblack models` and what it takes."""

from __future__ import annotations

from app.cli.models import fit, folders, get, list, manage, passport, quantize, search
from app.cli.parsing import Words, parser_of


def add_models(words: Words) -> None:
    """Add `models` with its own words."""
    models = parser_of(words.add_parser, "models", help="find, get and look after models")
    inner = models.add_subparsers(metavar="WORD", required=True)
    list.add_words(inner)
    search.add_words(inner)
    get.add_words(inner)
    manage.add_words(inner)
    folders.add_words(inner)
    passport.add_words(inner)
    quantize.add_words(inner)
    fit.add_words(inner)
