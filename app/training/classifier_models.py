"""What can learn labels: a recurrent network, an encoder as a whole, its head, a pooled head.

Each is a network with a tokenizer, of which some numbers learn, and a way to its logits.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import SafetensorError

from app.core.errors import (
    HousekeepingError,
    LampblackError,
    ModelLoadError,
    UnsupportedModelError,
)
from app.core.system.files import why
from app.core.training.classifier_orders import ClassifierOrder
from app.host.torch_engine.own_classifiers import (
    LstmConfig,
    LstmForSequenceClassification,
    PooledConfig,
    PooledForSequenceClassification,
    register,
)
from app.host.torch_engine.settings import positions
from app.training.words import word_tokenizer

_LOCAL = {"trust_remote_code": False, "local_files_only": True}
_LEAST_READ = 512
"""So many tokens a recurrent network reads at once after learning, if it learned with fewer."""

_READ_LETTERS = 64
"""Of a text at most so many characters for each token that is read: the rest is never reached."""


@dataclass
class Learner:
    """A network that learns labels; `learning` are the numbers that do.

    `logits` gives those of texts by their places. `tokens` are the lengths of the texts.
    """

    network: Any
    tokenizer: Any
    learning: list[Any]
    logits: Callable[[Sequence[int]], Any]
    tokens: list[int]

    def train(self, *, is_on: bool) -> None:
        """Let it drop numbers while it learns, or not: what does not learn never does."""
        self.network.train(is_on)
        if is_on:
            for module in self.network.modules():
                numbers = [*module.parameters(recurse=False)]
                if numbers and not any(one.requires_grad for one in numbers):
                    module.eval()

    def save(self, folder: Path) -> None:
        """Write the classifier as a folder with safetensors, whole or not at all.

        What was there is replaced. Raises HousekeepingError.
        """
        part = folder.with_name(f"{folder.name}.part")
        for former in (part, folder):
            shutil.rmtree(former, ignore_errors=True)
        try:
            with _without_bars():
                self.network.save_pretrained(part)
                self.tokenizer.save_pretrained(part)
            part.rename(folder)
        except Exception as error:  # what is written in Rust raises bare ones on a full disk
            shutil.rmtree(part, ignore_errors=True)
            reason = why(error) if isinstance(error, OSError) else _reason(error)
            raise HousekeepingError(
                f"The classifier could not be written: {reason}.",
                "Make room on the disk, and resume the training.",
            ) from error


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep transformers from drawing its progress."""
    told = transformers.utils.logging.is_progress_bar_enabled()
    transformers.utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        if told:
            transformers.utils.logging.enable_progress_bar()


def make_learner(
    order: ClassifierOrder, learned: Sequence[int], wait: Callable[[], None]
) -> Learner:
    """The learner of an order; the places in `learned` are the texts that it may learn from.

    Raises ModelLoadError or UnsupportedModelError for a base that cannot be used, and what `wait`
    does, which is called between batches.
    """
    register()
    if order.method == "lstm":
        return _recurrent(order, learned)
    name = Path(order.base).name
    try:
        with _without_bars():
            return _encoder(order, wait)
    except LampblackError:
        raise
    except (ImportError, NotImplementedError) as error:
        raise UnsupportedModelError(f"{name} cannot learn labels: {_reason(error)}.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise ModelLoadError(
            f"{name} could not be loaded to learn labels: {_reason(error)}.",
            "Choose an encoder's folder, of BERT's or MiniLM's kind, or --base lstm.",
        ) from error


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0][:200].rstrip(".:")


def _names(order: ClassifierOrder) -> dict[str, Any]:
    return {
        "id2label": dict(enumerate(order.labels)),
        "label2id": {label: place for place, label in enumerate(order.labels)},
    }


def _recurrent(order: ClassifierOrder, learned: Sequence[int]) -> Learner:
    length = order.settings.length
    cut = _cut(order, length)
    most = max(length, _LEAST_READ)
    tokenizer = word_tokenizer((cut[place] for place in learned), most)
    config = LstmConfig(vocab_size=len(tokenizer), max_position_embeddings=most, **_names(order))
    network = LstmForSequenceClassification(config)
    return _reader(network, tokenizer, order)


