"""`lampblack servers list`, `add`, `remove` and `key`: the servers and their keys."""

from __future__ import annotations

import argparse
import getpass
import ipaddress
import sys
from pathlib import Path
from typing import Any

import msgspec

from app.cli import output
from app.cli.parsing import Words
from app.cli.server import KEY_VARIABLE, read_key
from app.core.errors import SettingsError, UsageError
from app.core.options.servers import SavedServer, plain_http_warning, server_address
from app.core.system.secret_store import is_secret
from app.engine.server_child import read_certificates
from app.program import Program

_MASKS: dict[str, bool | None] = {"auto": None, "on": True, "off": False}
_NAME = ("NAME", "a server; see `lampblack servers list`")


def run_list(arguments: argparse.Namespace, program: Program) -> None:
    """Show every server; none is asked anything."""
    servers = program.servers.all()
    if program.servers.problem:
        output.note(program.servers.problem)
    output.answer(arguments.json, [facts(one) for one in servers], map(server_line, servers))
    if not (servers or arguments.json):
        output.note("There is no server. Add one with `lampblack servers add NAME ADDRESS`.")


def run_add(arguments: argparse.Namespace, program: Program) -> None:
    """Remember a server, and its key in the keyring."""
    servers = program.servers
    server = SavedServer(
        name=arguments.name,
        address=server_address(arguments.address).url,
        model=arguments.model,
        masks=_MASKS[arguments.mask],
        certificate=str(Path(arguments.certificate).absolute()) if arguments.certificate else "",
    )
    warnings = _warnings(server)
    former = servers.find(server.name)
    if former is not None and not arguments.replace:
        raise UsageError(
            f"There is a server named {former.name!r} already ({former.address}).",
            "Take another name, or say --replace.",
        )
    key = read_key() if arguments.key_stdin else ""
    if key:
        _check_keyring(program, key)
    server = servers.save(server)
    what = "was replaced" if former else "was added"
    if former is not None and former.address != server.address:
        what += _without_key(program, former.address)
    if key:
        _keep_key(program, server, key)
    done = f"{server.name} {what}: {server_line(server)}"
    output.answer(arguments.json, facts(server), [done])
    for warning in warnings:
        output.note(warning)


def _warnings(server: SavedServer) -> list[str]:
    """What is to be said of an address; raises LampblackError for one that cannot be used.

    A name is not looked up here: the process that speaks to the server does that each time.
    """
    address = server_address(server.address)
    if server.certificate:
        if address.scheme != "https":
            raise UsageError("A certificate is for an address that begins with https://.")
        read_certificates(server.certificate)
    if server.is_loopback:
        return []
    found = [f"Text that is written with it leaves this machine: it is sent to {server.address}."]
    if address.scheme == "https":
        return found
    try:
        ip = str(ipaddress.ip_address(address.host))
    except ValueError:
        return [
            *found,
            f"Plain http is not encrypted: {server.address} is used only while its name leads to "
            "this machine or a local network.",
        ]
    return [*found, plain_http_warning(address, ip)]


def run_remove(arguments: argparse.Namespace, program: Program) -> None:
    """Forget a server and its key."""
    server = program.servers.get(arguments.name)
    program.servers.remove(server.name)
    done = f"{server.name} was removed{_without_key(program, server.address)}."
    output.answer(arguments.json, facts(server), [done])


def _without_key(program: Program, address: str) -> str:
    """Forget the key of an address, unless another server has the same one; what to say of it."""
    if any(one.address == address for one in program.servers.all()):
        return ""
    if program.secrets.forget(address):
        return ", and its key forgotten"
    return f", but the keyring did not let go of the key for {address}"


def run_key(arguments: argparse.Namespace, program: Program) -> None:
    """Keep a key in the keyring, or forget it."""
    server = program.servers.get(arguments.name)
    if arguments.forget:
        if arguments.key_stdin:
            raise UsageError("--forget and --key-stdin exclude each other.")
        if not program.secrets.forget(server.address):
            raise SettingsError(
                f"The keyring did not let go of the key of {server.name}.",
                "Unlock the keyring, and try again.",
            )
        none = "There is no keyring here, so no key was kept."
        done = f"The key of {server.name} was forgotten." if program.secrets.can_keep else none
    else:
        key = read_key() if arguments.key_stdin else _typed_key(server)
        _check_keyring(program, key)
        _keep_key(program, server, key)
        done = f"The key of {server.name} is in the keyring, for {server.address}."
    kept = {"name": server.name, "address": server.address, "key": not arguments.forget}
    output.answer(arguments.json, kept, [done])


def _typed_key(server: SavedServer) -> str:
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask for the key.", "Pipe it in with --key-stdin.")
    key = getpass.getpass(f"Key for {server.name} ({server.address}): ", sys.stderr).strip()
    if not key:
        raise UsageError("No key was given.", "Use --forget to forget the one that is kept.")
    return key


def _check_keyring(program: Program, key: str) -> None:
    """Raise LampblackError, before anything is changed, where the key cannot be kept."""
    if not is_secret(key):
        raise UsageError("That is no key: it holds a space or is too long.", "Copy it again whole.")
    if not program.secrets.can_keep:
        raise SettingsError(
            "There is no keyring here that could keep the key, so nothing was changed.",
            f"Give it for each run, with --server-key-stdin or in {KEY_VARIABLE}.",
        )


def _keep_key(program: Program, server: SavedServer, key: str) -> None:
    if not program.secrets.keep(server.address, key):
        raise SettingsError(
            f"The keyring did not take the key of {server.name}; the server is on the list.",
            "Unlock the keyring, and say `lampblack servers key` again.",
        )


def facts(server: SavedServer) -> dict[str, Any]:
    """What is known of a server, for JSON."""
    return {**msgspec.to_builtins(server), "leaves_machine": not server.is_loopback}


def server_line(server: SavedServer) -> str:
    """A server on one line: its name, its address, and what goes there."""
    where = "on this machine" if server.is_loopback else "text leaves this machine"
    masks = server.masks if server.masks is not None else not server.is_loopback
    shown = [
        where,
        f"model {server.model}" if server.model else "",
        "names and numbers masked" if masks else "not masked",
        f"certificate {server.certificate}" if server.certificate else "",
    ]
    return f"{server.name}  {server.address}  {', '.join(filter(None, shown))}"


def add_words(words: Words) -> None:
    """Add `list`, `add`, `remove` and `key`."""
    parser = words.add_parser("list", help="the servers that were added")
    parser.runs(run_list, "write them as a JSON list")
    parser = words.add_parser("add", help="add a server, for --server and for the window")
    parser.value("name", "NAME", "what to call it")
    parser.value("address", "ADDRESS", "such as https://box.example or http://127.0.0.1:8321")
    parser.value("--model", "NAME", "its model to use, where it has several")
    parser.value(
        "--mask",
        None,
        "mask names and numbers on the way there (auto: unless it is on this machine)",
        choices=tuple(_MASKS),
        default="auto",
    )
    parser.value("--certificate", "FILE", "a PEM file that vouches for it, of an own authority")
    parser.switch("--key-stdin", "read its key from standard input; it is kept in the keyring")
    parser.switch("--replace", "take the place of the server of that name")
    parser.runs(run_add)
    parser = words.add_parser("remove", help="forget a server and its key")
    parser.value("name", *_NAME)
    parser.runs(run_remove)
    parser = words.add_parser("key", help="keep a server's key in the keyring, or forget it")
    parser.value("name", *_NAME)
    parser.switch("--key-stdin", "read the key from standard input; else you are asked for it")
    parser.switch("--forget", "forget the key")
    parser.runs(run_key)
