"""The broker's strictness: one folder, two requests, and an end for everything else."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from app.fetch.broker import Broker
from app.fetch.messages import MAX_LINE


def served(models: Path, line: bytes) -> tuple[int, list[dict[str, object]]]:
    """The exit code of a broker that was sent one line, and what it wrote."""
    out = io.BytesIO()
    silent = [sys.executable, "-c", "pass"]
    code = Broker(str(models), silent, out).serve(io.BytesIO(line))
    return code, [json.loads(event) for event in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b"{}\n",
        b'{"type":"StartServer","port":1}\n',
        b'{"type":"StartStarter"}\n',
        b'{"type":"StartStarter","models":7}\n',
        b'{"type":"StartStarter","models":"/tmp","package":"other"}\n',
        b'{"type":"StartStarter","models":"/somewhere/else"}\n',
        b'{"type":"CancelDownload","now":true}\n',
        b"[" * (MAX_LINE + 1) + b"\n",
        b"\xff\xfe\n",
    ],
)
def test_anything_else_ends_the_broker_and_starts_nothing(tmp_path: Path, line: bytes) -> None:
    assert served(tmp_path, line) == (2, [])


def test_the_end_of_its_input_ends_it_well(tmp_path: Path) -> None:
    assert served(tmp_path, b'{"type":"CancelDownload"}\n') == (0, [])


def test_a_second_download_at_the_same_time_ends_the_broker(tmp_path: Path) -> None:
    request = json.dumps({"type": "StartStarter", "models": str(tmp_path)}).encode() + b"\n"
    out = io.BytesIO()
    patient = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    assert Broker(str(tmp_path), patient, out).serve(io.BytesIO(request * 2)) == 2
    assert out.getvalue().count(b"\n") == 1


def test_a_downloader_that_dies_without_a_word_is_reported(tmp_path: Path) -> None:
    request = json.dumps({"type": "StartStarter", "models": str(tmp_path)}).encode() + b"\n"
    code, events = served(tmp_path, request)
    assert code == 0
    assert [(event["type"], event["kind"]) for event in events] == [("FetchFailed", "download")]
