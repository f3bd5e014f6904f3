"""Verifying a model again: against the catalogue, the store it lies in, or the last time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import msgspec

from app.core.errors import SettingsError
from app.core.models.catalogue import Catalogue, present
from app.core.models.checksums import Cancelled, Progress, Sums, verify
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile
from app.core.models.other_programs import known_checksum


class Verdict(msgspec.Struct, frozen=True):
    """The checksum of a sound model, and what it was compared with; "" if nothing was known.

    `problem` is the sentence about a checksum that could not be remembered.
    """

    sha256: str
    by: str
    problem: str = ""


def verify_known(
    model: ModelFile,
    metadata: MetadataStore,
    catalogue: Catalogue,
    models: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    *,
    ignore_last: bool = False,
    now: Callable[[], float] = time.time,
    sums: Sums | None = None,
) -> Verdict:
    """Read the model through and compare it with the best that is known of it; remember the result.

    With `ignore_last` the checksum of the last time is not compared. `models` is the program's
    own folder, and `sums` as for `verify`. Raises DamagedModelError, HousekeepingError,
    CancelledError, or what is wrong with the model's header.
    """
    source, files = _by_catalogue(model, catalogue, models)
    store = known_checksum(Path(model.path)) if model.kind == "gguf" else ""
    last = "" if ignore_last or files or store else metadata.record(model).sha256
    started = now()
    found = verify(model, store or last, progress, cancelled, files=files, sums=sums)
    source = source or metadata.record(model).source or model.program
    problem = ""
    try:
        metadata.change(model, sha256=found, verified_at=started, source=source)
    except SettingsError as error:  # what was read for minutes is told all the same
        problem = str(error)
    by = "the catalogue" if files else "the name its store gave it" if store else ""
    return Verdict(found, by or ("the last time" if last else ""), problem)


def _by_catalogue(
    model: ModelFile, catalogue: Catalogue, models: Path
) -> tuple[str, dict[str, str]]:
    """The id of the model in the catalogue, and the checksums of its files by their names."""
    here = present(catalogue, models, [model])
    for entry in catalogue.entries:
        if here.get(entry.id) == model.path:
            known = {PurePosixPath(file.path).name: file.sha256 for file in entry.files}
            if files := {name: sha256 for name, sha256 in known.items() if sha256}:
                return entry.id, files
    return "", {}
