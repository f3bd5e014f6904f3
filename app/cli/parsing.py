"""The parsers of the command line: their complaints are errors like all others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from app.cli import output
from app.core.errors import UsageError

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]
    """Where a word adds its parser."""
else:
    Words = argparse.Action


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are UsageErrors."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint as a sentence."""
        raise UsageError(
            message[:1].upper() + message[1:].rstrip(".") + ".", f"See `{self.prog} --help`."
        )

    def _print_message(self, message: str, _file: object = None) -> None:
        """Write help and version, which argparse would drop in silence on a full disk."""
        output.write(message)


def parser_of(
    make: Callable[..., argparse.ArgumentParser], *names: str, **more: str
) -> argparse.ArgumentParser:
    """A parser that shows its texts as they are written and takes no abbreviations."""
    return make(
        *names,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        **more,
    )
