"""The loss of a student: its gradient, its bound, and what it is with the whole vocabulary."""

from __future__ import annotations

import pytest
import torch

from app.training.smaller.distilling import _Distilled, distilled_loss
from app.training.smaller.teacher import Answers

TOKENS, WIDTH, WORDS = 300, 16, 40  # more than are taken at once


def answers(top: int, temperature: float) -> tuple[Answers, torch.Tensor]:
    torch.manual_seed(4)
    whole = torch.softmax(torch.randn(TOKENS, WORDS) * 3 / temperature, -1)
    found = whole.topk(top, -1)
    return Answers(found.indices, found.values, (1 - found.values.sum(1)).clamp_min(0)), whole


def student() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(5)
    vectors = torch.randn(TOKENS, WIDTH, requires_grad=True)
    weight, bias = torch.randn(WORDS, WIDTH) / 2, torch.randn(WORDS)
    return vectors, weight, bias, torch.randint(0, WORDS, (TOKENS,))


@pytest.mark.parametrize("top", [5, WORDS])
@pytest.mark.parametrize(("temperature", "hard"), [(1.0, 0.0), (2.0, 0.3), (4.0, 1.0)])
def test_the_gradient_is_that_of_the_whole_sum(top: int, temperature: float, hard: float) -> None:
    given, _whole = answers(top, temperature)
    vectors, weight, bias, targets = student()
    fast = _Distilled.apply(vectors, weight, bias, targets, *given.parts, temperature, hard)
    (found,) = torch.autograd.grad(fast, vectors)
    logits = torch.nn.functional.linear(vectors, weight, bias)
    plain = distilled_loss(logits, targets, given, temperature, hard)
    (wanted,) = torch.autograd.grad(plain, vectors)
    assert float(fast.detach()) == pytest.approx(float(plain.detach()), rel=1e-5)
    assert torch.allclose(found, wanted, atol=1e-4, rtol=1e-4)


def test_with_every_chance_it_is_the_whole_divergence_and_with_few_less() -> None:
    temperature = 2.0
    every, whole = answers(WORDS, temperature)
    vectors, weight, bias, targets = student()
    logits = torch.nn.functional.linear(vectors, weight, bias).detach()
    own = torch.log_softmax(logits / temperature, -1)
    wanted = temperature**2 * torch.nn.functional.kl_div(own, whole, reduction="sum")
    found = distilled_loss(logits, targets, every, temperature, 0.0)
    assert float(found) == pytest.approx(float(wanted), rel=1e-4)
    few = distilled_loss(logits, targets, answers(5, temperature)[0], temperature, 0.0)
    assert 0 < float(few) < float(wanted)


def test_a_student_that_says_the_same_has_nothing_to_learn() -> None:
    torch.manual_seed(6)
    logits = torch.randn(8, WORDS)
    found = torch.softmax(logits / 2, -1).topk(6, -1)
    same = Answers(found.indices, found.values, 1 - found.values.sum(1))
    loss = distilled_loss(logits, torch.zeros(8, dtype=torch.long), same, 2.0, 0.0)
    assert float(loss) == pytest.approx(0, abs=1e-4)
