"""Every word below `lampblack models` and what it takes."""

from __future__ import annotations

from app.cli.models import fit, folders, get, list, manage, passport, quantize, search, smaller
from app.cli.parsing import Words


def add_models(words: Words) -> None:
    """Add `models` with its own words."""
    models = words.add_parser("models", help="find, get and look after models")
    inner = models.add_subparsers(metavar="WORD", required=True)
    for module in (list, search, get, manage, folders, passport, quantize, smaller, fit):
        module.add_words(inner)
