"""Memory that is no longer needed goes: after a failed or stopped load, and back to the system."""

from __future__ import annotations

import mmap
import platform
import sys
import threading
import weakref
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from app.core.errors import CancelledError, ModelLoadError
from app.engine.messages import Load, ModelInfo, Unload
from app.host import main
from app.host.channel import Inbox
from app.host.interface import Job
from app.host.load_thread import Loader
from app.host.main import Host
from app.host.process_memory import give_back, let_go_of
from tests.host.asking import serve
from tests.host.driving import load_torch

COMMAND = Load(job=1, path="model", engine="fake")


class Weights:
    """What a load holds."""

    info = ModelInfo(name="model", path="model", engine="fake")

    def __init__(self, block: object = None) -> None:
        self.closed = False
        self.block = block

    def close(self) -> None:
        self.closed = True


class Module:
    """An engine's module whose load waits, and then fails or brings its weights."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.goes_on = threading.Event()
        self.weights: weakref.ref[Weights]

    def describe(self) -> Any:
        raise AssertionError("only loads are asked for")

    def load(self, command: Load, job: Job) -> Any:
        weights = Weights()
        self.weights = weakref.ref(weights)
        self.goes_on.wait(60)
        if self.fails:
            raise ModelLoadError("It could not be loaded.")
        return weights


def job() -> Job:
    return Job(1, lambda _event: None)


def test_a_failed_load_holds_nothing() -> None:
    module = Module(fails=True)
    module.goes_on.set()
    loader: Any = Loader(module, COMMAND, job())
    with pytest.raises(ModelLoadError):
        loader.wait()
    assert module.weights() is None


@pytest.mark.parametrize("fails", [False, True])
def test_a_stopped_load_holds_nothing_once_it_ends(fails: bool) -> None:
    module, stopped = Module(fails=fails), job()
    loader: Any = Loader(module, COMMAND, stopped)
    stopped.cancel()
    with pytest.raises(CancelledError):
        loader.wait()
    module.goes_on.set()
    loader._thread.join()
    assert module.weights() is None
    loader.discard()


def test_a_load_that_is_not_stopped_brings_its_engine() -> None:
    module = Module()
    module.goes_on.set()
    engine = Loader(module, COMMAND, job()).wait()
    assert isinstance(engine, Weights)
    assert engine is module.weights()
    assert not engine.closed


class Wasteful:
    """An engine's module that needs much more while it loads than its engine keeps."""

    def describe(self) -> Any:
        raise AssertionError("only loads are asked for")

    def load(self, command: Load, job: Job) -> Any:
        blocks = [np.ones(100_000, np.uint8) for _ in range(400)]
        self.full = psutil.Process().memory_info().rss
        return Weights(blocks[-1])  # which lies at the heap's end


def test_what_only_a_load_needed_goes_back_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    module = Wasteful()
    monkeypatch.setattr(main, "_engine_module", lambda _name: module)
    inbox = Inbox(BytesIO())
    host = Host(lambda _event: None, inbox)
    serve(host, inbox, COMMAND)
    if platform.libc_ver()[0] == "glibc":
        assert module.full - psutil.Process().memory_info().rss > 20_000_000
    serve(host, inbox, Unload(job=2))


def test_freed_memory_goes_back_to_the_system() -> None:
    me = psutil.Process()
    blocks = [np.ones(100_000, np.uint8) for _ in range(400)]  # too small to be mapped alone
    last = blocks[-1]  # keeps the heap's end in use
    full = me.memory_info().rss
    blocks.clear()
    give_back()
    if platform.libc_ver()[0] == "glibc":
        assert full - me.memory_info().rss > 20_000_000
    assert last.all()


@pytest.mark.parametrize("name", ["model.gguf", "小说 模型 \N{LOWER LEFT FOUNTAIN PEN}\x85.gguf"])
def test_the_pages_of_a_mapped_file_go_and_come_back(name: str, tmp_path: Path) -> None:
    file, me = tmp_path / name, psutil.Process()
    content = np.random.default_rng(1).bytes(40_000_000)
    file.write_bytes(content)
    (tmp_path / "link").symlink_to(file)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert mapped[:] == content
        full = me.memory_info().rss
        let_go_of([tmp_path / "another"])
        let_go_of([tmp_path / "link"])
        if sys.platform == "linux":
            assert full - me.memory_info().rss > 30_000_000
        assert mapped[:] == content


def test_the_torch_engine_does_not_hold_the_models_file(torch_folder: Path) -> None:
    """Its pages would count as memory a second time."""
    engine = load_torch(torch_folder)
    if sys.platform == "linux":
        assert str(torch_folder) not in Path("/proc/self/maps").read_text()
    engine.close()
