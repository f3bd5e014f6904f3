from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from app.core.options.sampling import PARAMETERS
from app.engine.service_messages import ServiceLimits
from app.server.protocols.openapi import description
from app.server.protocols.parameters import NAMES
from app.server.protocols.routes import PROTOCOLS

LIMITS = ServiceLimits(max_n=3, max_tokens=700)


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = description(LIMITS)["components"]["schemas"][name]
    return found


def test_every_path_is_described(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    described = {(path, method.upper()) for path, ways in found["paths"].items() for method in ways}
    routes = {
        (route.path.replace(":path", ""), method)
        for route in PROTOCOLS
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert described == routes - {("/openapi.json", "GET")}


def test_the_limits_are_the_tables_and_the_services() -> None:
    fields = schema("Completion")["properties"]
    for bound in PARAMETERS:
        found = fields[bound.name]
        if bound.kind == "float":
            assert (found["maximum"], found["default"]) == (bound.row.high, bound.default)
    assert (fields["n"]["maximum"], fields["max_tokens"]["maximum"]) == (3, 1_000_000)
    assert set(NAMES) <= set(fields)


@pytest.mark.parametrize("name", ["Completion", "Chat", "LlamaCompletion", "Tokenize"])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        ("Completion", "/v1/completions", {"prompt": ["a", "b"], "temperature": 0, "stop": "x"}),
        ("Completion", "/v1/completions", {"prompt": [1, 2], "logit_bias": {"7": -100}}),
        ("Chat", "/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
        ("LlamaCompletion", "/completion", {"prompt": "x", "n_predict": -1, "seed": -1}),
        ("Tokenize", "/tokenize", {"content": "x", "add_special": None}),
        ("Detokenize", "/detokenize", {"tokens": [5]}),
    ],
)
def test_sound_requests_obey_it(client: TestClient, name: str, path: str, body: Any) -> None:
    jsonschema.validate(body, schema(name))
    answer = client.post(path, json=body)
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), schema(f"{name}Answer"))


@pytest.mark.parametrize(
    "body", [{}, {"prompt": "x", "temperature": 6}, {"prompt": "x", "n": 9}, {"prompt": 5}]
)
def test_unsound_requests_do_not(client: TestClient, body: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(body, schema("Completion"))
    answer = client.post("/v1/completions", json=body)
    assert answer.status_code == 400
    jsonschema.validate(answer.json(), schema("Error"))
