"""Many Python calls for one event, without Qt's signals."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from app.ui.widgets.listeners import Listeners


class Heard(QObject):
    def __init__(self, heard: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heard = heard

    def hear(self, word: str) -> None:
        self._heard.append(f"{word}!")


def test_all_are_called_in_their_order() -> None:
    heard, listeners = list[str](), Listeners[[str]]()
    one = Heard(heard)
    listeners.connect(heard.append)
    listeners.connect(one.hear)
    listeners.emit("a")
    assert heard == ["a", "a!"]
    listeners.disconnect(one.hear)
    listeners.emit("b")
    assert heard == ["a", "a!", "b"]
    with pytest.raises(ValueError, match=r"not in list"):
        listeners.disconnect(one.hear)


def test_what_is_gone_is_not_called() -> None:
    heard, listeners, parent = list[str](), Listeners[[str]](), QObject()
    deleted, dropped = Heard(heard, parent), Heard(heard)
    listeners.connect(deleted.hear)
    listeners.connect(dropped.hear)
    delete(parent)
    del dropped
    listeners.connect(heard.append)
    listeners.emit("a")
    listeners.emit("b")
    assert heard == ["a", "b"]


def test_an_exception_is_reported_and_the_others_are_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard, listeners, reported = list[str](), Listeners[[str]](), list[object]()
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_rest: reported.append(kind))

    def fail(word: str) -> None:
        raise ValueError(word)

    listeners.connect(fail)
    listeners.connect(heard.append)
    listeners.emit("a")
    assert reported == [ValueError]
    assert heard == ["a"]


def test_what_is_connected_meanwhile_waits_for_the_next() -> None:
    heard, listeners = list[str](), Listeners[[str]]()
    listeners.connect(lambda _word: listeners.connect(heard.append))
    listeners.emit("a")
    assert not heard
    listeners.emit("b")
    assert heard == ["b"]