def _encoder(order: ClassifierOrder, wait: Callable[[], None]) -> Learner:
    tokenizer = transformers.AutoTokenizer.from_pretrained(order.base, **_LOCAL)
    if not getattr(tokenizer, "is_fast", False):
        raise UnsupportedModelError(
            f"{Path(order.base).name} has a tokenizer that cannot be used after learning.",
            "Put a tokenizer.json into its folder.",
        )
    if order.method == "pooled":
        return _pooled(order, tokenizer, wait)
    network = transformers.AutoModelForSequenceClassification.from_pretrained(
        order.base,
        dtype=torch.float32,
        use_safetensors=True,
        ignore_mismatched_sizes=True,
        **_names(order),
        **_LOCAL,
    )
    if order.method == "head":
        network.base_model.requires_grad_(False)
        pooler = getattr(network.base_model, "pooler", None)
        if pooler is not None:
            pooler.requires_grad_(True)
    return _reader(network, tokenizer, order)


def _pooled(order: ClassifierOrder, tokenizer: Any, wait: Callable[[], None]) -> Learner:
    encoder = transformers.AutoModel.from_pretrained(
        order.base, dtype=torch.float32, use_safetensors=True, **_LOCAL
    )
    config = PooledConfig(encoder=encoder.config.to_dict(), **_names(order))
    network = PooledForSequenceClassification(config, encoder)
    encoder.requires_grad_(False)
    learner = _reader(network, tokenizer, order)
    features = _features(network, learner, order, tokenizer, wait)
    learner.logits = lambda places: network.classifier(features[torch.as_tensor(places)])
    return learner


def _features(
    network: Any, learner: Learner, order: ClassifierOrder, tokenizer: Any, wait: Callable[[], None]
) -> Any:
    """The mean states of all texts, which stay as they are, computed in batches of like lengths."""
    network.eval()
    ordered = sorted(range(len(order.texts)), key=lambda place: learner.tokens[place])
    found = torch.empty(len(ordered), network.config.hidden_size)
    rows = _encoded(network, tokenizer, order)
    for at in range(0, len(ordered), order.settings.batch):
        wait()
        places = ordered[at : at + order.settings.batch]
        with torch.inference_mode():
            found[places] = network.pooled(**_filled([rows[one] for one in places], tokenizer))
    return found


def _reader(network: Any, tokenizer: Any, order: ClassifierOrder) -> Learner:
    """A learner that reads its texts each time."""
    size = network.get_input_embeddings().num_embeddings
    rows = _encoded(network, tokenizer, order)
    if max(max(row) for row in rows) >= size:
        raise ModelLoadError(
            f"The tokenizer of {Path(order.base).name} knows tokens that its model does not.",
            "Get the tokenizer that belongs to it.",
        )
    if network.config.pad_token_id is None:
        network.config.pad_token_id = tokenizer.pad_token_id or 0

    def logits(places: Sequence[int]) -> Any:
        return network(**_filled([rows[place] for place in places], tokenizer)).logits

    learning = [one for one in network.parameters() if one.requires_grad]
    return Learner(network, tokenizer, learning, logits, [len(row) for row in rows])


def _encoded(network: Any, tokenizer: Any, order: ClassifierOrder) -> list[list[int]]:
    length = order.settings.length
    length = min(length, positions(network, tokenizer) or length)
    found: list[list[int]] = tokenizer(
        _cut(order, length),
        truncation=True,
        max_length=length,
        split_special_tokens=True,
        return_attention_mask=False,
        verbose=False,
    )["input_ids"]
    unknown = tokenizer.unk_token_id
    return [row or [unknown if unknown is not None else 0] for row in found]


def _cut(order: ClassifierOrder, length: int) -> list[str]:
    return [text[: _READ_LETTERS * length] for text in order.texts]


def _filled(rows: Sequence[Sequence[int]], tokenizer: Any) -> dict[str, Any]:
    """Rows as the network takes them, filled up at their ends."""
    longest = max(map(len, rows))
    pad = tokenizer.pad_token_id or 0
    ids = [[*row, *[pad] * (longest - len(row))] for row in rows]
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
