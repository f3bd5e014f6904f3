"""`lampblack serve` with the real starter model, in its real processes."""

from __future__ import annotations

import json
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import psutil
import pytest

from app.cli import serve
from app.cli.main import build_parser
from app.cli.serve import _origin
from app.core.errors import ServiceError, UsageError
from app.core.options.settings import SERVICE_PORT
from app.core.system.network import listen
from app.engine.service import kept_token
from tests.certificates import Certificate

TOKEN = "a-token-of-this-test"
ENVIRON = {"LAMPBLACK_API_TOKEN": TOKEN}


def test_it_answers_writes_and_ends_cleanly(
    start_program: Callable[..., Any], starter_model: Path, own_home: Path
) -> None:
    """The kernel lets neither it nor its child open another socket; the child still accepts."""
    words = ["serve", "--port", "0", "--json", "--model", str(starter_model), "--context", "512"]
    program = start_program(words)
    address = json.loads(program.stdout.readline())["address"]
    children = psutil.Process(program.pid).children(recursive=True)
    token = own_home / "data" / "api-token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert httpx2.get(f"{address}/health", trust_env=False).json() == {"status": "ok"}
    with openai.OpenAI(base_url=f"{address}/v1", api_key=token.read_text().strip()) as client:
        found = client.completions.create(
            model="starter", prompt="Once upon a time", max_tokens=8, temperature=0
        )
        pieces = client.completions.create(
            model="starter", prompt="Once upon a time", max_tokens=8, temperature=0, stream=True
        )
        assert "".join(piece.choices[0].text for piece in pieces) == found.choices[0].text != ""
    program.send_signal(signal.SIGTERM)
    out, err = program.communicate(timeout=30)
    assert (program.returncode, out, err) == (0, b"", b"")
    assert len(children) == 2
    assert not psutil.wait_procs(children, timeout=10)[1]


def test_a_program_that_asks_for_more_than_the_context_has_is_written_for_until_it_is_full(
    start_program: Callable[..., Any], starter_model: Path
) -> None:
    """As localwriter does, whatever the model is."""
    words = ["serve", "--port", "0", "--json", "--model", str(starter_model), "--context", "512"]
    program = start_program(words, environ=ENVIRON)
    address = json.loads(program.stdout.readline())["address"]
    ends = {"0": -100, "2": -100}  # the starter's tokens that end a text
    asked = {"max_tokens": 8192, "temperature": 0, "logit_bias": ends}
    with httpx2.Client(
        base_url=address, headers={"api-key": TOKEN}, trust_env=False, timeout=60
    ) as client:
        prompt = "The lamp went out. " * 96
        whole = client.post("/v1/completions", json={"prompt": prompt, **asked})
        chat = {"messages": [{"role": "user", "content": prompt}], **asked, "stream": True}
        streamed = client.post("/v1/chat/completions", json=chat)
        too_long = client.post("/v1/completions", json={"prompt": prompt * 2, **asked})
        absurd = client.post("/v1/completions", json={"prompt": prompt, "max_tokens": 2**31})
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=30)
    assert whole.status_code == 200, whole.text
    assert whole.headers["x-lampblack-reduced"] == "max_tokens=512"
    assert whole.json()["choices"][0]["finish_reason"] == "length"
    assert whole.json()["usage"]["total_tokens"] == 512
    assert streamed.headers["x-lampblack-reduced"] == "max_tokens=512"
    assert '"finish_reason":"length"' in streamed.text
    error = too_long.json()["error"]
    assert (too_long.status_code, error["code"]) == (400, "context_length_exceeded")
    assert (absurd.status_code, absurd.json()["error"]["param"]) == (400, "max_tokens")


