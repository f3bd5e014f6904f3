"""The parts of one running program, of the window's and of a word of the command line."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.errors import (
    CatalogueError,
    DownloadError,
    EngineStoppedError,
    ModelNotFoundError,
    ServerError,
)
from app.core.models.catalogue import Catalogue, catalogue_file, present
from app.core.models.library import ModelLibrary
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile
from app.core.models.other_programs import ProgramStore, find_programs
from app.core.models.starter import shipped_models, starter_path
from app.core.options.presets import Presets
from app.core.options.servers import SavedServer, SavedServers
from app.core.options.settings import Settings
from app.core.options.settings_store import SettingsStore
from app.core.system.network import listening_address
from app.core.system.paths import Paths
from app.core.system.secret_store import SecretStore
from app.downloads.client import Fetcher, no_socket
from app.downloads.queue import Downloads, FetchesModels
from app.downloads.queue_file import remembering
from app.engine.client import EngineClient
from app.engine.gpu_crashes import GpuMarks
from app.engine.packs.installed import Packs
from app.engine.process import HostChild
from app.engine.server_child import EarlyServer, given_once, open_server, server_opening

if TYPE_CHECKING:
    from app.core.store import Store
    from app.core.store.vault import Vault
    from app.core.system.databases import DataKey
    from app.core.system.sealed_files import SealedFolder
    from app.engine.worker import Worker


def _stores(agreed: tuple[str, ...]) -> tuple[ProgramStore, ...]:
    """Only what the user agreed to is looked at."""
    return find_programs(Path.home(), os.environ, agreed) if agreed else ()


def _shipped() -> tuple[str, ...]:
    """The folder of models in a bundle, which is looked at like one that the user watches."""
    shipped = shipped_models()
    return (str(shipped),) if shipped is not None else ()


class Program:
    """The parts of one running program; each is made when it is first asked for.

    Assigning to a part's name replaces it for whatever is made afterwards. Without a `fetcher`
    nothing can be downloaded; `close` leaves it to its owner.
    """

    def __init__(
        self,
        paths: Paths,
        fetcher: FetchesModels | None = None,
        new_client: Callable[..., EngineClient] = EngineClient,
    ) -> None:
        self.paths = paths
        self._fetcher = fetcher
        self._new_client = new_client
        self.server: EarlyServer | None = None
        """The server that a word names, whose child was started before the network was denied."""
        self.unlock: Callable[[Vault], None] | None = None
        """Asks for the passphrase where it is needed and was not given; raises StoreError."""
        self.listening: socket.socket | None = None
        """The socket of the local service, if one was made before the network was denied."""

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
    def servers(self) -> SavedServers:
        """The servers that the user added."""
        return SavedServers(self.paths.servers_file)

    @cached_property
    def library(self) -> ModelLibrary:
        """The models on disk."""
        return ModelLibrary(
            self.paths.models,
            lambda: self.settings.added_models,
            watched=lambda: (*_shipped(), *self.settings.watched_folders),
            programs=lambda: _stores(self.settings.use_programs),
            known=self.metadata.known,
        )

    @cached_property
    def metadata(self) -> MetadataStore:
        """What is remembered of the models."""
        return MetadataStore(self.paths.metadata_file)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The models that can be got, the user's own list included."""
        return Catalogue.read(catalogue_file(), self.paths.catalogue_file)

    @cached_property
    def secrets(self) -> SecretStore:
        """The tokens for gated models, and the keys of servers."""
        return SecretStore()

    @cached_property
    def downloads(self) -> Downloads:
        """The queue of downloads; closing pauses what is left."""
        return Downloads(
            self._fetcher,
            self.paths.models,
            self.paths.downloads_file,
            allowed=lambda: self.settings.network,
            token=lambda host, is_needed: self.secrets.get(host, is_needed),
            on_arrival=remembering(self.metadata),
        )

    @cached_property
    def packs(self) -> Packs:
        """The engines that are installed beside the program."""
        return Packs(self.paths.packs)

    @cached_property
    def gpu_crashes(self) -> GpuMarks:
        """Which loads onto a graphics card crashed."""
        return GpuMarks(self.paths.gpu_crashes)

    @property
    def engine_cache(self) -> str:
        """Where an engine keeps what makes it faster the next time."""
        return str(self.paths.engine_cache)

    def file_fetcher(self) -> Fetcher:
        """What fetches files from the address that this start named; raises DownloadError."""
        if not isinstance(self._fetcher, Fetcher):
            raise DownloadError("Nothing can be downloaded now: start Lampblack again.")
        return self._fetcher

    def take_socket(self, port: int, *, lan: bool = False) -> socket.socket:
        """A socket that listens on `port`, for its caller to close.

        With `lan` the local network reaches it. Either the one made at the start, once, or one from
        the broker. Raises ServiceError.
        """
        early, self.listening = self.listening, None
        if early is not None:
            if early.getsockname()[:2] == (listening_address(lan=lan), port):
                return early
            early.close()
        if not isinstance(self._fetcher, Fetcher):
            raise no_socket()
        return self._fetcher.listen(port, lan=lan)

    @cached_property
    def store(self) -> Store:
        """The takes, and the journals of open documents."""
        from app.core.store import Store  # the command line does without

        return Store(self.paths.store_file, key=self.store_key)

    @property
    def store_key(self) -> DataKey | None:
        """What the store, and all that is made of it, is encrypted with; None for plain files.

        It changes when a passphrase is set or removed: to be asked each time a file is opened.
        Raises LockedError where the passphrase is needed first, and `unlock` asks for none.
        """
        if "vault" not in vars(self) and not self.paths.may_have_key():
            return None  # at most starts, which do without what is imported for it
        if self.unlock is not None and self.vault.is_locked:
            self.unlock(self.vault)
        return self.vault.key

    @cached_property
    def vault(self) -> Vault:
        """The passphrase of the store; raises StoreError where another program is setting one."""
        from app.core.store.vault import Vault

        return Vault(self.paths, self.secrets)

    @property
    def prompt_key(self) -> str | None:
        """What an engine's saved prompts are encrypted with; empty for nothing.

        None where there is a passphrase that was not given: none are saved then.
        """
        if not os.path.lexists(self.paths.key_file):  # without SQLite, which most words do without
            return ""
        return None if self.vault.is_locked or self.vault.key is None else self.vault.key.hex

    @property
    def kept_files(self) -> Path | SealedFolder:
        """Where a save keeps what it would lose; encrypted where there is a passphrase."""
        return self.sealed_snapshots or self.paths.snapshots

    @property
    def sealed_snapshots(self) -> SealedFolder | None:
        """The encrypted place for what a save would lose; None without a passphrase."""
        if (key := self.store_key) is None:
            return None
        from app.core.system.sealed_files import SealedFiles, SealedFolder

        return SealedFolder(SealedFiles(self.paths.sealed_files, key), self.paths.snapshots.name)

    @cached_property
    def worker(self) -> Worker:
        """The window's queue of jobs for the engine, whose host starts with the first."""
        from app.engine.worker import Worker  # the command line does without

        client = self._client(server=lambda name: self.start_server(self.servers.get(name)))
        return Worker(client, cache=self.engine_cache, key=lambda: self.prompt_key)

    @contextmanager
    def engine(self) -> Iterator[EngineClient]:
        """An engine client that is closed, with its host, at the end."""
        with closing(self._client()) as client:
            yield client

    def start_server(self, server: SavedServer, key: str | None = None) -> HostChild:
        """The child that speaks to a server, told all that it needs; raises LampblackError.

        The key is the kept one unless another is given; asking the keyring may take its time.
        """
        if not self.settings.network:
            raise ServerError("The settings forbid the network.", "Allow it in the settings.")
        if not isinstance(self._fetcher, Fetcher):
            raise ServerError(
                "No server can be used since this start of Lampblack: it was begun without the "
                "network.",
                "Start it again; if the settings forbid the network, allow it first.",
            )
        key = self.secrets.get(server.address) if key is None else key
        opening = server_opening(server, key, self.settings.masked_names)
        child = self._fetcher.start_server_child(server.address)
        try:
            open_server(child, opening)
        except EngineStoppedError:
            child.kill()
            raise
        return child

    def _client(self, **more: Any) -> EngineClient:
        return self._new_client(
            log=self.paths.logs / "engine.log",
            cache=self.paths.engine_cache,
            marks=self.gpu_crashes,
            pack=lambda engine: self.packs.command(engine),
            **({"command": given_once(self.server.child)} if self.server is not None else {}),
            **more,
        )

    def close(self) -> None:
        """End the parts that were made; what was written is on disk."""
        if self.listening is not None:
            self.listening.close()
        for name in ("worker", "downloads", "settings_store", "store"):
            if name in vars(self):
                getattr(self, name).close()

    def model(self, name_or_path: str) -> ModelFile:
        """The model of that name or path; without one, that of `usual_path`."""
        if name_or_path:
            return self._named(name_or_path)
        if path := self.usual_path(self.library.list):
            return self.library.resolve(path)
        if count := sum(not model.problem for model in self.library.list()):
            raise ModelNotFoundError(
                f"There are {count} models to choose from.",
                "Name one with --model; `lampblack models list` shows them.",
            )
        raise ModelNotFoundError(
            "There is no model yet.", "Fetch one with `lampblack models get starter`."
        )

    def usual_path(self, listed: Callable[[], Sequence[ModelFile]]) -> str:
        """The model used last, else the starter, else the only sound one listed; empty for none."""
        for path in (self.settings.model, str(starter_path(self.paths.models))):
            if path and os.path.lexists(path):
                return path
        sound = [model.path for model in listed() if not model.problem]
        return sound[0] if len(sound) == 1 else ""

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
