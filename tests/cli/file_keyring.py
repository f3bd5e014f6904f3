"""A keyring in a file, for the real program in a process of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Keeps secrets in the file that `LAMPBLACK_TEST_KEYRING` names."""

    priority = 1

    def _kept(self) -> dict[str, str]:
        path = Path(os.environ["LAMPBLACK_TEST_KEYRING"])
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._kept() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._kept()
        kept.pop(f"{service} {username}")
        self._write(kept)

    def _write(self, kept: dict[str, str]) -> None:
        Path(os.environ["LAMPBLACK_TEST_KEYRING"]).write_text(json.dumps(kept))
