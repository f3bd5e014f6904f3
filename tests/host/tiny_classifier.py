"""Tiny classifiers with drawn numbers and a tokenizer of their own, as Hugging Face folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

SIZE = 64
"""How many tokens they read at once."""

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "!", "[", "]")
_WORDS = "the a film was good bad dull fine night day rain boat sea old new and it is very not"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOCABULARY = [
    *dict.fromkeys((*_SPECIAL, *_WORDS.split(), *_LETTERS, *(f"##{x}" for x in _LETTERS)))
]

KINDS: dict[str, dict[str, Any]] = {
    "bert": {},
    "distilbert": {"hidden_dim": 48},
    "roberta": {"pad_token_id": 0, "max_position_embeddings": SIZE + 1},
    "llama": {"pad_token_id": 0, "num_key_value_heads": 2},
    "gpt2": {"pad_token_id": 0},
}
"""What each type is given beside the usual sizes."""


def save_tokenizer(folder: Path) -> None:
    """A word-piece tokenizer that puts [CLS] and [SEP] around a text."""
    import tokenizers
    import transformers
    from tokenizers import models, normalizers, pre_tokenizers, processors

    words = {word: place for place, word in enumerate(VOCABULARY)}
    made = tokenizers.Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    names = {"unk": "[UNK]", "pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, **{f"{name}_token": text for name, text in names.items()}
    ).save_pretrained(folder)


def save_classifier(
    folder: Path, kind: str = "bert", labels: Sequence[str] = ("negative", "positive"), **more: Any
) -> Path:
    """A folder with a classifier of that type; its numbers are always the same."""
    import torch
    import transformers

    torch.manual_seed(5)
    sizes: dict[str, Any] = {
        "vocab_size": len(VOCABULARY),
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "max_position_embeddings": SIZE,
        "bos_token_id": 2,
        "eos_token_id": 3,
        "id2label": dict(enumerate(labels)),
        "label2id": {label: place for place, label in enumerate(labels)},
    }
    config = transformers.AutoConfig.for_model(kind, **(sizes | KINDS[kind] | more))
    network = transformers.AutoModelForSequenceClassification.from_config(config)
    for weights in network.parameters():
        torch.nn.init.normal_(weights, std=0.3)
    network.save_pretrained(folder)
    save_tokenizer(folder)
    return folder
