"""The adapters' layers: nothing at first, the gradients of the plain formula, off is the base."""

from __future__ import annotations

import pytest
import torch

from app.core.errors import UnsupportedModelError
from app.training.lora import Adapters
from app.training.loss import loss_of
from app.training.packing import TokenRow
from tests.training.conftest import tiny_network

RANK, ALPHA = 3, 6.0
ROW = TokenRow((tuple(range(3, 43)),))


def test_at_first_the_network_is_the_base_bit_for_bit() -> None:
    network = tiny_network()
    given, _targets = ROW.inputs("cpu")
    with torch.no_grad():
        before = network(**given).logits
        adapters = Adapters(network, RANK, ALPHA, 1)
        assert torch.equal(network(**given).logits, before)
        adapters.flat.data += 0.1
        changed = network(**given).logits
        with adapters.off():
            assert torch.equal(network(**given).logits, before)
    assert not torch.allclose(changed, before, atol=1e-3)
    assert len(adapters.layers) == 2 * 7
    assert "lm_head" not in "".join(adapters.layers)


def test_gradients_are_those_of_the_plain_formula() -> None:
    torch.manual_seed(3)
    layer = torch.nn.Linear(6, 5)
    network = torch.nn.Module()
    network.blocks = torch.nn.ModuleList([torch.nn.ModuleDict({"one": layer})])
    adapters = Adapters(network, RANK, ALPHA, 1)
    adapters.flat.data.normal_(0, 0.5)
    own = adapters.layers["blocks.0.one"]
    x = torch.randn(2, 4, 6, requires_grad=True)
    wanted = torch.randn(2, 4, 5)
    own(x).mul(wanted).sum().backward()
    down, up = own.down.detach().requires_grad_(), own.up.detach().requires_grad_()
    y = x.detach().requires_grad_()
    plain = layer(y) + (y @ down.t()) @ up.t() * (ALPHA / RANK)
    plain.mul(wanted).sum().backward()
    for found, true in ((own.down.grad, down.grad), (own.up.grad, up.grad), (x.grad, y.grad)):
        assert torch.allclose(found, true, atol=1e-5)
    assert torch.equal(adapters.flat.grad[: down.numel()], own.down.grad.reshape(-1))


def test_the_loss_and_its_gradient_are_the_librarys() -> None:
    network = tiny_network()
    adapters = Adapters(network, RANK, ALPHA, 1)
    adapters.flat.data += torch.randn(adapters.flat.shape) * 0.05
    given, targets = ROW.inputs("cpu")
    loss = loss_of(network, given, targets)
    loss.backward()
    ours = adapters.flat.grad.clone()
    adapters.flat.grad.zero_()
    theirs = network(**given, labels=given["input_ids"]).loss * ROW.targets
    theirs.backward()
    assert loss.item() == pytest.approx(theirs.item(), rel=1e-5)
    assert torch.allclose(ours, adapters.flat.grad, atol=1e-4)


def test_a_network_without_linear_layers_is_refused() -> None:
    with pytest.raises(UnsupportedModelError, match="no linear layers"):
        Adapters(torch.nn.ModuleList([torch.nn.Embedding(3, 3)]), RANK, ALPHA, 1)
