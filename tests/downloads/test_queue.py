"""The queue: its states, what survives a restart, and what it never does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import CancelledError, DownloadError, GatedError
from app.core.models.starter import STARTER
from app.downloads.messages import DownloadProgress, FetchEvent, Listed, Started, Waiting
from app.downloads.part_paths import note_path, part_path
from app.downloads.progress import Speed
from app.downloads.queue import Download, Downloads
from app.downloads.request import ModelRequest, WantedFile, starter_wanted, working_folder
from tests.downloads.hub_server import SHA, wanted_gguf

CONTENT = bytes(1000)
ONE = wanted_gguf("one.gguf", CONTENT, id="one", title="One")
TWO = wanted_gguf("two.gguf", CONTENT, id="two", title="Two")


class StubFetcher:
    """A fetcher that goes on when the test lets it, and stops when it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.wanted: list[ModelRequest] = []
        self.events: list[FetchEvent] = []
        self.outcome: Path | Exception | None = None
        self.stops = 0
        self._go = threading.Event()
        self._told = threading.Semaphore(0)

    def fetch(
        self, wanted: ModelRequest, on_event: Callable[[FetchEvent], None], token: str = ""
    ) -> Path:
        self.asked.append((wanted.id, token))
        self.wanted.append(wanted)
        self._go.clear()
        for event in (Started(), *self.events):
            on_event(event)
        self._told.release()
        if self.outcome is None:
            assert self._go.wait(10)
            raise CancelledError("The download was stopped.")
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def wait(self) -> None:
        """Wait until one fetch has told what it has to tell."""
        assert self._told.acquire(timeout=10)

    def cancel(self) -> None:
        self.stops += 1
        self._go.set()


class Watch:
    """Waits for what the queue tells."""

    def __init__(self, downloads: Downloads) -> None:
        self.seen: list[tuple[Download, ...]] = []
        self._changed = threading.Condition()
        downloads.listen(self._on_change)

    def _on_change(self, found: tuple[Download, ...]) -> None:
        with self._changed:
            self.seen.append(found)
            self._changed.notify_all()

    def until(self, wanted_id: str, state: str) -> Download:
        with self._changed:
            assert self._changed.wait_for(lambda: self._now(wanted_id) == state, 20), self.seen[-1:]
            return next(each for each in self.seen[-1] if each.id == wanted_id)

    def until_gone(self, wanted_id: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._now(wanted_id) == "", 20)

    def _now(self, wanted_id: str) -> str:
        found = self.seen[-1] if self.seen else ()
        return next((each.state for each in found if each.id == wanted_id), "")


@pytest.fixture
def fetcher() -> StubFetcher:
    return StubFetcher()


@pytest.fixture
def new_queue(models: Path, fetcher: StubFetcher) -> Iterator[Callable[..., Downloads]]:
    made: list[Downloads] = []

    def make(**changes: object) -> Downloads:
        arguments: dict[str, Any] = {"allowed": lambda: True} | changes
        chosen = arguments.pop("fetcher", fetcher)
        file = models.parent / "downloads.json"
        made.append(Downloads(chosen, models, file, **arguments))
        return made[-1]

    yield make
    for downloads in made:
        downloads.close()


def begin_part(models: Path, wanted: ModelRequest, size: int) -> Path:
    target = models / wanted.folder / wanted.files[0].path
    target.parent.mkdir(parents=True, exist_ok=True)
    part_path(target).write_bytes(bytes(size))
    note_path(target).write_text("{}")
    return part_path(target)


def test_one_after_the_other(new_queue, fetcher, models) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    fetcher.outcome = models / "there"
    downloads.add(ONE)
    downloads.add(TWO)
    assert watch.until("two", "done").path == str(models / "there")
    assert watch.until("one", "done").done == 1000
    assert fetcher.asked == [("one", ""), ("two", "")]
    running = [[each.id for each in found if each.state == "running"] for found in watch.seen]
    assert max(map(len, running)) == 1


def test_a_pause_ends_the_fetch_and_a_resume_begins_another(new_queue, fetcher) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    downloads.add(ONE)
    downloads.add(TWO)
    watch.until("one", "running")
    downloads.pause("one")
    watch.until("two", "running")
    assert watch.until("one", "paused").problem == ""
    downloads.resume("one")
    downloads.resume("one")
    watch.until("one", "waiting")
    downloads.pause("two")
    watch.until("one", "running")
    for _ in range(3):
        fetcher.wait()
    assert [name for name, _token in fetcher.asked] == ["one", "two", "one"]


def test_a_pause_before_there_is_a_downloader_is_heard_by_its_first_event(
    new_queue, fetcher
) -> None:
    downloads = new_queue()
    reached, paused = threading.Event(), threading.Event()

    def fetch(wanted, on_event, token):
        reached.set()
        assert paused.wait(10)
        before = fetcher.stops
        on_event(Started())
        assert fetcher.stops == before + 1
        raise CancelledError("The download was stopped.")

    fetcher.fetch = fetch
    downloads.add(ONE)
    assert reached.wait(10)
    downloads.pause("one")
    paused.set()
    downloads.close()
    assert [each.state for each in downloads.all()] == ["paused"]


