"""A window that writes with a server: the real broker, worker and child, and a server here."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.core.options.sampling import Sampling
from app.core.options.servers import SavedServer
from app.core.system.network import listen
from app.core.system.paths import Paths
from app.core.system.secret_store import SecretStore
from app.downloads.client import Fetcher
from app.engine.messages import Load, Previewed
from app.engine.service import kept_token
from app.engine.service_messages import ModelState
from app.host.fake import Script
from app.program import Program
from app.ui.servers.dialog import ServerDialog
from app.ui.service.dialog import ServiceDialog
from app.ui.window.main_window import MainWindow
from tests.core.system.test_secret_store import FakeKeyring
from tests.ui.conftest import FakeLibrary, FakeQuestions

_WAIT_MS = 30_000
_KEY = "key-of-the-office"


class Server(ThreadingHTTPServer):
    """Of vLLM's shape; wants a key. `go_on` is waited for after the first piece of each text, and
    `answers` before it says which models it has.

    `status` answers texts in place of 200, `breaks` ends them in the middle.
    """

    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key, self.status, self.breaks = _KEY, 200, False
        self.models = ["big", "small"]
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.go_on, self.answers = threading.Event(), threading.Event()
        self.go_on.set()
        self.answers.set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def texts(self) -> list[str]:
        """The texts of the writer's that were asked to be gone on with."""
        return [body["prompt"] for _path, body in self.asked if "stream_options" in body]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.answers.wait(30)
        named = [{"id": name, "owned_by": "vllm", "max_model_len": 4096}
                 for name in self.server.models]  # fmt: skip
        self._answer(json.dumps({"data": named}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        if self.path == "/tokenize":
            self._answer(b'{"tokens": [1]}')
            return
        if self._refuses():
            return
        if body.get("stream") is not True:  # it is only found out what this server can do
            said = {"message": {"content": "a"}} if "messages" in body else {"text": "a"}
            self._answer(json.dumps({"choices": [{"index": 0, **said}]}).encode())
            return
        self.send_response(self.server.status)
        self.end_headers()
        if self.server.status != 200:
            return
        self._piece(" it rained", None)
        self.server.go_on.wait(30)
        if not self.server.breaks:
            self._piece(" all day.", "stop")

    def _piece(self, text: str, reason: str | None) -> None:
        choice = {"index": 0, "text": text, "finish_reason": reason}
        self.wfile.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
        self.wfile.flush()

    def _refuses(self) -> bool:
        if self.headers["Authorization"] == f"Bearer {self.server.key}":
            return False
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def _answer(self, content: bytes) -> None:
        if not self._refuses():
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.go_on.set()
    server.answers.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def window(own_home: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    paths = Paths.here()
    fetcher = Fetcher.start(paths.models)
    program = Program(paths, fetcher)
    program.library = FakeLibrary(paths.models)
    program.secrets = SecretStore(lambda: None)
    window = MainWindow(program, FakeQuestions())
    with qtbot.waitExposed(window), qtbot.waitSignal(window.models.panel.refreshed):
        window.show()
    window.page.show_page()
    yield window
    window.close()
    window.deleteLater()
    program.close()
    fetcher.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def office(window: MainWindow, server: Server, qtbot: QtBot) -> MainWindow:
    """A window that writes with the server, which it knows as Office."""
    window.program.secrets.keep(server.address, _KEY)
    window.program.servers.save(SavedServer(name="Office", address=server.address, model="big"))
    load(window, qtbot, "server:Office")
    return window


def load(window: MainWindow, qtbot: QtBot, key: str) -> None:
    with qtbot.waitSignal(window.models.ready, timeout=_WAIT_MS):
        window.models.load(key)


def do(window: MainWindow, action: str) -> None:
    assert window.actions_table[action].isEnabled()
    window.actions_table[action].trigger()


def dialog_of(window: MainWindow) -> ServerDialog:
    (dialog,) = [one for one in window.findChildren(ServerDialog) if one.isVisible()]
    return dialog


def wait_for(qtbot: QtBot, what: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(what()), timeout=_WAIT_MS)


def banners(window: MainWindow) -> list[str]:
    return [banner.text for banner in window.page.banners.banners()]


def text(window: MainWindow) -> str:
    return window.editor.manuscript.text()


# Adding


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)  # the popup's
def test_a_server_is_asked_what_it_is_and_kept(
    window: MainWindow, server: Server, qtbot: QtBot
) -> None:
    do(window, "add_server")
    dialog = dialog_of(window)
    assert dialog.key.echoMode() is QLineEdit.EchoMode.Password
    wait_for(qtbot, dialog.notes["key"].text)
    assert "no keyring" in dialog.notes["key"].text()
    dialog.address.setText(server.address + "/v1")
    assert dialog.notes["address"].text() == "It is on this machine: no text leaves it."
    dialog.key.setText("wrong")
    dialog.test.click()
    wait_for(qtbot, lambda: "does not accept the key" in dialog.notes["key"].text())
    dialog.key.setText(_KEY)
    dialog.test.click()
    wait_for(qtbot, dialog.notes["model"].text)
    assert "several models" in dialog.notes["model"].text()  # at its own field
    assert "no keyring" in dialog.notes["key"].text()
    dialog.look.click()
    wait_for(qtbot, lambda: dialog.model.count() == 2)
    dialog.model.setCurrentText("small")
    dialog.test.click()
    wait_for(qtbot, lambda: "It answers, with the model small" in dialog.outcome.text())
    assert "It cannot be told of:" in dialog.outcome.text()
    dialog.keep.click()
    assert dialog.notes["name"].text()  # it has none yet
    dialog.name.setText("Office")
    with qtbot.waitSignal(window.models.ready, timeout=_WAIT_MS):
        dialog.keep.click()  # no model is loaded: it is used at once
    kept = window.program.servers.get("office")
    assert (kept.address, kept.model) == (server.address, "small")
    assert window.program.secrets.get(server.address) == _KEY
    assert window.program.settings.server == "Office"
    assert _KEY not in Paths.here().servers_file.read_text()
    assert window.status.server.text().startswith("Server on this machine: 127.0.0.1:")
    assert not server.texts()


def test_a_name_that_is_taken_is_told_at_its_field(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    do(office, "add_server")
    dialog = dialog_of(office)
    dialog.name.setText("OFFICE")
    dialog.address.setText("https://elsewhere.example")
    assert "leaves this machine: it goes to elsewhere.example" in dialog.notes["address"].text()
    dialog.keep.click()
    wait_for(qtbot, dialog.notes["name"].text)
    assert "a server named Office already" in dialog.notes["name"].text()
    assert office.program.servers.get("Office").address == server.address
    dialog.reject()


# Writing


def test_a_text_is_written_and_nothing_but_it_was_sent(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    office.editor.insert_plain("At sea")
    do(office, "continue")
    wait_for(qtbot, lambda: text(office) == "At sea it rained all day.")
    assert server.texts() == ["At sea"]
    others = [body for _path, body in server.asked if "stream_options" not in body]
    assert others  # when it was asked what it can
    assert "sea" not in json.dumps(others)


def test_it_can_be_stopped_and_what_was_written_stays(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    server.go_on.clear()
    office.editor.insert_plain("At sea")
    do(office, "continue")
    wait_for(qtbot, lambda: text(office) == "At sea it rained")
    do(office, "stop")
    wait_for(qtbot, lambda: not office.program.worker.busy)
    assert text(office) == "At sea it rained"
    assert office.program.worker.model is not None
    server.go_on.set()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(500, "(500)"), (404, "(404)"), (0, "broke off in the middle")],
)
def test_what_goes_wrong_is_a_sentence_and_retry_works(
    office: MainWindow, server: Server, qtbot: QtBot, status: int, sentence: str
) -> None:
    office.editor.insert_plain("At sea")
    do(office, "continue")
    wait_for(qtbot, lambda: office.actions_table["accept"].isEnabled())
    server.status, server.breaks = status or 200, not status
    do(office, "retry")
    wait_for(qtbot, lambda: any(sentence in one for one in banners(office)))
    written = "At sea it rained" if not status else "At sea it rained all day."
    assert text(office) == written
    server.status, server.breaks = 200, False
    count = office.session.take_count
    do(office, "retry")
    wait_for(qtbot, lambda: office.session.take_count == count + 1)
    wait_for(qtbot, lambda: text(office) == "At sea it rained all day.")
    assert not any(sentence in one for one in banners(office))


def test_a_child_that_is_killed_is_told_of_and_started_again(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    server.go_on.clear()
    office.editor.insert_plain("At sea")
    do(office, "continue")
    wait_for(qtbot, lambda: text(office) == "At sea it rained")
    child_of(server).kill()
    wait_for(qtbot, lambda: any("speaks to the server" in one for one in banners(office)))
    assert text(office) == "At sea it rained"
    server.go_on.set()
    wait_for(qtbot, lambda: office.program.worker.model is not None)
    do(office, "retry")
    wait_for(qtbot, lambda: text(office) == "At sea it rained all day.")


def test_a_text_does_not_follow_a_server_that_has_moved(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    """The child has to be started again, and meanwhile the name stands for another address."""
    elsewhere = server.address.replace("127.0.0.1", "localhost")
    office.program.secrets.keep(elsewhere, _KEY)
    office.program.servers.save(SavedServer(name="Office", address=elsewhere, model="big"))
    server.go_on.clear()
    office.editor.insert_plain("At sea")
    do(office, "continue")
    wait_for(qtbot, lambda: text(office) == "At sea it rained")
    child_of(server).kill()
    wait_for(qtbot, lambda: any("speaks to the server" in one for one in banners(office)))
    server.go_on.set()
    wait_for(qtbot, lambda: not office.program.worker.busy)
    assert office.program.worker.model is None
    assert server.texts() == ["At sea"]
    do(office, "retry")  # as the writer asks again, the server is chosen anew, and told of
    wait_for(qtbot, lambda: text(office) == "At sea it rained all day.")
    assert office.status.server.text().startswith("Server on this machine: localhost:")


def running(server: Server) -> list[psutil.Process]:
    """The processes that speak to the server: its address stands on their command lines."""
    return [one for one in psutil.Process().children(recursive=True)
            if server.address in one.cmdline()]  # fmt: skip


def child_of(server: Server) -> psutil.Process:
    """The process that speaks to the server; no key stands on its command line."""
    (child,) = running(server)
    assert _KEY not in " ".join(child.cmdline())
    return child


# The key


def test_another_key_is_asked_for_and_then_it_goes_on(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    server.key = "another"
    office.editor.insert_plain("At sea")
    do(office, "continue")
    wait_for(qtbot, lambda: office.findChildren(ServerDialog))
    dialog = dialog_of(office)
    assert "does not accept the key (401)" in dialog.notes["key"].text()
    assert dialog.key.text() == ""
    dialog.key.setText("another")
    with qtbot.waitSignal(office.models.ready, timeout=_WAIT_MS):
        dialog.keep.click()
    do(office, "continue")
    wait_for(qtbot, lambda: text(office) == "At sea it rained all day.")


def test_a_key_is_forgotten_on_request(office: MainWindow, server: Server, qtbot: QtBot) -> None:
    do(office, "edit_server")
    dialog = dialog_of(office)
    wait_for(qtbot, dialog.forget.isVisible)
    dialog.forget.click()
    wait_for(qtbot, lambda: not office.program.secrets.get(server.address))
    dialog.reject()


@pytest.fixture
def locked(office: MainWindow, server: Server) -> FakeKeyring:
    """The keyring of the window, which has the key and is locked by now."""
    keyring = FakeKeyring()
    office.program.secrets = SecretStore(lambda: keyring)
    office.program.secrets.keep(server.address, _KEY)
    keyring.is_locked = True
    return keyring


def test_a_key_that_the_keyring_keeps_is_not_said_to_be_forgotten(
    office: MainWindow, server: Server, locked: FakeKeyring, qtbot: QtBot
) -> None:
    do(office, "edit_server")
    dialog = dialog_of(office)
    wait_for(qtbot, dialog.forget.isVisible)
    dialog.forget.click()
    wait_for(qtbot, lambda: dialog.notes["key"].property("kind") == "wrong")
    assert "did not let go of the key" in dialog.notes["key"].text()
    assert "Forget Key again" in dialog.notes["key"].text()
    assert "any more" not in office.status.currentMessage()
    assert locked.kept
    locked.is_locked = False
    dialog.forget.click()  # which is there again
    wait_for(qtbot, lambda: "any more" in office.status.currentMessage())
    assert not locked.kept
    dialog.reject()


def test_a_key_that_stays_when_its_server_goes_is_told_of(
    office: MainWindow, server: Server, locked: FakeKeyring, qtbot: QtBot
) -> None:
    do(office, "edit_server")
    dialog = dialog_of(office)
    dialog.address.setText("http://127.0.0.1:9")
    dialog.keep.click()
    kept = f"did not let go of the key for {server.address}"
    wait_for(qtbot, lambda: any(kept in one for one in banners(office)))
    wait_for(qtbot, lambda: not office.models.loader.is_loading)
    office.servers.remove("Office")
    kept = "did not let go of the key for http://127.0.0.1:9"
    wait_for(qtbot, lambda: any(kept in one for one in banners(office)))
    assert not office.program.servers.all()


# Changing, removing, leaving


def test_a_server_gets_another_name_and_is_used_under_it(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    do(office, "edit_server")
    dialog = dialog_of(office)
    dialog.name.setText("Attic")
    dialog.model.setCurrentText("small")
    with qtbot.waitSignal(office.models.ready, timeout=_WAIT_MS) as ready:
        dialog.keep.click()
    assert ready.args is not None
    assert (ready.args[0].path, ready.args[0].name) == ("server:Attic", "small")
    assert [one.name for one in office.program.servers.all()] == ["Attic"]
    assert office.program.secrets.get(server.address) == _KEY  # it is the same address


def test_a_removed_server_is_left_and_its_key_forgotten(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    panel = office.models.panel
    with qtbot.waitSignal(panel.refreshed):
        panel.refresh("server:Office")
    child = child_of(server)
    with qtbot.waitSignal(office.models.gone, timeout=_WAIT_MS):
        panel.remove_action.trigger()
    assert isinstance(office.questions, FakeQuestions)
    (asked,) = office.questions.asked
    assert asked.startswith("remove Office: It is taken off the list")
    wait_for(qtbot, lambda: not office.program.servers.all())
    wait_for(qtbot, lambda: not panel.servers)
    assert not office.program.secrets.get(server.address)
    assert not office.status.server.isVisible()
    child.wait(20)


def test_names_to_mask_hold_from_the_moment_they_are_kept(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    office.program.servers.save(
        SavedServer(name="Office", address=server.address, model="big", masks=True)
    )
    load(office, qtbot, "server:Office")
    office.program.settings_store.change(masked_names=("Kirsten",))
    with qtbot.waitSignal(office.models.ready, timeout=_WAIT_MS):
        office.view.settings_applied.emit()
    office.editor.insert_plain("For Kirsten, write to k@example.org")
    do(office, "continue")
    wait_for(qtbot, lambda: text(office).endswith("all day."))
    assert server.texts() == ["For [NAME_1], write to [EMAIL_1]"]


@pytest.mark.parametrize("is_ready", [True, False])
def test_switching_the_network_off_ends_the_server(
    office: MainWindow, server: Server, qtbot: QtBot, *, is_ready: bool
) -> None:
    if not is_ready:  # while it is connected to
        with qtbot.waitSignal(office.models.gone, timeout=_WAIT_MS):
            office.models.loader.unload()
        wait_for(qtbot, lambda: not running(server))
        server.answers.clear()
        office.models.load("server:Office")
        wait_for(qtbot, lambda: running(server))
    child = child_of(server)
    office.editor.insert_plain("At sea")
    office.program.settings_store.change(network=False)
    office.view.settings_applied.emit()
    server.answers.set()
    wait_for(qtbot, lambda: any("forbid the network" in one for one in banners(office)))
    wait_for(qtbot, lambda: not office.program.worker.busy)
    child.wait(20)
    assert office.program.worker.model is None
    assert not running(server)
    assert not office.status.server.isVisible()
    do(office, "continue")
    wait_for(qtbot, lambda: not office.session.running)
    assert server.texts() == []


def test_what_is_shown_before_a_sending_is_what_the_server_gets(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    office.program.servers.save(
        SavedServer(name="Office", address=server.address, model="big", masks=True)
    )
    load(office, qtbot, "server:Office")
    shown: list[Previewed] = []
    office.bridge.subscribe(shown.append, Previewed)
    fields = {"prompt": "To k@example.org:", "sampling": Sampling(seed=7, max_tokens=5)}
    office.program.worker.preview(**fields)
    wait_for(qtbot, lambda: shown)
    assert server.texts() == []
    assert shown[0].url == f"{server.address}/v1/completions"
    assert shown[0].texts == (("", "To [EMAIL_1]:"),)
    assert shown[0].replaced == (("[EMAIL_1]", "k@example.org"),)
    office.program.worker.generate(**fields)
    wait_for(qtbot, server.texts)
    assert json.loads(shown[0].fields) == server.asked[-1][1]
    wait_for(qtbot, lambda: not office.program.worker.busy)


def test_a_model_of_this_machine_ends_the_servers_child(
    office: MainWindow, server: Server, qtbot: QtBot, tmp_path: Path
) -> None:
    child = child_of(server)
    path = tmp_path / "fake.json"
    path.write_bytes(msgspec.json.encode(Script()))
    with qtbot.waitSignal(office.models.ready, timeout=_WAIT_MS):
        office.program.worker.load(Load(job=0, path=str(path), engine="fake"))
    child.wait(20)
    assert not office.status.server.isVisible()
    assert office.program.settings.server == ""
    office.editor.insert_plain("At sea")
    do(office, "continue")
    wait_for(qtbot, lambda: office.session.take_count and not office.session.running)
    assert server.texts() == []


# Other programs


def test_nothing_of_other_programs_is_passed_on(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    with listen(0) as found:
        port = int(found.getsockname()[1])
    office.program.settings_store.change(service=True, service_port=port)
    office.service.follow()
    wait_for(qtbot, lambda: office.service.address)
    service = office.service._service
    assert service is not None
    service.wait()
    said = completion(port)
    assert "passes no requests of others on" in said["error"]["message"]
    assert office.program.worker.model is not None
    here = msgspec.structs.replace(office.program.worker.model, server=None)
    service.tell(ModelState(name="big", model=here, names=("big",)))  # as it was just before
    said = completion(port)
    assert "passes no requests of others on" in said["error"]["message"]
    do(office, "service")
    dialog = office.findChild(ServiceDialog)
    assert dialog is not None
    assert "passes no requests of others on" in dialog.refusal.text()
    with qtbot.waitSignal(office.models.gone, timeout=_WAIT_MS):
        office.models.loader.unload()
    assert dialog.refusal.text() == ""
    assert server.texts() == []


def completion(port: int) -> Any:
    """What the service answers a program that asks for a text, which it refuses for now."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    token = kept_token(Paths.here().api_token_file)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/completions", '{"prompt": "Once"}', headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    assert answer.status == 503
    return said


def test_what_may_never_be_asked_is_not_sent_ahead(
    office: MainWindow, server: Server, qtbot: QtBot
) -> None:
    office.editor.insert_plain("At sea")
    asked = len(server.asked)
    worker = office.program.worker
    assert worker.read_ahead(prompt="At sea") == 0
    assert worker.examine() == 0
    office.generation.reading._on_pause()  # as after some seconds without a key
    do(office, "continue")
    wait_for(qtbot, lambda: text(office) == "At sea it rained all day.")
    assert server.texts() == ["At sea"]
    assert len(server.asked) == asked + 1
