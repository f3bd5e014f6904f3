"""The real command line in a process of its own, with the fake engine under it.

`python fake_program.py SCRIPT WORDS…`: every model is loaded as the script.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from app.cli.main import run_cli
from app.engine.client import EngineClient
from app.engine.messages import Event, Finished, JobCommand, Load


class FakeClient(EngineClient):
    """Loads the script in place of any model."""

    script = ""

    def run(self, command: JobCommand, on_event: Callable[[Event], Any]) -> Finished:
        if isinstance(command, Load):
            command = replace(command, engine="fake", path=self.script)
        return super().run(command, on_event)


if __name__ == "__main__":
    FakeClient.script = sys.argv[1]
    sys.exit(run_cli(sys.argv[2:], new_client=FakeClient))
