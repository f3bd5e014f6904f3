"""The window's local service: real sockets, its real child, the real broker, the fake engine."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import psutil
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.system.network import listen
from app.core.system.paths import Paths
from app.downloads.client import Fetcher
from app.engine.client import EngineClient
from app.engine.messages import Generate, Load
from app.engine.service import kept_token
from app.host.fake import Script
from app.ui.service.dialog import ServiceDialog
from tests.certificates import Certificate
from tests.ui.conftest import Studio

_WAIT_MS = 60_000


def free_port() -> int:
    with listen(0) as found:
        return int(found.getsockname()[1])


@pytest.fixture
def fetcher(own_home: Path) -> Iterator[Fetcher]:
    made = Fetcher.start(Paths.here().models)
    yield made
    made.close()


@pytest.fixture
def serving(
    make_studio: Callable[..., Studio], fetcher: Fetcher, tmp_path: Path
) -> Iterator[Callable[..., Studio]]:
    """Windows whose service asks a real client, with the fake engine loaded."""
    client = EngineClient()
    path = tmp_path / "fake.json"
    path.write_bytes(msgspec.json.encode(Script()))

    def make(**settings: Any) -> Studio:
        studio = make_studio(fetcher=fetcher, load_at_start=False, **settings)
        if client.model is None:
            load = Load(job=client.next_job(), path=str(path), engine="fake")
            client.run(load, lambda _event: None)
        studio.worker.model = client.model
        studio.worker.shared = client
        return studio

    yield make
    client.close()


def ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The status of an answer, and what it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    token = kept_token(Paths.here().api_token_file)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content)


def switched_on(studio: Studio, qtbot: QtBot) -> None:
    studio.window.service.follow()
    qtbot.waitUntil(lambda: bool(studio.window.service.address), timeout=_WAIT_MS)
    service = studio.window.service._service
    assert service is not None
    service.wait()  # until it knows the model


def test_it_is_off_until_the_writer_wants_it(serving: Callable[..., Studio]) -> None:
    studio = serving()
    studio.window.begin()
    assert not studio.window.service.address
    assert not studio.window.status.lamp.isVisible()


def test_others_write_through_the_window(
    serving: Callable[..., Studio], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    studio = serving(service_port=port)
    window = studio.window
    studio.do("service")
    dialog = window.findChild(ServiceDialog)
    assert dialog is not None
    dialog.toggle.click()
    qtbot.waitUntil(lambda: bool(window.service.address), timeout=_WAIT_MS)
    assert studio.program.settings.service
    assert window.status.lamp.isVisible()
    assert f"http://127.0.0.1:{port}" in window.status.lamp.accessibleName()
    service = window.service._service
    assert service is not None
    service.wait()  # until it knows the model

    assert ask(port, "GET", "/health")[0] == 200
    commands: list[Any] = []
    run = studio.worker.shared.run
    monkeypatch.setattr(
        studio.worker.shared,
        "run",
        lambda command, tell: commands.append(command) or run(command, tell),
    )
    asked = {"prompt": "Once", "max_tokens": 2}
    status, answer = ask(port, "POST", "/v1/completions", asked)
    assert status == 200, answer
    assert answer["usage"]["completion_tokens"] == 2
    written = [command for command in commands if isinstance(command, Generate)]
    assert [command.background for command in written] == [True]  # the writer goes first
    qtbot.waitUntil(lambda: dialog.requests.topLevelItemCount() == 2, timeout=_WAIT_MS)
    newest = dialog.requests.topLevelItem(0)
    assert newest is not None
    assert [newest.text(column) for column in (1, 2, 3)] == ["POST", "/v1/completions", "200"]
    assert int(newest.text(5)) == answer["usage"]["total_tokens"]

    dialog.toggle.click()
    qtbot.waitUntil(service.ended.is_set, timeout=_WAIT_MS)
    with pytest.raises(ConnectionRefusedError):
        ask(port, "GET", "/health")
    assert not window.status.lamp.isVisible()
    assert not studio.program.settings.service


def test_the_token_goes_to_the_clipboard_and_is_not_shown(
    serving: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = serving(service=True, service_port=free_port())
    switched_on(studio, qtbot)
    studio.do("service")
    dialog = studio.window.findChild(ServiceDialog)
    assert dialog is not None
    token = kept_token(Paths.here().api_token_file)
    dialog.copy_token.click()
    assert QGuiApplication.clipboard().text() == token
    dialog.copy_address.click()
    assert QGuiApplication.clipboard().text() == studio.window.service.address
    shown = [dialog.state.text(), studio.window.status.lamp.toolTip()]
    assert not any(token in text for text in shown)
    for button in dialog.findChildren(QPushButton)[:3]:
        assert button.toolTip()


def test_the_model_comes_and_goes(serving: Callable[..., Studio], qtbot: QtBot) -> None:
    port = free_port()
    studio = serving(service=True, service_port=port)
    switched_on(studio, qtbot)
    service = studio.window.service._service
    assert service is not None
    service.wait()
    assert len(ask(port, "GET", "/v1/models")[1]["data"]) == 1
    studio.worker.model = None
    studio.window.models.loader.unloaded.emit()
    service.wait()
    assert ask(port, "POST", "/v1/completions", {"prompt": "Once"})[0] == 503


def test_a_port_in_use_is_a_notice(serving: Callable[..., Studio], qtbot: QtBot) -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        studio = serving(service=True, service_port=port)
        studio.window.service.follow()
        qtbot.waitUntil(lambda: bool(studio.banners), timeout=_WAIT_MS)
        assert f"cannot use port {port}" in studio.banners[0]
        assert not studio.window.status.lamp.isVisible()
    switched_on(studio, qtbot)  # the port is free now, and another try does it


def test_without_a_broker_it_waits_for_the_next_start(
    make_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = make_studio(service=True)
    studio.window.service.follow()
    qtbot.waitUntil(lambda: bool(studio.banners), timeout=_WAIT_MS)
    assert "next start" in studio.banners[0]


def test_a_restart_keeps_it_on_with_the_socket_of_the_start(
    serving: Callable[..., Studio], qtbot: QtBot
) -> None:
    port = free_port()
    first = serving(service=True, service_port=port)
    switched_on(first, qtbot)
    first.window.close()
    with pytest.raises(ConnectionRefusedError):
        ask(port, "GET", "/health")
    again = serving()
    again.program.listening = early = listen(port)
    switched_on(again, qtbot)
    assert early.fileno() == -1  # the child has it
    assert ask(port, "GET", "/health")[0] == 200


def test_a_socket_of_the_start_that_is_open_to_others_is_not_taken(
    serving: Callable[..., Studio], qtbot: QtBot
) -> None:
    port = free_port()
    studio = serving(service=True, service_port=port)
    studio.program.listening = listen(port, lan=True)  # the settings were changed since
    switched_on(studio, qtbot)
    assert addresses(studio) == {"127.0.0.1"}


def test_another_port_moves_it(serving: Callable[..., Studio], qtbot: QtBot) -> None:
    port, other = free_port(), free_port()
    studio = serving(service=True, service_port=port)
    switched_on(studio, qtbot)
    studio.program.settings_store.change(service_port=other)
    switched_on(studio, qtbot)
    assert ask(other, "GET", "/health")[0] == 200
    with pytest.raises(ConnectionRefusedError):
        ask(port, "GET", "/health")


@pytest.mark.parametrize("is_secure", [False, True])
def test_the_local_network_reaches_it_where_the_writer_wants_it(
    serving: Callable[..., Studio], qtbot: QtBot, certificate: Certificate, is_secure: bool
) -> None:
    files = {
        "service_certificate": str(certificate.certificate),
        "service_key": str(certificate.key),
    }
    port, scheme = free_port(), "https" if is_secure else "http"
    studio = serving(service=True, service_port=port, **(files if is_secure else {}))
    switched_on(studio, qtbot)
    studio.do("service")
    dialog = studio.window.findChild(ServiceDialog)
    assert dialog is not None
    assert dialog.reach.isHidden()
    assert addresses(studio) == {"127.0.0.1"}
    studio.program.settings_store.change(service_lan=True)
    switched_on(studio, qtbot)
    assert addresses(studio) == {"0.0.0.0"}
    own = f"{scheme}://{socket.gethostname().lower()}:{port}"
    assert own in dialog.reach.text()
    assert ("can read all texts" in dialog.reach.text()) == (not is_secure)
    address = studio.window.service.address
    assert address in dialog.reach.text()
    here = f"{scheme}://127.0.0.1:{port}/health"
    with httpx2.Client(verify=certificate.trusted, trust_env=False) as client:
        assert client.get(here).status_code == 200
        host = address.partition("//")[2]
        assert client.get(here, headers={"Host": host}).status_code == 200
        assert client.get(here, headers={"Host": "other.example"}).status_code == 421
    studio.program.settings_store.change(service_lan=False)
    switched_on(studio, qtbot)
    assert addresses(studio) == {"127.0.0.1"}
    assert dialog.reach.isHidden()


def addresses(studio: Studio) -> set[str]:
    """Where the service's child listens."""
    service = studio.window.service._service
    assert service is not None
    found = psutil.Process(service._child.pid).net_connections("tcp4")
    return {one.laddr.ip for one in found if one.status == psutil.CONN_LISTEN}


