"""`lampblack servers test`: connect to a server, and say what it is and can do."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from app.cli import output
from app.cli.engine import EngineTask
from app.cli.parsing import Words
from app.cli.server import open_early_server, server_load
from app.core.options.servers import SavedServer
from app.engine.messages import Loaded
from app.program import Program


def run_test(arguments: argparse.Namespace, program: Program) -> None:
    """Ask the server what it is; no text of the writer's is sent."""
    saved = open_early_server(arguments.server, program)
    with program.engine() as client, EngineTask(client) as work:
        loaded = work.run(server_load(saved, arguments.model))
    assert isinstance(loaded, Loaded)
    output.answer(arguments.json, _facts(saved, loaded), _lines(saved, loaded))


def _facts(saved: SavedServer, loaded: Loaded) -> dict[str, Any]:
    model = loaded.model
    return {
        "name": saved.name,
        "address": saved.address,
        "kind": model.settings.build,
        "model": model.name,
        "context": model.context,
        "masked": model.server is not None and model.server.masks,
        "abilities": list(model.abilities),
        "unknown": model.unknown,
        "unsupported": model.unsupported,
        "notes": list(model.notes),
        "seconds": round(loaded.seconds, 3),
    }


def _lines(saved: SavedServer, loaded: Loaded) -> Iterator[str]:
    model = loaded.model
    context = f"{model.context:,} tokens" if model.context else "not told"
    yield f"{saved.name or saved.address} answers: {model.settings.build or 'a server'}"
    yield f"Model: {model.name}"
    yield f"Context: {context}"
    yield from model.notes
    if model.abilities:
        yield f"It can: {', '.join(model.abilities)}"
    yield from model.unknown.values()
    if model.unsupported:
        yield "It cannot be told of these parameters:"
        width = max(map(len, model.unsupported))
        yield from (f"  {name:<{width}}  {why}" for name, why in model.unsupported.items())


def add_words(words: Words) -> None:
    """Add `test`."""
    parser = words.add_parser("test", help="connect to a server, and say what it is and can do")
    parser.value("server", "NAME|ADDRESS", "a server that was added, or an address")
    parser.value("--model", "NAME", "one of its models, where it has several")
    parser.runs(run_test)
