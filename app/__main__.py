"""The program's words: none opens the window; others are the command line and the children."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import LampblackError, UsageError

if TYPE_CHECKING:
    import socket

    from app.core.system.paths import Paths
    from app.downloads.client import Fetcher
    from app.engine.server_child import EarlyServer
    from app.program import Program
    from app.ui.window.main_window import MainWindow

    _OnShown = Callable[[MainWindow], None] | None
    _RunWindow = Callable[[Program, Sequence[str], _OnShown], int]

_SWITCH_S = 0.00005
"""How long another thread keeps the interpreter while the window's waits for it, in seconds.

It is waited for after most calls into Qt; a first painting makes hundreds. With half a millisecond
it took a fifth of a second more while another thread read models' headers.
"""

CLI_WORDS = (
    "generate", "run", "batch", "evaluate", "export", "import", "serve", "servers", "bench",
    "doctor", "selftest", "models", "train", "runs", "packs", "history", "provenance",
    "search", "store", "licences", "--version", "--help", "-h",
)  # fmt: skip

_SERVER_WORDS = ("generate", "run", "batch", "evaluate")

_CHILDREN = {
    "broker": ("app.downloads.broker", "run_broker", 2),
    "file-broker": ("app.downloads.broker", "run_file_broker", 2),
    "service": ("app.server.main", "run_service", 1),
    "downloader": ("app.downloads.downloader", "run_downloader", 1),
    "checksums": ("app.core.models.checksum_process", "run_hasher", 0),
    "importer": ("app.core.conversion.import_process", "run_importer", 0),
    "pdf-writer": ("app.ui.conversion.pdf_file", "run_pdf_writer", 0),
    "searcher": ("app.core.documents.search_process", "run_searcher", 0),
    "quantizer": ("app.host.llama_cpp.quantize_child", "run_quantizer", 0),
    "trainer": ("app.training.main", "run_trainer", 0),
    "remote-host": ("app.remote.main", "run_remote_host", 1),
    "yardstick": ("app.host.baselines.server", "run_baseline", 1),
}
"""What a child process runs by its word, and how many arguments that takes; named, not imported,
because the engine host is imported by none of the others."""

# Every import below waits until its word is known: each process loads only what it needs, and
# nothing runs before the network is shut off.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the word on the command line; the result is the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _fill_closed_streams()
    _fill_missing_home()
    if words[:1] == ["engine-host"]:
        return int(importlib.import_module("app.host.main").run_host())  # reports its own errors
    try:
        code = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except LampblackError as error:
        return _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:  # noqa: BLE001 - the last net: a sentence and a report, no traceback
        return _say(_report_crash(error), 1)
    return code


def _fill_closed_streams() -> None:
    """Open the null device for every closed standard stream.

    Else the next opened file gets its number, and a library's message is written into the store.
    """
    while (found := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(found)


def _fill_missing_home() -> None:
    """Where the system knows no home of the user, LAMPBLACK_HOME is it, also for libraries."""
    home = os.environ.get("LAMPBLACK_HOME", "")
    if home and os.path.expanduser("~") == "~":  # noqa: PTH111 - Path raises where there is none
        os.environ["HOME"] = str(Path(home).absolute())


def _run(words: list[str]) -> int:
    word, rest = (words[0], words[1:]) if words else ("", [])
    if word in CLI_WORDS:
        return _command_line(words)
    module, function, count = _CHILDREN.get(word, ("", "", -1))
    if len(rest) == count:
        return int(getattr(importlib.import_module(module), function)(*rest))
    if word == "measure" and rest:
        return _measure(rest)
    if word == "selftest-window":
        return _window(rest, _drive)
    return _window(_files(rest if word == "open" else words))


def _files(words: list[str]) -> list[str]:
    """File arguments, after `--` of any name; a mistyped word is not taken for a new file's."""
    if words[:1] == ["--"]:
        return words[1:]
    for word in words:
        if word.startswith("-") and os.path.lexists(word):
            raise UsageError(
                f"The file {word!r} begins as a flag does.", f"Write ./{word} or `open -- {word}`."
            )
        if word.startswith("-") or not (Path(word).suffix or os.path.lexists(word)):
            raise UsageError(
                f"There is no word and no file named {word!r}.", "See `lampblack --help`."
            )
    return words


def _measure(words: Sequence[str]) -> int:
    """The window that the benchmark measures: a bare one, or the real one."""
    if words[0] == "bare":
        return int(importlib.import_module("app.ui.benchmark.bare_window").run())

    def on_shown(window: MainWindow) -> None:
        seconds = time.process_time()
        importlib.import_module("app.ui.benchmark.measure_window").on_shown(words, window, seconds)

    return _window(words[3:], on_shown)


def _drive(window: MainWindow) -> None:
    """Let the self-test lead the window."""
    importlib.import_module("app.ui.selftest.driven_window").DrivenWindow(window)


