"""`lampblack train style`: an adapter that writes as the pages do."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.cli import output
from app.cli.long_task import LongTask
from app.cli.parsing import Words
from app.cli.training.classifier import add_classifier, resumable
from app.cli.training.teller import TrainingTeller
from app.core.errors import LampblackError, UsageError
from app.core.models.model_file import ModelFile
from app.core.runs.record import RunRecords
from app.core.training.cards import LearnedAdapter, free_name
from app.core.training.orders import (
    LEAST_WORDS,
    StyleSettings,
    TrainingPlan,
    check_style,
)
from app.core.training.pages import RunsOf, TrainingPages, read_pages, require_enough
from app.core.units import duration_text, size_text
from app.engine.learning.child import TrainingChild, trainer_command
from app.engine.learning.preparing import attach, engine_of_model, probed, require_memory
from app.engine.learning.style import StyleLearning
from app.program import Program

_DEFAULTS = StyleSettings()

_STYLE = f"""Teach a model to write as your pages do, here, without a network: what comes out is an
adapter (LoRA), a small file beside the model, which stays as it is.

Pages are the folder of a book, any folder (its .md and .txt), or files, also of other programs.
Comments are left out, and so is what a model wrote as far as Lampblack knows it. It takes
{LEAST_WORDS:,} words at least. What was learned is tested on pages that are held out, and the best
state is kept; training ends by itself when those get no better.

