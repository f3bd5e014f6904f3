"""Writing with a server on the command line: its flags, its child, and what that is told."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.cli import output
from app.cli.engine import asked_load
from app.cli.parsing import Parser
from app.core.errors import DocumentError, LampblackError, ServerError, UsageError
from app.core.models.model_file import ModelFile
from app.core.options.servers import SavedServer, SavedServers, asked_server
from app.core.system.files import read_regular, why
from app.engine.messages import Load, Loaded
from app.engine.server_child import EarlyServer, open_server, server_opening, start_server_child
from app.program import Program

KEY_VARIABLE = "LAMPBLACK_SERVER_KEY"
MOST_PARALLEL = 64
SERVER_PARALLEL = 16
MOST_SERVER_PARALLEL = 256
"""How many requests a server is sent at a time where nothing else is said, and at most."""

_MOST_KEY = 8192
_MOST_FILE = 1024 * 1024


def add_server_flags(parser: Parser) -> None:
    """Add the flags."""
    group: Any = parser.add_argument_group(
        "Server", "Write with a model of another program or machine; the text is sent there."
    )
    _add_server(group.add_argument)
    group.add_argument(
        "--server-key-stdin", action="store_true",
        help="read the server's key from standard input; else it is the one that is kept for a "
        f"saved server, or that of {KEY_VARIABLE}",
    )  # fmt: skip
    group.add_argument(
        "--mask", metavar="NAME|@FILE", action="append", default=[],
        help="replace this name, or each line of a file, before the text is sent, beside those of "
        "`lampblack servers names`; may be repeated",
    )  # fmt: skip
    group.add_argument(
        "--no-masking", action="store_true",
        help="send names, e-mail addresses and numbers as they are; else they are replaced for "
        "servers that are not on this machine",
    )  # fmt: skip


def _add_server(add: Any) -> None:
    add(
        "--server", metavar="NAME|ADDRESS", default="",
        help="a server of `lampblack servers list`, or an address such as http://127.0.0.1:8321",
    )  # fmt: skip


def early_server(words: Sequence[str], file: Path) -> EarlyServer | None:
    """The server in `words` with its child, which is started while the network can be had.

    `file` holds the saved servers. None where there is no such server: that is told when all words
    are read. Raises EngineStoppedError.
    """
    parser = Parser(prog="lampblack", add_help=False)
    if words[0] == "servers":
        parser.add_argument("server")
        parser.add_argument("--model")  # or its value would be taken for the server
    else:
        _add_server(parser.add_argument)
    saved = None
    with suppress(LampblackError, SystemExit):
        asked = parser.parse_known_args([*words[1 + (words[0] == "servers") :]])[0].server
        saved = asked_server(asked, _saved(file)) if asked else None
    return EarlyServer(saved, start_server_child(saved.address)) if saved else None


def _saved(file: Path) -> SavedServers:
    servers = SavedServers(file)
    if servers.problem:
        output.prepare_streams()
        output.note(servers.problem)
    return servers


def asked_parallel(arguments: argparse.Namespace, usual: int) -> int:
    """How many rows are done side by side; `usual` on this machine. Raises UsageError."""
    most = MOST_SERVER_PARALLEL if arguments.server else MOST_PARALLEL
    found = arguments.parallel
    if found is None:
        found = SERVER_PARALLEL if arguments.server else usual
    if not 1 <= found <= most:
        raise UsageError(f"--parallel takes 1 to {most}, not {found}.")
    return int(found)


def chosen_load(
    arguments: argparse.Namespace,
    program: Program,
    *,
    is_piped: bool = False,
    may_classify: bool = False,
) -> tuple[Load, ModelFile | None]:
    """The command that loads the model of the flags, and the model unless it is a server's.

    `is_piped` says that the text comes from standard input, `may_classify` that a classifier will
    do, too.
    """
    if not arguments.server:
        return asked_load(arguments, program, may_classify=may_classify)
    saved = open_asked_server(arguments, program, is_piped=is_piped)
    return server_load(saved, arguments.model), None


def server_load(saved: SavedServer, model: str = "") -> Load:
    """The command that asks the server what it can do, with a model of its."""
    return Load(job=0, path=model or saved.model, engine="server")


def open_asked_server(
    arguments: argparse.Namespace, program: Program, *, is_piped: bool = False
) -> SavedServer:
    """Tell the child of the server of the flags what it needs to know; the server.

    Raises UsageError for flags that belong to models of this machine.
    """
    for flag in ("engine", "adapter"):
        if getattr(arguments, flag, None):
            raise _only_here(flag)
    if options := [name for name in vars(arguments) if name.startswith("load:")]:
        raise _only_here(options[0].removeprefix("load:").replace("_", "-"))
    if arguments.no_masking and arguments.mask:
        raise UsageError("--mask and --no-masking exclude each other.")
    if arguments.server_key_stdin and is_piped:
        raise UsageError("Standard input holds the key, so give the text as an argument.")
    names = [name for given in arguments.mask for name in names_in(given)]
    masks = False if arguments.no_masking else True if arguments.mask else None
    key = read_key() if arguments.server_key_stdin else ""
    return open_early_server(arguments.server, program, key=key, names=names, masks=masks)


def _only_here(flag: str) -> UsageError:
    return UsageError(f"--{flag} is for models on this machine, not for a server.")


def open_early_server(
    asked: str,
    program: Program,
    *,
    key: str = "",
    names: Sequence[str] = (),
    masks: bool | None = None,
) -> SavedServer:
    """Open the child that was started for the server `asked` for; raises LampblackError.

    A saved server brings its own key, masking and certificate where none is given; `names` are
    masked beside those of the settings.
    """
    wanted = asked_server(asked, program.servers)
    if not program.settings.network:
        raise ServerError("The settings forbid the network.", "Allow it in the settings.")
    if program.server is None or program.server.saved != wanted:
        raise ServerError("The process that speaks to the server could not be started.")
    saved, child = program.server
    masked = tuple(dict.fromkeys((*program.settings.masked_names, *names)))
    opening = server_opening(
        saved if masks is None else replace(saved, masks=masks),
        key or _kept_key(saved, program),
        masked,
    )
    open_server(child, opening)
    return saved


def _kept_key(saved: SavedServer, program: Program) -> str:
    """The key of a saved server out of the keyring, else the environment's."""
    kept = program.secrets.get(saved.address) if saved.name else ""
    return kept or _checked_key(os.environ.get(KEY_VARIABLE, ""))


