"""An order for a smaller model, carried out: measured, cut or taught, healed, written, measured.

What was measured and chosen before the training is kept in the run's folder, so that a run that
was stopped goes on with the same model.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import torch
from msgspec.structs import replace

from app.core.errors import ParameterError
from app.core.system.files import read_regular, write_atomically
from app.core.training.orders import ALPHA
from app.core.training.smaller_orders import (
    MADE,
    MADE_GGUF,
    AnswersPlanned,
    AtWork,
    Column,
    CopyFigures,
    DistillOrder,
    PruneOrder,
    SmallerMade,
)
from app.host.cpu import default_threads
from app.host.interface import Job
from app.host.torch_engine.loading import load_network
from app.host.torch_engine.vocabulary import TorchVocabulary
from app.training.classifier_work import Surroundings
from app.training.lora import Adapters
from app.training.packing import Packed, pack
from app.training.samples import PROMPT
from app.training.smaller.cutting import (
    head_influence,
    layer_influence,
    least,
    require_heads,
    require_layers,
    take_heads,
    take_layers,
)
from app.training.smaller.distilling import DistillTraining
from app.training.smaller.figures import measured, speeds
from app.training.smaller.gguf_model import unwritable, write_gguf
from app.training.smaller.saving import (
    Matrices,
    merge_adapters,
    read_back,
    save_network,
    whole_or_nothing,
)
from app.training.smaller.teacher import TeacherAnswers, require_same_vocabulary
from app.training.style import Control, StyleTraining, numbers_for

_MEASURED = "measured.json"
_MOST_MEASURED = 1 << 20
_AFTERWARDS = 1.6
"""Measuring the model made and both speeds takes this times what measuring one model took."""


class MeasuredBefore(msgspec.Struct, frozen=True, kw_only=True):
    """What was found before the training, for the order of that digest.

    `layers` are taken, or of each layer the groups of heads in `heads`; `vocabulary` is what a
    teacher and its student share. `seconds` is what measuring one model took.
    """

    digest: str
    figures: tuple[CopyFigures, ...]
    layers: tuple[int, ...] = ()
    heads: tuple[tuple[int, ...], ...] = ()
    vocabulary: int = 0
    seconds: float = 0.0


def make_smaller(order: PruneOrder | DistillOrder, around: Surroundings) -> SmallerMade:
    """Make what is ordered; it is in the order's folder then. Raises LampblackError and OSError."""
    torch.set_num_threads(order.threads or default_threads())
    torch.manual_seed(order.settings.seed)
    if isinstance(order, PruneOrder):
        return _Pruning(order, around).run()
    return _Distilling(order, around).run()


