"""`lampblack packs`: engines that are installed beside the program, such as PyTorch's."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
from msgspec.structs import replace

from app.cli import output
from app.cli.long_task import LongTask, confirm
from app.cli.parsing import Words
from app.core.errors import CancelledError, DownloadError, UsageError
from app.core.units import size_text
from app.downloads.messages import DownloadProgress, FetchEvent, Waiting
from app.downloads.pack_download import checked_sum, fetched_pack, pack_source
from app.downloads.request import FileRequest
from app.engine.packs.archive import install, read_sum, remove
from app.engine.packs.installed import NAMES, Pack
from app.program import Program

_WHAT_FOR = (
    "The PyTorch engine runs Hugging Face models as folders of safetensors; "
    "GGUF models do not need it."
)
_SHOWN = ("torch", "transformers")


def run_list(arguments: argparse.Namespace, program: Program) -> None:
    """List what is installed."""
    packs = [*map(pack_facts, program.packs.all())]
    output.answer(arguments.json, msgspec.to_builtins(packs), map(pack_line, packs))
    if not (packs or arguments.json):
        own = "" if program.packs.is_needed("torch") else " This program has PyTorch itself."
        output.note(f"No pack is installed. {_WHAT_FOR}{own}")


def run_install(arguments: argparse.Namespace, program: Program) -> None:
    """Install a pack out of a file."""
    path = Path(arguments.file).expanduser().absolute()
    _installed(arguments, program, path, checked_sum(arguments.sha256))


def run_get(arguments: argparse.Namespace, program: Program) -> None:
    """Fetch a pack after a question, and install it."""
    source = pack_source(arguments.url, arguments.sha256)
    if not program.settings.network:
        raise DownloadError("The settings forbid the network.", "Allow it in the settings.")
    if not arguments.yes:
        refusal = UsageError("A pack is fetched only after a question.", "Say --yes to fetch it.")
        question = (
            f"{source.name} is fetched from {source.host}, or where that sends us; what is in it "
            "will run on this computer."
        )
        confirm(f"{question}\nFetch and install it now?", refusal, "Nothing was fetched.")

    def fetch(wanted: FileRequest) -> Path:
        return _fetched(program, wanted)

    with fetched_pack(source, fetch, read_sum, program.paths.models) as (path, digest):
        _installed(arguments, program, path, digest)


def run_remove(arguments: argparse.Namespace, program: Program) -> None:
    """Remove an installed pack after a question."""
    name = NAMES[arguments.name]
    if not arguments.yes:
        refusal = UsageError(f"The {name} is removed only after a question.", "Say --yes.")
        confirm(f"Remove the {name}? Models stay.", refusal, "Nothing was removed.")
    remove(arguments.name, program.packs.folder)
    done = {"kind": arguments.name, "removed": True}
    output.answer(arguments.json, done, [f"The {name} was removed."])


class PackFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of an installed pack but its files; of a broken one only its problem."""

    kind: str
    name: str
    folder: str
    problem: str
    version: str = ""
    protocol: int = 0
    size_bytes: int = 0
    versions: dict[str, str] = {}


def pack_facts(pack: Pack) -> PackFacts:
    """What there is to tell of an installed pack."""
    found = PackFacts(kind=pack.kind, name=pack.name, folder=str(pack.folder), problem=pack.problem)
    if (info := pack.info) is None:
        return found
    return replace(
        found,
        version=info.version,
        protocol=info.protocol,
        size_bytes=info.size_bytes,
        versions=info.versions,
    )


def pack_line(pack: PackFacts) -> str:
    """An installed pack on one line: its versions, size and folder, or what is wrong with it."""
    shown = [pack.version] if pack.version else []
    shown += [f"{name} {pack.versions[name]}" for name in _SHOWN if name in pack.versions]
    shown += [size_text(pack.size_bytes)] if pack.size_bytes else []
    shown += [f"({pack.problem})"] if pack.problem else []
    return f"{pack.name}  {', '.join(shown)}  {pack.folder}"


def _fetched(program: Program, wanted: FileRequest) -> Path:
    fetcher, name = program.file_fetcher(), wanted.title
    with LongTask(stop=fetcher.cancel) as task:

        def on_event(event: FetchEvent) -> None:
            if isinstance(event, Waiting):
                task.line.show(f"{event.problem}; it goes on in {max(1, round(event.seconds))} s.")
            elif isinstance(event, DownloadProgress):
                what = "Verifying" if event.phase == "verifying" else "Fetching"
                of = f" of {size_text(event.total)}" if event.total else ""
                task.line.show(f"{what} {name}… {size_text(event.done)}{of}")

        try:
            return fetcher.fetch_file(wanted, on_event)
        except CancelledError as error:
            hint = "The same command goes on from there."
            raise CancelledError(error.message, hint) from None


def _installed(arguments: argparse.Namespace, program: Program, path: Path, sha256: str) -> None:
    with LongTask("Installing") as work:
        info = install(path, program.packs.folder, work.show, work.cancelled, sha256=sha256)
    pack = program.packs.find(info.kind)
    assert pack is not None
    found = pack_facts(pack)
    output.answer(arguments.json, msgspec.to_builtins(found), [f"Installed: {pack_line(found)}"])


def add_packs(words: Words) -> None:
    """Add `packs` with its own words."""
    packs = words.add_parser("packs", help="engines that are installed beside the program")
    inner = packs.add_subparsers(metavar="WORD", required=True)
    parser = inner.add_parser("list", help="what is installed")
    parser.runs(run_list, "write a JSON list")
    checked = ("--sha256", "HEX", "the checksum that it must have; else that of FILE.sha256")
    parser = inner.add_parser("install", help="install a pack, in place of the present one")
    parser.value("file", "FILE", "the pack's .tar.xz")
    parser.value(*checked)
    parser.runs(run_install)
    parser = inner.add_parser("get", help="fetch a pack after a question, and install it")
    parser.value("url", "URL", "its address, https://…")
    parser.value("--sha256", "HEX", "the checksum that it must have; else that of URL.sha256")
    parser.switch("--yes", "do not ask")
    parser.runs(run_get)
    parser = inner.add_parser("remove", help="remove a pack; models stay")
    parser.add_argument("name", metavar="NAME", choices=tuple(NAMES), help="torch")
    parser.switch("--yes", "do not ask")
    parser.runs(run_remove)
