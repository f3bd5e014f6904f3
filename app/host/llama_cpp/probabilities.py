"""The model's own probabilities, before any sampling step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.engine.messages import Alternative, TokenDetail
from app.host.llama_cpp.vocabulary import Vocabulary


def token_detail(
    vocabulary: Vocabulary, logits: npt.NDArray[np.float32], token: int, alternatives: int
) -> TokenDetail:
    """A token's probability and the `alternatives` likeliest ones, likeliest first."""
    top = float(logits.max())
    total = float(np.exp(logits - top).sum(dtype=np.float64))

    def probability(index: int) -> float:
        return float(np.exp(np.float64(logits[index]) - top) / total)

    return TokenDetail(
        id=token,
        text=vocabulary.label(token),
        probability=probability(token),
        alternatives=tuple(
            Alternative(id=index, text=vocabulary.label(index), probability=probability(index))
            for index in likeliest(logits, alternatives)
        ),
    )


def likeliest(logits: npt.NDArray[np.float32], count: int) -> list[int]:
    """The tokens with the highest logits, highest first."""
    count = min(count, len(logits))
    if count <= 0:
        return []
    found = np.argpartition(logits, -count)[-count:]
    order = np.lexsort((found, -logits[found]))
    return [int(token) for token in found[order]]
