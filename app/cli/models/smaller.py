"""`lampblack models prune` and `lampblack models distill`: a smaller model, with its price."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from app.cli import output
from app.cli.long_task import LongTask
from app.cli.parsing import Parser, Words
from app.cli.training.style import known_runs, pages_line, plan_line
from app.cli.training.teller import TrainingTeller
from app.core.errors import (
    LampblackError,
    OutOfMemoryError,
    ParameterError,
    UnsupportedModelError,
    UsageError,
    error_from,
)
from app.core.memory_fit.layout import layout
from app.core.models.model_file import ModelFile
from app.core.runs.record import RunRecords
from app.core.system.machine import this_machine
from app.core.training.cards import free_name
from app.core.training.memory import has_bfloat16, smaller_memory
from app.core.training.orders import LEAST_WORDS
from app.core.training.pages import TrainingPages, read_pages
from app.core.training.smaller_orders import (
    DistillOrder,
    DistillSettings,
    HealingSettings,
    PruneOrder,
    check_healing,
)
from app.core.units import size_text
from app.engine.learning.child import TrainingChild, trainer_command
from app.engine.learning.smaller import (
    Kind,
    SmallerLearning,
    SmallerOrder,
    SmallerOutcome,
    table_of,
)
from app.program import Program

_HEALING, _TEACHING = HealingSettings(), DistillSettings()

_PAGES = f"""Pages are the folder of a book, any folder (its .md and .txt), or files, also of other
programs; {LEAST_WORDS:,} words at least. What a model wrote is left out as far as that is known. A
tenth is held out, and the table is measured on it: parameters, size, perplexity, tokens per second
with PyTorch (the models take turns), and the share of 4-grams that a sampled text had before. It is
shown as it is, also where the new model is worse.

What comes out is a folder (safetensors, F16) among your models; nothing is replaced. --gguf makes a
file for llama.cpp as well, where what is changed is a GGUF file; `models quantize` makes smaller
ones of it. Ctrl+C stops with a checkpoint; --resume RUN goes on, without the pages, and with a new
name by --to."""

_PRUNE = f"""Make a smaller model by taking whole layers, or heads out of every layer, those that
matter least on your pages, and heal it by a short training on them.

A layer matters as much as it turns what passes through it (Block Influence); a head as much as the
loss would answer to its strength, and heads that share keys and values go together.

{_PAGES}"""

_DISTILL = f"""Let a smaller model, the student, learn what a larger one with the same vocabulary,
the teacher, would write at each place of your pages. The teacher's largest chances at each place,
and what the rest have together, are kept on the disk, so that it is asked once.

