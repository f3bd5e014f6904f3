"""Nothing is dropped in silence: what would change the text is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from starlette.testclient import TestClient

from app.core.options.rows import limit_text
from app.core.options.sampling import PARAMETERS
from app.engine.messages import Generate
from app.engine.service_messages import ServiceLimits
from app.server.protocols.fields import Fields, RequestError
from app.server.protocols.parameters import NAMES, read_sampling
from app.server.protocols.unsupported import IDLE
from tests.server.protocols.byte_model import CONTEXT, ByteModel, model_info, service

GIANT = 10**30
RANGE = {"dynamic_temperature": True, "dynatemp_low": 0.5, "dynatemp_high": 1.5}


def refused(client: TestClient, path: str = "/v1/completions", **body: Any) -> dict[str, Any]:
    answer = client.post(path, content=json.dumps({"prompt": "x", **body}))
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/json"
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    return error


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tools", [{"type": "function"}]),
        ("functions", [{}]),
        ("tool_choice", "required"),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "alloy"}),
        ("best_of", 3),
        ("suffix", " the end."),
        ("n", 5),
        ("n", 0),
        ("max_tokens", 1_000_001),
        ("max_tokens", -5),
        ("smoothing_factor", 0.3),
        ("top_a", 0.1),
        ("ignore_eos", True),
        ("guidance_scale", 1.5),
        ("logprobs", 101),
        ("logprobs", True),
        ("echo", 1),
        ("stream", "yes"),
        ("stream_options", []),
        ("samplers", ["dry", "warp"]),
        ("logit_bias", {"257": 1}),
        ("logit_bias", {"5": 101}),
        ("logit_bias", [[5, 1, 2]]),
        ("logit_bias", "no"),
        ("stop", [""]),
        ("stop", 5),
        ("seed", 2**32),
        ("seed", -2),
        ("response_format", {"type": "yaml"}),
        ("response_format", {"type": "json_schema", "json_schema": {"schema": {"not": {}}}}),
        ("response_format", {"type": "json_schema"}),
        ("json_schema", {"type": "nothing"}),
        ("grammar", '{"type": "nothing"}'),
        ("prompt", None),
        ("prompt", []),
        ("prompt", [[]]),
        ("prompt", [1, "a"]),
        ("prompt", [257]),
        ("prompt", [-1]),
        ("prompt", [True]),
        ("prompt", [GIANT]),
        ("prompt", ["a"] * 257),
        ("prompt", {"prompt_string": "x"}),
        ("model", 5),
    ],
)
def test_what_would_change_the_text_is_refused_by_name(
    client: TestClient, field: str, value: Any
) -> None:
    error = refused(client, **{field: value})
    assert error["param"] == field
    assert field in error["message"]


@pytest.mark.parametrize("bound", PARAMETERS, ids=lambda bound: bound.name)
@pytest.mark.parametrize("wrong", [-(10.0**9), 1e308, GIANT, -GIANT, True, "nine", [[]], {"a": []}])
def test_every_parameter_is_checked(client: TestClient, bound: Any, wrong: Any) -> None:
    if bound.kind == "bool" and wrong is True:
        return
    if bound.kind == "text" and wrong == "nine":
        return
    if bound.name in ("stop", "banned_phrases") and wrong == "nine":
        return  # one text
    error = refused(client, **{bound.name: wrong})
    assert error["param"] == bound.name
    low, high = bound.row.low, bound.row.high
    if type(wrong) in (int, float) and bound.kind in ("int", "float") and not bound.row.choices:
        assert f"between {limit_text(low)} and {limit_text(high)}" in error["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"nul", b'{"prompt": NaN}', b'{"temperature": 1e999}', b"[" * 100_000,
     b'{"prompt": "\\ud800"}', b"\xff\xfe", b'"x"'],
)  # fmt: skip
def test_a_body_that_is_no_object_of_json(client: TestClient, body: bytes) -> None:
    for path in ("/v1/completions", "/v1/chat/completions", "/completion", "/tokenize"):
        answer = client.post(path, content=body)
        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_two_names_of_one_parameter_may_not_differ(client: TestClient, engine: ByteModel) -> None:
    error = refused(client, repeat_penalty=1.1, rep_pen=1.2)
    assert "repeat_penalty" in error["message"]
    assert error["param"] == "rep_pen"
    same = {"prompt": "x", "max_tokens": 5, "n_predict": 5, "max_new_tokens": 5}
    assert client.post("/v1/completions", json=same).status_code == 200


def test_what_changes_nothing_is_named_in_a_header(client: TestClient) -> None:
    body = {"prompt": "x", "user": "me", "cache_prompt": True, "tfs": 1, "a\r\nb": 1, "ü": 2}
    answer = client.post("/v1/completions", json=body)
    assert answer.status_code == 200
    assert answer.headers["x-lampblack-ignored"] == "user, cache_prompt, ?, ?"


def test_a_thousand_ignored_fields_make_no_giant_header(client: TestClient) -> None:
    body = {"prompt": "x", **{f"field{number}": 1 for number in range(1000)}}
    header = client.post("/v1/completions", json=body).headers["x-lampblack-ignored"]
    assert header.endswith("field39, and 960 more")


def test_idle_values_are_let_through(client: TestClient) -> None:
    for name, values in IDLE.items():
        for value in values:
            answer = client.post("/v1/completions", json={"prompt": "x", name: value})
            assert answer.status_code == 200, (name, answer.text)
            assert "x-lampblack-ignored" not in answer.headers


def test_a_null_is_as_good_as_no_field(client: TestClient) -> None:
    names = [*NAMES, *IDLE, "response_format", "n", "stream", "echo", "logprobs", "model", "user"]
    body = dict.fromkeys(names) | {"prompt": "x"}
    answer = client.post("/v1/completions", json=body)
    assert (answer.status_code, "x-lampblack-ignored" in answer.headers) == (200, False)


def sampled(**values: Any) -> Any:
    return read_sampling(Fields(values), model_info(), 0, {})


@pytest.mark.parametrize(
    ("given", "ours", "value"),
    [
        ({"repeat_penalty": 1.2}, "repetition_penalty", 1.2),
        ({"repetition_penalty_range": 300}, "repetition_window", 300),
        ({"repeat_last_n": -1}, "repetition_window", -1),
        ({"typ_p": 0.5}, "typical_p", 0.5),
        ({"typical": 0.5}, "typical_p", 0.5),
        ({"dry_sequence_breakers": '["\\n", ":"]'}, "dry_breakers", ("\n", ":")),
        ({"dry_penalty_last_n": 9}, "dry_window", 9),
        ({"mirostat_mode": 2}, "mirostat", 2),
        ({"nsigma": 1.5}, "top_n_sigma", 1.5),
        ({"top_n_sigma": -1}, "top_n_sigma", 0.0),
        ({"top_k": -1}, "top_k", 0),
        ({"seed": -1}, "seed", None),
        ({"sampler_seed": 5}, "seed", 5),
        ({"n_predict": -2}, "max_tokens", -1),
        ({"max_completion_tokens": 9}, "max_tokens", 9),
        ({"stop": "###"}, "stop", ("###",)),
        ({"stopping_strings": ["a"]}, "stop", ("a",)),
        ({"banned_strings": ["a tapestry"]}, "banned_phrases", ("a tapestry",)),
        ({"logit_bias": {"50": -100}}, "logit_bias", {"token:50": -100.0}),
        ({"logit_bias": [[50, False], ["Hi", 2]]}, "logit_bias", {"token:50": -100.0, "Hi": 2.0}),
        ({"logit_bias": {"token:7": 1}}, "logit_bias", {"token:7": 1.0}),
        ({"grammar_string": 'root ::= "a"'}, "grammar", 'root ::= "a"'),
        ({"grammar": "", "json_schema": {"type": "array"}}, "grammar", '{"type":"array"}'),
        ({"response_format": {"type": "text"}}, "grammar", ""),
        ({"response_format": {"type": "json_object"}}, "grammar", '{"type":"object"}'),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {}}}},
            "grammar",
            "{}",
        ),
        ({"samplers": ["top_k", "typ_p"]}, "order", ("top_k", "typical_p")),
        ({"do_sample": False, "temperature": 1}, "temperature", 0.0),
        (RANGE, "dynatemp_range", 0.5),
        (RANGE, "temperature", 1.0),
    ],
)  # fmt: skip
def test_the_names_of_other_programs(given: dict[str, Any], ours: str, value: Any) -> None:
    assert getattr(sampled(**given), ours) == value


def test_sampler_priority_is_completed_as_that_program_does() -> None:
    order = sampled(sampler_priority=["temperature", "quadratic_sampling", "top_k"]).order
    assert order.index("temperature") < order.index("top_k")
    assert len(order) == 9


def test_a_parameter_that_the_engine_lacks_is_refused() -> None:
    torch = model_info(engine="torch")
    with pytest.raises(RequestError, match="grammars") as caught:
        read_sampling(Fields({"response_format": {"type": "json_object"}}), torch, 0, {})
    assert caught.value.param == "response_format"


def test_the_services_limit_holds_for_texts_without_one() -> None:
    assert read_sampling(Fields({}), model_info(), 50, {"max_tokens": -1}).max_tokens == 50


@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        ("/v1/completions", "max_tokens", {"prompt": "x"}),
        ("/completions", "max_new_tokens", {"prompt": "x", "stream": True}),
        (
            "/v1/chat/completions",
            "max_completion_tokens",
            {"messages": [{"role": "user", "content": "x"}]},
        ),
        ("/completion", "n_predict", {"prompt": "x"}),
        ("/completion", "n_predict", {"prompt": "x", "stream": True}),
        ("/api/v1/generate", "max_length", {"prompt": "x"}),
        ("/api/extra/generate/stream", "max_length", {"prompt": "x"}),
    ],
)
def test_more_tokens_than_there_are_is_reduced_and_told(
    client: TestClient, engine: ByteModel, path: str, field: str, more: dict[str, Any]
) -> None:
    """Programs ask for as many whatever the model is; the text ends as it would have."""
    for most, limit in ((CONTEXT, 10 * CONTEXT), (CONTEXT // 2, CONTEXT // 2)):
        engine.limits = ServiceLimits(max_tokens=limit)
        for wanted, reduced in ((most, None), (most + 1, f"{field}={most}"), (10**6, ...)):
            answer = client.post(path, json={**more, field: wanted})
            assert answer.status_code == 200, answer.text
            expected = f"{field}={most}" if reduced is ... else reduced
            assert answer.headers.get("x-lampblack-reduced") == expected
            command = engine.commands[-1]
            assert isinstance(command, Generate)
            assert command.sampling.max_tokens == most


@pytest.mark.parametrize(
    ("limit", "told"), [(CONTEXT // 2, f"n_predict={CONTEXT // 2}"), (CONTEXT, None), (9**9, None)]
)
def test_all_the_tokens_that_there_are_is_told_where_the_service_s_limit_is_fewer(
    client: TestClient, engine: ByteModel, limit: int, told: str | None
) -> None:
    engine.limits = ServiceLimits(max_tokens=limit)
    answer = client.post("/completion", json={"prompt": "x", "n_predict": -1})
    assert answer.status_code == 200, answer.text
    assert answer.headers.get("x-lampblack-reduced") == told
    command = engine.commands[-1]
    assert isinstance(command, Generate)
    assert command.sampling.max_tokens == (CONTEXT // 2 if told else -1)


def test_a_server_s_unknown_context_reduces_nothing() -> None:
    fields, unknown = Fields({"max_tokens": 50_000}), model_info(context=0)
    assert read_sampling(fields, unknown, 0, {}).max_tokens == 50_000
    assert not fields.reduced


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = sorted(
    {*NAMES, *IDLE, "prompt", "messages", "n", "stream", "echo", "logprobs", "top_logprobs",
     "model", "response_format", "json_schema", "samplers", "sampler_priority", "sampler_order",
     "n_probs",
     "content", "tokens", "stream_options", "best_of", "dynamic_temperature", "dynatemp_low",
     "dynatemp_high", "temperature_last", "with_pieces", "n_cmpl", "return_tokens", "guided_json"}
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from(
        ["/v1/completions", "/v1/chat/completions", "/completion", "/tokenize", "/detokenize"]
    ),
    body=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5),
    sound=st.booleans(),
)
def test_random_json_is_answered_or_refused(path: str, body: dict[str, Any], sound: bool) -> None:
    engine = ByteModel("Hi")
    if sound:
        turns = [{"role": "user", "content": "x"}]
        body |= {"prompt": "x", "messages": turns, "content": "x", "tokens": [1]}
    answer = TestClient(service(engine)).post(path, content=json.dumps(body))
    assert answer.status_code in (200, 400, 404), answer.text
    if answer.status_code != 200:
        assert answer.json()["error"]["message"]
    for command in engine.commands:
        if isinstance(command, Generate):  # what the engine's host checks again
            for bound in PARAMETERS:
                bound.check(getattr(command.sampling, bound.name))
            assert 1 <= command.n <= engine.limits.max_n
