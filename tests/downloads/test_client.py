"""A download through the real processes: what arrives, what fails, and what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.core.errors import CancelledError, DownloadError
from app.core.models.starter import STARTER
from app.downloads.client import Fetcher
from app.downloads.messages import DownloadProgress, FetchEvent
from app.downloads.request import starter_wanted

HERE = Path(__file__).parent


def get_starter(
    fetcher: Fetcher, on_progress: Callable[[DownloadProgress], None] = lambda _progress: None
) -> Path:
    def on_event(event: FetchEvent) -> None:
        if isinstance(event, DownloadProgress):
            on_progress(event)

    return fetcher.fetch(starter_wanted(), on_event)


def everything_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.exists() else []


def test_a_download_ends_with_the_verified_model(
    new_fetcher: Callable[..., Fetcher], models: Path, starter_model: Path
) -> None:
    seen: list[DownloadProgress] = []
    path = get_starter(new_fetcher("good", starter_model), seen.append)
    assert path == models / STARTER.file_name
    assert path.stat().st_size == STARTER.size_bytes
    assert everything_below(models) == [path]
    assert seen[0] == DownloadProgress(phase="downloading", done=0, total=STARTER.download_bytes)
    assert {progress.phase for progress in seen} == {"downloading", "unpacking", "verifying"}
    assert all(0 <= progress.done <= progress.total for progress in seen)


def test_a_wrong_file_is_refused_and_nothing_is_left(
    new_fetcher: Callable[..., Fetcher], models: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"GGUF but not this one")
    with pytest.raises(DownloadError):
        get_starter(new_fetcher("good", wrong))
    assert everything_below(models) == []


def test_a_file_of_the_right_size_and_wrong_content_is_refused(
    new_fetcher: Callable[..., Fetcher], models: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.gguf"
    with wrong.open("wb") as file:
        file.truncate(STARTER.size_bytes)
    with pytest.raises(DownloadError):
        get_starter(new_fetcher("good", wrong))
    assert everything_below(models) == []


def test_what_pip_says_is_passed_on_and_a_second_try_is_possible(
    new_fetcher: Callable[..., Fetcher], models: Path
) -> None:
    fetcher = new_fetcher("fail")
    for _ in range(4):
        with pytest.raises(DownloadError, match="No matching distribution") as caught:
            get_starter(fetcher)
        assert caught.value.hint
    assert everything_below(models) == []


def test_cancel_ends_pip_and_removes_what_there_was(
    new_fetcher: Callable[..., Fetcher], models: Path, tmp_path: Path
) -> None:
    fetcher = new_fetcher("hang", tmp_path / "pid")

    def cancel_when_it_grows(progress: DownloadProgress) -> None:
        if progress.done:
            fetcher.cancel()

    with pytest.raises(CancelledError):
        get_starter(fetcher, cancel_when_it_grows)
    assert everything_below(models) == []
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


def test_a_cancel_without_a_download_changes_nothing(new_fetcher: Callable[..., Fetcher]) -> None:
    fetcher = new_fetcher("fail")
    fetcher.cancel()
    with pytest.raises(DownloadError, match="No matching distribution"):
        get_starter(fetcher)


def test_close_ends_a_download_that_runs_on_another_thread(
    new_fetcher: Callable[..., Fetcher], models: Path, tmp_path: Path
) -> None:
    fetcher = new_fetcher("hang", tmp_path / "pid")
    growing = threading.Event()
    caught: list[Exception] = []

    def fetch() -> None:
        try:
            get_starter(fetcher, lambda progress: growing.set() if progress.done else None)
        except DownloadError as error:
            caught.append(error)
        except CancelledError as error:
            caught.append(error)

    thread = threading.Thread(target=fetch)
    thread.start()
    assert growing.wait(20)
    fetcher.close()
    thread.join()
    fetcher.close()
    assert len(caught) == 1
    assert everything_below(models) == []
    with pytest.raises(DownloadError):
        get_starter(fetcher)


KILLED_PARENT = """
import sys
from pathlib import Path
from app.downloads.client import Fetcher

from app.downloads.messages import DownloadProgress
from app.downloads.request import starter_wanted

def tell(event):
    if isinstance(event, DownloadProgress):
        print(event.done, flush=True)

fetcher = Fetcher.start(Path(sys.argv[1]), sys.argv[2:])
fetcher.fetch(starter_wanted(), tell)
"""


@pytest.mark.parametrize("victim", ["program", "broker", "downloader"])
def test_a_kill_leaves_no_process(
    victim: str, models: Path, tmp_path: Path, fake_pip: Callable[[str, Path], list[str]]
) -> None:
    parts = [sys.executable, str(HERE / "fake_parts.py"), "broker"]
    broker = [*parts, *fake_pip("hang", tmp_path / "pid"), "--"]
    program = subprocess.Popen(
        [sys.executable, "-c", KILLED_PARENT, str(models), *broker],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )
    assert program.stdout is not None
    while int(program.stdout.readline()) == 0:
        pass
    family = psutil.Process(program.pid).children(recursive=True)
    assert len(family) == 3
    named = dict(zip(("broker", "downloader"), family, strict=False))
    os.kill(program.pid if victim == "program" else named[victim].pid, signal.SIGKILL)
    program.communicate()
    _gone, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
