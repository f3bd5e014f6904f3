"""The same model for asyncio: each call waits on a thread, and a cancelled task stops its job."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar, cast

from app.sdk.batch import Outcome
from app.sdk.model import Model, open_model
from app.sdk.progress import Progress
from app.sdk.requests import Begun, Prepared, Stream
from app.sdk.results import Classification, Generation, Judgement
from app.tasks.options import TaskResult

T = TypeVar("T")
_LOOK_S = 0.05
_MOST_AT_ONCE = 64
"""How many calls wait at once; asyncio's own threads are too few on a small machine."""


class AsyncModel:
    """A model whose methods are awaited; a stream is read with `async for`."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(_MOST_AT_ONCE, "lampblack async")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Async{repr(self._model)[1:]}"

    async def close(self) -> None:
        """End its engine and give the memory back; may be called twice."""
        await asyncio.to_thread(self._model.close)
        self._pool.shutdown(wait=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was loaded otherwise than asked, in sentences."""
        return self._model.notes

    async def generate(self, prompt: str, *, n: int = 1, **parameters: Any) -> Generation:
        """Continue `prompt` `n` times; see `Model.generate`."""
        return await self._cancellable(self._model.prepared(prompt, n=n, **parameters))

    async def chat(
        self, messages: Sequence[Mapping[str, str]], *, n: int = 1, **parameters: Any
    ) -> Generation:
        """Answer a conversation; see `Model.chat`."""
        return await self._cancellable(self._model.prepared(messages=messages, n=n, **parameters))

    def stream(self, prompt: str, **parameters: Any) -> AsyncIterator[str]:
        """The pieces of a continuation; leaving early cancels it."""
        return self._pieces(lambda: self._model.stream(prompt, **parameters))

    def chat_stream(
        self, messages: Sequence[Mapping[str, str]], **parameters: Any
    ) -> AsyncIterator[str]:
        """The pieces of an answer; leaving early cancels it."""
        return self._pieces(lambda: self._model.chat_stream(messages, **parameters))

    async def classify(self, text: str, labels: Sequence[str] = ()) -> Classification:
        """Which of the `labels` fits `text`; a classifier has its own, and needs none."""
        value = (await self.run("classify", text, labels=labels)).value
        return Classification(value["label"], value["probabilities"])

    async def score(self, text: str) -> Judgement:
        """How well the model foresees `text`."""
        return await self._cancellable(self._model.scoring(text))

    async def run(self, name: str, text: str, **options: Any) -> TaskResult:
        """Do a task of the table; see `Model.run`."""
        return await self._cancellable(self._model.task(name, text, **options))

    def batch(
        self,
        name: str,
        texts: Iterable[str],
        *,
        parallel: int = 4,
        progress: Progress | None = None,
        **options: Any,
    ) -> AsyncGenerator[Outcome, None]:
        """A task with each of many texts, side by side; see `Model.batch`."""
        return self._model.task_batch(name, texts, parallel, progress, **options).outcomes_async()

    async def tokenize(self, text: str) -> tuple[int, ...]:
        """The numbers of the tokens of `text`."""
        return await self._on_thread(self._model.tokenize, text)

    async def detokenize(self, ids: Sequence[int]) -> str:
        """The text of tokens."""
        return await self._on_thread(self._model.detokenize, ids)

    async def count(self, text: str) -> int:
        """How many tokens `text` is."""
        return await self._on_thread(self._model.count, text)

    async def _on_thread(self, call: Callable[..., T], *given: Any) -> T:
        self._model.check()
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *given)

    async def _cancellable(self, begun: Begun[T] | Prepared) -> T:
        self._model.check()
        run: Callable[[], Any] = begun.run
        queued = self._pool.submit(run)
        doing = asyncio.wrap_future(queued)
        try:
            return cast(T, await asyncio.shield(doing))
        except asyncio.CancelledError:
            while not queued.cancel() and not doing.done():
                begun.cancel()
                await asyncio.wait({doing}, timeout=_LOOK_S)
            raise

    async def _pieces(self, begin: Callable[[], Stream]) -> AsyncIterator[str]:
        stream = begin()
        try:
            while (piece := await self._on_thread(next, stream, None)) is not None:
                yield piece
        finally:
            stream.cancel()  # wakes a thread that waits for the next piece
            await asyncio.to_thread(stream.close)


class OpeningModel:
    """A model on its way: `await` it, or enter it with `async with`."""

    def __init__(self, begin: Callable[[], Model]) -> None:
        self._begin = begin
        self._opened: AsyncModel | None = None

    def __await__(self) -> Generator[Any, None, AsyncModel]:
        return self._open().__await__()

    async def __aenter__(self) -> AsyncModel:
        self._opened = await self
        return self._opened

    async def __aexit__(self, *_error: object) -> None:
        assert self._opened is not None
        await self._opened.close()

    async def _open(self) -> AsyncModel:
        return AsyncModel(await asyncio.to_thread(self._begin))


def open_async(
    model: str = "", *, engine: str = "", progress: Progress = "auto", **options: Any
) -> OpeningModel:
    """The model of that name or path, for asyncio; see `lampblack.open`.

    Either `async with lampblack.open_async(…) as model:`, or `model = await …` and `close` later.
    """
    return OpeningModel(lambda: open_model(model, engine=engine, progress=progress, **options))
