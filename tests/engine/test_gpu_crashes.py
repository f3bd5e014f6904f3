"""A load onto a GPU that crashed is remembered, until one ends well or the build changes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from app.core.errors import CancelledError, GenerationError, GpuCrashedError, ModelCrashedError
from app.core.options.load_options import LoadOptions
from app.engine.client import EngineClient
from app.engine.gpu_crashes import GpuMark, GpuMarks
from app.engine.messages import Generate, Load, Loaded, Loading

CARD = "A card"


@pytest.fixture
def marks(tmp_path: Path) -> GpuMarks:
    return GpuMarks(tmp_path / "gpu")


@pytest.fixture
def client(marks: GpuMarks) -> Iterator[EngineClient]:
    made = EngineClient(cancel_s=0.3, marks=marks)
    yield made
    made.close()


def load(client: EngineClient, path: Path, listener: Any, layers: int = -1) -> Any:
    options = LoadOptions(gpu_layers=layers)
    command = Load(job=client.next_job(), path=str(path), engine="fake", options=options)
    return client.run(command, listener)


def test_a_host_that_dies_on_the_card_is_remembered(client, marks, listener, script_file) -> None:
    path = script_file(gpu=CARD, load_fault="abort")
    with pytest.raises(GpuCrashedError, match=r"loaded fake\.json on the graphics card \(A card\)"):
        load(client, path, listener)
    mark = marks.failed(str(path), "fake")
    assert mark is not None
    assert (mark.gpu, mark.use_processor) == (CARD, False)
    assert isinstance(load(client, path, listener, layers=0), Loaded)
    assert marks.failed(str(path), "fake") == mark
    assert marks.failed(str(path), "torch") is None
    assert marks.failed("/another.gguf", "fake") is None


def test_a_crash_without_a_card_is_not_the_cards(client, marks, listener, script_file) -> None:
    path = script_file(load_fault="abort")
    with pytest.raises(ModelCrashedError) as caught:
        load(client, path, listener)
    assert not isinstance(caught.value, GpuCrashedError)
    assert marks.failed(str(path), "fake") is None


def test_a_crash_while_it_writes_on_the_card_names_the_way_out(
    client, listener, script_file
) -> None:
    load(client, script_file(gpu=CARD, decode_fault="abort"), listener)
    with pytest.raises(ModelCrashedError, match="set the layers on the GPU to 0"):
        client.run(Generate(job=client.next_job(), prompt="x"), listener)


def test_the_mark_is_there_while_it_loads_and_goes_when_it_is_loaded(
    client, marks, listener, script_file, tmp_path
) -> None:
    path, seen = script_file(gpu=CARD), []
    listener.hook = lambda event: (
        seen.append(len(list(tmp_path.glob("gpu/*.json")))) if isinstance(event, Loading) else None
    )
    load(client, path, listener)
    assert 1 in seen
    assert list((tmp_path / "gpu").iterdir()) == []


def test_an_error_or_a_stop_is_no_crash(client, marks, listener, script_file) -> None:
    path = script_file(gpu=CARD, load_fault="fail")
    with pytest.raises(GenerationError):
        load(client, path, listener)
    assert marks.failed(str(path), "fake") is None
    path = script_file(gpu=CARD, load_fault="hang")
    listener.hook = lambda event: client.cancel(2) if isinstance(event, Loading) else None
    with pytest.raises(CancelledError):
        load(client, path, listener)
    assert marks.failed(str(path), "fake") is None


def test_a_program_that_was_killed_leaves_its_mark(marks, script_file, tmp_path) -> None:
    path = script_file(gpu=CARD, load_fault="hang")
    program = (
        "import sys; from pathlib import Path\n"
        "from app.engine.client import EngineClient; from app.engine.gpu_crashes import GpuMarks\n"
        "from app.engine.messages import Load\n"
        f"client = EngineClient(marks=GpuMarks(Path({str(tmp_path / 'gpu')!r})))\n"
        "def say(event): print(type(event).__name__, flush=True)\n"
        f"client.run(Load(job=client.next_job(), path={str(path)!r}, engine='fake'), say)\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "Hello\n"
    assert [started.stdout.readline() for _ in range(2)] == ["Loading\n"] * 2
    hosts = psutil.Process(started.pid).children()
    assert marks.failed(str(path), "fake") is None, "that program is still at it"
    started.kill()
    started.communicate()
    psutil.wait_procs(hosts)
    mark = marks.failed(str(path), "fake")
    assert mark is not None
    assert mark.pid == started.pid
    assert started.returncode == -signal.SIGKILL


def test_another_build_of_the_library_may_try_again(marks, monkeypatch) -> None:
    marks.begin("/a.gguf", "llama.cpp", CARD)
    assert marks.failed("/a.gguf", "llama.cpp") is not None
    monkeypatch.setattr("app.engine.gpu_crashes._build", lambda _engine: "99")
    assert marks.failed("/a.gguf", "llama.cpp") is None


def test_the_processor_is_remembered_until_another_try_is_wanted(marks) -> None:
    marks.begin("/a.gguf", "fake", CARD)
    mark = marks.failed("/a.gguf", "fake")
    marks.use_processor(mark)
    assert marks.failed("/a.gguf", "fake").use_processor
    marks.end("/a.gguf", "fake")
    assert marks.failed("/a.gguf", "fake") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"path": 3}', b"\xff" * 100_000])
def test_a_damaged_mark_is_none(marks, tmp_path, content) -> None:
    marks.begin("/a.gguf", "fake", CARD)
    (file,) = (tmp_path / "gpu").iterdir()
    file.write_bytes(content)
    assert marks.failed("/a.gguf", "fake") is None


@pytest.mark.parametrize("pid", [-1, 10**30, 0])
def test_a_mark_of_no_possible_program_counts(marks, tmp_path, pid) -> None:
    marks.begin("/a.gguf", "fake", CARD)
    (file,) = (tmp_path / "gpu").iterdir()
    mark = GpuMark(path="/a.gguf", engine="fake", gpu=CARD, pid=7)
    file.write_bytes(msgspec.json.encode(mark).replace(b'"pid":7', f'"pid":{pid}'.encode()))
    assert marks.failed("/a.gguf", "fake") is not None


def test_a_folder_that_cannot_be_made_costs_nothing(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    marks = GpuMarks(tmp_path / "file" / "gpu")
    marks.begin("/a.gguf", "fake", CARD)
    marks.end("/a.gguf", "fake")
    assert marks.failed("/a.gguf", "fake") is None
