"""Fakes do what the parts do that they stand for; mypy compares the signatures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.conftest import FakeQuestions, FakeWorker
from tests.ui.manager.test_manager import FakeAnswers


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


@pytest.mark.parametrize("fake", [FakeWorker, FakeQuestions, FakeAnswers])
def test_a_fake_leaves_nothing_to_what_it_stands_for(fake: Any) -> None:
    (real,) = fake.__bases__
    assert public(real) - {"staticMetaObject"} <= public(fake)
