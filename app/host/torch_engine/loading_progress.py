"""How far transformers is with loading a model, told to the job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm
from transformers.utils import logging as transformers_logging

from app.core.errors import CancelledError
from app.engine.messages import Loading
from app.host.interface import Job


def stop_if_cancelled(job: Job) -> None:
    """Raise CancelledError once the job is cancelled."""
    if job.cancelled:
        raise CancelledError("Loading the model was stopped.")


class _Bar:
    """Stands for transformers' progress bar: tells the job how far it is, and ends it."""

    def __init__(self, job: Job, items: Any, total: int) -> None:
        self._job, self._items, self._total = job, items, max(1, total)

    def __iter__(self) -> Iterator[Any]:
        for count, item in enumerate(self._items):
            stop_if_cancelled(self._job)
            if count * 100 // self._total > (count - 1) * 100 // self._total:
                self._job.emit(Loading(job=self._job.number, fraction=count / self._total))
            yield item

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_, **__: None


@contextmanager
def progress(job: Job) -> Iterator[None]:
    """Follow what transformers loads; its own bars stay out of the log."""

    def make(factory: Any, items: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if not items or not hasattr(items[0], "__len__"):
            return factory(*items, **options)
        return _Bar(job, items[0], len(items[0]))

    transformers_logging.disable_progress_bar()
    tqdm.monitor_interval = 0  # no thread that watches bars, which are not shown
    former = transformers_logging.set_tqdm_hook(make)
    try:
        yield
    finally:
        transformers_logging.set_tqdm_hook(former)
