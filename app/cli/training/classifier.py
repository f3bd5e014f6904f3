"""`lampblack train classifier`: a model that sorts texts by labels, from labelled texts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.cli import output
from app.cli.long_task import LongTask
from app.cli.parsing import Words
from app.cli.training.teller import TrainingTeller
from app.core.errors import LampblackError, OutOfMemoryError, UsageError, error_from
from app.core.formats.safetensors import weight_files
from app.core.models.model_file import ModelFile
from app.core.runs.record import RunRecord, RunRecords
from app.core.system.machine import this_machine
from app.core.training.cards import free_name
from app.core.training.classifier_orders import (
    BASELINES,
    DEFAULTS,
    LSTM,
    METHODS,
    TINY,
    ClassifierOrder,
    ClassifierSettings,
    Method,
    check_classifier,
)
from app.core.training.labelled_texts import LabelledTexts, gather
from app.core.training.orders import TrainingPlan
from app.core.units import duration_text, size_text
from app.engine.learning.child import TrainingChild, trainer_command
from app.engine.learning.classifier import ClassifierLearning, check_base
from app.program import Program
from app.tasks.batch.rows import ANSWERS, AskedColumn
from app.tasks.batch.source import open_source

_ABOUT = f"""Learn to sort texts by labels, here, without a network, from a file that has a text and
its label in each row. What comes out is a model folder (safetensors) among your models, which the
tasks classify and sentiment, batch, evaluate and the service take like any other.

With --base lstm, which is the usual, a small recurrent network learns from nothing; Chinese is read
by character. With the folder of an encoder (BERT, MiniLM and the like) as --base it is the encoder
that learns: all of it (full), its head alone (head), or a linear head on the mean of its states
(pooled), which is what is done below {TINY:,} texts unless --learn says otherwise.

A fifth of each label's texts is held out; labels weigh alike; the state with the best macro F1 is
kept, and training ends by itself when that no longer rises. The table has baselines beside it:
logistic regression on TF-IDF (words, or characters of Chinese and the like), the recurrent network
where an encoder learned, and the most frequent label. The best state is chosen by the texts that
all figures are of, which flatters what learns in passes a little beside logistic regression.

Ctrl+C stops with a checkpoint; --resume RUN goes on, without the file, with another --name if you
like."""
_OVERHEAD = 400_000_000
_COPIES = {"full": 5, "head": 2, "pooled": 2, "lstm": 0}
"""How often an encoder's weights are in memory: with gradients, two moments and the best."""

_LEARNING = {
    "full": "The whole",
    "head": "The head",
    "pooled": "A linear head on the mean of the states",
}


def add_classifier(words: Words) -> None:
    """Add `classifier` to the words of `train`."""
    parser = words.add_parser(
        "classifier",
        help="a model that sorts texts by your labels",
        usage="lampblack train classifier FILE [--base FOLDER|lstm] [options]",
        description=_ABOUT,
    )
    parser.value("file", "FILE", "a .csv, .tsv or .jsonl file with labelled texts", nargs="?")
    parser.value("--labels", "A,B,…", "only these labels, in this order; else all that there are")
    parser.value("--text", "COLUMN", "the column of the texts")
    parser.value("--label", "COLUMN", "the column of the labels")
    parser.value("--base", "FOLDER|lstm", "what learns (default lstm)", default=LSTM)
    parser.add_argument("--learn", choices=METHODS, default="", help="what of an encoder learns")
    parser.value("--name", "NAME", "what the model is called; else after the file")
    parser.value("--epochs", "N", "passes over the texts at most", type=int, default=None)
    parser.value("--batch", "N", "texts of a step", type=int, default=None)
    parser.value("--rate", "X", "the highest rate", type=float, default=None)
    parser.value("--length", "N", "tokens that are read of a text", type=int, default=None)
    parser.value("--patience", "N", "passes without a better macro F1", type=int, default=None)
    parser.value("--seed", "N", "of every draw (default 1)", type=int, default=None)
    parser.value("--resume", "RUN", "go on with a run that was stopped")
    parser.runs(run_classifier)


def run_classifier(arguments: argparse.Namespace, program: Program) -> None:
    """Read the texts, train, and say what came of it."""
    if bool(arguments.resume) == bool(arguments.file):
        raise UsageError(
            "Give either a file or --resume.", "See `lampblack train classifier --help`."
        )
    child = TrainingChild(trainer_command(program.packs.command("torch")))
    home = program.paths.models
    learning = ClassifierLearning(child, RunRecords(program.paths.runs), home)
    quiet = arguments.json
    if arguments.resume:
        order = learning.take_up(arguments.resume, arguments.name or "")
    else:
        path = Path(arguments.file)
        base = _base(arguments.base, home)
        texts = read_texts(path, arguments.text, arguments.label, _listed(arguments.labels))
        order = _order(arguments, base, texts, program.engine_cache)
        _require_memory(order)
        name = arguments.name or free_name(f"{path.stem} classifier", home)
        order = learning.begin(name, path, texts, order)
        told = *texts.notes, _texts_line(texts), _method_line(order, arguments.learn)
        for line in () if quiet else told:
            output.note(line)
    with LongTask(stop=child.stop) as task:
        try:
            model = learning.run(order, TrainingTeller(task, child, _plan_line, quiet=quiet))
        except LampblackError as error:
            raise resumable(error, "classifier", learning.record.id) from error
    output.answer(quiet, _facts(model, learning.record, order), _lines(model, learning.record))