def check_may_leave(program: Program, loaded: Loaded, *files: Path) -> None:
    """Raise DocumentError, before a text is sent, where it is one that stays on this machine.

    Of a folder it is any file in it.
    """
    place = loaded.model.server
    if place is None or place.is_here or not program.paths.store_file.exists():
        return
    found = [one for file in files for one in (file.iterdir() if file.is_dir() else (file,))]
    marked = [str(one) for one in found if program.store.is_kept_here(str(one))]
    if program.store.problems:
        raise DocumentError(
            f"{' '.join(program.store.problems)} So it is not known which documents may leave.",
            "Use a model on this machine, or mend that first.",
        )
    if marked:
        raise DocumentError(
            f"{marked[0]} is marked never to go to another machine, so nothing was sent.",
            "Use a model on this machine, or take the mark off in the window.",
        )


def piped_file(is_piped: bool) -> tuple[Path, ...]:
    """The file that is redirected to standard input, where that can be known (Linux)."""
    with suppress(OSError, ValueError):
        if not is_piped:
            return ()
        handle = sys.stdin.fileno()
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return (Path(f"/proc/self/fd/{handle}").readlink(),)
    return ()


def read_key() -> str:
    """A key from the first line of standard input; raises UsageError."""
    line = sys.stdin.buffer.readline(_MOST_KEY + 1).decode("latin-1")
    if len(line) > _MOST_KEY:
        raise UsageError("The key on standard input is too long.", "Copy it again whole.")
    if not line.strip():
        raise UsageError("There is no key on standard input.")
    return _checked_key(line)


def _checked_key(key: str) -> str:
    key = key.strip()
    if not all(33 <= ord(character) <= 126 for character in key):
        raise UsageError("The server's key holds a space or a letter that no key can have.")
    return key


def names_in(given: str) -> Sequence[str]:
    """The name that is given, or those of the file after an @, one in a line."""
    if not given.startswith("@"):
        return [given]
    try:
        text = read_regular(Path(given[1:]), _MOST_FILE).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "that is not UTF-8 text"
        raise UsageError(f"The names in {given[1:]!r} cannot be read: {reason}.") from error
    return [line for line in text.splitlines() if line.strip()]
