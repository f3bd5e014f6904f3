"""Malformed parameters, files and models: each one sentence and exit 1 or 2, before any engine."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PARAMETERS = [
    "--temperature=warm",
    "--temperature=-1",
    "--temperature=5.01",
    "--temperature=nan",
    "--temperature=inf",
    "--temperature=",
    "--temperature=0,8",
    "--dynatemp-range=-0.1",
    "--dynatemp-exponent=0",
    "--top-k=1.5",
    "--top-k=-1",
    "--top-k=99999999999999999999",
    "--top-p=1.01",
    "--top-p=-0.01",
    "--min-p=2",
    "--typical-p=-1",
    "--top-n-sigma=11",
    "--xtc-probability=1.5",
    "--xtc-threshold=0.51",
    "--repetition-penalty=0",
    "--repetition-penalty=3.1",
    "--repetition-window=-2",
    "--frequency-penalty=2.5",
    "--presence-penalty=-2.5",
    "--dry-multiplier=-1",
    "--dry-base=0.5",
    "--dry-allowed-length=0",
    "--dry-window=-2",
    '--dry-breakers=["a", 1]',
    '--dry-breakers=[""]',
    "--max-tokens=-2",
    "--max-tokens=many",
    "--max-tokens=1e3",
    "--stop=",
    "--stop=[1]",
    "--stop=[[]]",
    "--seed=-1",
    "--seed=4294967296",
    "--seed=lucky",
    "--banned-phrases=[null]",
    "--banned-phrases=",
    "--logit-bias=word",
    "--logit-bias==5",
    "--logit-bias=word=101",
    "--logit-bias=word=heavy",
    "--logit-bias={broken",
    '--logit-bias={"word": "5"}',
    "--logit-bias=[]",
    "--grammar=@/no/such/grammar.gbnf",
    "--grammar=@",
    "--grammar=@/",
    "--mirostat=3",
    "--mirostat=on",
    "--mirostat-tau=21",
    "--mirostat-eta=-0.1",
    "--order=top_k,flavour",
    '--order=["draw"]',
    "--context=-1",
    "--context=2000000",
    "--gpu-layers=-2",
    "--threads=513",
    "--batch=31",
    "--batch=8193",
    "--ubatch=1",
    "--flash-attention=maybe",
    "--kv-type=q1",
    "--mmap=perhaps",
]

WORDS: list[tuple[str, ...]] = [
    ("generate", "--no-such-flag"),
    ("generate", "one", "two"),
    ("generate", "--model"),
    ("generate", "--temp", "1"),
    ("generate", "--engine", "fake", "Once"),
    ("generate", "--engine", "", "Once"),
    ("generate", "--preset", "Nowhere", "Once"),
    ("generate", "--preset", "no/such/file.yaml", "Once"),
    ("generate", "--preset", "nul\0byte.json", "Once"),
    ("generate", ""),
    ("generate", "broken \udcff"),
    ("generate", "--system", "broken \udcff", "Once"),
    ("generate", "--stop", "broken \udcff", "Once"),
    ("generate",),
    ("models",),
    ("models", "put"),
    ("models", "get"),
    ("models", "get", "everything"),
    ("models", "list", "all"),
    ("doctor", "who"),
    ("generate", "--model", "no-such-model", "Once"),
    ("generate", "--model", "/no/such/model.gguf", "Once"),
    ("generate", "--model", "nul\0byte.gguf", "Once"),
    ("generate", "--model", "x" * 5000, "Once"),
    ("generate", "--model", "broken-\udcff.gguf", "Once"),
    ("generate", "Once"),
]


def _gguf(version: int = 3, tensors: int = 1, pairs: int = 1, rest: bytes = b"") -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, pairs) + rest


def _pair(key: bytes, kind: int, value: bytes) -> bytes:
    return struct.pack("<Q", len(key)) + key + struct.pack("<I", kind) + value


MODELS: dict[str, bytes] = {
    "empty": b"",
    "one byte": b"G",
    "text": b"Once upon a time",
    "pickle": b"\x80\x04K\x01.",
    "zip": b"PK\x03\x04" + bytes(60),
    "old ggml": b"ggml" + bytes(60),
    "magic only": b"GGUF",
    "version 0": _gguf(version=0),
    "version 99": _gguf(version=99),
    "other byte order": b"GGUF" + struct.pack(">IQQ", 3, 1, 1),
    "endless tensors": _gguf(tensors=2**63),
    "endless pairs": _gguf(pairs=2**63),
    "negative counts": _gguf(tensors=2**64 - 1, pairs=2**64 - 1),
    "endless key": _gguf(rest=struct.pack("<Q", 2**62)),
    "key not UTF-8": _gguf(rest=_pair(b"\xff\xfe", 4, struct.pack("<I", 1))),
    "unknown kind": _gguf(rest=_pair(b"general.name", 77, b"")),
    "endless text": _gguf(rest=_pair(b"general.name", 8, struct.pack("<Q", 2**60))),
    "endless list": _gguf(rest=_pair(b"a", 9, struct.pack("<IQ", 4, 2**60))),
    "nested lists": _gguf(rest=_pair(b"a", 9, struct.pack("<IQ", 9, 1) * 500)),
    "no architecture": _gguf(tensors=0, rest=_pair(b"general.size", 4, struct.pack("<I", 1))),
    "zeros": bytes(4096),
    "noise": bytes(range(256)) * 16,
}


@pytest.mark.parametrize("flag", PARAMETERS)
def test_a_malformed_parameter(flag: str, run: Any, one_sentence: Callable[[str], bool]) -> None:
    outcome = run("generate", "Once", flag)
    assert (outcome.code, outcome.out) == (2, "")
    assert one_sentence(outcome.err)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: " ".join(words)[:40].replace("\0", "0"))
def test_malformed_words(
    words: tuple[str, ...], run: Any, one_sentence: Callable[[str], bool]
) -> None:
    outcome = run(*words)
    assert outcome.code in (1, 2)
    assert outcome.out == ""
    assert one_sentence(outcome.err)


@pytest.mark.parametrize("name", MODELS)
def test_a_malformed_model(
    name: str, run: Any, one_sentence: Callable[[str], bool], tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(MODELS[name])
    outcome = run("generate", "Once", "--model", str(path))
    assert (outcome.code, outcome.out) == (1, "")
    assert one_sentence(outcome.err)


@pytest.mark.parametrize("what", ["folder", "pipe", "device", "loop", "dangling"])
def test_a_model_that_is_no_file(
    what: str, run: Any, one_sentence: Callable[[str], bool], tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to(path if what == "loop" else tmp_path / "nowhere")
    outcome = run("generate", "Once", "--model", str(path))
    assert (outcome.code, outcome.out) == (1, "")
    assert one_sentence(outcome.err)


def test_a_truncated_model(
    run: Any, one_sentence: Callable[[str], bool], tmp_path: Path, starter_model: Path
) -> None:
    with starter_model.open("rb") as whole:
        (tmp_path / "half.gguf").write_bytes(whole.read(20_000_000))
    outcome = run("generate", "Once", "--model", str(tmp_path / "half.gguf"))
    assert (outcome.code, outcome.out) == (1, "")
    assert one_sentence(outcome.err)


def test_a_prompt_that_is_not_utf_8(run: Any, one_sentence: Callable[[str], bool]) -> None:
    outcome = run("generate", stdin="Größe".encode("latin-1"))
    assert outcome.code == 2
    assert one_sentence(outcome.err)
    assert "UTF-8" in outcome.err


def test_a_prompt_that_is_far_too_long(run: Any, one_sentence: Callable[[str], bool]) -> None:
    outcome = run("generate", "-", stdin=b"word " * 4_000_000)
    assert outcome.code == 2
    assert one_sentence(outcome.err)


def test_there_are_a_hundred() -> None:
    assert len(PARAMETERS) + len(WORDS) + len(MODELS) + 8 >= 100


@pytest.mark.parametrize(
    "words",
    [
        ("genrate", "Once"),
        ("--verison",),
        ("serve",),
        ("generate", "Once", "--top-p", "7"),
        ("generate", "Once", "--model", "/dev/null"),
        ("generate", b"broken \xff"),
        ("broker",),
        ("open", "--fast"),
    ],
    ids=str,
)
def test_the_real_program_says_the_same(
    words: tuple[str, ...], run_program: Any, one_sentence: Callable[[str], bool]
) -> None:
    outcome = run_program(*words)
    assert outcome.code in (1, 2)
    assert outcome.out == ""
    assert one_sentence(outcome.err)


def test_a_path_that_no_message_can_hold(
    run: Any, one_sentence: Callable[[str], bool], tmp_path: Path, starter_model: Path
) -> None:
    odd = tmp_path / "odd-\udcff.gguf"
    odd.symlink_to(starter_model)
    outcome = run("generate", "Once", "--model", str(odd))
    assert (outcome.code, outcome.out) == (1, "")
    assert one_sentence(outcome.err)


@pytest.mark.parametrize("home", ["/" + "x" * 300, "/" + "y/" * 3000, "/dev/null", "/proc/self/x"])
def test_a_home_that_cannot_be(
    home: str, run: Any, one_sentence: Callable[[str], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMPBLACK_HOME", home)
    outcome = run("generate", "Once")
    assert (outcome.code, outcome.out) == (1, "")
    assert one_sentence(outcome.err)
    assert run("models", "list").code == 0


@pytest.mark.parametrize("home", ["/" + "x" * 300, "/dev/null"])
def test_a_doctor_without_a_home(home: str, run_program: Any) -> None:
    outcome = run_program("doctor", "--json", environ={"LAMPBLACK_HOME": home})
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    assert not any(folder["exists"] for folder in report["folders"])