def test_a_failure_keeps_its_sentence_and_can_be_tried_again(new_queue, fetcher, models) -> None:
    downloads = new_queue(token=lambda host, needed: f"{host} {needed}")
    watch = Watch(downloads)
    fetcher.outcome = DownloadError("It broke.", "Mend it.")
    downloads.add(ONE)
    assert watch.until("one", "failed").problem == "It broke. Mend it."
    fetcher.outcome = models / "there"
    downloads.resume("one")
    assert watch.until("one", "done").problem == ""
    assert [token for _name, token in fetcher.asked] == [
        "huggingface.co False",
        "huggingface.co True",
    ]


def test_what_was_begun_survives_a_restart_and_waits_to_be_told(new_queue, fetcher, models) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    listed = wanted_gguf("one.gguf", CONTENT, id="one", title="One", revision=SHA)
    fetcher.events = [
        Listed(wanted=listed),
        DownloadProgress(phase="downloading", done=400, total=1000),
    ]
    downloads.add(wanted_gguf("one.gguf", b"", id="one", revision="", files=_unknown()))
    watch.until("one", "running")
    fetcher.wait()
    begin_part(models, ONE, 400)
    downloads.close()
    again = new_queue()
    (download,) = again.all()
    assert (download.state, download.done, download.total) == ("paused", 400, 1000)
    assert again.need(wanted_gguf("one.gguf", b"", id="one", revision="")).bytes == 600
    watch = Watch(again)
    again.add(wanted_gguf("one.gguf", b"", id="one", revision="", files=_unknown()))
    watch.until("one", "running")
    fetcher.wait()
    assert fetcher.wanted[-1] == listed


def _unknown() -> tuple[WantedFile, ...]:
    return (WantedFile(path="one.gguf"),)


def test_a_cancel_removes_what_there_is(new_queue, fetcher, models) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    part = begin_part(models, ONE, 10)
    downloads.add(ONE)
    watch.until("one", "running")
    downloads.cancel("one")
    watch.until_gone("one")
    assert not part.exists()
    assert list(models.rglob("*")) == []
    begin_part(models, TWO, 10)
    fetcher.outcome = DownloadError("It broke.")
    downloads.add(TWO)
    watch.until("two", "failed")
    downloads.cancel("two")
    watch.until_gone("two")
    assert (downloads.all(), list(models.rglob("*"))) == ((), [])
    downloads.close()
    assert new_queue().all() == ()


def test_what_is_done_is_remembered_and_not_listed_again(new_queue, fetcher, models) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    models.mkdir(parents=True)
    fetcher.outcome = models
    downloads.add(ONE)
    watch.until("one", "done")
    downloads.close()
    again = new_queue()
    assert again.all() == ()
    assert again.fetched("one") == ONE
    models.rmdir()
    assert new_queue().fetched("one") is None


def test_nothing_starts_where_the_network_is_off(new_queue, fetcher) -> None:
    downloads = new_queue(allowed=lambda: False)
    with pytest.raises(DownloadError, match="switched off"):
        downloads.add(ONE)
    with pytest.raises(DownloadError, match="switched off"):
        downloads.resume("one")
    assert (downloads.all(), fetcher.asked) == ((), [])
    without = new_queue(fetcher=None)
    with pytest.raises(DownloadError, match="start Lampblack again"):
        without.add(ONE)
    assert without.refusal()
    assert new_queue().refusal() == ""


def test_switching_the_network_off_pauses_what_runs(new_queue, fetcher) -> None:
    allowed = [True]
    downloads = new_queue(allowed=lambda: allowed[0])
    watch = Watch(downloads)

    def fetch(wanted, on_event, token):
        allowed[0] = False
        on_event(DownloadProgress(phase="downloading", done=1, total=2))
        raise CancelledError("The download was stopped.")

    fetcher.fetch = fetch
    downloads.add(ONE)
    watch.until("one", "paused")
    assert fetcher.stops


def test_listeners_are_told_about_five_times_a_second(new_queue, fetcher, models) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 0.001
        return now[0]

    downloads = new_queue(clock=clock)
    watch = Watch(downloads)
    fetcher.events = [
        DownloadProgress(phase="downloading", done=n, total=9000) for n in range(9000)
    ]
    fetcher.outcome = models
    downloads.add(ONE)
    watch.until("one", "done")
    assert len(watch.seen) <= now[0] * 5 + 5
    assert any(each.left_s for found in watch.seen for each in found)


def test_why_it_waits_is_told(new_queue, fetcher) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    fetcher.events = [Waiting(problem="The line broke", seconds=4)]
    downloads.add(ONE)
    fetcher.wait()
    downloads.close()
    notes = {each.note for found in watch.seen for each in found}
    assert "The line broke; it goes on in 4 s." in notes


