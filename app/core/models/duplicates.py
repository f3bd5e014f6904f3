"""Models that lie on the disk twice: by size, then by samples, and only then by checksum."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

from app.core.errors import CancelledError, LampblackError
from app.core.models.checksums import (
    Cancelled,
    Progress,
    Sums,
    checksums,
    weights_of,
    whole_checksum,
)
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile
from app.core.system.files import open_regular

_SAMPLE = 64 * 1024
_SAMPLES = 3  # of each file: its beginning, its middle and its end


def duplicates(
    models: Iterable[ModelFile],
    metadata: MetadataStore,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    *,
    sums: Sums = checksums,
) -> tuple[tuple[ModelFile, ...], ...]:
    """Groups of models with the same content in different files, the largest first.

    Checksums that are known and not older than their file are believed. Two names of one file are
    no duplicate. A model that cannot be read through is left out. Raises CancelledError.
    """
    sound = [model for model in models if not model.problem]
    alike = _groups([[*_one_of_each_file(sound)]], lambda model: (model.kind, model.size_bytes))
    alike = _groups(alike, _samples)
    work = _Work([model for group in alike for model in group], metadata, progress, cancelled, sums)
    equal = _groups(alike, work.checksum)
    return tuple(sorted(map(tuple, equal), key=lambda group: -group[0].size_bytes))


class _Work:
    """Reads the models that only their checksum can tell apart."""

    def __init__(
        self,
        models: Sequence[ModelFile],
        metadata: MetadataStore,
        progress: Progress | None,
        cancelled: Cancelled | None,
        sums: Sums,
    ) -> None:
        self._known = {model.path: _known(model, metadata) for model in models}
        unknown = [model for model in models if not self._known[model.path]]
        self._total = sum(model.size_bytes for model in unknown)
        self._done = 0
        self._progress = progress
        self._cancelled = cancelled
        self._sums = sums

    def checksum(self, model: ModelFile) -> str | None:
        """The checksum of the whole model; None when it cannot be read."""
        if known := self._known[model.path]:
            return known
        start = self._done
        try:
            found = self._sums(weights_of(model), self._show(start), self._cancelled)
        except CancelledError:
            raise
        except LampblackError:
            return None
        self._done = start + model.size_bytes
        return whole_checksum(found)

    def _show(self, start: int) -> Progress:
        def show(done: int, _of_one: int) -> None:
            if self._progress is not None:
                self._progress(min(start + done, self._total), self._total)

        return show


def _groups(
    groups: Iterable[Sequence[ModelFile]], key: Callable[[ModelFile], Hashable]
) -> list[list[ModelFile]]:
    """Each group divided by `key`; alone, or with the key None, a model drops out."""
    found: list[list[ModelFile]] = []
    for group in groups:
        divided: dict[Hashable, list[ModelFile]] = defaultdict(list)
        for model in group:
            if (value := key(model)) is not None:
                divided[value].append(model)
        found += [models for models in divided.values() if len(models) > 1]
    return found


def _one_of_each_file(models: Iterable[ModelFile]) -> Iterable[ModelFile]:
    seen = set()
    for model in models:
        try:
            identity = [(s.st_dev, s.st_ino) for s in (file.stat() for file in weights_of(model))]
        except OSError:
            continue
        if tuple(identity) not in seen:
            seen.add(tuple(identity))
            yield model


def _samples(model: ModelFile) -> bytes | None:
    """A digest of a little of every file."""
    digest = hashlib.sha256()
    try:
        for file in weights_of(model):
            with open_regular(file) as opened:
                last = max(0, opened.seek(0, 2) - _SAMPLE)
                for number in range(_SAMPLES):
                    opened.seek(last * number // (_SAMPLES - 1))
                    digest.update(opened.read(_SAMPLE))
    except OSError:
        return None
    return digest.digest()


def _known(model: ModelFile, metadata: MetadataStore) -> str:
    record = metadata.record(model)
    try:
        changed = max(file.stat().st_mtime for file in weights_of(model))
    except (OSError, ValueError):
        return ""
    return record.sha256 if record.verified_at > changed else ""
