"""The loss of a network's last vectors, without ever holding all logits at once.

A vocabulary is often a hundred times as long as a vector: logits are made for a few tokens at a
time, and the gradient at once, as the matrix that makes them is not learned.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from app.core.errors import GenerationError

_AT_ONCE = 128  # tokens
_RESHAPES = ("final_logit_softcapping", "logits_scaling", "logit_scale")


class _Loss(torch.autograd.Function):  # type: ignore[misc] # PyTorch is not checked
    """The sum of the losses, and its gradient computed along with it."""

    @staticmethod
    def forward(ctx: Any, vectors: Any, weight: Any, bias: Any, targets: Any) -> Any:
        total = torch.zeros((), dtype=torch.float32, device=vectors.device)
        wanted = ctx.needs_input_grad[0]
        gradient = torch.empty_like(vectors) if wanted else None
        for at in range(0, len(vectors), _AT_ONCE):
            part, aims = vectors[at : at + _AT_ONCE], targets[at : at + _AT_ONCE]
            logits = torch.nn.functional.linear(part, weight, bias).float()
            scale = torch.logsumexp(logits, -1, keepdim=True)
            total += (scale - logits.gather(1, aims[:, None])).sum()
            if gradient is not None:
                chances = logits.sub_(scale).exp_()
                chances[torch.arange(len(aims), device=aims.device), aims] -= 1
                gradient[at : at + _AT_ONCE] = chances.to(vectors.dtype) @ weight
        ctx.save_for_backward(*((gradient,) if gradient is not None else ()))
        return total

    @staticmethod
    def backward(ctx: Any, given: Any) -> Any:
        (gradient,) = ctx.saved_tensors
        return gradient.mul_(given.to(gradient.dtype)), None, None, None


def require_finite(loss: float) -> None:
    """Raise GenerationError where a loss is no number any more: none comes back from there."""
    if not math.isfinite(loss):
        raise GenerationError(
            "The training ran away: its numbers grew beyond all measure.",
            "Choose a lower --rate.",
        )


def reshapes(network: Any) -> bool:
    """Whether the network does more to its last vectors than one product with a matrix."""
    head = network.get_output_embeddings()
    config = network.config.get_text_config(decoder=True)
    return type(head) is not torch.nn.Linear or any(getattr(config, one, None) for one in _RESHAPES)


def loss_of(network: Any, given: dict[str, Any], targets: Any) -> Any:
    """The sum of the losses (nats) of the tokens that have a target."""
    wanted = targets >= 0
    head = network.get_output_embeddings()
    if reshapes(network):
        logits = network(**given, use_cache=False).logits[0][wanted].float()
        return torch.nn.functional.cross_entropy(logits, targets[wanted], reduction="sum")
    vectors = network.base_model(**given, use_cache=False).last_hidden_state[0]
    return _Loss.apply(vectors[wanted], head.weight, head.bias, targets[wanted])
