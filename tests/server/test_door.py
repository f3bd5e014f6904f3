"""Who is let in, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.core.errors import ParameterError
from app.engine.messages import PROTOCOL_VERSION
from app.engine.service_messages import Serve, ServiceLimits
from app.server.access import EngineAccess
from app.server.body import parse_json
from app.server.door import Door
from app.server.main import application
from app.server.routes import OPEN_PATHS, ROUTES
from tests.server.conftest import PROMPT, TOKEN, Running

Start = Callable[..., Running]
ORIGIN = "https://page.example"
PATH = "/v1/completions"


def test_a_request_with_the_token_is_answered_and_its_line_has_no_text(service: Start) -> None:
    one = service()
    status, headers, body = one.ask("POST", PATH, PROMPT)
    assert status == 200
    assert json.loads(body)["choices"][0]["text"] == "One two three."
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    seen = one.seen.get(timeout=10)
    assert (seen.method, seen.path, seen.status) == ("POST", PATH, 200)
    assert (seen.prompt_tokens, seen.completion_tokens) == (1, 3)


def test_no_route_but_health_answers_without_the_token(service: Start) -> None:
    one = service()
    assert {"/health"} == OPEN_PATHS
    paths = {route.path.replace("{name:path}", "fake") for route in ROUTES}
    assert len(paths) > 12
    for path in [*paths, "/nothing", "/", "//health", "/health/", f"/{TOKEN}", "/k/x/health"]:
        for method in ("GET", "POST", "OPTIONS", "DELETE"):
            body = PROMPT if method == "POST" else None
            status = one.ask(method, path, body, token="")[0]
            expected = {200, 405} if path == "/health" else {401}
            assert status in expected, (method, path)
    for wrong in ("x" * 43, TOKEN[:-1], TOKEN + "t", "é" * 43):
        quoted = wrong.encode().decode("latin-1")
        assert one.ask("GET", "/v1/models", token=quoted)[0] == 401
    assert one.ask("GET", "/v1/models", token="", X_Api_Key=TOKEN)[0] == 200
    assert one.ask("GET", "/v1/models", token="", api_key=TOKEN)[0] == 200
    assert one.ask("GET", "/v1/models", token="", Authorization=TOKEN)[0] == 401


def test_a_token_in_the_path_is_opt_in_and_never_shown(service: Start) -> None:
    closed = service()
    assert closed.ask("GET", f"/k/{TOKEN}/v1/models", token="")[0] == 401
    assert closed.seen.get(timeout=10).path == "/v1/models"
    one = service(allows_path_token=True)
    assert one.ask("GET", f"/k/{TOKEN}/v1/models", token="")[0] == 200
    assert one.seen.get(timeout=10).path == "/v1/models"
    assert one.ask("GET", "/k/wrong/v1/models", token="")[0] == 401
    assert one.seen.get(timeout=10).path == "/v1/models"
    assert one.ask("POST", f"/k/{TOKEN}{PATH}", PROMPT, token="")[0] == 200


def test_another_host_is_refused_also_with_the_token(service: Start) -> None:
    one = service()
    for host in ("evil.example", "127.0.0.1", f"localhost.evil:{one.port}", ""):
        assert one.ask("GET", "/v1/models", Host=host)[0] == 421, host
        assert one.ask("GET", "/health", token="", Host=host)[0] == 421, host


def test_a_page_must_be_listed(service: Start) -> None:
    one = service(origins=(ORIGIN,))
    for origin in ("https://evil.example", "null", ORIGIN + ".evil", "http://page.example"):
        status, headers, _ = one.ask("POST", PATH, PROMPT, Origin=origin)
        assert status == 403
        assert not [name for name in headers if name.startswith("access-control")]
    status, headers, _ = one.ask("POST", PATH, PROMPT, Origin=ORIGIN)
    assert (status, headers["access-control-allow-origin"], headers["vary"]) == (
        200, ORIGIN, "Origin",
    )  # fmt: skip
    status, headers, _ = one.ask("GET", "/v1/models", token="", Origin=ORIGIN)
    assert (status, headers["access-control-allow-origin"]) == (401, ORIGIN)
    assert service(allows_null_origin=True).ask("GET", "/v1/models", Origin="null")[0] == 200


def test_a_browser_asks_before_the_token_is_sent(service: Start) -> None:
    one = service(origins=(ORIGIN,))
    asked = {
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "authorization, x-evil, x-stainless-lang",
    }
    status, headers, _ = one.ask("OPTIONS", PATH, token="", Origin=ORIGIN, **asked)
    assert (status, headers["access-control-allow-origin"]) == (204, ORIGIN)
    assert headers["access-control-allow-headers"] == "authorization, x-stainless-lang"
    private = "access-control-allow-private-network"
    assert private not in headers
    asked["Access_Control_Request_Private_Network"] = "true"
    assert one.ask("OPTIONS", PATH, token="", Origin=ORIGIN, **asked)[1][private] == "true"
    status, headers, _ = one.ask("OPTIONS", PATH, token="", Origin="https://evil.example", **asked)
    assert (status, private in headers) == (403, False)


def test_a_form_is_no_request(service: Start) -> None:
    one = service()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert one.ask("POST", PATH, PROMPT, Content_Type=kind)[0] == 415
    status, _, _ = one.ask("POST", PATH, PROMPT, Content_Type="Application/JSON; charset=utf-8")
    assert status == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a": NaN}', b'{"a": 1e999}', b'{"a":1,"a":2}', b"[" * 900, b"\xff", b"1",
     b'{"prompt": "\\ud800"}', b'{"prompt": "a", "seed": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_told_so(service: Start, body: bytes) -> None:
    status, _, answer = service().ask("POST", PATH, body)
    assert status == 400
    assert set(json.loads(answer)["error"]) == {"message", "type", "param", "code"}


def test_a_large_body_is_refused_before_it_is_read(service: Start) -> None:
    one = service(limits=ServiceLimits(max_body=1000))
    assert one.ask("POST", PATH, b" " * 1001)[0] == 413
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\nX-Api-Key: {TOKEN}\r\n"
        "Content-Type: application/json\r\n"
    )
    with one.connect() as raw:  # in parts, without a length
        raw.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n3e9\r\n".encode() + b" " * 1001)
        assert raw.recv(100).startswith(b"HTTP/1.1 413")
    with one.connect() as raw:  # 100 MB that are never sent
        raw.sendall(f"{head}Content-Length: 100000000\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


def test_what_is_not_there_is_told_as_openai_does(service: Start) -> None:
    one = service()
    for method, path, expected in (("GET", "/nothing", 404), ("GET", PATH, 405)):
        status, _, body = one.ask(method, path)
        assert status == expected
        assert json.loads(body)["error"]["code"]


def test_a_bug_is_an_answer_and_its_text_stands_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    async def broken(_request: object) -> Response:
        raise KeyError("SECRET TEXT OF THE WRITER")

    engine = EngineAccess(lambda _message: None, ServiceLimits())
    app = application(engine)
    app.router.routes.append(Route("/broken", broken))
    serve = Serve(version=PROTOCOL_VERSION, token=TOKEN, hosts=("testserver",))
    client = TestClient(Door(app, serve, lambda _seen: None))
    answer = client.get("/broken", headers={"X-Api-Key": TOKEN})
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "server_error")
    told = capfd.readouterr().err
    assert "KeyError" in told
    assert "SECRET" not in told


def test_a_name_that_is_there_twice_is_found_at_once() -> None:
    names = ", ".join(f'"{number}": 0' for number in range(50_000))
    with pytest.raises(ParameterError, match="'49999' is there twice"):
        parse_json(f'{{{names}, "49999": 1}}'.encode())
