"""The models on this machine: listing them all, and finding one by its name."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import msgspec

from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
)
from app.core.formats.split_files import plain_name, present_parts
from app.core.models.model_file import ModelFile, inspect, is_forbidden, unusable
from app.core.models.other_programs import ProgramStore
from app.core.models.scan import (
    DEEPEST,
    MOST_ENTRIES,
    Budget,
    is_model_folder,
    models_below,
    real_path,
    sorted_entries,
)
from app.core.models.starter import starter_path
from app.core.system.files import Stamp, is_file, is_folder, stamps

_MOST_LISTED = 2000  # rows that the window lays out in a quarter of a second
_MOST_BROKEN = 500  # of those that cannot be used; they take no place of one that can
_MOST_WATCHED = 100_000
_DEEPEST_WATCHED = 6  # a folder of the user's own choice may be sorted finely


class FoundModel(msgspec.Struct, frozen=True):
    """Where a model was found, and what its file's name does not say."""

    path: Path
    name: str = ""
    program: str = ""


class UserMark(msgspec.Struct, frozen=True):
    """What the user said of a model: a title to show it by, and whether it is off the list."""

    title: str = ""
    hidden: bool = False


class ModelLibrary:
    """The models in the program's own folder, in watched ones, and those used in place.

    A folder that is `watched` and not there (a disk that is not plugged in) holds no models; what
    the user `added` by its path and is gone is listed with that problem.
    """

    def __init__(
        self,
        folder: Path,
        added: Callable[[], Sequence[str]],
        *,
        watched: Callable[[], Sequence[str]] = tuple,
        programs: Callable[[], Sequence[ProgramStore]] = tuple,
        known: Callable[[ModelFile], UserMark] = lambda _model: UserMark(),
    ) -> None:
        self._folder = folder
        self._added = added
        self._watched = watched
        self._programs = programs
        self._of_user = known
        self._known: dict[str, tuple[tuple[Stamp, ...], ModelFile]] = {}
        self._listing = threading.Lock()
        self._too_large: list[str] = []
        self._notes: tuple[str, ...] = ()
        self._unlisted: tuple[FoundModel, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the last list could not show, as sentences."""
        return self._notes

    def list(self) -> tuple[ModelFile, ...]:
        """Every model by name, after them those that cannot be used, with their problem.

        Files that did not change are not read. Where there are too many, every folder has its
        share, and `notes` say so.

        Of several who ask at the same time one reads, and the others know by then.
        """
        with self._listing:
            return self._list()

    def _list(self) -> tuple[ModelFile, ...]:
        self._too_large = []
        found: dict[str, FoundModel] = {}
        for one in _in_turn(self._found()):
            found.setdefault(real_path(one.path), one)
        rest = iter(found.values())
        good: list[ModelFile] = []
        broken: list[ModelFile] = []
        for one in rest:
            if (model := self._shown(one)) is not None:
                (broken if model.problem else good).append(model)
            if len(good) == _MOST_LISTED:
                break
        self._unlisted = tuple(rest)
        self._notes = (
            *map(_too_large, self._too_large),
            *_too_many(len(good), len(self._unlisted), len(broken)),
        )
        return (*_by_name(good), *_by_name(broken[:_MOST_BROKEN]))

    def resolve(self, name_or_path: str) -> ModelFile:
        """The model at a path or of a name: file name, name, or the only one beginning so.

        `starter` is the starter model. Raises ModelNotFoundError with what comes near, or the
        reason why the model that is meant cannot be used.
        """
        if name_or_path.strip().lower() == "starter":
            return self._starter()
        wanted = os.path.expanduser(name_or_path)  # noqa: PTH111 - Path raises for unknown users
        problem: LampblackError | None = None
        if wanted and os.path.lexists(wanted):
            try:
                model = self._inspect(Path(wanted))
                return _titled(model, self._of_user(model).title)
            except LampblackError as error:
                problem = error
        models = self._matching(name_or_path)
        if len(models) == 1:
            return models[0] if models[0].can_load else inspect(Path(models[0].path))
        if problem is not None:
            raise problem
        raise self._not_one(name_or_path, models)

    def known(self, path: str) -> ModelFile | None:
        """The model at a path as it was when it was looked at last; the disk is not touched."""
        found = self._known.get(path)
        return found[1] if found is not None and found[1].can_load else None

    def _starter(self) -> ModelFile:
        path = starter_path(self._folder)
        if not is_file(path):
            raise ModelNotFoundError(
                "The starter model is not on this machine.",
                "Get it with: lampblack models get starter",
            )
        return inspect(path)

    def _matching(self, name: str) -> Sequence[ModelFile]:
        """The models of exactly this name in any case, else those that begin with it."""
        wanted = name.strip().casefold()
        if not wanted:
            return []
        models = self.list()
        exact = [model for model in models if wanted in _names(model)]
        exact = exact or [
            model
            for one in self._unlisted
            if wanted in map(str.casefold, (one.name, plain_name(one.path), one.path.name))
            and (model := self._shown(one)) is not None
        ]
        return exact or [
            model for model in models if any(known.startswith(wanted) for known in _names(model))
        ]

    def _not_one(self, name: str, matching: Sequence[ModelFile]) -> ModelNotFoundError:
        import difflib

        shown = repr(name if len(name) <= 100 else name[:99] + "…")
        if matching:
            which = ", ".join(model.path for model in matching[:5])
            return ModelNotFoundError(
                f"{shown} means {len(matching)} models: {which}.",
                "Write more of the name, or the path.",
            )
        names = {model.name.casefold(): model.name for model in self.list()}
        near = difflib.get_close_matches(name.casefold()[:100], names, n=3, cutoff=0.5)
        hint = "There are no models yet; get one with: lampblack models get starter"
        if names:
            shown_names = [names[key] for key in near] or sorted(names.values())[:5]
            hint = f"{'Near to it' if near else 'There are'}: {', '.join(shown_names)}."
        return ModelNotFoundError(f"There is no model named {shown}.", hint)

    def _found(self) -> Iterator[Sequence[FoundModel]]:
        """What each source holds."""
        yield self._below(self._folder, DEEPEST, MOST_ENTRIES)
        for text in self._added():
            path = Path(text)
            inner = self._below(path, DEEPEST, MOST_ENTRIES) if is_folder(path) else ()
            yield inner or [FoundModel(path)]
        for text in self._watched():
            yield self._below(Path(text), _DEEPEST_WATCHED, _MOST_WATCHED)
        for store in self._programs():
            if store.is_cut:
                self._too_large.append(str(store.folder))
            pairs = zip(store.models, store.names, strict=True)
            yield [FoundModel(path, name, store.name) for path, name in pairs]

    def _below(self, path: Path, depth: int, most: int) -> Sequence[FoundModel]:
        if is_model_folder(path):
            return [FoundModel(path)]
        budget = Budget(most)
        found = models_below(path, depth, budget)
        if budget.is_cut:
            self._too_large.append(str(path))
        folders: dict[Path, list[FoundModel]] = defaultdict(list)
        for one in found:
            folders[one.parent].append(FoundModel(one))
        return tuple(_in_turn(folders.values()))

    def _shown(self, found: FoundModel) -> ModelFile | None:
        """The model as the user knows it; None when it was taken off the list."""
        model = self._look_at(found.path)
        if found.name or found.program:
            name = found.name or model.name
            model = msgspec.structs.replace(model, name=name, program=found.program)
        known = self._of_user(model)
        return None if known.hidden else _titled(model, known.title)

    def _inspect(self, path: Path) -> ModelFile:
        """`inspect`, but the header of a file that is still the same is not read again."""
        known = self._look_at(path.absolute())
        return known if known.can_load else inspect(path)

    def _look_at(self, path: Path) -> ModelFile:
        stamp = _stamp(path)
        known = self._known.get(str(path))
        if known is not None and known[0] == stamp and stamp:
            return known[1]
        try:
            model = inspect(path)
        except LampblackError as error:
            model = unusable(path, error)
            stamp = () if is_forbidden(error) else stamp  # the right may come without a change
        self._known[str(path)] = (stamp, model)
        return model


def _in_turn(sources: Iterable[Sequence[FoundModel]]) -> Iterator[FoundModel]:
    """One of each source in turn, so that none takes all the places."""
    for row in zip_longest(*sources):
        yield from (one for one in row if one is not None)


def _by_name(models: Iterable[ModelFile]) -> list[ModelFile]:
    return sorted(models, key=lambda model: (model.name.casefold(), model.path))


def _too_large(folder: str) -> str:
    return (
        f"{folder} holds more files and folders than are looked at, so models may be missing from "
        "the list. Watch the folder of the models itself."
    )


def _too_many(good: int, unlisted: int, broken: int) -> Iterator[str]:
    if unlisted:
        yield (
            f"Your folders hold {good + unlisted + broken:,} models, of which {good:,} are listed, "
            "some of every folder. The others can be loaded by their name or path; to see them, "
            "watch fewer or smaller folders."
        )
    if broken > _MOST_BROKEN:
        yield (
            f"{broken:,} files and folders cannot be used as models; {_MOST_BROKEN:,} of them are "
            "listed, after the models."
        )


def _titled(model: ModelFile, title: str) -> ModelFile:
    return msgspec.structs.replace(model, name=title, own_name=model.name) if title else model


def _stamp(path: Path) -> tuple[Stamp, ...]:
    """What changes when a model changes, of every file that belongs to it."""
    if is_folder(path):
        return stamps(Path(entry.path) for entry in sorted_entries(path, Budget()))
    return stamps(present_parts(path))


def _names(model: ModelFile) -> tuple[str, ...]:
    path = Path(model.path)
    names = (model.name, model.own_name, path.name, path.stem)
    return tuple(name.casefold() for name in names if name)
