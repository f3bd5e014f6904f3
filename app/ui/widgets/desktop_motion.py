"""The desktop's wish that nothing moves, where Qt does not know it: GNOME's, on Linux."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusVariant,
)

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_INTERFACE = "org.freedesktop.portal.Settings"
_KEY = ("org.gnome.desktop.interface", "enable-animations")
_PATIENCE_MS = 1000


def has_bus(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether there is a session bus; asking for one that is not there would start one."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    named = bool(environ.get("DBUS_SESSION_BUS_ADDRESS"))
    return named or bool(runtime and (Path(runtime) / "bus").exists())


class DesktopMotion(QObject):
    """Asks the desktop's portal for its setting, and follows it.

    `told` says whether animations are wanted, once where the portal knows and then at each change.
    """

    told = Signal(bool)

    def begin(self) -> None:
        """Ask; the answer comes later, or never."""
        bus = QDBusConnection.sessionBus()
        slot: Any = SLOT("_on_changed(QString,QString,QDBusVariant)")  # the stub wants bytes
        bus.connect(_SERVICE, _PATH, _INTERFACE, "SettingChanged", self, slot)
        question = QDBusMessage.createMethodCall(_SERVICE, _PATH, _INTERFACE, "Read")
        question.setArguments([*_KEY])
        self._answer = QDBusPendingCallWatcher(bus.asyncCall(question, _PATIENCE_MS), self)
        self._answer.finished.connect(self._on_answer)

    def _on_answer(self) -> None:
        for value in self._answer.reply().arguments():
            self._tell(value)

    @Slot(str, str, QDBusVariant)
    def _on_changed(self, namespace: str, key: str, value: QDBusVariant) -> None:
        if (namespace, key) == _KEY:
            self._tell(value)

    def _tell(self, value: object) -> None:
        """The portal wraps what it answers twice; an error's text is no setting."""
        while isinstance(value, QDBusVariant):
            value = value.variant()
        if isinstance(value, bool):
            self.told.emit(value)
