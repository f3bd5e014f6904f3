"""The training child: an order in, news out, and wishes heard while it works.

The main thread trains; a second one reads wishes, so that a pause or a stop is seen between two
rows, and the process leaves at once when the app is gone. What it has done by then is in the last
checkpoint.
"""

from __future__ import annotations

import os
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

import msgspec

from app.core.errors import CancelledError, LampblackError, OutOfMemoryError
from app.core.system.crash_report import crash_text
from app.core.system.files import why
from app.core.system.network import deny_network
from app.core.training.classifier_orders import ClassifierOrder
from app.core.training.giving_way import is_written
from app.core.training.orders import (
    AnyOrder,
    Interrupted,
    SamplePair,
    SamplesWritten,
    Trained,
    TrainingEnd,
    TrainingFailed,
    TrainingNews,
    TrainingOrder,
    TrainingWaits,
    TrainingWish,
    line_of,
)
from app.engine.child import settle_process, take_streams
from app.host.process_memory import peak_memory, share_one_arena
from app.host.torch_engine.out_of_memory import is_lack
from app.training.classifier_work import Surroundings, learn_labels
from app.training.export import write_adapter
from app.training.opening import OpenedTraining, open_training
from app.training.packing import Packed
from app.training.samples import prompts_of, write_on
from app.training.smaller.work import make_smaller
from app.training.style import Control, StyleTraining

_POLITE = 10  # steps of niceness: writing meanwhile goes first
_LOOK_S = 0.1  # between two looks whether a text is still written


def run_trainer() -> int:
    """Serve one order on the standard streams; the result is the exit code."""
    share_one_arena()
    wishes, answers = take_streams()
    settle_process()
    deny_network()
    if hasattr(os, "nice"):
        os.nice(_POLITE)
    mouth = _Mouth(answers)
    end: TrainingEnd
    try:
        order = msgspec.json.decode(wishes.readline(), type=AnyOrder)
        ear = _Ear(wishes, getattr(order, "cache", ""), mouth)
        around = Surroundings(mouth.tell, ear.wait, ear.wait_for_begin, peak_memory)
        if isinstance(order, TrainingOrder):
            end = _carried_out(order, ear, mouth)
        elif isinstance(order, ClassifierOrder):
            end = learn_labels(order, around)
        else:
            end = make_smaller(order, around)
    except CancelledError:
        end = Interrupted(step=mouth.step)
    except LampblackError as error:
        end = TrainingFailed(kind=error.kind, message=error.message, hint=error.hint)
    except OSError as error:
        message = f"What was learned could not be written: {why(error)}."
        end = TrainingFailed(kind="error", message=message, hint="Make room on the disk.")
    except Exception as error:  # noqa: BLE001 - the last net: whatever it is becomes a sentence
        end = _unexpected(error)
    mouth.tell(end)
    sys.stderr.flush()
    os._exit(0)  # no library may keep the process


def _unexpected(error: Exception) -> TrainingFailed:
    if is_lack(error):
        lack = OutOfMemoryError(
            "The training ran out of memory.",
            "Choose a shorter length, a smaller model, or close other programs.",
        )
        return TrainingFailed(kind=lack.kind, message=lack.message, hint=lack.hint)
    sys.stderr.write(crash_text(error))
    what = f"{type(error).__name__}: {error}"
    return TrainingFailed(kind="error", message=f"The training met an unexpected problem ({what}).")


