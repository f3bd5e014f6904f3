"""`lampblack models quantize`: a smaller copy of a model, with its price."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.cli import output
from app.cli.engine import EngineTask, planned
from app.cli.long_task import confirm
from app.cli.parsing import Words
from app.core.errors import (
    CancelledError,
    ParameterError,
    QuantizeError,
    UnsupportedModelError,
    UsageError,
)
from app.core.formats.gguf import read_header
from app.core.formats.quantization import (
    TYPES,
    Price,
    QuantType,
    coarsest,
    copy_path,
    estimate,
    require,
    type_named,
)
from app.core.models.model_file import ModelFile
from app.core.system.files import read_regular, why
from app.core.units import size_text
from app.engine.messages import Finished, JobCommand, Quantized
from app.engine.quantize_job import QuantizeJob, QuantizeOutcome, drive
from app.program import Program

_LONGEST_PASSAGE = 4_000_000  # bytes; measuring more would take a day


def run_quantize(arguments: argparse.Namespace, program: Program) -> None:
    """Make a copy of a model in another type, after a question where it costs quality."""
    if arguments.list:
        types = [{"type": one.name, "bits": one.bits, "words": one.words} for one in TYPES]
        lines = (f"{one.name:<8}{one.bits:>5.1f} bits  {one.words}" for one in TYPES)
        output.answer(arguments.json, types, lines)
        return
    if not arguments.model:
        raise UsageError("No model is named.", "See `lampblack models list`.")
    kind = type_named(arguments.type)
    model = program.model(arguments.model)
    _require_gguf(model)
    header = read_header(Path(model.path))
    overhead = header.size_bytes - sum(tensor.size for tensor in header.tensors)
    size = estimate(header.tensors, kind, overhead)
    source = coarsest(header.tensors)
    cost = require(model.name, source, kind, saves=size < header.size_bytes)
    _agree(arguments, cost, size)
    order = QuantizeJob(
        load=planned(model, program, engine="llama.cpp", gpu_again=not arguments.passage),
        target=str(_target(arguments, model, kind, program.paths.models)),
        type_name=kind.name,
        passage=_passage(arguments.passage),
    )
    with program.engine() as client, EngineTask(client) as task:
        outcome = _carried_out(order, task)
    output.answer(arguments.json, _facts(outcome, cost), _lines(outcome))


def _target(arguments: argparse.Namespace, model: ModelFile, kind: QuantType, home: Path) -> Path:
    if arguments.to:
        return Path(arguments.to).absolute()
    found = copy_path(Path(model.path), model.name, kind, home)
    try:
        found.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QuantizeError(f"There can be no folder {found.parent}: {why(error)}.") from error
    return found.absolute()


def _require_gguf(model: ModelFile) -> None:
    if model.kind != "gguf":
        raise UnsupportedModelError(
            f"{model.name} is a model folder; copies can be made of GGUF files only.",
            "Get the model as GGUF in F16 or Q8_0.",
        )


def _agree(arguments: argparse.Namespace, cost: Price, size: int) -> None:
    """Say what the copy costs, and ask where it is worse than its size tells."""
    if not arguments.json:
        output.note(f"The copy takes about {size_text(size)}. {cost.words}")
    if cost.warns and not arguments.yes:
        refusal = UsageError(cost.words, "Say --yes to make the copy all the same.")
        confirm("Make it?", refusal, "No copy was made.")


def _passage(name: str) -> str:
    if not name:
        return ""
    try:
        text = read_regular(Path(name), _LONGEST_PASSAGE).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ParameterError(f"{name} is not UTF-8 text.", "Convert it to UTF-8 first.") from None
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise ParameterError(f"{name} cannot be read: {reason}.") from error
    if not text.strip():
        raise ParameterError(f"{name} is empty.", "Give a page or more to measure with.")
    return text


def _carried_out(order: QuantizeJob, task: EngineTask) -> QuantizeOutcome:
    """Make the copy; one that is whole stays when the measuring is stopped."""
    is_made = False

    def run(command: JobCommand) -> Finished:
        nonlocal is_made
        finished = task.run(command)
        is_made = is_made or isinstance(finished, Quantized)
        return finished

    try:
        return drive(order, run)
    except CancelledError:
        if is_made:
            raise CancelledError(f"Stopped. The copy is whole: {order.target}") from None
        raise


def _facts(outcome: QuantizeOutcome, cost: Price) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(outcome)
    change = outcome.change
    return facts | {"change": None if change is None else round(change, 6), "price": cost.words}


def _lines(outcome: QuantizeOutcome) -> Iterator[str]:
    before, after = size_text(outcome.size_before), size_text(outcome.size_after)
    yield f"The copy is at {outcome.path}"
    yield f"Size: {before} before, {after} now"
    if outcome.change is not None:
        yield (
            f"Perplexity on the passage ({outcome.tokens:,} tokens): "
            f"{outcome.perplexity_before:.3f} before, {outcome.perplexity_after:.3f} now "
            f"({outcome.change:+.2%}; lower is better)"
        )


def add_words(words: Words) -> None:
    """Add `quantize`."""
    parser = words.add_parser("quantize", help="make a smaller copy of a model")
    parser.value("model", "MODEL", "its name or path", nargs="?")
    parser.value("--type", "TYPE", "the type; else Q8_0", default="Q8_0")
    parser.switch("--list", "list the types and end")
    parser.value("--to", "FILE", "the copy; else beside the model")
    parser.value("--passage", "FILE", "measure the perplexity of both on this text")
    parser.switch("--yes", "do not ask")
    parser.runs(run_quantize)
