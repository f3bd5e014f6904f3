"""The hosts that the user agreed to ask for models, remembered in the settings."""

from __future__ import annotations

from app.core.options.settings import SettingsStore


def is_agreed(settings: SettingsStore, host: str) -> bool:
    """Whether the question about this host was answered with yes before."""
    return host in settings.settings.agreed_hosts


def remember_agreement(settings: SettingsStore, host: str) -> None:
    """Do not ask about this host again."""
    hosts = dict.fromkeys((*settings.settings.agreed_hosts, host))
    settings.remember(agreed_hosts=tuple(hosts))
