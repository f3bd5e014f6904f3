"""The workbench: builds one running program's parts and joins them; no globals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from app.core.library import open_library
from app.core.models.library import ModelLibrary
from app.core.models.metadata import Shelf
from app.core.options.presets import Presets
from app.core.options.settings import SettingsStore
from app.core.store import Store
from app.core.system.paths import Paths
from app.downloads.arrival import remembering
from app.downloads.client import Fetcher
from app.downloads.queue import Downloads
from app.downloads.tokens import HubTokens
from app.engine.client import EngineClient
from app.engine.gpu_crashes import GpuMarks
from app.engine.worker import Worker


class Workbench(msgspec.Struct, frozen=True):
    """The parts of one running program. `fetcher` is None where nothing may be downloaded."""

    paths: Paths
    settings: SettingsStore
    presets: Presets
    library: ModelLibrary
    shelf: Shelf
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
        settings = SettingsStore(paths.settings_file)
        shelf = Shelf(paths.shelf_file)
        marks = GpuMarks(paths.gpu_marks)
        tokens = HubTokens()
        return cls(
            paths=paths,
            settings=settings,
            presets=Presets(paths.presets_file),
            library=open_library(paths, lambda: settings.settings, shelf),
            shelf=shelf,
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
                on_arrival=remembering(shelf),
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
