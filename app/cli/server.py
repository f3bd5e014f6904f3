"""Writing with a server on the command line: its flags, its child, and what that is told."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.cli.parsing import Parser
from app.core.errors import ServerError, UsageError
from app.core.system.files import read_regular
from app.engine.child import Opening
from app.engine.messages import Load
from app.engine.server_child import open_server, start_server_child
from app.program import Program

KEY_VARIABLE = "LAMPBLACK_SERVER_KEY"
_MOST_KEY = 8192
_MOST_NAMES_FILE = 1024 * 1024


def add_server_flags(parser: Parser) -> None:
    """Add the flags."""
    group: Any = parser.add_argument_group(
        "Server", "Write with a model of another program or machine; the text is sent there."
    )
    _add_address(group.add_argument)
    group.add_argument(
        "--server-key-stdin", action="store_true",
        help=f"read the server's key from standard input; else {KEY_VARIABLE} has it, if any",
    )  # fmt: skip
    group.add_argument(
        "--mask", metavar="NAME|@FILE", action="append", default=[],
        help="replace this name, or each line of a file, before the text is sent; may be repeated",
    )  # fmt: skip
    group.add_argument(
        "--no-masking", action="store_true",
        help="send names, e-mail addresses and numbers as they are; else they are replaced for "
        "servers that are not on this machine",
    )  # fmt: skip


def _add_address(add: Any) -> None:
    add(
        "--server", metavar="ADDRESS", default="", help="its address, such as http://127.0.0.1:8321"
    )


def early_server(words: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """The child for the address in `words`, started while the network can still be had."""
    parser = Parser(prog="lampblack generate", add_help=False)
    _add_address(parser.add_argument)
    with suppress(UsageError, SystemExit):  # told when all words are read
        found, _others = parser.parse_known_args([*words])
        return start_server_child(found.server) if found.server else None
    return None


def server_load(arguments: argparse.Namespace, program: Program) -> Load:
    """Tell the child what it needs to know; the command that asks the server what it can do.

    Raises UsageError for flags that belong to models of this machine.
    """
    for flag in ("engine", "adapter"):
        if getattr(arguments, flag):
            raise UsageError(f"--{flag} is for models on this machine, not for a server.")
    if options := [name for name in vars(arguments) if name.startswith("load:")]:
        flag = options[0].removeprefix("load:").replace("_", "-")
        raise UsageError(f"--{flag} is for models on this machine, not for a server.")
    if arguments.no_masking and arguments.mask:
        raise UsageError("--mask and --no-masking exclude each other.")
    if program.server is None:
        raise ServerError("The process that speaks to the server could not be started.")
    masks = False if arguments.no_masking else True if arguments.mask else None
    names = tuple(name for given in arguments.mask for name in _names(given))
    open_server(program.server, Opening(key=_key(arguments), names=names, masks=masks))
    return Load(job=0, path=arguments.model, engine="server")


def _names(given: str) -> Sequence[str]:
    if not given.startswith("@"):
        return [given]
    try:
        text = read_regular(Path(given[1:]), _MOST_NAMES_FILE).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(f"The names in {given[1:]!r} cannot be read: {error}.") from error
    return [line for line in text.splitlines() if line.strip()]


def _key(arguments: argparse.Namespace) -> str:
    key = os.environ.get(KEY_VARIABLE, "")
    if arguments.server_key_stdin:
        if arguments.prompt in (None, "-"):
            raise UsageError("Standard input holds the key, so give the prompt as an argument.")
        key = sys.stdin.readline(_MOST_KEY)
        if not key.strip():
            raise UsageError("There is no key on standard input.")
    key = key.strip()
    if not all(33 <= ord(character) <= 126 for character in key):
        raise UsageError("The server's key holds a space or a letter that no key can have.")
    return key
