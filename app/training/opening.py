"""A training made ready: the model read, the pages packed, the adapters beside the layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from app.core.errors import ParameterError
from app.core.training.orders import ALPHA, TrainingOrder
from app.host.cpu import default_threads
from app.host.interface import Job
from app.host.torch_engine.loading import load_network
from app.host.torch_engine.vocabulary import TorchVocabulary
from app.training.lora import Adapters
from app.training.packing import Packed, pack
from app.training.style import StyleTraining, numbers_for


@dataclass(frozen=True)
class OpenedTraining:
    """All parts of one training."""

    network: Any
    vocabulary: TorchVocabulary
    packed: Packed
    adapters: Adapters
    training: StyleTraining


def open_training(order: TrainingOrder, wait: Callable[[], None]) -> OpenedTraining:
    """Read the model and pack the pages; `wait` may raise in between.

    Raises LampblackError: ParameterError where the pages are too short to learn from.
    """
    settings = order.settings
    torch.set_num_threads(order.threads or default_threads())
    torch.manual_seed(settings.seed)
    job = Job(0, lambda _event: None)
    network, tokenizer = load_network(Path(order.model), order.gpu_layers, order.cache, job)
    network = network.to(
        getattr(torch, order.numbers) if order.numbers else numbers_for(network)
    ).train()
    wait()
    vocabulary = TorchVocabulary(tokenizer, int(network.get_output_embeddings().weight.shape[0]))
    texts = (vocabulary.tokenize(text).tolist() for text in order.texts)
    packed = pack(texts, settings.length, settings.seed, vocabulary.bos)
    if not packed.rows:
        raise ParameterError("The pages are too short to learn from.", "Choose more pages.")
    adapters = Adapters(network, settings.rank, ALPHA * settings.rank, settings.seed)
    training = StyleTraining(network, adapters, packed, settings, Path(order.folder))
    return OpenedTraining(network, vocabulary, packed, adapters, training)
