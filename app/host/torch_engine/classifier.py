"""A sequence-classification model: the probability of each of its labels for texts, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NoReturn, cast

import numpy as np
import numpy.typing as npt
import torch

from app.core.errors import (
    CancelledError,
    GenerationError,
    LampblackError,
    ParameterError,
    UnsupportedModelError,
)
from app.core.formats.classifiers import writes_nothing
from app.engine.messages import (
    ChatMessage,
    Classified,
    Classify,
    Count,
    Counted,
    ModelInfo,
    Tokenize,
    Tokenized,
)
from app.host.generation.prompt import too_long
from app.host.interface import Answer, Engine, Job, PreemptedError, Rows, Work
from app.host.torch_engine.model import ForwardAbortedError, WatchedNetwork
from app.host.torch_engine.out_of_memory import explained

LogProbabilities = npt.NDArray[np.float64]

MOST_TEXTS = 10_000
"""The most texts of one request."""

STEP = 8192
"""How many tokens, those that fill up rows included, are computed before others have a turn."""

_APART = {4: 1e-5, 2: 0.03}
"""By the bytes of a number, how far probabilities may lie apart in a batch and alone."""


@dataclass(frozen=True, eq=False)
class EncodedText:
    """A text as the model reads it, with the tokens that it puts around it; `types` may be none."""

    ids: npt.NDArray[np.int64]
    types: npt.NDArray[np.int64] | None


class ClassifierModel(WatchedNetwork):
    """Owns the network and its tokenizer; `size` is how many tokens it reads at once."""

    def __init__(
        self, network: Any, tokenizer: Any, labels: int, size: int, threads: int, name: str
    ) -> None:
        super().__init__(network, threads)
        if not getattr(tokenizer, "is_fast", False):
            raise UnsupportedModelError(
                f"{name} has a tokenizer that cannot say which token stands for which letters.",
                "Put a tokenizer.json into its folder.",
            )
        self.size = size
        self.pads: bool | None = None
        self._tokenizer = tokenizer
        self._labels = labels
        self._tokens = int(network.get_input_embeddings().num_embeddings)
        own = network.config.get_text_config().pad_token_id
        self._pad = int(own if own is not None else tokenizer.pad_token_id or 0)

    def encode(self, text: str) -> EncodedText:
        """The tokens of a text; texts of control tokens in it stay texts. Raises LampblackError."""
        found = self._tokenized(text, add_special_tokens=True)
        ids = np.array(found["input_ids"], np.int64)
        if len(ids) and ids.max() >= self._tokens:
            raise GenerationError(
                "The model's tokenizer knows tokens that the model does not.",
                "Get the tokenizer that belongs to it.",
            )
        types = found.get("token_type_ids")
        return EncodedText(ids, None if types is None else np.array(types, np.int64))

    def pieces(self, text: str) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
        """The text's own tokens, and the part of it that each stands for; joined it is the text.

        Of several tokens for one letter the last has it all.
        """
        found = self._tokenized(text, add_special_tokens=False, return_offsets_mapping=True)
        ends = [*accumulate((end for _begin, end in found["offset_mapping"]), max)]
        ends[-1:] = [len(text)] if ends else []
        pieces, begin = [], 0
        for place, end in enumerate(ends):
            is_shared = place + 1 < len(ends) and ends[place + 1] == end
            stop = begin if is_shared else end
            pieces.append(text[begin:stop].encode())
            begin = stop
        return tuple(found["input_ids"]), tuple(pieces)

    def _tokenized(self, text: str, **options: Any) -> Any:
        return self._tokenizer(
            text, split_special_tokens=True, return_attention_mask=False, verbose=False, **options
        )

    def compute(self, texts: Sequence[EncodedText]) -> list[LogProbabilities]:
        """The log probabilities of the labels for each text, in batches of about equal lengths.

        Whether the model goes along with rows that are filled up is seen at the first batch: it is
        computed both ways and compared. Else each text is computed by itself. Raises
        ForwardAbortedError, OutOfMemoryError or GenerationError.
        """
        found: dict[EncodedText, LogProbabilities] = {}
        for batch in _batches(sorted(texts, key=lambda text: len(text.ids))):
            found |= dict(zip(batch, self._batch(batch), strict=True))
        return [found[text] for text in texts]

    def _batch(self, batch: Sequence[EncodedText]) -> Sequence[LogProbabilities]:
        if len(batch) == 1 or self.pads is False:
            return self._alone(batch)
        if self.pads is None:
            return self._tried(batch)
        try:
            return self._forward(batch)
        except LampblackError:  # one by one they may still find the memory
            return self._alone(batch)

    def _alone(self, batch: Sequence[EncodedText]) -> list[LogProbabilities]:
        return [self._forward([text])[0] for text in batch]

    def _tried(self, batch: Sequence[EncodedText]) -> Sequence[LogProbabilities]:
        together: Sequence[LogProbabilities] = ()
        try:
            together = self._forward(batch)
        except ForwardAbortedError:
            raise
        # A model's own code fails in ways of its own where it does not take several rows.
        except Exception:  # noqa: BLE001
            self.pads = False
        alone = self._alone(batch)
        if len(together):
            apart = np.abs(np.exp(together) - np.exp(alone)).max()
            is_same = bool(apart <= _APART.get(self.width, 0.0))
            if not is_same or len({len(text.ids) for text in batch}) > 1:
                self.pads = is_same
        return alone

    def _forward(self, batch: Sequence[EncodedText]) -> Sequence[LogProbabilities]:
        lengths = np.array([len(text.ids) for text in batch])
        mask = np.arange(lengths.max()) < lengths[:, None]
        inputs = {"input_ids": np.full(mask.shape, self._pad), "attention_mask": mask.astype("i8")}
        inputs["input_ids"][mask] = np.concatenate([text.ids for text in batch])
        types = [text.types for text in batch if text.types is not None]
        if types:
            inputs["token_type_ids"] = np.zeros_like(inputs["input_ids"])
            inputs["token_type_ids"][mask] = np.concatenate(types)
        try:
            logits = self._logits(inputs)
        except RuntimeError as error:  # torch.OutOfMemoryError is one
            raise explained(error, "the labels") from error
        if logits.shape != (len(batch), self._labels) or not np.isfinite(logits).all():
            raise GenerationError("The classifier gave no usable numbers for the text.")
        top = logits - logits.max(axis=1, keepdims=True)
        found: LogProbabilities = top - np.log(np.exp(top).sum(axis=1, keepdims=True))
        return cast(Sequence[LogProbabilities], found)

    def _logits(self, inputs: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.float64]:
        with torch.inference_mode():
            given = {name: torch.from_numpy(one).to(self.device) for name, one in inputs.items()}
            logits = self._network(**given).logits.to("cpu", torch.float64)
        found: npt.NDArray[np.float64] = logits.numpy()
        return found


def _batches(texts: Iterable[EncodedText]) -> Iterator[list[EncodedText]]:
    """The texts in their order, as many at a time as have a step's tokens once they are padded."""
    batch: list[EncodedText] = []
    longest = 0
    for text in texts:
        longest = max(longest, len(text.ids))
        if batch and (len(batch) + 1) * longest > STEP:
            yield batch
            batch, longest = [], len(text.ids)
        batch.append(text)
    if batch:
        yield batch


