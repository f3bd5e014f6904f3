"""Orders to learn labels from a few made-up sentences, in English and in Chinese."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.core.training.classifier_orders import DEFAULTS, ClassifierOrder, Method
from tests.host.tiny_classifier import VOCABULARY, save_tokenizer

GOOD, BAD = ("good", "fine", "new"), ("bad", "dull", "old")
CHINESE = (("很好", "喜欢", "漂亮"), ("糟糕", "讨厌", "难看"))
LABELS = ("negative", "positive")


def sentences(count: int = 80, *, chinese: bool = False) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Different texts, and the places of their labels: one word decides."""
    draw = random.Random(7)
    found: dict[str, int] = {}
    while len(found) < count:
        target = len(found) % 2
        word = draw.choice((CHINESE[1 - target]) if chinese else (GOOD if target else BAD))
        if chinese:
            text = f"今天{''.join(draw.sample('山水日月人天地', 3))}我觉得{word}。"
        else:
            words = ["the", "film", "was", "it", "is", "a", "night", "sea", "boat", "and"]
            text = " ".join([*draw.sample(words, 5), word, *draw.sample(words, 2)])
        found.setdefault(text, target)
    return tuple(found), tuple(found.values())


def save_encoder(folder: Path) -> Path:
    """A small BERT without a head, as a folder."""
    import torch
    import transformers

    torch.manual_seed(5)
    config = transformers.AutoConfig.for_model(
        "bert",
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        pad_token_id=0,
        hidden_dropout_prob=0.0,
        initializer_range=0.2,
    )
    transformers.utils.logging.disable_progress_bar()  # its thread would outlive the test
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    save_tokenizer(folder)
    return folder


def order(folder: Path, method: Method = "lstm", base: str = "", **changes: Any) -> ClassifierOrder:
    """An order with the usual settings, or with those that are given."""
    folder.mkdir(exist_ok=True)
    texts, targets = sentences(chinese=changes.pop("chinese", False))
    whole = ClassifierOrder(
        method=method,
        base=base,
        texts=texts,
        targets=targets,
        labels=LABELS,
        settings=replace(DEFAULTS[method], length=32),
        folder=str(folder),
        threads=1,
    )
    settings = replace(whole.settings, **changes.pop("settings", {}))
    return replace(whole, settings=settings, **changes)
