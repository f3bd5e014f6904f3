"""The parsers of the command line: their complaints are errors like all others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from app.cli import output
from app.core.errors import UsageError


class Parser(argparse.ArgumentParser):
    """A parser that shows its texts as they are written and takes no abbreviations."""

    def __init__(self, **more: Any) -> None:
        layout = argparse.RawDescriptionHelpFormatter
        super().__init__(formatter_class=layout, allow_abbrev=False, **more)
        self._mixes = False

    def mix(self) -> None:
        """Let flags stand between the arguments, also before one that may be left out."""
        self._mixes = True

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does, which otherwise takes the argument after a flag for too many."""
        if not self._mixes:
            return super().parse_known_args(args, namespace)
        self._mixes = False  # argparse's own way comes back to this method
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixes = True

    def switch(self, name: str, about: str) -> None:
        """Add a flag without a value."""
        self.add_argument(name, action="store_true", help=about)

    def value(self, name: str, metavar: str | None, about: str, **more: Any) -> None:
        """Add an argument or a flag with a value, which is "" where it is not given."""
        self.add_argument(name, metavar=metavar, help=about, **({"default": ""} | more))

    def runs(self, run: Callable[..., int | None], json: str = "write one JSON object") -> None:
        """Call `run` for this word; `--json`, its last flag, has the help `json`."""
        self.switch("--json", json)
        self.set_defaults(run=run)

    def error(self, message: str) -> NoReturn:
        """Raise the complaint as a UsageError."""
        raise UsageError(
            message[:1].upper() + message[1:].rstrip(".") + ".", f"See `{self.prog} --help`."
        )

    def _print_message(self, message: str, _file: object = None) -> None:
        """Write help and version, which argparse would drop in silence on a full disk."""
        output.write(message)


Words: TypeAlias = "argparse._SubParsersAction[Parser]"
"""Where a word adds its parser."""
