"""The two classifiers that are trained here and that transformers has no class for.

They are folders like any other: a configuration, safetensors, a tokenizer. `register` tells
transformers of them, so that its automatic classes load them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
import transformers
from transformers.modeling_outputs import SequenceClassifierOutput

LSTM_TYPE = "lampblack_lstm"
POOLED_TYPE = "lampblack_pooled"
_DROPPED = 0.3  # of the numbers, while it learns


class LstmConfig(transformers.PretrainedConfig):  # type: ignore[misc] # transformers has no types
    """A recurrent classifier: `vocab_size` words, each a vector, read one after another."""

    model_type = LSTM_TYPE

    def __init__(
        self,
        vocab_size: int = 4,
        embedding_size: int = 64,
        hidden_size: int = 64,
        max_position_embeddings: int = 256,
        **more: Any,
    ) -> None:
        self.vocab_size = vocab_size
        self.embedding_size = embedding_size
        self.hidden_size = hidden_size
        self.max_position_embeddings = max_position_embeddings
        self.num_hidden_layers = 1
        self.num_attention_heads = 1
        more.pop("num_hidden_layers", None)
        more.pop("num_attention_heads", None)
        super().__init__(**{"pad_token_id": 0} | more)


class PooledConfig(transformers.PretrainedConfig):  # type: ignore[misc] # untyped
    """A linear head on the mean of an encoder's last states; `encoder` is its configuration."""

    model_type = POOLED_TYPE

    def __init__(self, encoder: dict[str, Any] | None = None, **more: Any) -> None:
        self.encoder = encoder or {}
        for name in ("hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"):
            setattr(self, name, int(more.pop(name, 0) or self.encoder.get(name) or 0))
        told = more.pop("max_position_embeddings", 0) or self.encoder.get("max_position_embeddings")
        self.max_position_embeddings = int(told or 0)
        super().__init__(**{"pad_token_id": self.encoder.get("pad_token_id")} | more)


class LstmForSequenceClassification(transformers.PreTrainedModel):  # type: ignore[misc] # untyped
    """Embedding, LSTM (Hochreiter and Schmidhuber 1997), and a linear layer on its last state."""

    config_class = LstmConfig
    base_model_prefix = "lstm"

    def __init__(self, config: LstmConfig) -> None:
        super().__init__(config)
        self.embedding = torch.nn.Embedding(config.vocab_size, config.embedding_size)
        self.lstm = torch.nn.LSTM(config.embedding_size, config.hidden_size, batch_first=True)
        self.drop = torch.nn.Dropout(_DROPPED)
        self.classifier = torch.nn.Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def get_input_embeddings(self) -> Any:
        """The vectors of the words."""
        return self.embedding

    def _init_weights(self, module: Any) -> None:
        """Keep the numbers that PyTorch's own layers draw."""

    def forward(self, input_ids: Any, attention_mask: Any = None, **_more: Any) -> Any:
        """The logits of rows that are filled up at their ends."""
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            self.drop(self.embedding(input_ids)),
            mask.sum(1).clamp(min=1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        _states, (last, _cell) = self.lstm(packed)
        return SequenceClassifierOutput(logits=self.classifier(self.drop(last[-1])))


class PooledForSequenceClassification(transformers.PreTrainedModel):  # type: ignore[misc] # untyped
    """An encoder that stays as it is, and a linear layer on the mean of its last states."""

    config_class = PooledConfig
    base_model_prefix = "encoder"

    def __init__(self, config: PooledConfig, encoder: Any = None) -> None:
        super().__init__(config)
        if encoder is None:
            inner = dict(config.encoder)
            kind = inner.pop("model_type")
            encoder = transformers.AutoModel.from_config(
                transformers.AutoConfig.for_model(kind, **inner)
            )
        self.encoder = encoder
        self.classifier = torch.nn.Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def get_input_embeddings(self) -> Any:
        """The vectors of the words."""
        return self.encoder.get_input_embeddings()

    def _init_weights(self, module: Any) -> None:
        """Keep the numbers that are there."""

    def pooled(self, input_ids: Any, attention_mask: Any = None, **more: Any) -> Any:
        """The mean of the last states of each row's tokens."""
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        states = self.encoder(input_ids=input_ids, attention_mask=mask, **more).last_hidden_state
        weights = mask[:, :, None].to(states.dtype)
        return (states * weights).sum(1) / weights.sum(1).clamp(min=1)

    def forward(self, input_ids: Any, attention_mask: Any = None, **more: Any) -> Any:
        """The logits of rows that are filled up at their ends."""
        pooled = self.pooled(input_ids, attention_mask, **more)
        return SequenceClassifierOutput(logits=self.classifier(pooled))


@cache
def register() -> None:
    """Tell transformers' automatic classes of both."""
    kinds = (
        (LstmConfig, LstmForSequenceClassification),
        (PooledConfig, PooledForSequenceClassification),
    )
    for config, network in kinds:
        transformers.AutoConfig.register(config.model_type, config)
        transformers.AutoModelForSequenceClassification.register(config, network)
