"""Dialects: every parameter is said in the server's terms or reported, never changed in silence."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from app.core.options.sampling import PARAMETERS, Sampling
from app.remote.dialects import Dialect, body, unsupported

_OTHER: dict[str, Any] = {
    "dry_breakers": ("x",),
    "stop": ("a",),
    "seed": 7,
    "banned_phrases": ("no",),
    "logit_bias": {"token:5": 2.0},
    "logit_bias_forms": True,
    "grammar": '{"type": "object"}',
    "order": ("temperature",),
}
_ON = Sampling(
    dynatemp_range=0.5,
    xtc_probability=0.5,
    repetition_penalty=1.1,
    dry_multiplier=0.8,
    mirostat=2,
    logit_bias={"token:1": 1.0},
)


@pytest.mark.parametrize("dialect", get_args(Dialect))
@pytest.mark.parametrize("name", [bound.name for bound in PARAMETERS])
def test_every_change_is_said_or_reported(dialect: Dialect, name: str) -> None:
    row = next(bound.row for bound in PARAMETERS if bound.name == name)
    value = _OTHER.get(name, row.low if name == "top_k" else 1)
    if value == getattr(_ON, name):
        value = 0.5 if name != "mirostat" else 0
    changed = msgspec.structs.replace(_ON, **{name: value})

    is_said = body(dialect, changed) != body(dialect, _ON)
    is_reported = name in dict(unsupported(dialect, changed)) or unsupported(
        dialect, changed
    ) != unsupported(dialect, _ON)

    assert is_said or is_reported


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_what_is_reported_is_not_sent(dialect: Dialect) -> None:
    sampling = msgspec.structs.replace(_ON, stop=tuple("abcde"), max_tokens=-1, temperature=3.0)
    refused = dict(unsupported(dialect, sampling))

    assert not {"stop", "max_tokens", "temperature"} & set(refused) & set(body(dialect, sampling))
    assert all(reason.endswith(".") for reason in refused.values())


def test_our_own_service_can_be_told_all() -> None:
    assert unsupported("lampblack", _ON) == ()
    assert set(body("lampblack", msgspec.structs.replace(_ON, **_OTHER))) == {
        bound.name for bound in PARAMETERS
    }


def test_a_greedy_request_can_be_told_to_all() -> None:
    greedy = Sampling(temperature=0, max_tokens=5, seed=1)

    for dialect in get_args(Dialect):
        assert unsupported(dialect, greedy) == ()


def test_the_terms_of_others() -> None:
    sampling = Sampling(
        top_k=0, logit_bias={"token:5": -100, "so": 2}, grammar='{"type": "object"}'
    )
    llama, vllm = body("llama-server", sampling), body("vllm", sampling)

    assert (llama["n_predict"], llama["repeat_last_n"], llama["samplers"][4]) == (256, 64, "typ_p")
    assert llama["logit_bias"] == [[5, False], ["so", 2]]
    assert llama["json_schema"] == {"type": "object"}
    assert vllm["top_k"] == -1
    assert "logit_bias" not in vllm
    assert vllm["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert "logit_bias" in dict(unsupported("vllm", sampling))
