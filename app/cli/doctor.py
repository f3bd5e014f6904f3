"""`lampblack doctor`: what is here, what works, and what is missing, with its remedy."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import msgspec
import psutil
from msgspec.structs import replace

from app import __version__
from app.cli import output
from app.cli.engine import describe, planned
from app.cli.models.list import model_line
from app.cli.packs import PackFacts, pack_facts, pack_line
from app.cli.servers.manage import server_line
from app.core.errors import LampblackError
from app.core.models.model_file import ModelFile
from app.core.options.servers import SavedServer, server_of
from app.core.system.files import is_folder
from app.core.system.network import network_state
from app.core.system.paths import Paths
from app.core.units import size_text
from app.engine.messages import EngineReport, Loaded, ModelInfo
from app.program import Program

_LLAMA = "llama-cpp-python"
PACKAGES = ("PySide6-Essentials", _LLAMA, "torch", "transformers")

_FIXES = {
    "PySide6-Essentials": "pip install PySide6-Essentials",
    _LLAMA: "pip install llama-cpp-python==0.3.36",
}
_NETWORK = {
    "kernel": "refused by the kernel",
    "hook": "refused by Python, not by the system",
    "no": "not refused",
    "": "not known, because it does not run",
}


class Missing(msgspec.Struct, frozen=True):
    """Something that is not as it should be, and its remedy."""

    what: str
    fix: str


class Folder(msgspec.Struct, frozen=True):
    """One of the program's folders."""

    name: str
    path: str
    exists: bool
    writable: bool


class ServerReport(msgspec.Struct, frozen=True, kw_only=True):
    """The servers that were added, none of which was asked anything, and what is masked for them.

    `chosen` is the one that the window writes with. `keeps_keys` says whether there is a keyring;
    which keys are in it is not looked at, because that may ask for a password.
    """

    servers: tuple[SavedServer, ...]
    chosen: str
    leaves_machine: bool
    keeps_keys: bool
    masked_names: int
    problem: str = ""


class DoctorReport(msgspec.Struct, frozen=True, kw_only=True):
    """All that the doctor found; memory in bytes."""

    lampblack: str
    python: str
    system: str
    machine: str
    packages: dict[str, str | None]
    processors: int
    physical_cores: int
    memory_total: int
    memory_available: int
    engines: tuple[EngineReport, ...]
    engine_problem: str
    network_program: str
    network_host: str
    folders: tuple[Folder, ...]
    models: tuple[ModelFile, ...]
    servers: ServerReport
    packs: tuple[PackFacts, ...] = ()
    missing: tuple[Missing, ...] = ()
    loaded: ModelInfo | None = None
    load_problem: str = ""


def run_doctor(arguments: argparse.Namespace, program: Program) -> None:
    """Write the report; what it finds wrong does not change the exit code."""
    report = examine(program)
    if arguments.model is not None:
        info, problem = _load(program, arguments.model)
        report = replace(report, loaded=info, load_problem=problem)
    output.answer(arguments.json, msgspec.to_builtins(report), _lines(report))


def examine(program: Program) -> DoctorReport:
    """Look at everything, the engines through a real host."""
    described, problem = describe(program)
    memory = psutil.virtual_memory()
    report = DoctorReport(
        lampblack=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        machine=platform.machine(),
        processors=_usable_processors(),
        physical_cores=psutil.cpu_count(logical=False) or 0,
        memory_total=memory.total,
        memory_available=memory.available,
        packages=package_versions(),
        engines=described.engines if described else (),
        engine_problem=problem,
        network_program=network_state(),
        network_host=described.network_denied if described else "",
        folders=tuple(_folders(program.paths)),
        models=program.library.list(),
        servers=_servers(program),
        packs=tuple(map(pack_facts, program.packs.all())),
    )
    return replace(report, missing=tuple(_missing(report)))


def _servers(program: Program) -> ServerReport:
    servers = program.servers.all()
    return ServerReport(
        servers=servers,
        chosen=server_of(program.settings.model),
        leaves_machine=not all(one.is_loopback for one in servers),
        keeps_keys=program.secrets.can_keep,
        masked_names=len(program.settings.masked_names),
        problem=program.servers.problem,
    )


def _load(program: Program, name: str) -> tuple[ModelInfo | None, str]:
    """The model as it is loaded with the user's settings, or why it is not."""
    try:
        load = planned(program.model(name), program)
        with program.engine() as client:
            loaded = client.run(replace(load, job=client.next_job()), lambda _event: None)
    except LampblackError as error:
        return None, str(error)
    assert isinstance(loaded, Loaded)
    return loaded.model, ""


