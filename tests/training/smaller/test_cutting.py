"""Cutting: what changes nothing goes first, and the rest computes as before, with a memory too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
import transformers

from app.core.errors import ParameterError, UnsupportedModelError
from app.training.packing import pack
from app.training.smaller.cutting import (
    head_influence,
    layer_influence,
    least,
    require_heads,
    require_layers,
    take_heads,
    take_layers,
)
from app.training.smaller.saving import save_network
from tests.training.conftest import tiny_network

ROWS = pack([[(3 + at * at) % 50 for at in range(200)]], 32, 1, None).rows


def network(**changes: Any) -> Any:
    torch.manual_seed(3)
    sizes = {
        "vocab_size": 64,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
    }
    config = transformers.LlamaConfig(**(sizes | changes))
    return transformers.LlamaForCausalLM(config).eval()


def nothing(_part: float) -> None:
    """Nobody is told."""


def logits(found: Any) -> Any:
    given, _aims = ROWS[0].inputs("cpu")
    with torch.no_grad():
        return found(**given, use_cache=False).logits


def test_the_layer_that_changes_nothing_matters_least_and_is_not_missed() -> None:
    whole = network()
    with torch.no_grad():
        for part in (whole.model.layers[2].self_attn.o_proj, whole.model.layers[2].mlp.down_proj):
            part.weight.zero_()
    found = layer_influence(whole, ROWS, nothing)
    assert found[2] == pytest.approx(0, abs=1e-5)
    assert min(found[0], found[1], found[3]) > 1e-3
    assert least(found, 1) == [2]
    before = logits(whole)
    take_layers(whole, [2])
    assert whole.config.num_hidden_layers == len(whole.model.layers) == 3
    assert torch.equal(logits(whole), before)


def test_what_is_left_writes_with_a_memory_as_without_one() -> None:
    cut = network()
    take_layers(cut, [0, 2])
    take_heads(cut, [[0], [1]])
    ids = torch.tensor([[5, 6, 7, 8, 9]])
    with torch.no_grad():
        whole = cut(ids, use_cache=False).logits[0, -1]
        first = cut(ids[:, :4], use_cache=True)
        second = cut(ids[:, 4:], past_key_values=first.past_key_values, use_cache=True)
    assert torch.allclose(second.logits[0, -1], whole, atol=1e-5)


def test_heads_that_say_nothing_matter_least_and_are_not_missed() -> None:
    whole = network()
    silent = [1, 0, 1, 0]
    with torch.no_grad():
        for block, group in zip(whole.model.layers, silent, strict=True):
            block.self_attn.o_proj.weight[:, group * 16 : (group + 1) * 16] = 0
    assert require_heads(whole, 2) == 1
    found = head_influence(whole, ROWS, nothing)
    assert [least(one, 1) for one in found] == [[group] for group in silent]
    assert all(weights.requires_grad for weights in whole.parameters())
    before = logits(whole)
    take_heads(whole, [[group] for group in silent])
    config = whole.config
    assert (config.num_attention_heads, config.num_key_value_heads, config.head_dim) == (2, 1, 8)
    assert torch.allclose(logits(whole), before, atol=1e-6)


def test_a_cut_network_is_the_same_when_it_is_read_back(tmp_path: Any) -> None:
    cut = network()
    take_heads(cut, [[0]] * 4)
    take_layers(cut, [1])
    transformers.utils.logging.disable_progress_bar()  # its thread would outlive the test
    cut.save_pretrained(tmp_path)
    again = transformers.LlamaForCausalLM.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(again), logits(cut))


def test_what_cannot_be_taken_is_a_sentence() -> None:
    whole = network()
    with pytest.raises(ParameterError, match="has 4 layers; 4 cannot be taken"):
        require_layers(whole, 4)
    with pytest.raises(ParameterError, match="no multiple of 2"):
        require_heads(whole, 1)
    with pytest.raises(ParameterError, match="has 4 heads in a layer; 4 cannot"):
        require_heads(whole, 4)
    odd = network(hidden_size=48, num_attention_heads=6, num_key_value_heads=6)
    with pytest.raises(UnsupportedModelError, match="with 5 heads in a layer cannot be described"):
        require_heads(odd, 1)
    sizes = transformers.GPT2Config(vocab_size=64, n_embd=16, n_layer=2, n_head=2)
    other = transformers.GPT2LMHeadModel(sizes)
    with pytest.raises(UnsupportedModelError, match="not known here"):
        require_layers(other, 1)


OWN_LAYOUTS = ("phi", "phi3", "olmo2", "gpt_oss", "lfm2")


def of_kind(kind: str) -> Any:
    torch.manual_seed(3)
    sizes = {
        "vocab_size": 64,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
        "pad_token_id": 0,
    }
    config = transformers.AutoConfig.for_model(kind, **sizes)
    return transformers.AutoModelForCausalLM.from_config(config).eval()


@pytest.mark.parametrize("kind", OWN_LAYOUTS)
def test_heads_that_are_laid_out_in_a_way_of_their_own_stay(kind: str) -> None:
    with pytest.raises(UnsupportedModelError, match="How the heads of a"):
        require_heads(of_kind(kind), 2)


@pytest.mark.parametrize("kind", ["mistral", "qwen2", "qwen3", "gemma2", "olmo"])
def test_heads_of_other_kinds_can_be_taken(kind: str) -> None:
    whole = of_kind(kind)
    assert require_heads(whole, 2) == 1
    take_heads(whole, [[0], [1], [0], [1]])
    assert torch.isfinite(logits(whole)).all()


def test_what_a_configuration_says_of_each_layer_goes_with_it(tmp_path: Any) -> None:
    cut = of_kind("smollm3")
    assert len({*cut.config.no_rope_layers}) == 2
    take_layers(cut, [1])
    transformers.utils.logging.disable_progress_bar()
    cut.save_pretrained(tmp_path)
    again = transformers.AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(again), logits(cut))


def test_settings_of_generation_that_contradict_each_other_do_not_lose_a_model(
    tmp_path: Any,
) -> None:
    whole = network()
    whole.generation_config.do_sample = False
    whole.generation_config.temperature = 0.6
    whole.generation_config.eos_token_id = 7
    tokenizer = SimpleNamespace(save_pretrained=lambda _folder: None)
    save_network(whole, tokenizer, tmp_path / "made")
    assert transformers.GenerationConfig.from_pretrained(tmp_path / "made").eos_token_id == 7


def test_a_stop_between_rows_leaves_no_hook() -> None:
    whole = tiny_network()

    def stop(part: float) -> None:
        if part:
            raise KeyboardInterrupt

    for influence in (layer_influence, head_influence):
        with pytest.raises(KeyboardInterrupt):
            influence(whole, ROWS, stop)
    modules = [*whole.modules()]
    assert not any(one._forward_hooks or one._forward_pre_hooks for one in modules)
