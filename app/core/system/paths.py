"""Where the program keeps its settings, its data and what it can make again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

from app.core.errors import SettingsError

_NAME = "lampblack"
_KEYS = ("key-", "passphrase.")


class Paths(msgspec.Struct, frozen=True):
    """The three folders of one user, and every file in them that the program knows."""

    config: Path
    data: Path
    cache: Path

    @classmethod
    def here(cls, environ: Mapping[str, str] | None = None) -> Paths:
        """The folders of this user; `LAMPBLACK_HOME`, when set, holds all three of them.

        Raises SettingsError where the system knows no home of the user.
        """
        home = (os.environ if environ is None else environ).get("LAMPBLACK_HOME", "")
        try:
            if home:
                root = Path(home).expanduser().absolute()
                return cls(root / "config", root / "data", root / "cache")
            return cls(
                platformdirs.user_config_path(_NAME, appauthor=False),
                platformdirs.user_data_path(_NAME, appauthor=False),
                platformdirs.user_cache_path(_NAME, appauthor=False),
            )
        except RuntimeError as error:
            raise SettingsError(
                "The system knows no home folder of this user.",
                "Set HOME, or LAMPBLACK_HOME, to a folder that can be written to.",
            ) from error

    @property
    def settings_file(self) -> Path:
        """The settings, as TOML."""
        return self.config / "settings.toml"

    @property
    def presets_file(self) -> Path:
        """The user's own presets, as JSON."""
        return self.config / "presets.json"

    @property
    def rewrites_file(self) -> Path:
        """The writer's own actions, as JSON."""
        return self.config / "rewrites.json"

    @property
    def export_profiles_file(self) -> Path:
        """The user's own export profiles, as JSON."""
        return self.config / "export-profiles.json"

    @property
    def exports_file(self) -> Path:
        """How each text was exported last, as JSON."""
        return self.data / "exports.json"

    @property
    def servers_file(self) -> Path:
        """The servers that the user added, as JSON; without their keys."""
        return self.config / "servers.json"

    @property
    def catalogue_file(self) -> Path:
        """The user's own list of models to get, in the form of the program's models.json."""
        return self.config / "models.json"

    @property
    def api_token_file(self) -> Path:
        """The token of the local service; only the user may read it."""
        return self.data / "api-token"

    @property
    def models(self) -> Path:
        """The folder of models that the program fetched or the user put there."""
        return self.data / "models"

    @property
    def packs(self) -> Path:
        """The engines that were installed beside the program, each in a folder of its own."""
        return self.data / "packs"

    @property
    def adapters(self) -> Path:
        """The adapters that were learned here, each in a folder of its own with its card."""
        return self.data / "adapters"

    @property
    def runs(self) -> Path:
        """The records of trainings, each in a folder with what it needs to go on."""
        return self.data / "runs"

    @property
    def metadata_file(self) -> Path:
        """What is remembered of each model: titles, notes, checksums."""
        return self.data / "shelf.json"

    @property
    def downloads_file(self) -> Path:
        """The downloads that were begun, and what exactly was fetched, as JSON."""
        return self.data / "downloads.json"

    @property
    def dictionaries(self) -> Path:
        """The user's own dictionaries for spelling: .aff and .dic files of Hunspell's form."""
        return self.data / "dictionaries"

    @property
    def store_file(self) -> Path:
        """The takes, and the journals of open documents."""
        return self.data / "store.sqlite"

    @property
    def key_file(self) -> Path:
        """The store's key, encrypted with the passphrase; there is none without one."""
        return self.data / "key-1.sqlite"

    @property
    def key_copy(self) -> Path:
        """A copy of the key file, should that be damaged."""
        return self.backups / "key-1.copy"

    def may_have_key(self) -> bool:
        """Whether there is a key file, of whatever version, or one was being set or removed."""
        try:
            return any(path.name.startswith(_KEYS) for path in self.data.iterdir())
        except OSError:
            return False

    @property
    def sealed_files(self) -> Path:
        """Files that are kept encrypted: what would lie in `snapshots` without a passphrase."""
        return self.data / "sealed.sqlite"

    @property
    def backups(self) -> Path:
        """The daily backups of the store."""
        return self.data / "backups"

    @property
    def snapshots(self) -> Path:
        """Former versions of documents that a save would have shortened by much."""
        return self.data / "snapshots"

    @property
    def answers(self) -> Path:
        """What teachers said of pages, for students; may be deleted at any time."""
        return self.cache / "answers"

    @property
    def engine_cache(self) -> Path:
        """What an engine made out of a model to load it faster; may be deleted at any time."""
        return self.cache / "engine"

    @property
    def search_index(self) -> Path:
        """The index of every text that is searched; may be deleted at any time."""
        return self.cache / "search.sqlite"

    @property
    def gpu_crashes(self) -> Path:
        """Which loads onto a graphics card crashed."""
        return self.data / "gpu"

    @property
    def logs(self) -> Path:
        """The logs of the engine host and of crashes."""
        return self.data / "logs"


_APP = Path(__file__).resolve().parents[2]


def resource(name: str) -> Path:
    """The path of a file or folder in `resources`, by its name there, such as `icons`."""
    installed = _APP / "resources" / name
    return installed if installed.exists() else _APP.parent / "resources" / name