def test_a_certificate_that_cannot_be_used_is_a_notice(
    serving: Callable[..., Studio], qtbot: QtBot, certificate: Certificate
) -> None:
    port = free_port()
    file = str(certificate.certificate)
    studio = serving(service=True, service_port=port, service_certificate=file)
    studio.window.service.follow()
    qtbot.waitUntil(lambda: bool(studio.banners), timeout=_WAIT_MS)
    assert "cannot be used for https" in studio.banners[0]
    assert not studio.window.status.lamp.isVisible()
    listen(port).close()  # nobody has it
    studio.program.settings_store.change(service_certificate="", service_key=file)
    studio.window.service.follow()
    qtbot.waitUntil(lambda: len(studio.banners) > 1, timeout=_WAIT_MS)
    assert "needs its certificate" in studio.banners[1]


def test_a_child_that_dies_is_told(serving: Callable[..., Studio], qtbot: QtBot) -> None:
    studio = serving(service=True, service_port=free_port())
    switched_on(studio, qtbot)
    service = studio.window.service._service
    assert service is not None
    service._child.kill()
    qtbot.waitUntil(lambda: bool(studio.banners), timeout=_WAIT_MS)
    assert "ended by itself" in studio.banners[0]
    assert not studio.window.status.lamp.isVisible()
    switched_on(studio, qtbot)
