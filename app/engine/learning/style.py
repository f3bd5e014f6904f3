"""Learning a style from beginning to end: the record, the child, the card, the adapter's place."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from app.core.errors import CancelledError, HousekeepingError, LampblackError, ParameterError
from app.core.models.checksums import checksums, weights_of, whole_checksum
from app.core.models.model_file import ModelFile
from app.core.runs.keeping import RunKeeper
from app.core.runs.record import HOLD_FILE, RECORD_FILE, RunRecord, RunRecords
from app.core.system.files import link_or_copy, sync_folder, why
from app.core.system.machine import machine_facts
from app.core.training.cards import (
    AdapterCard,
    LearnedAdapter,
    check_name,
    read_card,
    write_card,
)
from app.core.training.orders import (
    StyleSettings,
    Trained,
    TrainingNews,
    TrainingOrder,
    check_style,
)
from app.core.training.pages import TrainingPages, require_enough
from app.core.training.verbatim import longest_run
from app.engine.learning.child import TrainingChild, with_news
from app.engine.learning.recorded import require_kind

KIND = "style"
_GGUF = "adapter.gguf"
_FILES = ("adapter_config.json", "adapter_model.safetensors", _GGUF)
_KEPT = (RECORD_FILE, "checkpoint.safetensors")
"""What a run goes on with: all else in its folder is half of something, or made again."""


class StyleLearning:
    """One training with its record; `run` is called once, and the child's wishes any time.

    `records` and `adapters` are the home's; `cache` is the engine's.
    """

    def __init__(
        self, child: TrainingChild, records: RunRecords, adapters: Path, cache: str
    ) -> None:
        self.child = child
        self._records, self._adapters, self._cache = records, adapters, cache
        self._keeper: RunKeeper | None = None

    @property
    def record(self) -> RunRecord | None:
        """The run, once there is one."""
        return self._keeper.record if self._keeper is not None else None

    def begin(
        self, name: str, model: ModelFile, pages: TrainingPages, settings: StyleSettings
    ) -> RunRecord:
        """Record a new run; raises LampblackError where the name, pages or settings cannot be."""
        require_enough(pages)
        check_style(settings)
        check_name(name, self._adapters)
        record = RunRecord(
            id=self._records.new_id(KIND),
            kind=KIND,
            state="running",
            begun_at=time.time(),
            name=name,
            model=model.name,
            model_path=model.path,
            data=tuple(page.path for page in pages.pages),
            data_sha256=pages.digest,
            settings=msgspec.to_builtins(settings),
            seed=settings.seed,
            machine=machine_facts(),
        )
        try:
            self._keeper = RunKeeper(self._records, record)
        except HousekeepingError:
            shutil.rmtree(self._records.folder(record.id), ignore_errors=True)
            raise
        return record

    def take_up(
        self, run: str, pages_of: Callable[[tuple[Path, ...]], TrainingPages]
    ) -> TrainingPages:
        """Take up a run that was stopped; the pages are read again, and must be the same.

        Raises ParameterError where it is over or the pages are others now.
        """
        record = self._records.read(run)
        require_kind(record, KIND)
        pages = pages_of(tuple(map(Path, record.data)))
        if pages.digest != record.data_sha256:
            raise ParameterError(
                f"The pages of {run} have been changed since it was begun.",
                "Begin a new training with them.",
            )
        record = replace(record, state="running", ended_at=0.0, problem="")
        self._keeper = RunKeeper(self._records, record)
        self._records.clear(run, keeping=(*_KEPT, HOLD_FILE))
        return pages

    def run(
        self,
        model: ModelFile,
        pages: TrainingPages,
        tell: Callable[[TrainingNews], None],
        *,
        resumes: bool = False,
    ) -> LearnedAdapter:
        """Train as recorded; the adapter with its card is in the home then.

        Raises CancelledError where it was stopped, and LampblackError; the record says it, too.
        """
        record = self._kept.record
        settings = msgspec.convert(record.settings, StyleSettings)
        order = TrainingOrder(
            model=model.path,
            texts=pages.texts,
            settings=settings,
            folder=str(self._records.folder(record.id)),
            cache=self._cache,
            resumes=resumes,
        )
        try:
            done = self.child.run(order, lambda news: self._hear(news, tell))
            digest = whole_checksum(checksums(weights_of(model)))
            self._kept.follow(replace(self._kept.record, model_sha256=digest))
            learned = self._put_away(done, pages, settings)
        except CancelledError:
            self._kept.end("stopped")
            raise
        except LampblackError as error:
            self._kept.end("failed", problem=str(error))
            raise
        return learned

    @property
    def _kept(self) -> RunKeeper:
        assert self._keeper is not None
        return self._keeper

    def _hear(self, news: TrainingNews, tell: Callable[[TrainingNews], None]) -> None:
        self._kept.follow(with_news(self._kept.record, news))
        tell(news)

    def _put_away(
        self, done: Trained, pages: TrainingPages, settings: StyleSettings
    ) -> LearnedAdapter:
        """Move the adapter to its place, whole or not at all, and end the record.

        Whatever goes wrong, the checkpoint is still there, and a resumed run ends as this one.
        """
        run = self._kept.record.id
        learned = self._placed(self._records.folder(run), self._card(done, pages, settings))
        figures = {
            "loss_before": done.loss_before,
            "loss_after": done.loss_after,
            "best_step": done.best_step,
            "steps": done.steps,
            "seconds": round(done.seconds, 2),
            "sample_seconds": round(done.sample_seconds, 2),
            "tokens_per_second": round(done.speed, 2),
            "memory": done.memory,
            "verbatim_words": learned.card.verbatim.length,
        }
        self._kept.end(
            "done",
            figures=self._kept.record.figures | figures,
            versions=done.versions,
            made=str(learned.folder),
        )
        self._records.clear(run)
        return learned

    def _placed(self, run: Path, card: AdapterCard) -> LearnedAdapter:
        """The adapter among the others: put there, or as a former try of this run has left it."""
        target, made = self._adapters / card.name, run / "made"
        there = read_card(target)
        if there is not None and there.run == card.run:
            return LearnedAdapter(folder=target, card=there)
        check_name(card.name, self._adapters)
        try:
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            for name in _FILES:
                if (run / name).is_file():
                    link_or_copy(
                        run / name, made / (f"{card.name}.gguf" if name == _GGUF else name)
                    )
            write_card(made, card)
            self._adapters.mkdir(parents=True, exist_ok=True)
            made.rename(target)
            sync_folder(self._adapters)
        except OSError as error:
            raise HousekeepingError(
                f"The adapter could not be put at {target}: {why(error)}.", "Resume the run."
            ) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return LearnedAdapter(folder=target, card=card)

    def _card(self, done: Trained, pages: TrainingPages, settings: StyleSettings) -> AdapterCard:
        record = self._kept.record
        return AdapterCard(
            name=record.name,
            base=record.model,
            base_path=record.model_path,
            base_sha256=record.model_sha256,
            made_at=time.time(),
            run=record.id,
            pages=tuple(Path(page.path).name for page in pages.pages),
            digest=pages.digest,
            words=pages.words,
            tokens=int(record.figures.get("tokens", 0)),
            settings=settings,
            steps=done.steps,
            best_step=done.best_step,
            loss_before=done.loss_before,
            loss_after=done.loss_after,
            seconds=done.seconds,
            speed=done.speed,
            memory=done.memory,
            parameters=done.parameters,
            samples=len(done.samples),
            verbatim=longest_run(done.samples, pages.texts),
            pairs=done.pairs,
            gguf_problem=done.gguf_problem,
        )
