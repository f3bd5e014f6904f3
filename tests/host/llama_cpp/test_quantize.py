"""Copies in another type: made by the real quantizer in its child, or refused in a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from app.core.errors import CancelledError, LampblackError, ParameterError, QuantizeError
from app.core.formats.gguf import read_header
from app.core.formats.quantization import TYPES, coarsest, estimate, type_named
from app.core.system.processes import host_environment, program_command
from app.engine.messages import HostEvent, Quantize, Quantized, Working
from app.host import llama_cpp as engine_module
from app.host.interface import Job
from app.host.llama_cpp import quantize_file
from app.host.llama_cpp.quantize_child import QuantizerOrder
from tests.host.driving import load
from tests.host.tiny_llama import write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("tiny") / "tiny.F16.gguf")


def copy(
    source: Path, target: Path, kind: str, emit: Callable[[HostEvent], None] = lambda _event: None
) -> Quantized:
    order = Quantize(job=1, source=str(source), target=str(target), type_name=kind)
    return engine_module.quantize(order, Job(1, emit))


@pytest.mark.parametrize("kind", ["Q8_0", "Q6_K", "Q4_K_M", "Q4_0", "IQ4_NL"])
def test_a_copy_is_smaller_and_loads(tiny: Path, tmp_path: Path, kind: str) -> None:
    before = hashlib.sha256(tiny.read_bytes()).digest()
    target = tmp_path / f"ein Märchen 故事.{kind}.gguf"
    made = copy(tiny, target, kind)
    assert (made.path, made.size_before) == (str(target), tiny.stat().st_size)
    assert made.size_after == target.stat().st_size < made.size_before
    assert read_header(target).quantization == kind
    assert hashlib.sha256(tiny.read_bytes()).digest() == before
    assert sorted(tmp_path.iterdir()) == [target]
    engine = load(target)
    engine.close()


@pytest.mark.parametrize("kind", [one.name for one in TYPES if one.name != "F16"])
def test_the_size_is_known_beforehand(tiny: Path, tmp_path: Path, kind: str) -> None:
    header = read_header(tiny)
    overhead = header.size_bytes - sum(tensor.size for tensor in header.tensors)
    made = copy(tiny, tmp_path / "copy.gguf", kind)
    guessed = estimate(header.tensors, type_named(kind), overhead)
    assert guessed == pytest.approx(made.size_after, rel=0.12)


def test_the_starter_is_copied_upwards_with_progress(starter_model: Path, tmp_path: Path) -> None:
    events: list[HostEvent] = []
    target = tmp_path / "starter.Q8_0.gguf"
    made = copy(starter_model, target, "Q8_0", events.append)
    assert made.size_after == pytest.approx(144_800_000, rel=0.01)
    assert coarsest(read_header(target).tensors) == "Q8_0"
    fractions = [event.fraction for event in events if isinstance(event, Working)]
    assert fractions == sorted(fractions)
    assert len(fractions) == len(events) > 20
    assert fractions[-1] > 0.9


def test_a_quantized_model_is_not_rounded_again(starter_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="rounded to Q4_1 already"):
        copy(starter_model, tmp_path / "copy.gguf", "Q4_K_M")
    assert not list(tmp_path.iterdir())


def test_what_a_file_says_of_itself_is_not_believed(tmp_path: Path) -> None:
    """A header may call rounded weights F16; no four-bit copy is made of them all the same."""
    source = write_tiny(tmp_path / "liar.gguf", "Q5_0")
    assert read_header(source).quantization == "Q5_0"
    with pytest.raises(ParameterError, match="rounded to Q5_0 already"):
        copy(source, tmp_path / "copy.gguf", "Q4_0")


def test_from_eight_bits_a_smaller_copy_is_made(tmp_path: Path) -> None:
    source = write_tiny(tmp_path / "eight.gguf", "Q8_0")
    made = copy(source, tmp_path / "copy.gguf", "Q4_0")
    assert made.size_after < made.size_before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("taken.gguf", "already a file"),
        ("copy.bin", "does not end in .gguf"),
        ("nowhere/copy.gguf", "no folder"),
        ("started.gguf", "already an unfinished file"),
    ],
)
def test_nothing_is_written_over(tiny: Path, tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "taken.gguf").write_bytes(b"a")
    (tmp_path / "started.gguf.part").write_bytes(b"b")
    with pytest.raises(LampblackError, match=sentence):
        copy(tiny, tmp_path / name, "Q8_0")
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert left == {"taken.gguf": b"a", "started.gguf.part": b"b"}


def test_a_full_disk_is_seen_before(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    with pytest.raises(QuantizeError, match="are free in"):
        copy(tiny, tmp_path / "copy.gguf", "Q8_0")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="a limit on file sizes is POSIX's own")
def test_a_disk_that_fills_up_leaves_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child may write no more than 64 kB, as on a disk that is full then."""
    line = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    line += "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
    line += "from app.__main__ import main; sys.exit(main(['quantizer']))"
    command = [*program_command("quantizer")[:2], "-c", line]
    monkeypatch.setattr(quantize_file, "program_command", lambda _word: command)
    with pytest.raises(QuantizeError, match="could not make the copy of"):
        copy(tiny, tmp_path / "copy.gguf", "Q8_0")
    assert not list(tmp_path.iterdir())


def test_a_stopped_copy_leaves_nothing(starter_model: Path, tmp_path: Path) -> None:
    order = Quantize(
        job=1, source=str(starter_model), target=str(tmp_path / "copy.gguf"), type_name="Q8_0"
    )
    job = Job(1, lambda _event: job.cancel())
    with pytest.raises(CancelledError):
        engine_module.quantize(order, job)
    assert not list(tmp_path.iterdir())


def test_a_child_that_dies_is_a_sentence(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [*program_command("quantizer")[:2], "-c", "import os; os.abort()"]
    monkeypatch.setattr(quantize_file, "program_command", lambda _word: command)
    with pytest.raises(QuantizeError, match="the quantizer"):
        copy(tiny, tmp_path / "copy.gguf", "Q8_0")
    assert not list(tmp_path.iterdir())


def test_the_child_leaves_with_whoever_ordered(starter_model: Path, tmp_path: Path) -> None:
    part = tmp_path / "copy.gguf.part"
    part.touch()
    order = QuantizerOrder(
        source=str(starter_model), target=str(part), number=7, requantizes=True, threads=1
    )
    child = start_child()
    child.stdin.write(encoded(order))
    child.stdin.flush()
    assert b"tensor" in child.stdout.readline()
    child.stdin.close()
    assert child.wait(timeout=60) == 1
    child.stdout.close()
    assert not part.exists()


def start_child() -> Any:
    return subprocess.Popen(
        program_command("quantizer"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=host_environment(),
    )


def encoded(order: QuantizerOrder) -> bytes:
    return msgspec.json.encode(order) + b"\n"


def test_a_reason_out_of_the_quantizers_mouth(tmp_path: Path) -> None:
    """A file that vanished after the look at its header."""
    order = QuantizerOrder(
        source=str(tmp_path / "gone.gguf"),
        target=str(tmp_path / "copy.gguf"),
        number=7,
        requantizes=False,
        threads=1,
    )
    child = start_child()
    child.stdin.write(encoded(order))
    child.stdin.flush()
    assert "gone.gguf" in json.loads(child.stdout.readline())["problem"]
    child.communicate(timeout=60)
