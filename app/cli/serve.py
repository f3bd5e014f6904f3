"""`lampblack serve`: the local service, until Ctrl+C."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from app.cli import output
from app.cli.engine import EngineTask, asked_load
from app.cli.flags import add_load_flags
from app.cli.parsing import Parser, Words
from app.core.errors import CancelledError, ParameterError, ServiceError, UsageError
from app.core.models.model_file import ModelFile
from app.core.options.load_options import ENGINES, LOAD_OPTIONS
from app.core.options.settings import SERVICE_PORT
from app.core.system.network import listen
from app.core.system.serving import OWN_NAMES, server_context, service_hosts
from app.engine.messages import PROTOCOL_VERSION, ModelInfo
from app.engine.service import SHORTEST_TOKEN, Service, kept_token
from app.engine.service_messages import ModelState, Serve, ServiceLimits
from app.program import Program

TOKEN_VARIABLE = "LAMPBLACK_API_TOKEN"  # noqa: S105 - its name

_MOST_PARALLEL = 8
_LIMITS = ServiceLimits()

_ABOUT = f"""Serve the model to other programs of this machine over HTTP, until Ctrl+C.

It speaks OpenAI's API (/v1/models, /v1/completions, /v1/chat/completions), llama-server's own
(/completion, /infill, /tokenize, /detokenize, /props, /health) and KoboldCpp's (/api/v1/generate,
/api/extra/generate/stream and what belongs to them). A classifier answers /classify
alone, with the probability of each of its labels. Every request but /health needs the token that
is kept in a file which only you can read; {TOKEN_VARIABLE} sets another one for one run. It is sent
as `Authorization: Bearer TOKEN`, `X-Api-Key` or `api-key`.