def resumable(error: LampblackError, word: str, run: str) -> LampblackError:
    """The error, which says by its hint how to go on with a run of that word of `train`."""
    how = f"Go on with `lampblack train {word} --resume {run}`."
    return error_from(error.kind, error.message, f"{error.hint} {how}".strip())


def read_texts(path: Path, text: str, label: str, wanted: tuple[str, ...]) -> LabelledTexts:
    """The labelled texts of a file, from the columns of these names; raises LampblackError."""
    source = open_source(
        path,
        column=AskedColumn(text, "--text"),
        answer=AskedColumn(label, "--label", "labels", ANSWERS),
    )
    found = gather(source.read(), wanted)
    notes = *filter(None, source.notes), *found.notes
    return msgspec.structs.replace(found, notes=notes)


def _listed(labels: str) -> tuple[str, ...]:
    return tuple(label for part in labels.split(",") if (label := part.strip()))


def _base(given: str, home: Path) -> Path | None:
    """The encoder's folder, by its path or its name among the models; None for the LSTM."""
    if given.strip().lower() == LSTM:
        return None
    path = Path(given).expanduser()
    return check_base(path if path.is_dir() or not (home / given).is_dir() else home / given)


def _order(
    arguments: argparse.Namespace, base: Path | None, texts: LabelledTexts, cache: str
) -> ClassifierOrder:
    if base is None and arguments.learn:
        raise UsageError("--learn is for an encoder.", "Give its folder with --base.")
    usual: Method = "pooled" if len(texts.texts) < TINY else "full"
    learn: Method | None = arguments.learn or None
    method: Method = "lstm" if base is None else learn or usual
    return ClassifierOrder(
        method=method,
        base=str(base or ""),
        texts=texts.texts,
        targets=texts.targets,
        labels=texts.labels,
        settings=_settings(arguments, DEFAULTS[method]),
        folder="",
        cache=cache,
    )


def _settings(arguments: argparse.Namespace, usual: ClassifierSettings) -> ClassifierSettings:
    names = type(usual).__struct_fields__
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    return check_classifier(msgspec.structs.replace(usual, **given))


def _require_memory(order: ClassifierOrder) -> None:
    files = weight_files(Path(order.base)) if order.base else []
    weights = sum(file.stat().st_size for file in files)
    need = weights * _COPIES[order.method] + _OVERHEAD
    machine = this_machine()
    if machine.judge(need) == "too large":
        raise OutOfMemoryError(
            f"This training takes about {size_text(need)} of memory, and this machine has "
            f"{size_text(machine.memory_total)}.",
            "Choose a smaller encoder, --learn pooled, or --base lstm.",
        )


def _texts_line(texts: LabelledTexts) -> str:
    counts = ", ".join(
        f"{label} {texts.targets.count(place):,}" for place, label in enumerate(texts.labels[:8])
    )
    more = len(texts.labels) - 8
    return f"{len(texts.texts):,} texts: {counts}" + (f" and {more:,} more." if more > 0 else ".")


def _plan_line(news: TrainingPlan) -> str:
    return (
        f"{news.parameters:,} numbers learn, {news.steps:,} steps at most; about "
        f"{duration_text(news.seconds)}."
    )


def _method_line(order: ClassifierOrder, learn: str) -> str:
    """What learns, and why it is that."""
    if order.method == LSTM:
        return "A recurrent network learns from nothing (lstm); --base takes an encoder's folder."
    what = f"{_LEARNING[order.method]} of {Path(order.base).name} learns ({order.method})"
    if learn:
        return f"{what}, as --learn says."
    if order.method == "pooled":
        return (
            f"{what}, as {len(order.texts):,} texts are fewer than {TINY:,}: more of it "
            "would learn them by heart. --learn full or head has it otherwise."
        )
    return f"{what}, as there are {TINY:,} texts or more; --learn head or pooled takes less time."


def _facts(model: ModelFile, record: RunRecord, order: ClassifierOrder) -> dict[str, Any]:
    return {
        "run": record.id,
        "model": model.name,
        "folder": model.path,
        "labels": list(order.labels),
        "method": order.method,
        "settings": record.settings,
        "figures": record.figures,
        "versions": record.versions,
    }


def _lines(model: ModelFile, record: RunRecord) -> Iterator[str]:
    figures = record.figures
    yield f"The classifier {model.name} is at {model.path}"
    yield (
        f"Tested on {figures['held_out_texts']:,} texts held out; the best of "
        f"{figures['learned_steps']:,} steps is {figures['best_step']:,}; "
        f"{duration_text(figures['seconds'])}, {size_text(int(figures['memory']))}"
    )
    named = {name: f"_{end}" for end, name in BASELINES.items() if f"accuracy_{end}" in figures}
    rows = [(record.model, ""), *named.items()]
    width = max(len(name) for name, _ending in rows)
    yield f"{'':<{width}}  accuracy  macro F1"
    for name, ending in rows:
        accuracy, f1 = figures[f"accuracy{ending}"], figures[f"macro_f1{ending}"]
        yield f"{name:<{width}}  {accuracy:8.4f}  {f1:8.4f}"
    yield f"Use it: lampblack run classify TEXT --model '{model.path}'"
