"""What a word of the command line works with: the user's folders, settings, models and engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.core.errors import CatalogueError, ModelNotFoundError
from app.core.models.catalogue import Catalogue, catalogue_file, present
from app.core.models.library import ModelFile, ModelLibrary
from app.core.models.metadata import MetadataStore
from app.core.models.other_programs import ProgramStore, find_programs
from app.core.models.starter import starter_path
from app.core.options.presets import Presets
from app.core.options.settings import Settings, SettingsStore
from app.core.system.paths import Paths
from app.downloads.client import Fetcher
from app.downloads.queue import Downloads
from app.downloads.queue_file import remembering
from app.downloads.tokens import HubTokens
from app.engine.client import EngineClient
from app.engine.gpu_crashes import GpuMarks

if TYPE_CHECKING:
    from app.core.store import Store
    from app.engine.worker import Worker


def open_library(
    paths: Paths, settings: Callable[[], Settings], metadata: MetadataStore
) -> ModelLibrary:
    """The library; it asks `settings` anew for every list."""
    return ModelLibrary(
        paths.models,
        lambda: settings().added_models,
        watched=lambda: settings().watched_folders,
        programs=lambda: _stores(settings().use_programs),
        known=metadata.known,
    )


def _stores(agreed: tuple[str, ...]) -> tuple[ProgramStore, ...]:
    """Only what the user agreed to is looked at."""
    return find_programs(Path.home(), os.environ, agreed) if agreed else ()


@dataclass(frozen=True)
class Program:
    """One run of the command line; each part is read when it is first needed."""

    paths: Paths
    fetcher: Fetcher | None = None
    new_client: Callable[..., EngineClient] = EngineClient

    @cached_property
    def settings_store(self) -> SettingsStore:
        """The user's settings and their file."""
        return SettingsStore(self.paths.settings_file)

    @property
    def settings(self) -> Settings:
        """The user's settings."""
        return self.settings_store.settings

    @cached_property
    def presets(self) -> Presets:
        """The shipped presets and the user's own."""
        return Presets(self.paths.presets_file)

    @cached_property
    def library(self) -> ModelLibrary:
        """The models on disk."""
        return open_library(self.paths, lambda: self.settings, self.metadata)

    @cached_property
    def metadata(self) -> MetadataStore:
        """What is remembered of the models."""
        return MetadataStore(self.paths.metadata_file)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The models that can be got, the user's own list included."""
        return Catalogue.read(catalogue_file(), self.paths.catalogue_file)

    @cached_property
    def tokens(self) -> HubTokens:
        """The tokens for gated models."""
        return HubTokens()

    @contextmanager
    def downloads(self) -> Iterator[Downloads]:
        """The queue of downloads, which pauses what is left at the end."""
        downloads = Downloads(
            self.fetcher,
            self.paths.models,
            self.paths.downloads_file,
            allowed=lambda: self.settings.network,
            token=self.tokens.get,
            on_arrival=remembering(self.metadata),
        )
        try:
            yield downloads
        finally:
            downloads.close()

    @cached_property
    def gpu_marks(self) -> GpuMarks:
        """Which loads onto a graphics card crashed."""
        return GpuMarks(self.paths.gpu_marks)

    @property
    def engine_cache(self) -> str:
        """Where an engine keeps what makes it faster the next time."""
        return str(self.paths.engine_cache)

    @contextmanager
    def engine(self) -> Iterator[EngineClient]:
        """An engine client that is closed, with its host, at the end."""
        client = self.new_client(
            log=self.paths.logs / "engine.log",
            cache=self.paths.engine_cache,
            marks=self.gpu_marks,
        )
        try:
            yield client
        finally:
            client.close()

    def model(self, name_or_path: str) -> ModelFile:
        """The model of that name or path; without one, the last used, the starter, the only one."""
        if name_or_path:
            return self._named(name_or_path)
        if self.settings.model and os.path.lexists(self.settings.model):
            return self.library.resolve(self.settings.model)
        starter = str(starter_path(self.paths.models))
        if os.path.lexists(starter):
            return self.library.resolve(starter)
        return self._only_model()

    def _named(self, name: str) -> ModelFile:
        """The model of that name or path, or the one that was fetched by that of the catalogue."""
        try:
            return self.library.resolve(name)
        except ModelNotFoundError as error:
            try:
                entry = self.catalogue.get(name)
            except CatalogueError:
                raise error from None
        here = present(self.catalogue, self.paths.models, self.library.list())
        if entry.id in here:
            return self.library.resolve(here[entry.id])
        raise ModelNotFoundError(
            f"{entry.name} is in the catalogue and not on this machine.",
            f"Get it with: lampblack models get {entry.id}",
        )

    def _only_model(self) -> ModelFile:
        sound = [model for model in self.library.list() if not model.problem]
        if len(sound) == 1:
            return sound[0]
        if sound:
            raise ModelNotFoundError(
                f"There are {len(sound)} models to choose from.",
                "Name one with --model; `lampblack models list` shows them.",
            )
        raise ModelNotFoundError(
            "There is no model yet.", "Fetch one with `lampblack models get starter`."
        )


class Workbench(msgspec.Struct, frozen=True):
    """The parts of one running program. `fetcher` is None where nothing may be downloaded."""

    paths: Paths
    settings: SettingsStore
    presets: Presets
    library: ModelLibrary
    metadata: MetadataStore
    store: Store
    worker: Worker
    fetcher: Fetcher | None
    gpu_marks: GpuMarks
    downloads: Downloads
    tokens: HubTokens

    @classmethod
    def build(
        cls,
        paths: Paths,
        *,
        host_command: Sequence[str] | None = None,
        fetcher: Fetcher | None = None,
        on_store_problem: Callable[[str], None] | None = None,
    ) -> Workbench:
        """Open everything under `paths`; the engine host starts with the first job."""
        from app.core.store import Store  # the command line has no use for it
        from app.engine.worker import Worker

        settings = SettingsStore(paths.settings_file)
        metadata = MetadataStore(paths.metadata_file)
        marks = GpuMarks(paths.gpu_marks)
        tokens = HubTokens()
        return cls(
            paths=paths,
            settings=settings,
            presets=Presets(paths.presets_file),
            library=open_library(paths, lambda: settings.settings, metadata),
            metadata=metadata,
            store=Store(paths.store_file, on_problem=on_store_problem),
            worker=Worker(
                EngineClient(
                    host_command,
                    log=paths.logs / "engine.log",
                    cache=paths.engine_cache,
                    marks=marks,
                ),
                cache=str(paths.engine_cache),
            ),
            fetcher=fetcher,
            gpu_marks=marks,
            downloads=Downloads(
                fetcher,
                paths.models,
                paths.downloads_file,
                allowed=lambda: settings.settings.network,
                token=tokens.get,
                on_arrival=remembering(metadata),
            ),
            tokens=tokens,
        )

    def close(self) -> None:
        """End the engine, the downloads and the store's writer; what was written is on disk."""
        self.worker.close()
        self.downloads.close()
        if self.fetcher is not None:
            self.fetcher.close()
        self.settings.close()
        self.store.close()
