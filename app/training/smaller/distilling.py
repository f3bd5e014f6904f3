"""Learning from a teacher: what is made smaller, and the training that makes it.

With the chances q of the teacher and p of the student, both at temperature T, the loss of a token
is (1-h)·T²·KL(q‖p) + h·CE, CE being the cross-entropy of the pages' own next token at temperature 1
(Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network"; T² keeps the weight
of the gradient where it is whatever T).

Of q only the k largest chances are kept. KL is taken over those and one class more that holds the
rest of each: Σᵢ qᵢ·log(qᵢ/pᵢ) + r·log(r/s), r and s being what is left of q and of p. Leaving the
rest out would teach the student to be too sure (Anshumann et al. 2025, "Sparse Logit Sampling",
prove that the largest chances alone are biased). The sum is never above the whole KL, by the
log-sum inequality, and equal to it where k is the whole vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch

from app.training.loss import reshapes
from app.training.packing import Packed, TokenRow
from app.training.smaller.teacher import Answers, TeacherAnswers
from app.training.style import StyleTraining

_AT_ONCE = 128  # tokens
_TINY = 1e-9


class DistillTraining(StyleTraining):
    """The training of a student; `answers` are those for the rows that are learned from."""

    def __init__(
        self, *args: Any, answers: TeacherAnswers, size: int, temperature: float, hard: float
    ) -> None:
        super().__init__(*args)
        packed: Packed = args[2]
        self._places = {id(row): place for place, row in enumerate(packed.rows)}
        self._answers, self._size = answers, size
        self._temperature, self._hard = temperature, hard

    def loss(self, row: TokenRow) -> Any:
        """The sum over the row's tokens."""
        given, aims = row.inputs(self._device)
        answers = self._answers.of(self._places[id(row)]).on(self._device)
        wanted = aims >= 0
        how = self._temperature, self._hard
        head = self._network.get_output_embeddings()
        if reshapes(self._network):
            logits = self._network(**given, use_cache=False).logits[0][wanted].float()
            return distilled_loss(logits[:, : self._size], aims[wanted], answers, *how)
        vectors = self._network.base_model(**given, use_cache=False).last_hidden_state[0]
        weight = head.weight[: self._size]
        bias = None if head.bias is None else head.bias[: self._size]
        return _Distilled.apply(vectors[wanted], weight, bias, aims[wanted], *answers.parts, *how)


def distilled_loss(
    logits: Any, targets: Any, answers: Answers, temperature: float, hard: float
) -> Any:
    """The sum over tokens, from all their logits at once."""
    cross = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
    logs = torch.log_softmax(logits / temperature, -1)
    rest = logs.exp().scatter(1, answers.ids, 0.0).sum(1)
    apart = _divergence(answers, logs.gather(1, answers.ids), rest)
    return hard * cross + (1 - hard) * temperature**2 * apart


def _divergence(answers: Answers, logs: Any, rest: Any) -> Any:
    """KL over the kept classes, of which the student's `logs` are, and the one that holds the rest.

    The sum over tokens.
    """
    kept = answers.chances * (answers.chances.clamp_min(_TINY).log() - logs)
    others = answers.rest * (answers.rest.clamp_min(_TINY) / rest.clamp_min(_TINY)).log()
    return kept.sum() + others.sum()


class _Distilled(torch.autograd.Function):  # type: ignore[misc] # PyTorch is not checked
    """The same a few tokens at a time, and its gradient computed along with it."""

    @staticmethod
    def forward(
        ctx: Any,
        vectors: Any,
        weight: Any,
        bias: Any,
        targets: Any,
        ids: Any,
        chances: Any,
        rest: Any,
        temperature: float,
        hard: float,
    ) -> Any:
        total = torch.zeros((), dtype=torch.float32, device=vectors.device)
        wanted = ctx.needs_input_grad[0]
        gradient = torch.empty_like(vectors) if wanted else None
        for at in range(0, len(vectors), _AT_ONCE):
            part = slice(at, at + _AT_ONCE)
            logits = torch.nn.functional.linear(vectors[part], weight, bias).float()
            answers = Answers(ids[part], chances[part], rest[part])
            own = torch.log_softmax(logits / temperature, -1)
            logs = own.gather(1, answers.ids)
            others = own.exp_().scatter_(1, answers.ids, 0.0)
            left = others.sum(1)
            soft = (1 - hard) * temperature
            total += soft * temperature * _divergence(answers, logs, left)
            scale = torch.logsumexp(logits, -1, keepdim=True)
            total += hard * (scale - logits.gather(1, targets[part, None])).sum()
            if gradient is not None:
                # d KL/d z: p - q for a kept class, p·(1 - r/s) for one of the rest; all over T.
                others *= (1 - answers.rest / left.clamp_min(_TINY))[:, None]
                others.scatter_(1, answers.ids, logs.exp() - answers.chances)
                to_logits = others.mul_(soft)
                if hard:
                    right = logits.sub_(scale).exp_()
                    right[torch.arange(len(right), device=right.device), targets[part]] -= 1
                    to_logits.add_(right, alpha=hard)
                gradient[part] = to_logits.to(vectors.dtype) @ weight
        ctx.save_for_backward(*((gradient,) if gradient is not None else ()))
        return total

    @staticmethod
    def backward(ctx: Any, given: Any) -> Any:
        (gradient,) = ctx.saved_tensors
        return (gradient.mul_(given.to(gradient.dtype)), *(None,) * 8)