class _Mouth:
    """The way out; `step` is the last one told."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.step = 0

    def tell(self, news: TrainingNews) -> None:
        """Say a line; ends the process when the app is gone."""
        self.step = getattr(news, "step", self.step)
        try:
            self._stream.write(line_of(news))
            self._stream.flush()
        except OSError:
            os._exit(1)


class _Ear:
    """Hears wishes, and holds the training back or ends it.

    While a text is written with an engine of `cache`, the training waits by itself.
    """

    def __init__(self, stream: BinaryIO, cache: str, mouth: _Mouth) -> None:
        self._stream, self._cache, self._mouth = stream, cache, mouth
        self._goes_on = threading.Event()
        self._has_begun = threading.Event()
        self._is_stopped = threading.Event()
        self._goes_on.set()
        threading.Thread(target=self._hear, name="wishes", daemon=True).start()

    def wait_for_begin(self) -> None:
        """Wait until the user has seen the plan and agrees."""
        self._has_begun.wait()
        self.wait()

    def wait(self) -> None:
        """Wait while it is paused or a text is written; raises CancelledError if it is stopped."""
        self._goes_on.wait()
        if self._has_to_wait():
            self._mouth.tell(TrainingWaits())
        while self._has_to_wait():
            self._is_stopped.wait(_LOOK_S)
            self._goes_on.wait()
        if self._is_stopped.is_set():
            raise CancelledError("Stopped.")

    def _has_to_wait(self) -> bool:
        """Whether a text is being written, and the training is not to end."""
        if not self._cache or self._is_stopped.is_set():
            return False
        return is_written(Path(self._cache))

    def _hear(self) -> None:
        for line in self._stream:
            wish = msgspec.json.decode(line, type=TrainingWish).wish
            if wish == "begin":
                self._has_begun.set()
            elif wish == "pause":
                self._goes_on.clear()
            else:
                if wish == "stop":
                    self._is_stopped.set()
                    self._has_begun.set()
                self._goes_on.set()
        os._exit(0)  # the app is gone


def _carried_out(order: TrainingOrder, ear: _Ear, mouth: _Mouth) -> Trained:
    opened = open_training(order, ear.wait)
    training, adapters, network = opened.training, opened.adapters, opened.network
    if order.resumes:
        training.resume()
    mouth.tell(training.plan(ear.wait, peak_memory()))
    ear.wait_for_begin()
    training.run(mouth.tell, Control(ear.wait))
    problem = write_adapter(
        Path(order.folder),
        adapters.matrices(),
        rank=adapters.rank,
        alpha=adapters.alpha,
        base=_base_name(Path(order.model)),
        config=network.config,
    )
    begun = monotonic()
    pairs, samples = _samples(order, opened, ear, mouth)
    done = _outcome(training, opened.packed, pairs, samples, problem)
    return msgspec.structs.replace(done, sample_seconds=monotonic() - begun)


def _base_name(model: Path) -> str:
    """What an adapter calls its base: the name of a folder has no ending, whatever its dots."""
    return model.name if model.is_dir() else model.stem


def _samples(
    order: TrainingOrder, opened: OpenedTraining, ear: _Ear, mouth: _Mouth
) -> tuple[tuple[SamplePair, ...], tuple[str, ...]]:
    """Pairs before and after, and samples of the trained model."""
    network, vocabulary = opened.network, opened.vocabulary
    network.eval()
    prompts = prompts_of(opened.packed.held_out, order.pairs)
    if not prompts or not order.pairs:
        return (), ()
    many = [prompts[at % len(prompts)] for at in range(max(order.samples, len(prompts)))]
    seed = order.settings.seed

    def tell(fraction: float) -> None:
        mouth.tell(SamplesWritten(fraction=fraction))
        ear.wait()

    with opened.adapters.off():
        before = write_on(network, prompts, vocabulary.ends, seed, lambda one: tell(one / 3))
    after = write_on(network, many, vocabulary.ends, seed, lambda one: tell((1 + 2 * one) / 3))

    def text(tokens: Any) -> str:
        return b"".join(map(vocabulary.piece, tokens)).decode("utf-8", "replace")

    rows = zip(prompts, before, after, strict=False)
    pairs = tuple(SamplePair(prompt=text(a), before=text(b), after=text(c)) for a, b, c in rows)
    return pairs, tuple(map(text, after))


def _outcome(
    training: StyleTraining,
    packed: Packed,
    pairs: tuple[SamplePair, ...],
    samples: tuple[str, ...],
    problem: str,
) -> Trained:
    state = training.state
    seen = state.step / training.steps_each * packed.tokens
    first = state.held_out[0].loss if state.held_out else 0.0
    best = state.held_out[-1].best if state.held_out else 0.0
    return Trained(
        steps=state.step,
        best_step=state.best_step,
        stopped_early=training.stopped_early,
        loss_before=first,
        loss_after=best,
        seconds=state.seconds,
        speed=seen / max(state.seconds, 1e-9),
        memory=peak_memory(),
        parameters=training.adapters.flat.numel(),
        pairs=pairs,
        samples=samples,
        gguf_problem=problem,
        versions={name: version(name) for name in ("torch", "transformers", "safetensors")},
    )