def test_the_local_network_is_warned_of_and_speaks_https(
    start_program: Callable[..., Any], starter_model: Path, certificate: Certificate
) -> None:
    words = ["serve", "--port", "0", "--json", "--lan", "--model", str(starter_model)]
    pair = ["--certificate", str(certificate.certificate), "--key", str(certificate.key)]
    for given, scheme in (([], "http"), (pair, "https")):
        program = start_program([*words, "--context", "512", *given])
        address = json.loads(program.stdout.readline())["address"]
        assert address.startswith(f"{scheme}://127.0.0.1:")
        listening = psutil.Process(program.pid).children()[0].net_connections("tcp4")
        assert {one.laddr.ip for one in listening} == {"0.0.0.0"}
        with httpx2.Client(verify=certificate.trusted, trust_env=False) as client:
            assert client.get(f"{address}/health").status_code == 200
            strange = client.get(f"{address}/health", headers={"Host": "other.example"})
            assert strange.status_code == 421
            assert client.get(f"{address}/v1/models").status_code == 401
        program.send_signal(signal.SIGTERM)
        told = program.communicate(timeout=30)[1].decode()
        assert f"{scheme}://{socket.gethostname().lower()}:{address.rpartition(':')[2]}" in told
        assert ("can be read" in told) == (not given)


def test_a_certificate_that_cannot_be_used_is_said_at_once(
    run_program: Any, one_sentence: Any, certificate: Certificate
) -> None:
    pair = ("--certificate", str(certificate.certificate), "--key", str(certificate.locked))
    outcome = run_program("serve", "--port", "0", *pair, environ=ENVIRON)
    assert outcome.code == 2
    assert one_sentence(outcome.err)
    assert "password" in outcome.err


def test_a_stop_while_it_loads_is_clean(
    start_program: Callable[..., Any], starter_model: Path
) -> None:
    program = start_program(["serve", "--port", "0", "--model", str(starter_model)])
    while not psutil.Process(program.pid).children():
        assert program.poll() is None
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=60)
    assert program.returncode in (0, 1)  # 1 where the interpreter itself had hardly begun


def test_a_port_in_use_is_one_sentence(run_program: Any, one_sentence: Any) -> None:
    with listen(0) as taken:
        outcome = run_program("serve", "--port", str(taken.getsockname()[1]), environ=ENVIRON)
    assert outcome.code == 1
    assert one_sentence(outcome.err)


@pytest.mark.parametrize(
    "words",
    [("--parallel", "0"), ("--parallel", "99"), ("--queue", "-1"), ("--origin", "*"),
     ("--key", "x"), ("--certificate", "/none"), ("--port", "x"), ("--max-seconds", "nan")],
)  # fmt: skip
def test_a_wrong_flag_is_one_sentence(run_program: Any, one_sentence: Any, words: Any) -> None:
    port = () if words[0] == "--port" else ("--port", "0")
    outcome = run_program("serve", *words, *port, environ=ENVIRON)
    assert outcome.code == 2
    assert one_sentence(outcome.err)


def test_a_token_that_is_short_or_odd_is_refused(run_program: Any, one_sentence: Any) -> None:
    for token in ("", "short", "with a space in it ", "é" * 20):
        outcome = run_program("serve", "--port", "0", environ={"LAMPBLACK_API_TOKEN": token})
        assert outcome.code == 2
        assert one_sentence(outcome.err)


def test_the_token_is_made_once_and_anew_where_others_could_read_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / "api-token"
    token = kept_token(file)
    assert len(token) == 43
    assert kept_token(file) == token
    file.chmod(0o644)
    other = kept_token(file)
    assert other != token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("short")
    assert len(kept_token(file)) == 43
    (tmp_path / "a file").write_text("")
    with pytest.raises(ServiceError):
        kept_token(tmp_path / "a file" / "api-token")


def test_the_socket_is_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also without a port; what is no port is told when all words are read, help needs none."""
    asked: list[tuple[int, bool]] = []
    monkeypatch.setattr(serve, "listen", lambda port, lan=False: asked.append((port, lan)))
    for words in ([], ["--lan"], ["--port", "7"], ["--port", "x"], ["--help"]):
        serve.early_socket(words)
    assert asked == [
        (SERVICE_PORT, False), (SERVICE_PORT, True), (7, False), (0, False), (0, False)
    ]  # fmt: skip
    parsed = build_parser().parse_args(["serve"])
    assert parsed.port == SERVICE_PORT


def test_a_port_that_is_none_is_told() -> None:
    for port in (-1, 65_536):
        with pytest.raises(ServiceError):
            listen(port)


@pytest.mark.parametrize("given", ["*", "http://*", "page.example", "http://a/b", "file:///x", ""])
def test_an_origin_is_exact(given: str) -> None:
    with pytest.raises(UsageError):
        _origin(given)
    assert _origin("HTTP://Localhost:8000/") == "http://localhost:8000"