class ClassifierRows(Rows):
    """Texts of one job; `found` are their log probabilities once they are computed."""

    def __init__(self, job: Job, texts: Sequence[EncodedText]) -> None:
        super().__init__(job)
        self.texts = texts
        self.found: Sequence[LogProbabilities] = ()

    @property
    def count(self) -> int:
        """How many tokens there are."""
        return sum(len(text.ids) for text in self.texts)


class ClassifierEngine(Engine):
    """A loaded classifier: it counts, cuts and classifies, and refuses to write with a sentence."""

    def __init__(self, model: ClassifierModel, info: ModelInfo) -> None:
        self._model = model
        self._info = info

    @property
    def info(self) -> ModelInfo:
        """The loaded model; its `labels` are in the order of its outputs."""
        return self._info

    def classifying(self, request: Classify, job: Job) -> Work[Classified]:
        """The log probabilities for each text; as many at a time as a step takes."""
        if not 1 <= len(request.texts) <= MOST_TEXTS:
            raise ParameterError(f"From 1 to {MOST_TEXTS:,} texts can be classified at once.")
        texts = [self._encoded(text) for text in request.texts]
        found: list[LogProbabilities] = []
        for batch in _batches(texts):
            rows = ClassifierRows(job, batch)
            while not rows.found:
                try:
                    if not (yield rows):
                        raise CancelledError("Stopped.")
                except PreemptedError:
                    continue  # it holds no memory between two steps
            found += rows.found
        return Classified(
            job=job.number,
            log_probabilities=tuple(tuple(map(float, one)) for one in found),
            tokens=tuple(len(text.ids) for text in texts),
        )

    def _encoded(self, text: str) -> EncodedText:
        encoded = self._model.encode(text)
        if len(encoded.ids) > self._model.size:
            raise too_long(len(encoded.ids), self._model.size)
        return encoded

    def compute(self, rows: Sequence[Rows]) -> list[Answer]:
        """Compute the texts of the first jobs together; None for those whose turn comes later."""
        wanted = cast("list[ClassifierRows]", [*rows])
        taken, count = [wanted[0]], wanted[0].count
        for one in wanted[1:]:
            count += one.count
            if count > STEP:
                break
            taken.append(one)
        answer = self._computed(taken)
        return [answer] * len(taken) + [None] * (len(wanted) - len(taken))

    def _computed(self, taken: Sequence[ClassifierRows]) -> Answer:
        try:
            found = iter(self._model.compute([text for one in taken for text in one.texts]))
        except ForwardAbortedError:
            return False
        except LampblackError as error:
            return error
        for one in taken:
            one.found = [next(found) for _text in one.texts]
        return True

    def watch(self, jobs: Sequence[Job]) -> None:
        """Stop what is computed once all `jobs` are cancelled; without jobs nothing is watched."""
        self._model.watch(jobs)

    def count(
        self, prompt: str, messages: tuple[ChatMessage, ...] = (), *, special: bool = False
    ) -> int:
        """The tokens of the text with those around it."""
        del special
        if messages:
            self._refuse()
        return len(self._model.encode(prompt).ids)

    def counted(self, request: Count) -> Counted:
        """The same, also of texts."""
        texts = tuple(self.count(text) for text in request.texts)
        tokens = self.count(request.prompt, request.messages)
        return Counted(job=request.job, tokens=tokens, texts=texts)

    def tokenize(self, request: Tokenize) -> Tokenized:
        """The tokens of a text, with the part of it that each stands for."""
        ids, pieces = self._model.pieces(request.text)
        return Tokenized(job=request.job, ids=ids, pieces=pieces)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise writes_nothing(self._info.name, self._info.labels)

    generate = writing = read = _refuse
    score = scoring = score_choices = choosing = comparing = perplexity = _refuse
    detokenize = lay_out = _refuse

    def release(self, rows: Rows) -> None:
        """It holds no memory between two steps."""

    def settle(self) -> None:
        """There is nothing to prepare."""

    def guest(self) -> AbstractContextManager[None]:
        """It keeps nothing."""
        return nullcontext()

    @property
    def position_bytes(self) -> int:
        """It has no KV cache."""
        return 0

    def close(self) -> None:
        """Free the model and all its memory."""
        self._model.close()