Ctrl+C stops with a checkpoint; --resume RUN goes on, with the same pages. The adapter is both a
folder for Torch and a file for llama.cpp. Sentences of your pages can come back in what it writes:
the card says the longest run of words that did."""


def add_train(words: Words) -> None:
    """Add `train` with its own words."""
    train = words.add_parser("train", help="teach a model on this machine")
    inner = train.add_subparsers(metavar="WORD", required=True)
    parser = inner.add_parser(
        "style",
        help="an adapter that writes as your pages do",
        usage="lampblack train style --pages FOLDER|FILE… [--model NAME] [options]",
        description=_STYLE,
    )
    parser.add_argument(
        "--pages", metavar="PATH", nargs="+", default=[], help="books, folders or files"
    )
    parser.value("--model", "NAME|PATH", "a model; see `lampblack models list`")
    parser.value("--name", "NAME", "what the adapter is called; else after the first page")
    parser.value("--rank", "N", f"its rank (default {_DEFAULTS.rank})", type=int, default=0)
    parser.value(
        "--epochs", "N", f"passes over the pages (default {_DEFAULTS.epochs})", type=int, default=0
    )
    parser.value(
        "--rate", "X", f"the highest rate (default {_DEFAULTS.rate:g})", type=float, default=0.0
    )
    parser.value(
        "--length", "N", f"tokens read at once (default {_DEFAULTS.length})", type=int, default=0
    )
    parser.value("--seed", "N", f"of every draw (default {_DEFAULTS.seed})", type=int, default=None)
    parser.switch("--with-takes", "learn also from what a model wrote")
    parser.switch("--plan", "say how long it takes and what memory, and end")
    parser.switch("--attach", "have the model write with it from now on")
    parser.value("--resume", "RUN", "go on with a run that was stopped")
    parser.runs(run_style)
    add_classifier(inner)


def run_style(arguments: argparse.Namespace, program: Program) -> None:
    """Read the pages, say what it takes, train, and say what came of it."""
    if bool(arguments.resume) == bool(arguments.pages):
        raise UsageError("Give either --pages or --resume.", "See `lampblack train style --help`.")
    records = RunRecords(program.paths.runs)
    child = TrainingChild(trainer_command(program.packs.command("torch")))
    learning = StyleLearning(child, records, program.paths.adapters, program.engine_cache)
    runs_of = None if arguments.with_takes else known_runs(program)
    if arguments.resume:
        pages = learning.take_up(arguments.resume, lambda paths: read_pages(paths, runs_of))
        assert learning.record is not None
        model = program.library.resolve(learning.record.model_path)
        settings = msgspec.convert(learning.record.settings, StyleSettings)
    else:
        paths = list(map(Path, arguments.pages))
        model = program.model(arguments.model)
        settings = _settings(arguments)
        pages = read_pages(paths, runs_of)
        require_enough(pages)
        name = arguments.name or free_name(paths[0].stem or "Style", program.paths.adapters)
    need = require_memory(model, settings)
    if arguments.plan:
        with LongTask(stop=child.stop):
            found = probed(child, model, pages, settings, program.engine_cache)
        facts = msgspec.to_builtins(found) | {"words": pages.words, "memory_need": need}
        output.answer(arguments.json, facts, (pages_line(pages, need), plan_line(found)))
        return
    if not arguments.resume:
        learning.begin(name, model, pages, settings)
    quiet = arguments.json
    if not quiet:
        output.note(pages_line(pages, need))
    with LongTask(stop=child.stop) as task:
        told = TrainingTeller(task, child, plan_line, quiet=quiet, unit="tokens/s")
        try:
            learned = learning.run(model, pages, told, resumes=bool(arguments.resume))
        except LampblackError as error:
            run = learning.record.id if learning.record is not None else ""
            raise resumable(error, "style", run) from error
    if arguments.attach:
        attach(program.metadata, model, learned)
    output.answer(quiet, _facts(learned), _lines(learned, model, attached=arguments.attach))


def _settings(arguments: argparse.Namespace) -> StyleSettings:
    given = {
        name: value
        for name in ("rank", "epochs", "rate", "length")
        if (value := getattr(arguments, name))
    }
    if arguments.seed is not None:
        given["seed"] = arguments.seed
    return check_style(msgspec.structs.replace(_DEFAULTS, **given))


def known_runs(program: Program) -> RunsOf | None:
    """Where the parts of a text come from, as far as there is a store that knows it."""
    if not program.paths.store_file.exists():
        return None
    log = program.store.provenance
    return lambda path, text: log.find(str(path.absolute()), text)


def pages_line(pages: TrainingPages, need: int) -> str:
    """What the pages have, and the bytes of memory that learning them takes."""
    left, count = pages.left_out, len(pages.pages)
    return (
        f"{pages.words:,} words in {count:,} file{'s' if count != 1 else ''}"
        + (f", {left:,} more left out as a model wrote them" if left else "")
        + f"; about {size_text(need)} of memory."
    )


def plan_line(news: TrainingPlan) -> str:
    """The sentence of a plan: tokens, steps, and how long it takes."""
    return (
        f"{news.tokens:,} tokens to learn, {news.held_out:,} held out, {news.steps:,} steps in "
        f"{news.numbers}; about {duration_text(news.seconds)}."
    )


def _facts(learned: LearnedAdapter) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(learned.card)
    return facts | {"folder": str(learned.folder), "warning": learned.card.warning}


def _lines(learned: LearnedAdapter, model: ModelFile, *, attached: bool) -> Iterator[str]:
    card = learned.card
    yield f"The adapter {card.name} is at {learned.folder}"
    yield (
        f"Loss on held-out pages: {card.loss_before:.3f} before, {card.loss_after:.3f} now, at "
        f"step {card.best_step:,} of {card.steps:,}; {duration_text(card.seconds)}, "
        f"{card.speed:.0f} tokens/s, {size_text(card.memory)}"
    )
    for pair in card.pairs[:1]:
        yield f"From “{_one_line(pair.prompt)}”"
        yield f"  before: {_one_line(pair.before)}"
        yield f"  now:    {_one_line(pair.after)}"
    yield card.warning
    if card.gguf_problem:
        yield card.gguf_problem
    yield from _use(learned, model, attached=attached)


def _use(learned: LearnedAdapter, model: ModelFile, *, attached: bool) -> Sequence[str]:
    if attached:
        return (f"{model.name} writes with it from now on.",)
    adapter = learned.for_engine(engine_of_model(model))
    return (f"Write with it: lampblack generate --adapter '{adapter.path}'",) if adapter else ()


def _one_line(text: str) -> str:
    return " ".join(text.split())
