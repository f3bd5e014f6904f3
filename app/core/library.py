"""The library of one user: the program's own folder and everything that the settings name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from app.core.models.library import ModelLibrary
from app.core.models.metadata import Shelf
from app.core.models.other_programs import ProgramStore, find_programs
from app.core.options.settings import Settings
from app.core.system.paths import Paths


def open_library(paths: Paths, settings: Callable[[], Settings], shelf: Shelf) -> ModelLibrary:
    """The library; it asks `settings` anew for every list."""
    return ModelLibrary(
        paths.models,
        lambda: settings().added_models,
        watched=lambda: settings().watched_folders,
        programs=lambda: _stores(settings().use_programs),
        known=shelf.known,
    )


def _stores(agreed: tuple[str, ...]) -> tuple[ProgramStore, ...]:
    """Only what the user agreed to is looked at."""
    return find_programs(Path.home(), os.environ, agreed) if agreed else ()
