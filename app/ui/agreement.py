"""The hosts that the user agreed to ask for models, remembered in the settings."""

from __future__ import annotations

import contextlib

from app.core.errors import SettingsError
from app.core.settings import SettingsStore


def is_agreed(settings: SettingsStore, host: str) -> bool:
    """Whether the question about this host was answered with yes before."""
    return host in settings.settings.agreed_hosts


def remember_agreement(settings: SettingsStore, host: str) -> None:
    """Do not ask about this host again."""
    hosts = dict.fromkeys((*settings.settings.agreed_hosts, host))
    # Where it cannot be written, it holds until the program ends, and is asked again then.
    with contextlib.suppress(SettingsError):
        settings.change(agreed_hosts=tuple(hosts))
