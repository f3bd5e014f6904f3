"""How the service's child hears what the program says: on the loop's own thread, or by another."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.engine.codec import frame
from app.engine.messages import PROTOCOL_VERSION
from app.engine.service_messages import ModelState, Serve, ToService, encode_service
from app.server.main import _Downward


async def heard(downward: _Downward, *, by_thread: bool) -> list[ToService]:
    """What comes after the first message until the end."""
    found: list[ToService] = []
    ended = asyncio.Event()
    with pytest.MonkeyPatch.context() as patched:
        if by_thread:
            patched.setattr(sys, "platform", "win32")
        downward.begin(found.append, ended.set)
    await asyncio.wait_for(ended.wait(), 20)
    return found


@pytest.mark.parametrize("by_thread", [False, True])
@pytest.mark.parametrize("torn", [b"", b"\0\0", b"Traceback"])
def test_every_message_comes_in_its_order_until_the_end(
    capsys: pytest.CaptureFixture[str], torn: bytes, by_thread: bool
) -> None:
    serve = Serve(version=PROTOCOL_VERSION, token="t" * 20, hosts=())
    states = [ModelState(name=f"{number}" * 30_000) for number in range(3)]
    messages: list[ToService] = [serve, *states]
    sent = b"".join(frame(encode_service(one)) for one in messages)
    out, into = os.pipe()
    with os.fdopen(out, "rb") as stream, os.fdopen(into, "wb") as pipe:
        pipe.write(sent[:40_000])
        pipe.flush()
        downward = _Downward(stream)
        assert downward.first() == serve

        async def work() -> list[ToService]:
            hearing = asyncio.ensure_future(heard(downward, by_thread=by_thread))
            await asyncio.to_thread(pipe.write, sent[40_000:] + torn)
            await asyncio.to_thread(pipe.close)
            return await hearing

        assert asyncio.run(work()) == states
    assert ("broke off" in capsys.readouterr().err) == bool(torn)


@pytest.mark.parametrize("early", [frame(b"\xc1"), frame(b""), frame(b"\x80")])
def test_a_broken_message_before_the_loop_is_a_sentence_and_the_end(
    capsys: pytest.CaptureFixture[str], early: bytes
) -> None:
    """It came in one piece with the first message, and is taken up when the loop has begun."""
    serve = Serve(version=PROTOCOL_VERSION, token="t" * 20, hosts=())
    out, into = os.pipe()
    with os.fdopen(out, "rb") as stream, os.fdopen(into, "wb") as pipe:
        pipe.write(frame(encode_service(serve)) + early)
        pipe.flush()
        downward = _Downward(stream)
        assert downward.first() == serve
        assert asyncio.run(heard(downward, by_thread=False)) == []
    said = capsys.readouterr().err
    assert "broke off" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("sent", [frame(b"\xc1"), frame(b"\x80"), b"Traceback (most recent"])
def test_a_child_whose_first_message_is_broken_ends_with_a_sentence(
    sent: bytes, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "service", "0"],
        input=sent,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "LAMPBLACK_HOME": str(tmp_path)},
        timeout=120,
    )
    said = done.stderr.decode()
    assert done.returncode == 2
    assert said.startswith("The program's messages broke off: ")
    assert said.count("\n") == 1
    assert not [*tmp_path.rglob("crash-*")]