{_PAGES}"""

Settings = TypeVar("Settings", bound=HealingSettings)


def add_words(words: Words) -> None:
    """Add `prune` and `distill`."""
    parser = words.add_parser(
        "prune",
        help="make a smaller model by taking layers or heads",
        usage="lampblack models prune MODEL --layers N|--heads N --pages FOLDER|FILE… [options]",
        description=_PRUNE,
    )
    parser.mix()
    parser.value("model", "MODEL", "its name or path", nargs="?")
    parser.value("--layers", "N", "take N layers", type=int, default=0)
    parser.value("--heads", "N", "take N heads out of every layer", type=int, default=0)
    _add_common(parser, _HEALING)
    parser.runs(run_prune)
    parser = words.add_parser(
        "distill",
        help="let a smaller model learn from a larger one",
        usage="lampblack models distill TEACHER STUDENT --pages FOLDER|FILE… [options]",
        description=_DISTILL,
    )
    parser.mix()
    parser.value("teacher", "TEACHER", "the larger model's name or path", nargs="?")
    parser.value("student", "STUDENT", "the smaller model's name or path", nargs="?")
    parser.value(
        "--temperature",
        "X",
        f"flatten the chances of both (default {_TEACHING.temperature:g})",
        type=float,
        default=None,
    )
    parser.value(
        "--hard",
        "X",
        f"the weight of the pages' own words, 0 to 1 (default {_TEACHING.hard:g})",
        type=float,
        default=None,
    )
    parser.value(
        "--top",
        "N",
        f"chances kept at each place (default {_TEACHING.top})",
        type=int,
        default=None,
    )
    _add_common(parser, _TEACHING)
    parser.runs(run_distill)


def _add_common(parser: Parser, usual: HealingSettings) -> None:
    parser.add_argument(
        "--pages", metavar="PATH", nargs="+", default=[], help="books, folders or files"
    )
    parser.value("--to", "NAME", "what the new model is called; else after the old one")
    parser.switch("--gguf", "make a file for llama.cpp as well")
    parser.value("--rank", "N", f"of what learns (default {usual.rank})", type=int, default=None)
    parser.value(
        "--epochs", "N", f"passes over the pages (default {usual.epochs})", type=int, default=None
    )
    parser.value(
        "--rate", "X", f"the highest rate (default {usual.rate:g})", type=float, default=None
    )
    parser.value(
        "--length", "N", f"tokens read at once (default {usual.length})", type=int, default=None
    )
    parser.value("--seed", "N", f"of every draw (default {usual.seed})", type=int, default=None)
    parser.switch("--with-takes", "learn also from what a model wrote")
    parser.value("--resume", "RUN", "go on with a run that was stopped")


def run_prune(arguments: argparse.Namespace, program: Program) -> None:
    """Take layers or heads, heal, and say what it cost."""
    learning = _learning(arguments, program, "prune")
    if arguments.resume:
        _carry_out(arguments, learning, learning.take_up(arguments.resume, arguments.to or ""))
        return
    if not arguments.model:
        raise UsageError("No model is named.", "See `lampblack models list`.")
    if (arguments.layers > 0) == (arguments.heads > 0) or min(arguments.layers, arguments.heads):
        raise UsageError("Give either --layers or --heads, as a number from 1 on.")
    model = program.model(arguments.model)
    shape = layout(Path(model.path), "torch")
    layers = len(shape.sizes.weights)
    if layers and arguments.layers >= layers:
        raise ParameterError(
            f"{model.name} has {layers} layers; {arguments.layers} cannot be taken.",
            f"Take {layers - 1} at most; a fifth of them is much already.",
        )
    count, what = max((arguments.layers, "layers"), (arguments.heads, "heads"))
    order = PruneOrder(
        model=model.path,
        name=arguments.to or free_name(f"{model.name} {count} {what} fewer", program.paths.models),
        texts=(),
        folder="",
        cache=program.engine_cache,
        gguf=_gguf(arguments, model),
        settings=_settings(arguments, _HEALING),
        layers=arguments.layers,
        heads=arguments.heads,
    )
    _begin(arguments, program, learning, model, model, order)


def run_distill(arguments: argparse.Namespace, program: Program) -> None:
    """Let the student learn from the teacher, and say what it cost."""
    learning = _learning(arguments, program, "distill")
    if arguments.resume:
        _carry_out(arguments, learning, learning.take_up(arguments.resume, arguments.to or ""))
        return
    if not arguments.teacher or not arguments.student:
        raise UsageError("Name a teacher and a student.", "See `lampblack models list`.")
    teacher, student = program.model(arguments.teacher), program.model(arguments.student)
    order = DistillOrder(
        model=student.path,
        name=arguments.to or free_name(f"{student.name} taught", program.paths.models),
        texts=(),
        folder="",
        cache=program.engine_cache,
        gguf=_gguf(arguments, student),
        settings=_settings(arguments, _TEACHING),
        teacher=teacher.path,
        teacher_sha256="",
        answers=str(program.paths.answers),
    )
    _begin(arguments, program, learning, student, teacher, order)


def _learning(arguments: argparse.Namespace, program: Program, kind: Kind) -> SmallerLearning:
    if bool(arguments.resume) == bool(arguments.pages):
        raise UsageError(
            "Give either --pages or --resume.", f"See `lampblack models {kind} --help`."
        )
    child = TrainingChild(trainer_command(program.packs.command("torch")))
    return SmallerLearning(child, RunRecords(program.paths.runs), program.paths.models, kind)


def _settings(arguments: argparse.Namespace, usual: Settings) -> Settings:
    names = type(usual).__struct_fields__
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    return check_healing(msgspec.structs.replace(usual, **given))


def _gguf(arguments: argparse.Namespace, model: ModelFile) -> bool:
    if arguments.gguf and model.kind != "gguf":
        raise UsageError(
            f"{model.name} is a model folder; a file for llama.cpp is made out of one only.",
            "Leave --gguf out, or name a GGUF file.",
        )
    return bool(arguments.gguf)


def _begin(
    arguments: argparse.Namespace,
    program: Program,
    learning: SmallerLearning,
    model: ModelFile,
    other: ModelFile,
    order: SmallerOrder,
) -> None:
    runs_of = None if arguments.with_takes else known_runs(program)
    pages = read_pages([*map(Path, arguments.pages)], runs_of)
    need = _require_memory(model, other, order.settings)
    order = learning.begin(model, pages, msgspec.structs.replace(order, texts=pages.texts))
    _carry_out(arguments, learning, order, pages, need)


def _require_memory(model: ModelFile, other: ModelFile, settings: HealingSettings) -> int:
    """The bytes that it takes; raises OutOfMemoryError where they are not here."""
    own, beside = (layout(Path(one.path), "torch") for one in (model, other))
    need = smaller_memory(own, beside, settings, 2 if has_bfloat16() else 4)
    machine = this_machine()
    if machine.judge(need) == "too large":
        raise OutOfMemoryError(
            f"This takes about {size_text(need)} of memory, and this machine has "
            f"{size_text(machine.memory_total)}.",
            "Choose a smaller model, or a smaller --length.",
        )
    return need


def _carry_out(
    arguments: argparse.Namespace,
    learning: SmallerLearning,
    order: SmallerOrder,
    pages: TrainingPages | None = None,
    need: int = 0,
) -> None:
    quiet = arguments.json
    if pages is not None and not quiet:
        output.note(pages_line(pages, need))
    with LongTask(stop=learning.child.stop) as task:
        try:
            child = learning.child
            told = TrainingTeller(task, child, plan_line, quiet=quiet, unit="tokens/s")
            outcome = learning.run(order, told)
        except LampblackError as error:
            raise _resumable(error, learning) from error
    held_out = int(learning.record.figures.get("held_out_tokens", 0))
    output.answer(quiet, _facts(outcome, learning), _lines(outcome, held_out))


def _resumable(error: LampblackError, learning: SmallerLearning) -> LampblackError:
    """The error, which says by its hint how to go on, where that would help."""
    if isinstance(error, ParameterError | UnsupportedModelError):
        return error
    record = learning.record
    how = f"Go on with `lampblack models {record.kind} --resume {record.id}`."
    return error_from(error.kind, error.message, f"{error.hint} {how}".strip())


def _facts(outcome: SmallerOutcome, learning: SmallerLearning) -> dict[str, Any]:
    return {
        "run": learning.record.id,
        "model": outcome.model.name,
        "folder": outcome.model.path,
        "gguf": outcome.gguf.path if outcome.gguf else None,
        "gguf_problem": outcome.gguf_problem,
        "taken": list(outcome.taken),
        "prices": msgspec.to_builtins(outcome.prices),
        "figures": learning.record.figures,
    }


def _lines(outcome: SmallerOutcome, held_out: int) -> Iterator[str]:
    yield f"The model {outcome.model.name} is at {outcome.model.path}"
    for one in outcome.taken[:3]:
        yield f"Taken: {one}"
    if (more := len(outcome.taken) - 3) > 0:
        yield f"and {more:,} more such lines; see `lampblack runs show`"
    yield from table_of(outcome.prices)
    yield f"Perplexity is on {held_out:,} tokens held out, and of no other text."
    first, last = outcome.prices[0], outcome.prices[-1]
    if last.perplexity > first.perplexity:
        yield (
            f"It foretells your pages worse than {first.title}: perplexity "
            f"{first.perplexity:,.2f} there, {last.perplexity:,.2f} here."
        )
    if outcome.gguf is not None:
        yield f"For llama.cpp: {outcome.gguf.path}"
        yield f"Smaller: lampblack models quantize '{outcome.gguf.name}' --type Q4_K_M"
    elif outcome.gguf_problem:
        yield outcome.gguf_problem
    yield f"Write with it: lampblack generate --model '{outcome.model.name}'"