def test_two_windows_do_not_undo_each_others_list(new_queue, fetcher) -> None:
    first, second = new_queue(), new_queue()
    fetcher.outcome = DownloadError("It broke.")
    for downloads, wanted in ((first, ONE), (second, TWO)):
        watch = Watch(downloads)
        downloads.add(wanted)
        watch.until(wanted.id, "failed")
        downloads.close()
    assert {each.id for each in new_queue().all()} == {"one", "two"}


@pytest.mark.parametrize("content", [b"", b"nonsense", b"[" * 9999, b'{"version":1}', b"\xff"])
def test_a_broken_list_is_renamed(content: bytes, new_queue, models: Path) -> None:
    file = models.parent / "downloads.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    assert new_queue().all() == ()
    assert (file.parent / "downloads.json.broken").read_bytes() == content


def test_a_list_of_a_newer_version_is_left_alone(new_queue, fetcher, models: Path) -> None:
    file = models.parent / "downloads.json"
    file.parent.mkdir(parents=True)
    content = b'{"version": 2, "downloads": {"other": "form"}}'
    file.write_bytes(content)
    downloads = new_queue()
    assert "downloads.json cannot be used: a newer version of Lampblack" in downloads.problem
    watch = Watch(downloads)
    fetcher.outcome = DownloadError("It broke.")
    downloads.add(ONE)
    watch.until(ONE.id, "failed")
    downloads.close()
    assert file.read_bytes() == content


def test_a_question_knows_host_size_and_room(new_queue, monkeypatch) -> None:
    downloads = new_queue()
    need = downloads.need(ONE)
    assert (need.host, need.bytes) == ("huggingface.co", 1000)
    assert need.free > 0
    assert downloads.need(starter_wanted()).bytes == STARTER.download_bytes
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example:8443/")
    assert downloads.need(ONE).host == "mirror.example:8443"
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example")
    with pytest.raises(DownloadError, match="HF_ENDPOINT"):
        downloads.need(ONE)


def test_speed_is_smooth_and_forgets_what_was_there() -> None:
    now = [0.0]
    speed = Speed(lambda: now[0])
    speed.update(1_000_000)
    assert speed.left_s(10) is None
    for second in range(1, 20):
        now[0] = second
        speed.update(1_000_000 + 100 * second)
    assert speed.value == pytest.approx(100)
    now[0] += 1
    speed.update(1_000_000 + 100 * 19 + 1100)
    assert 100 < speed.value < 400
    assert speed.left_s(1000) == pytest.approx(1000 / speed.value)


def test_one_that_wants_a_token_says_so_also_after_a_restart(new_queue, fetcher, models) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    fetcher.outcome = GatedError("It is gated.")
    downloads.add(ONE)
    assert watch.until("one", "failed").needs_token
    downloads.close()
    asked: list[bool] = []

    def token(host: str, needed: bool) -> str:
        asked.append(needed)
        return "a-token"

    again = new_queue(token=token)
    (download,) = again.all()
    assert download.needs_token
    watch = Watch(again)
    fetcher.outcome = models / "there"
    again.resume("one")
    assert not watch.until("one", "done").needs_token
    assert (asked, fetcher.asked[-1]) == ([True], ("one", "a-token"))


def test_of_a_gated_model_it_is_known_before(new_queue, fetcher) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    downloads.add(wanted_gguf("one.gguf", CONTENT, id="one", gated=True))
    assert not watch.until("one", "running").needs_token
    downloads.pause("one")
    assert watch.until("one", "paused").needs_token


def test_what_came_is_noted_before_it_is_told(new_queue, fetcher, models) -> None:
    noted: list[tuple[ModelRequest, Path]] = []
    heard: list[int] = []
    downloads = new_queue(on_arrival=lambda wanted, path: noted.append((wanted, path)))
    downloads.listen(lambda found: heard.extend(len(noted) for one in found if one.state == "done"))
    watch = Watch(downloads)
    fetcher.outcome = models / "there"
    downloads.add(ONE)
    watch.until("one", "done")
    assert noted == [(ONE, models / "there")]
    assert set(heard) == {1}
    assert downloads.asked_for("one") == ONE
    assert downloads.asked_for("two") is None


def test_a_cancelled_starter_leaves_nothing(new_queue, fetcher, models) -> None:
    downloads = new_queue()
    watch = Watch(downloads)
    folder = working_folder(starter_wanted(), models)
    folder.mkdir(parents=True)
    (folder / "starter.whl.part").write_bytes(bytes(500))
    (folder / "starter.whl.part.json").write_text("{}")
    downloads.add(starter_wanted())
    watch.until("starter", "running")
    downloads.pause("starter")
    assert watch.until("starter", "paused").done in (0, 500)
    downloads.close()
    again = new_queue()
    assert [each.done for each in again.all()] == [500]
    again.cancel("starter")
    again.close()  # which waits until it is gone
    assert again.all() == ()
    assert list(models.rglob("*")) == []
