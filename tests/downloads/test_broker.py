"""The broker's strictness: one folder, five requests, and an end for everything else."""

from __future__ import annotations

import io
import json
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.downloads.broker import Broker
from app.downloads.messages import MAX_LINE
from app.downloads.request import starter_wanted
from tests.downloads.hub_server import wanted_gguf

HUB = "https://hub.example"


def request(folder: Path, **changes: Any) -> dict[str, Any]:
    """The line that asks for a model, with some of its facts changed."""
    facts: dict[str, Any] = {
        "type": "StartDownload",
        "models": str(folder),
        "endpoint": HUB,
        "wanted": msgspec.to_builtins(wanted_gguf("model.gguf", b"")),
    }
    wanted = facts["wanted"] | changes.pop("wanted", {})
    return facts | {"wanted": wanted} | changes


def encoded(line: dict[str, object]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def served(models: Path, line: bytes) -> tuple[int, list[dict[str, object]]]:
    """The exit code of a broker that was sent one line, and what it wrote."""
    out = io.BytesIO()
    silent = [sys.executable, "-c", "pass"]
    code = Broker(str(models), silent, out, HUB).serve(io.BytesIO(line))
    return code, [json.loads(event) for event in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b"{}\n",
        b'{"type":"StartServer","port":1}\n',
        b'{"type":"StartServerChild"}\n',
        b'{"type":"StartServerChild","address":"http://127.0.0.1:1"}\n',  # without a handover
        b'{"type":"KillServerChild","pid":"1"}\n',
        b'{"type":"StartDownload"}\n',
        b'{"type":"StartDownload","models":7}\n',
        b'{"type":"CancelDownload","now":true}\n',
        b'{"type":"StartListening"}\n',
        b'{"type":"StartListening","port":80}\n',
        b'{"type":"StartListening","port":65536}\n',
        b'{"type":"StartListening","port":"8321"}\n',
        b'{"type":"StartListening","port":8321,"address":"0.0.0.0"}\n',
        b'{"type":"StartListening","port":8321,"lan":1}\n',
        b'{"type":"StartListening","port":8321}\n',
        b"[" * (MAX_LINE + 1) + b"\n",
        b"\xff\xfe\n",
    ],
)
def test_anything_else_ends_the_broker_and_starts_nothing(tmp_path: Path, line: bytes) -> None:
    assert served(tmp_path, line) == (2, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"models": "/somewhere/else"},
        {"endpoint": "https://other.example"},
        {"endpoint": ""},
        {"token": "two words"},
        {"token": "line\nbreak"},
        {"more": 1},
        {"wanted": {"folder": "../.."}},
        {"wanted": {"folder": ".."}},
        {"wanted": {"folder": ""}},
        {"wanted": {"folder": "/etc"}},
        {"wanted": {"id": "../x"}},
        {"wanted": {"repo": "nobody"}},
        {"wanted": {"repo": "a/../b"}},
        {"wanted": {"revision": "../x"}},
        {"wanted": {"source": "pypi", "folder": "", "repo": "evil", "revision": "0.1.2"}},
        {"wanted": {"files": []}},
        *(
            {"wanted": {"files": [{"path": path}]}}
            for path in (
                "/x", "../x", "a/../../x", "a//b", "C:x", "a\\b", "", ".hidden", "x.part",
                "x.part.json", "a\nb", "NUL.gguf", "com1", "x.", " x", "a/" * 9 + "x", "é" * 301,
            )
        ),
        {"wanted": {"files": [{"path": "a.gguf"}, {"path": "A.gguf"}]}},
        {"wanted": {"files": [{"path": "a", "size_bytes": -1}]}},
        {"wanted": {"files": [{"path": "a", "sha256": "F" * 64}]}},
    ],
)  # fmt: skip
def test_a_request_for_anything_unusual_ends_it_as_well(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    assert served(tmp_path, encoded(request(tmp_path, **changes))) == (2, [])


SITE = "https://site.example/packs"
PACK = "lampblack-torch-1.tar.xz"


def file_request(folder: Path, **changes: Any) -> bytes:
    """The line that asks for a file, with some of its facts changed."""
    wanted: dict[str, Any] = {"title": "A pack", "address": SITE, "most_bytes": 4096}
    wanted["file"] = {"path": PACK}
    wanted |= changes.pop("wanted", {})
    facts = {"type": "StartFileDownload", "models": str(folder), "wanted": wanted}
    return encoded(facts | changes)


def served_files(models: Path, line: bytes, address: str = SITE) -> tuple[int, list[str]]:
    """The exit code of a broker for files, and the kinds of what it wrote."""
    out, silent = io.BytesIO(), [sys.executable, "-c", "pass"]
    broker = Broker(str(models), silent, out, "", files=address)
    code = broker.serve(io.BytesIO(line))
    return code, [json.loads(event)["type"] for event in out.getvalue().splitlines()]


def test_a_broker_for_files_starts_the_downloader_for_its_address(tmp_path: Path) -> None:
    assert served_files(tmp_path, file_request(tmp_path)) == (0, ["Started", "FetchFailed"])


@pytest.mark.parametrize(
    "changes",
    [
        {"models": "/somewhere/else"},
        {"endpoint": HUB},
        {"wanted": {"address": "https://other.example/packs"}},
        {"wanted": {"address": f"{SITE}/below"}},
        {"wanted": {"address": ""}},
        {"wanted": {"file": {"path": f"../{PACK}"}}},
        {"wanted": {"file": {"path": f"below/{PACK}"}}},
        {"wanted": {"file": {"path": ".hidden"}}},
        {"wanted": {"file": {"path": PACK, "sha256": "short"}}},
    ],
)
def test_it_does_nothing_else(tmp_path: Path, changes: dict[str, object]) -> None:
    assert served_files(tmp_path, file_request(tmp_path, **changes)) == (2, [])
    assert served_files(tmp_path, encoded(request(tmp_path))) == (2, [])
    starter = request(tmp_path, wanted=msgspec.to_builtins(starter_wanted()))
    assert served(tmp_path, encoded(starter))[0] == 0
    assert served_files(tmp_path, encoded(starter)) == (2, [])


@pytest.mark.parametrize("address", ["", "http://site.example", "file:///etc", SITE + "?x=1"])
def test_its_own_address_must_be_one_that_may_be_fetched_from(tmp_path: Path, address: str) -> None:
    line = file_request(tmp_path, wanted={"address": address or "x"})
    assert served_files(tmp_path, line, address) == (2, [])


def test_a_broker_for_models_fetches_packs_from_where_the_writer_says(tmp_path: Path) -> None:
    code, told = served(tmp_path, file_request(tmp_path))
    assert (code, [event["type"] for event in told]) == (0, ["Started", "FetchFailed"])


@pytest.mark.parametrize(
    "changes",
    [
        {"models": "/somewhere/else"},
        {"wanted": {"address": "http://site.example/packs"}},
        {"wanted": {"address": "file:///etc"}},
        {"wanted": {"file": {"path": "passwd"}}},
        {"wanted": {"file": {"path": "x.sha256"}}},
        {"wanted": {"file": {"path": "x.tar.xz"}}},
        {"wanted": {"file": {"path": "lampblack-torch-what I wrote.tar.xz"}}},
        {"wanted": {"file": {"path": f"../{PACK}"}}},
        {"wanted": {"most_bytes": None}},
        {"wanted": {"most_bytes": 1_000_000_001}},
        {"wanted": {"file": {"path": f"{PACK}.sha256"}, "most_bytes": 4097}},
    ],
)
def test_and_no_other_files(tmp_path: Path, changes: dict[str, object]) -> None:
    assert served(tmp_path, file_request(tmp_path, **changes)) == (2, [])


def test_the_end_of_its_input_ends_it_well(tmp_path: Path) -> None:
    assert served(tmp_path, b'{"type":"CancelDownload"}\n') == (0, [])


def test_a_second_download_at_the_same_time_ends_the_broker(tmp_path: Path) -> None:
    line = encoded(request(tmp_path))
    out = io.BytesIO()
    patient = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    assert Broker(str(tmp_path), patient, out, HUB).serve(io.BytesIO(line * 2)) == 2
    assert out.getvalue().count(b"\n") == 2


def test_a_downloader_that_dies_without_a_word_is_reported(tmp_path: Path) -> None:
    line = encoded(request(tmp_path))
    code, events = served(tmp_path, line)
    assert code == 0
    assert [event["type"] for event in events] == ["Started", "FetchFailed"]
    assert events[-1]["kind"] == "download"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are handed over on POSIX")
@pytest.mark.parametrize("address", ["", "ftp://a", "http://u:p@a", "http://a/?b", "--help"])
def test_no_child_is_started_for_what_is_no_address(models: Path, address: str) -> None:
    ours, theirs = socket.socketpair()
    line = encoded({"type": "StartServerChild", "address": address})
    with ours, theirs:
        broker = Broker(str(models), [], io.BytesIO(), HUB, theirs)
        assert broker.serve(io.BytesIO(line)) == 2
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.recv(1)
