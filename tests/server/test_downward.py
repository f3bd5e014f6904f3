"""How the service's child hears what the program says: on the loop's own thread, or by another."""

from __future__ import annotations

import asyncio
import os
import sys

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