def _usable_processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def package_versions() -> dict[str, str | None]:
    """The versions of what the program stands on, by name; None for what is not installed."""
    return {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _folders(paths: Paths) -> Iterator[Folder]:
    for name in ("config", "data", "cache", "models", "logs"):
        path: Path = getattr(paths, name)
        there = _nearest(path)
        is_writable = is_folder(there) and os.access(there, os.W_OK | os.X_OK)
        yield Folder(name, str(path), is_folder(path), is_writable)


def _nearest(path: Path) -> Path:
    """`path`, or the first of its parents that exists."""
    return next((folder for folder in (path, *path.parents) if os.path.lexists(folder)), path)


def _missing(report: DoctorReport) -> Iterator[Missing]:
    for package, fix in _FIXES.items():
        if report.packages[package] is None:
            yield Missing(f"{package} is not installed.", fix)
    yield from _missing_engine(report)
    for pack in report.packs:
        if pack.problem:
            yield Missing(pack.problem, "lampblack packs install FILE")
    if all(model.problem for model in report.models):
        yield Missing("There is no model yet.", "lampblack models get starter")
    for folder in report.folders:
        if not folder.writable:
            yield _missing_folder(folder)
    for who, state in (("program", report.network_program), ("host", report.network_host)):
        if sys.platform == "linux" and state not in ("kernel", ""):
            yield Missing(
                f"The kernel does not keep the {who} off the network.",
                "use Linux 3.17 or later on x86-64 or aarch64",
            )


def _missing_folder(folder: Folder) -> Missing:
    there, other = _nearest(Path(folder.path)), "or set LAMPBLACK_HOME to another folder"
    if is_folder(there):
        what = f"The folder {folder.path} cannot be written to."
        return Missing(what, f"chmod u+rwx '{there}', {other}")
    return Missing(f"The folder {folder.path} cannot be made.", f"move '{there}' away, {other}")


def _missing_engine(report: DoctorReport) -> Iterator[Missing]:
    """What keeps the llama.cpp engine from working although its package is there."""
    if report.engine_problem:
        yield Missing("The engine host does not run.", "install Lampblack again")
    for engine in report.engines:
        if engine.engine == "llama.cpp" and engine.problem and report.packages[_LLAMA]:
            yield Missing(engine.problem, f"{_FIXES[_LLAMA]} --force-reinstall --no-deps")


def _lines(report: DoctorReport) -> Iterator[str]:
    yield f"Lampblack {report.lampblack}, Python {report.python}"
    yield f"System: {report.system} ({report.machine})"
    yield (
        f"Machine: {report.physical_cores} cores, {report.processors} processors usable, "
        f"{size_text(report.memory_available)} of "
        f"{size_text(report.memory_total)} memory free"
    )
    yield "Packages:"
    yield from (f"  {name} {found or 'not installed'}" for name, found in report.packages.items())
    yield "Packs:" if report.packs else "Packs: none is installed"
    yield from (f"  {pack_line(pack)}" for pack in report.packs)
    yield from _engine_lines(report)
    yield from _loaded_lines(report)
    yield from _server_lines(report.servers)
    yield from _disk_lines(report)
    yield "Missing:" if report.missing else "Nothing is missing."
    yield from (f"  {missing.what} → {missing.fix}" for missing in report.missing)


def _engine_lines(report: DoctorReport) -> Iterator[str]:
    yield "Engines:"
    if report.engine_problem:
        yield f"  {report.engine_problem}"
    for engine in report.engines:
        state = engine.version or "works" if engine.available else engine.problem or "not installed"
        yield f"  {engine.engine}: {state}"
        yield from (f"    {device.description}" for device in engine.devices)
    yield f"Network of this program: {_NETWORK[report.network_program]}"
    yield f"Network of the engine host: {_NETWORK[report.network_host]}"


def _loaded_lines(report: DoctorReport) -> Iterator[str]:
    """Which device holds which layers of the model."""
    if report.load_problem:
        yield f"The model cannot be loaded: {report.load_problem}"
    if report.loaded is not None:
        yield f"Loaded: {report.loaded.name}"
        yield from (f"  {row.description}" for row in report.loaded.placement)
        yield from (f"  {note}" for note in report.loaded.notes)


def _server_lines(report: ServerReport) -> Iterator[str]:
    if report.problem:
        yield report.problem
    if not report.servers:
        yield "Servers: none was added, so no text leaves this machine unless --server names one"
        return
    yield "Servers, which get a text only when they are chosen:"
    yield from (f"  {server_line(one)}" for one in report.servers)
    if report.chosen:
        yield f"  The window writes with {report.chosen}"
    keys = "in the keyring, if they have any" if report.keeps_keys else "not kept: no keyring here"
    yield f"  Keys: {keys}"
    yield f"  Names to mask: {report.masked_names:,}"


def _disk_lines(report: DoctorReport) -> Iterator[str]:
    yield "Folders:"
    for folder in report.folders:
        state = "" if folder.exists else " (not made yet)"
        yield f"  {folder.name}: {folder.path}{state if folder.writable else ' (not writable)'}"
    yield "Models:"
    yield from (f"  {model_line(model)}" for model in report.models)