Only programs of this machine reach it, and pages of a browser only from an --origin."""


def add_serve(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "serve", help="serve the model to other programs on this machine", description=_ABOUT
    )
    parser.value("--model", "NAME|PATH", "a model; see `lampblack models list`")
    parser.value("--engine", None, "the engine to run it with", choices=("auto", *ENGINES))
    _add_address(parser)
    parser.value(
        "--parallel", "N", "how many requests are answered side by side", default=4, type=int
    )
    parser.value(
        "--queue", "N", "how many more may wait; the next is turned away (429)",
        default=_LIMITS.queue, type=int,
    )  # fmt: skip
    parser.value(
        "--max-seconds", "N", "how long a request may take",
        default=_LIMITS.max_seconds, type=float,
    )  # fmt: skip
    parser.value(
        "--origin", "ORIGIN", "let pages of this origin call, such as http://localhost:8000",
        default=[], action="append",
    )  # fmt: skip
    parser.switch("--null-origin", "let pages that are files call")
    parser.switch("--path-token", "take the token in the address, too: /k/TOKEN/v1")
    parser.value("--certificate", "FILE", "a PEM certificate, for https")
    parser.value("--key", "FILE", "its private key, if that is in a file of its own")
    add_load_flags(parser, [bound.name for bound in LOAD_OPTIONS])
    parser.runs(run_serve, 'write {"address": …} as one line of JSON once it answers')


def _add_address(parser: Any) -> None:
    parser.value(
        "--port",
        "N",
        f"the port; else {SERVICE_PORT}, and 0 for any free one",
        default=SERVICE_PORT,
        type=int,
    )
    parser.switch("--lan", "let other machines of the local network reach it, too")


def early_socket(words: Sequence[str]) -> socket.socket:
    """The listening socket that `words` ask for, made while sockets can still be made."""
    parser = Parser(prog="lampblack serve", add_help=False)
    _add_address(parser)
    with suppress(UsageError):  # told when all words are read
        found, _others = parser.parse_known_args([*words])
        port = 0 if {"-h", "--help"} & {*words} else found.port
        return listen(port, lan=found.lan)
    return listen(0)


def run_serve(arguments: argparse.Namespace, program: Program) -> int:
    """Serve until a signal; the exit code is 1 if the service ended by itself."""
    listening = program.listening
    if listening is None:
        raise ServiceError("There is no socket to listen on.")
    serve = _serve(arguments, program, listening.getsockname()[1])
    load, model = asked_load(arguments, program, keeps=True, may_classify=True)
    with program.engine() as client, _stopping() as stop:
        log = program.paths.logs / "service.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as errors:
            service = Service(client, listening, serve, log=errors)
        with closing(service):
            service.wait()
            service.tell(ModelState(is_loading=True))
            service.wait()
            with EngineTask(client) as task:
                signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
                try:
                    loaded = task.load(load, model, program)
                except CancelledError:
                    return 0
                finally:
                    signal.signal(signal.SIGTERM, lambda *_: stop.set())
            service.tell(_state(model, loaded.model))
            service.wait()
            _announce(arguments, program, serve)
            while not stop.wait(0.5):
                if service.ended.is_set():
                    raise ServiceError("The service ended by itself.", "Start it again.")
    return 0


def _state(model: ModelFile, info: ModelInfo) -> ModelState:
    return ModelState(name=model.name, model=info, names=(model.name,))


def _serve(arguments: argparse.Namespace, program: Program, port: int) -> Serve:
    """What the service is; raises LampblackError."""
    if not 1 <= arguments.parallel <= _MOST_PARALLEL:
        raise ParameterError(f"--parallel goes from 1 to {_MOST_PARALLEL}.")
    if not 0 <= arguments.queue <= 10_000 or not 1 <= arguments.max_seconds <= 86_400:
        raise ParameterError("--queue goes from 0 to 10,000, --max-seconds from 1 to 86,400.")
    if arguments.key and not arguments.certificate:
        raise UsageError("A --key needs its --certificate.")
    certificate, key = (
        str(Path(file).absolute()) if file else ""
        for file in (arguments.certificate, arguments.key)
    )
    if certificate:
        server_context(certificate, key)
    limits = ServiceLimits(
        parallel=arguments.parallel, queue=arguments.queue, max_seconds=arguments.max_seconds
    )
    return Serve(
        version=PROTOCOL_VERSION,
        token=_token(program),
        hosts=service_hosts(port, lan=arguments.lan),
        origins=tuple(_origin(one) for one in arguments.origin),
        allows_null_origin=arguments.null_origin,
        allows_path_token=arguments.path_token,
        limits=limits,
        certificate=certificate,
        key=key,
    )


def _origin(given: str) -> str:
    """An origin as browsers send it."""
    origin = given.strip().rstrip("/").lower()
    scheme, _, host = origin.partition("://")
    if scheme not in ("http", "https") or not host or "/" in host or "*" in host:
        raise UsageError(
            f"{given!r} is not an origin.", "Write it as http://localhost:8000, without a path."
        )
    return origin


def _token(program: Program) -> str:
    if TOKEN_VARIABLE not in os.environ:
        return kept_token(program.paths.api_token_file)
    token = os.environ[TOKEN_VARIABLE]
    if len(token) < SHORTEST_TOKEN or not all(33 <= ord(char) <= 126 for char in token):
        raise ParameterError(
            f"{TOKEN_VARIABLE} must have {SHORTEST_TOKEN} or more letters, digits or signs."
        )
    return token


def _announce(arguments: argparse.Namespace, program: Program, serve: Serve) -> None:
    scheme = "https" if serve.certificate else "http"
    address = f"{scheme}://{serve.hosts[0]}"
    if arguments.lan:
        where = ", ".join(f"{scheme}://{host}" for host in serve.hosts[len(OWN_NAMES) :])
        safe = "" if serve.certificate else " Without --certificate, all of it can be read there."
        output.note(f"Other machines of the local network can reach it at {where}.{safe}")
    if arguments.json:
        output.write(json.dumps({"address": address}) + "\n")
        return
    kept = TOKEN_VARIABLE if TOKEN_VARIABLE in os.environ else str(program.paths.api_token_file)
    output.write(f"Serving at {address}; the token is in {kept}. Ctrl+C ends it.\n")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that Ctrl+C and SIGTERM set."""
    stop = threading.Event()
    signals = [signal.SIGINT, signal.SIGTERM]
    former = [signal.signal(one, lambda *_: stop.set()) for one in signals]
    try:
        yield stop
    finally:
        for one, handler in zip(signals, former, strict=True):
            signal.signal(one, handler)
