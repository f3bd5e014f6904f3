"""What is remembered of a model at once when it has been fetched: where from, and its checksum."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

from app.core.errors import LampblackError
from app.core.models.library import ModelFile, inspect
from app.core.models.metadata import Shelf
from app.downloads.request import Wanted


def remembering(shelf: Shelf) -> Callable[[Wanted, Path], None]:
    """What a queue of downloads calls when a model has come."""
    return partial(remember_arrival, shelf)


def remember_arrival(
    shelf: Shelf, wanted: Wanted, path: Path, now: Callable[[], float] = time.time
) -> None:
    """Note the catalogue's id and the checksum that the downloader has just found to be right.

    A model that came is there also where this cannot be noted; it can be verified again later.
    """
    with contextlib.suppress(LampblackError):
        model = inspect(path)
        shelf.change(model, source=wanted.id, sha256=_checksum(model, wanted), verified_at=now())


def _checksum(model: ModelFile, wanted: Wanted) -> str:
    """That of the whole model; only small files, which came without a sha256, are read for it."""
    from app.core.models.checksums import (  # not at every start
        checksums,
        weights_of,
        whole_checksum,
    )

    files = weights_of(model)
    known = {PurePosixPath(file.path).name: file.sha256 for file in wanted.files}
    if any(file.name not in known for file in files):
        return ""  # something else lies beside it
    found = {file.name: known[file.name] for file in files if known[file.name]}
    return whole_checksum(found | checksums([file for file in files if not known[file.name]]))