class _Making:
    """What both have in common; a kind says what is measured before, and how it learns."""

    fastest: Column
    """The column of the model that the one made is timed beside."""

    def __init__(self, order: PruneOrder | DistillOrder, around: Surroundings) -> None:
        self._any_order, self._around = order, around
        self._folder = Path(order.folder)
        same = replace(order, name="", folder="", resumes=False, threads=0)
        self._digest = hashlib.sha256(msgspec.json.encode(same)).hexdigest()
        self._network, self._tokenizer = self._loaded(order.model)
        size = int(self._network.get_output_embeddings().weight.shape[0])
        self._vocabulary = TorchVocabulary(self._tokenizer, size)
        self._packed = self._pack()

    def run(self) -> SmallerMade:
        """All of it, from measuring to measuring."""
        order, around = self._any_order, self._around
        no_gguf = ""
        if order.gguf:
            no_gguf = unwritable(Path(order.model), self._network.config)
        before = self._read()
        if before is None:
            before = self._write(self._before())
        else:
            self._cut(self._network, before)
        learned, made = self._learn(before)
        self._network = None
        gc.collect()
        figures = self._finished(before, learned, is_gguf=order.gguf and not no_gguf)
        return replace(
            made, figures=figures, gguf_problem=no_gguf, memory=around.peak(), taken=_taken(before)
        )

    def _learn(self, before: MeasuredBefore) -> tuple[Matrices, SmallerMade]:
        """Train; what was learned, and the report of it, without what is measured afterwards."""
        order, around, settings = self._any_order, self._around, self._any_order.settings
        network = self._network.to(numbers_for(self._network)).train()
        adapters = Adapters(network, settings.rank, ALPHA * settings.rank, settings.seed)
        training = self._training(adapters, before)
        if order.resumes:
            training.resume()
        around.tell(training.plan(around.wait, around.peak(), before.seconds * _AFTERWARDS))
        around.begin()
        training.run(around.tell, Control(around.wait))
        state = training.state
        tests = state.held_out
        seen = state.step / training.steps_each * self._packed.tokens
        return [*adapters.matrices()], SmallerMade(
            figures=(),
            taken=(),
            gguf_problem="",
            steps=state.step,
            best_step=state.best_step,
            stopped_early=training.stopped_early,
            loss_before=tests[0].loss,
            loss_after=tests[-1].best,
            seconds=state.seconds,
            speed=seen / max(state.seconds, 1e-9),
            memory=0,
            parameters=adapters.flat.numel(),
            versions={name: version(name) for name in ("torch", "transformers", "safetensors")},
        )

    def _before(self) -> MeasuredBefore:
        """Measure, and choose what is taken, which the network has lost then."""
        raise NotImplementedError

    def _cut(self, network: Any, before: MeasuredBefore) -> None:
        """Take out of a network what was chosen; a student loses nothing."""

    def _training(self, adapters: Adapters, before: MeasuredBefore) -> StyleTraining:
        """What trains the network with these adapters."""
        raise NotImplementedError

    def _beside(self) -> str:
        """The path of the model that the one made is timed beside."""
        raise NotImplementedError

    def _finished(
        self, before: MeasuredBefore, matrices: Matrices, *, is_gguf: bool
    ) -> tuple[CopyFigures, ...]:
        """Write the model and measure what was written, beside the one it came of."""
        order = self._any_order
        around = self._around
        around.tell(AtWork(what="writing the model", fraction=0.0))
        network, tokenizer = self._loaded(order.model)
        self._cut(network, before)
        merge_adapters(network, matrices, ALPHA)
        save_network(network, tokenizer, self._folder / MADE)
        around.wait()
        if is_gguf:
            size = 2 * sum(one.numel() for one in network.parameters())
            with whole_or_nothing(self._folder / MADE_GGUF, size):
                write_gguf(self._folder / MADE_GGUF, Path(order.model), network, order.name)
        rows = self._packed.held_out
        made = read_back(self._folder / MADE, network, rows[0], order.gpu_layers)
        del network
        gc.collect()
        after = self._measured("after", made)
        around.tell(AtWork(what="measuring the speed", fraction=0.0))
        other, _tokens = self._loaded(self._beside())
        found = speeds([other.eval(), made], rows[0].pieces[0][:PROMPT], around.wait)
        known = dict(zip((self.fastest, "after"), found, strict=True))
        all_figures = (*before.figures, after)
        return tuple(replace(one, speed=known.get(one.column, 0.0)) for one in all_figures)

    def _measured(self, column: Column, network: Any) -> CopyFigures:
        around, seed = self._around, self._any_order.settings.seed
        around.tell(AtWork(what="measuring", fraction=0.0))
        rows = self._packed.held_out
        return measured(column, network, rows, self._vocabulary, seed, around.wait)

    def _tell(self, what: str) -> Callable[[float], None]:
        """What tells how far a work is, and lets it be stopped."""

        def tell(fraction: float) -> None:
            self._around.wait()
            self._around.tell(AtWork(what=what, fraction=fraction))

        return tell

    def _loaded(self, path: str) -> tuple[Any, Any]:
        self._around.wait()
        job = Job(0, lambda _event: None)
        order = self._any_order
        return load_network(Path(path), order.gpu_layers, order.cache, job)

    def _pack(self) -> Packed:
        order, vocabulary = self._any_order, self._vocabulary
        texts = (vocabulary.tokenize(text).tolist() for text in order.texts)
        packed = pack(texts, order.settings.length, order.settings.seed, vocabulary.bos)
        if not packed.rows or not packed.held_out:
            raise ParameterError(
                "The pages are too short to hold a part of them out.",
                "Choose more pages, or a smaller --length.",
            )
        return packed

    def _read(self) -> MeasuredBefore | None:
        with suppress(OSError, ValueError):
            data = read_regular(self._folder / _MEASURED, _MOST_MEASURED)
            found = msgspec.json.decode(data, type=MeasuredBefore)
            if found.digest == self._digest:
                return found
        return None

    def _write(self, before: MeasuredBefore) -> MeasuredBefore:
        write_atomically(self._folder / _MEASURED, msgspec.json.encode(before))
        return before


