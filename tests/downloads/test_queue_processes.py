"""The queue on the real broker and the real downloader: pause, quit, restart, resume."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.downloads.client import Fetcher
from app.downloads.queue import Downloads
from tests.downloads.hub_server import Answer, HubServer, serving, wanted_gguf
from tests.downloads.test_queue import Watch

HERE = Path(__file__).parent
NAME = "model.gguf"
CONTENT = random.Random(5).randbytes(2_000_003)
WANTED = wanted_gguf(NAME, CONTENT, gated=True)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with serving({NAME: CONTENT}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def start(models: Path, hub: HubServer) -> Iterator[Callable[[], Downloads]]:
    """A program's fetcher and queue, as after each start."""
    parts: list[tuple[Downloads, Fetcher]] = []

    def make() -> Downloads:
        command = [sys.executable, str(HERE / "fake_parts.py"), "broker", "no-pip", "--"]
        fetcher = Fetcher.start(models, command)
        downloads = Downloads(
            fetcher,
            models,
            models.parent / "downloads.json",
            allowed=lambda: True,
            token=lambda _host, _needed: "a-token",
        )
        parts.append((downloads, fetcher))
        return downloads

    def close() -> None:
        while parts:
            downloads, fetcher = parts.pop()
            downloads.close()
            fetcher.close()

    make.close = close  # type: ignore[attr-defined]  # a function with a second one
    yield make
    hub.release()
    close()


def test_pause_quit_start_again_resume(start, hub, models) -> None:
    hub.answers = [Answer(cut=800_000), Answer(cut=0, stall=True)]
    downloads = start()
    watch = Watch(downloads)
    downloads.add(WANTED)
    assert hub.stalled.wait(20)
    downloads.pause("a-model")
    watch.until("a-model", "paused")
    start.close()
    part = models / "owner--model" / f"{NAME}.part"
    kept = part.stat().st_size
    assert kept == 800_000

    downloads = start()
    assert [(each.state, each.done) for each in downloads.all()] == [("paused", kept)]
    watch = Watch(downloads)
    downloads.resume("a-model")
    done = watch.until("a-model", "done")
    assert Path(done.path).read_bytes() == CONTENT
    assert hub.log[-1].start == kept
    assert {asked.authorization for asked in hub.log} == {"Bearer a-token"}
    steps = [each.done for found in watch.seen for each in found]
    assert steps == sorted(steps)
    assert steps[0] == kept
    assert [path for path in models.rglob("*") if path.is_file()] == [Path(done.path)]
    assert "a-token" not in (models.parent / "downloads.json").read_text()


def test_quitting_is_a_pause(start, hub, models) -> None:
    hub.answers = [Answer(cut=800_000), Answer(cut=0, stall=True)]
    downloads = start()
    downloads.add(WANTED)
    assert hub.stalled.wait(20)
    start.close()
    assert [each.state for each in start().all()] == ["paused"]
    assert (models / "owner--model" / f"{NAME}.part").exists()


def test_a_cancel_leaves_nothing(start, hub, models) -> None:
    hub.answers = [Answer(cut=800_000), Answer(cut=0, stall=True)]
    downloads = start()
    watch = Watch(downloads)
    downloads.add(WANTED)
    assert hub.stalled.wait(20)
    downloads.cancel("a-model")
    watch.until_gone("a-model")
    assert list(models.rglob("*")) == []


def test_a_line_that_breaks_is_gone_on_with_and_a_refusal_is_told(start, hub) -> None:
    hub.answers = [Answer(cut=100_000), Answer(status=503), Answer(status=403)]
    downloads = start()
    watch = Watch(downloads)
    downloads.add(WANTED)
    failed = watch.until("a-model", "failed")
    assert "this token" in failed.problem
    assert failed.needs_token
    assert failed.done == 100_000
    downloads.resume("a-model")
    watch.until("a-model", "done")


def test_the_token_is_on_no_command_line_and_in_no_environment(start, hub) -> None:
    import psutil

    hub.answers = [Answer(cut=800_000), Answer(cut=0, stall=True)]
    downloads = start()
    downloads.add(WANTED)
    assert hub.stalled.wait(20)
    children = psutil.Process().children(recursive=True)
    assert len(children) >= 2
    for child in children:
        assert not any("a-token" in word for word in child.cmdline())
        assert "a-token" not in child.environ().values()
    downloads.pause("a-model")
