"""The bridge: nothing lost, nothing out of order, nothing after the end."""

from __future__ import annotations

import threading
from typing import Any

from app.engine.messages import Done, Loading, Prefill, Tokens, Working
from app.ui.bridge import Bridge


def tokens(text: str, take: int = 0) -> Tokens:
    return Tokens(job=1, take=take, text=text, tokens=1)


def test_tokens_are_joined_and_keep_their_place(qtbot):
    bridge = Bridge()
    heard: list[Any] = []
    bridge.arrived.connect(heard.append)

    def engine() -> None:
        bridge.post(Prefill(job=1, done=1, total=1))
        for index in range(500):
            bridge.post(tokens(f"{index} ", index % 2))
        bridge.post(Done(job=1))

    thread = threading.Thread(target=engine)
    with qtbot.waitSignal(bridge.arrived, check_params_cb=lambda event: isinstance(event, Done)):
        thread.start()
    thread.join()
    assert isinstance(heard[0], Prefill)
    assert isinstance(heard[-1], Done)
    for take in (0, 1):
        text = "".join(e.text for e in heard[1:-1] if e.take == take)
        assert text == "".join(f"{index} " for index in range(take, 500, 2))
    assert sum(e.tokens for e in heard[1:-1]) == 500
    assert len(heard) < 100


def test_tokens_alone_come_within_a_frame(qtbot):
    bridge = Bridge()
    with qtbot.waitSignal(bridge.arrived, timeout=1000) as caught:
        bridge.post(tokens("a"))
        bridge.post(tokens("b"))
    assert caught.args[0].text == "ab"


def test_nothing_comes_after_the_end(qtbot):
    bridge = Bridge()
    heard: list[Any] = []
    bridge.arrived.connect(heard.append)
    bridge.post(tokens("a"))
    bridge.close()
    bridge.post(Done(job=1))
    bridge.flush()
    assert heard == []


def test_closing_from_within_a_delivery_ends_it(qtbot):
    bridge = Bridge()
    heard: list[Any] = []

    def hear(event: object) -> None:
        heard.append(event)
        bridge.close()

    bridge.arrived.connect(hear)
    bridge.post(Prefill(job=1, done=0, total=1))
    bridge.post(Done(job=1))
    bridge.flush()
    assert len(heard) == 1


def test_of_progress_only_the_newest_is_heard(qtbot):
    bridge = Bridge()
    heard: list[Any] = []
    bridge.arrived.connect(heard.append)
    for percent in range(101):
        bridge.post(Loading(job=1, fraction=percent / 100))
    bridge.post(Loading(job=1, fraction=1.0, measuring=True))
    bridge.post(Working(job=2, what="first", fraction=0.1))
    bridge.post(Working(job=2, what="second", fraction=0.1))
    bridge.post(Working(job=2, what="second", fraction=0.2))
    bridge.post(tokens("a"))
    bridge.post(Prefill(job=3, done=1, total=2))
    bridge.post(Prefill(job=4, done=1, total=2))
    bridge.post(tokens("b"))
    bridge.flush()
    assert heard == [
        Loading(job=1, fraction=1.0),
        Loading(job=1, fraction=1.0, measuring=True),
        Working(job=2, what="first", fraction=0.1),
        Working(job=2, what="second", fraction=0.2),
        tokens("a"),
        Prefill(job=3, done=1, total=2),
        Prefill(job=4, done=1, total=2),
        tokens("b"),
    ]


def test_progress_alone_comes_within_a_frame(qtbot):
    bridge = Bridge()
    with qtbot.waitSignal(bridge.arrived, timeout=1000) as caught:
        bridge.post(Loading(job=1, fraction=0.1))
        bridge.post(Loading(job=1, fraction=0.2))
    assert caught.args[0].fraction == 0.2


def test_a_part_hears_its_kinds_alone_and_who_came_first_hears_first(qtbot):
    bridge = Bridge()
    heard: list[tuple[str, object]] = []
    bridge.subscribe(lambda event: heard.append(("first", event)), Done, Loading)
    bridge.subscribe(lambda event: heard.append(("second", event)), Done | Prefill)
    for event in (Loading(job=1, fraction=0.5), tokens("a"), Done(job=1)):
        bridge.post(event)
    bridge.flush()
    assert heard == [
        ("first", Loading(job=1, fraction=0.5)),
        ("first", Done(job=1)),
        ("second", Done(job=1)),
    ]
