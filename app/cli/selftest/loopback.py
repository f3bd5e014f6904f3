"""The self-test as a client of the local service, on this machine's loopback interface alone."""

from __future__ import annotations

import http.client
import json
import socket
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from app.cli.selftest.report import CannotTryError
from app.core.errors import ServiceError

_HERE = "127.0.0.1"
_ANSWER_S = 60.0
_MODEL_S = 20.0
_AGAIN_S = 0.1


def free_port() -> int:
    """A port that nothing listens on; raises CannotTryError where this machine has no loopback."""
    if sys.platform == "win32":
        raise CannotTryError("here the service begins with the next start of the window")
    try:
        with socket.create_server((_HERE, 0)) as listening:
            port = int(listening.getsockname()[1])
            socket.create_connection((_HERE, port), 5.0).close()
    except OSError as error:
        raise CannotTryError(f"this machine has no loopback interface ({error})") from error
    return port


def ask_service(address: str, token_file: Path) -> str:
    """Ask for the models without the token, then for a text with it; raises ServiceError."""
    host = address.removeprefix("http://")
    if not host.startswith(f"{_HERE}:"):
        raise ServiceError(f"The service answers at {address}, which is not this machine alone.")
    token = token_file.read_text("ascii").strip()
    status, _answer = _asked(host, "GET", "/v1/models", "")
    if status != http.client.UNAUTHORIZED:
        raise ServiceError(f"Without its token the service answered {status}, not 401.")
    prompt = {"prompt": "Once upon a time", "max_tokens": 4, "temperature": 0}
    until = monotonic() + _MODEL_S
    status, answer = _asked(host, "POST", "/v1/completions", token, prompt)
    while status == http.client.SERVICE_UNAVAILABLE and monotonic() < until:
        sleep(_AGAIN_S)  # the service has not been told of the model yet
        status, answer = _asked(host, "POST", "/v1/completions", token, prompt)
    if status != http.client.OK or not answer["choices"][0]["text"]:
        raise ServiceError(f"The service answered {status} and no text.")
    return f"{address}: 401 without its token, a text with it"


def _asked(
    host: str, method: str, path: str, token: str, body: dict[str, Any] | None = None
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(host, timeout=_ANSWER_S)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        content = json.dumps(body) if body is not None else None
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ServiceError(f"The service could not be asked: {error}.") from error
    finally:
        connection.close()
