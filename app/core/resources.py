"""Where the program's own pictures lie: beside `app` in the source, inside it when installed."""

from __future__ import annotations

from pathlib import Path

_APP = Path(__file__).resolve().parents[1]


def resource(name: str) -> Path:
    """The path of a file or folder in `resources`, by its name there, such as `icons`."""
    installed = _APP / "resources" / name
    return installed if installed.exists() else _APP.parent / "resources" / name