class _Pruning(_Making):
    fastest: Column = "before"

    def __init__(self, order: PruneOrder, around: Surroundings) -> None:
        super().__init__(order, around)
        self._order = order
        if order.layers:
            require_layers(self._network, order.layers)
        self._groups = require_heads(self._network, order.heads) if order.heads else 0

    def _before(self) -> MeasuredBefore:
        network, order = self._network, self._order
        begun = time.monotonic()
        whole = self._measured("before", network)
        seconds = time.monotonic() - begun
        layers: tuple[int, ...] = ()
        heads: tuple[tuple[int, ...], ...] = ()
        if order.layers:
            tell = self._tell("measuring the layers")
            layers = tuple(least(layer_influence(network, self._packed.rows, tell), order.layers))
        else:
            tell = self._tell("measuring the heads")
            found = head_influence(network, self._packed.rows, tell)
            heads = tuple(tuple(least(one, self._groups)) for one in found)
        before = MeasuredBefore(
            digest=self._digest, figures=(), layers=layers, heads=heads, seconds=seconds
        )
        self._cut(network, before)
        return replace(before, figures=(whole, self._measured("cut", network)))

    def _cut(self, network: Any, before: MeasuredBefore) -> None:
        if before.layers:
            take_layers(network, before.layers)
        if before.heads:
            take_heads(network, before.heads)

    def _training(self, adapters: Adapters, _before: MeasuredBefore) -> StyleTraining:
        settings = self._order.settings
        return StyleTraining(self._network, adapters, self._packed, settings, self._folder)

    def _beside(self) -> str:
        return self._order.model


class _Distilling(_Making):
    fastest: Column = "teacher"

    def __init__(self, order: DistillOrder, around: Surroundings) -> None:
        super().__init__(order, around)
        self._order = order
        self._teacher: Any = None

    def _before(self) -> MeasuredBefore:
        size = self._require_teacher()
        begun = time.monotonic()
        teacher = self._measured("teacher", self._teacher)
        seconds = time.monotonic() - begun
        student = self._measured("before", self._network)
        return MeasuredBefore(
            digest=self._digest, figures=(teacher, student), vocabulary=size, seconds=seconds
        )

    def _training(self, adapters: Adapters, before: MeasuredBefore) -> StyleTraining:
        settings = self._order.settings
        answers = TeacherAnswers(
            Path(self._order.answers),
            self._packed.rows,
            before.vocabulary,
            settings,
            self._order.teacher_sha256,
        )
        present = answers.present
        self._around.tell(AnswersPlanned(size=answers.size, present=present))
        if present < answers.size:
            answers.make_room()
            self._require_teacher()
            answers.fill(self._teacher.eval(), self._around.wait, self._tell("asking the teacher"))
        answers.mark_used()
        self._teacher = None
        gc.collect()
        return DistillTraining(
            self._network,
            adapters,
            self._packed,
            settings,
            self._folder,
            answers=answers,
            size=before.vocabulary,
            temperature=settings.temperature,
            hard=settings.hard,
        )

    def _require_teacher(self) -> int:
        """Load the teacher; how many tokens both share. Raises LampblackError."""
        if self._teacher is None:
            self._teacher, words = self._loaded(self._order.teacher)
            self._words = words
        networks = self._teacher, self._network
        sizes = [int(one.get_output_embeddings().weight.shape[0]) for one in networks]
        return require_same_vocabulary(self._words, self._tokenizer, (sizes[0], sizes[1]))

    def _beside(self) -> str:
        return self._order.teacher


def _taken(before: MeasuredBefore) -> tuple[str, ...]:
    """What was taken, in words; layers and heads are counted from 0, as in the model's files."""
    heads = (
        f"layer {layer}: groups of heads {', '.join(map(str, groups))}"
        for layer, groups in enumerate(before.heads)
    )
    layers = (f"layers {', '.join(map(str, before.layers))}",) if before.layers else ()
    return (*layers, *heads)