def _window(files: Sequence[str], on_shown: _OnShown = None) -> int:
    from app.core.system.paths import Paths

    paths = Paths.here()
    sys.setswitchinterval(_SWITCH_S)
    gc.disable()  # until the window is shown: there is no garbage yet, and looking takes 0.1 s
    with ExitStack() as closing:
        closing.callback(gc.enable)
        # Qt's loop would only print a KeyboardInterrupt; the journal has what a kill interrupts.
        former = signal.signal(signal.SIGINT, signal.SIG_DFL)
        closing.callback(signal.signal, signal.SIGINT, former)
        fetcher = _early_fetcher(paths, closing)
        listening = _early_service(paths)
        from app.core.system.network import deny_network

        deny_network()
        run_window = _window_part()
        from app.program import Program

        program = Program(paths, fetcher)
        program.listening = listening
        closing.callback(program.close)
        return run_window(program, files, on_shown)


def _window_part() -> _RunWindow:
    """The window's start; Qt missing, or a system library it needs, is the user's to mend."""
    try:
        from app.ui.application import run_window
    except ImportError as error:
        if "PySide6" not in f"{error.name}{error.path}":
            raise
        raise LampblackError(
            f"The window needs Qt, which cannot be loaded: {error}.",
            "Install PySide6-Essentials and the system library that is named, if one is.",
        ) from error
    return run_window


def _command_line(words: Sequence[str]) -> int:
    from app.core.system.paths import Paths

    paths = Paths.here()
    with ExitStack() as closing:
        fetcher = None
        if words[:2] in (["models", "get"], ["packs", "get"]):
            fetcher = _early_fetcher(paths, closing, words)
        listening = _early_socket(words, closing) if words[0] == "serve" else None
        server = _early_server(words, paths, closing)
        if words[0] != "selftest":  # which starts the window as its user does, and asks its service
            from app.core.system.network import deny_network

            deny_network()
        from app.cli.main import run_cli

        return run_cli(words, fetcher=fetcher, listening=listening, server=server)


def _early_socket(words: Sequence[str], closing: ExitStack) -> socket.socket:
    """The service's socket, bound while that can still be done."""
    from app.cli.serve import early_socket

    return closing.enter_context(early_socket(words[1:]))


def _early_server(words: Sequence[str], paths: Paths, closing: ExitStack) -> EarlyServer | None:
    """The server that is named, and the child that speaks to it.

    None where the settings forbid the network: that is told when all words are read.
    """
    is_named = any(word.partition("=")[0] == "--server" for word in words)
    if words[:2] != ["servers", "test"] and not (is_named and words[0] in _SERVER_WORDS):
        return None
    from app.core.options.settings_store import is_network_off

    if is_network_off(paths.settings_file):
        return None
    from app.cli.server import early_server

    server = early_server(words, paths.servers_file)
    if server is not None:
        from app.engine.server_child import end_server

        closing.callback(end_server, server.child)
    return server


def _early_service(paths: Paths) -> socket.socket | None:
    """The socket of the window's service where the settings have it on.

    None where its port is in use as well: the window tries again, and says so.
    """
    from app.core.options.settings_store import early_service

    found = early_service(paths.settings_file)
    if found is None:
        return None
    from app.core.errors import ServiceError
    from app.core.system.network import listen

    try:
        return listen(found[0], lan=found[1])
    except ServiceError:
        return None


def _early_fetcher(paths: Paths, closing: ExitStack, words: Sequence[str] = ()) -> Fetcher | None:
    """Start the broker while the network is still there; without it only downloads are missing.

    Where the settings forbid downloads there is none, so that nothing could be fetched at all. For
    a pack it is one that fetches from the address in `words` alone.
    """
    from app.core.options.settings_store import is_network_off

    if is_network_off(paths.settings_file):
        return None
    from app.downloads.client import Fetcher

    try:
        if words[:1] == ["packs"]:
            from app.downloads.hub import folder_of

            address = next((word for word in words if "://" in word), "")
            fetcher = Fetcher.for_files(paths.models, folder_of(address))
        else:
            fetcher = Fetcher.start(paths.models)
    except OSError:
        return None
    closing.callback(fetcher.close)
    return fetcher


def _say(sentence: str, code: int) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"lampblack: {' '.join(sentence.split())}\n")
    return code


def _reader_left() -> int:
    """The program that read our output has ended, as `head` does; that is no error to report."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _report_crash(error: Exception) -> str:
    """Write the local report; the sentence for the user. Nothing is ever sent."""
    from app.core.system.crash_report import crash_text
    from app.core.system.paths import Paths

    what = f"Lampblack met an unexpected problem: {type(error).__name__}: {error}"
    try:
        logs = Paths.here().logs
        logs.mkdir(parents=True, exist_ok=True)
        report = logs / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
        report.write_text(crash_text(error), "utf-8", errors="backslashreplace")
    except (OSError, LampblackError):
        return f"{what}; no report could be written."
    return f"{what}; the report is in {report}"


if __name__ == "__main__":
    sys.exit(main())
