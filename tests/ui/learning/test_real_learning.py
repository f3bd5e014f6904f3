"""The window with the real trainer on a tiny model: from pages to an adapter that is loaded."""

from __future__ import annotations

from pathlib import Path

from tests.ui.learning.test_learning import CHAPTER, School, school as school

_LONG_MS = 300_000
_SMALL = {"rank": 2, "epochs": 1, "length": 64, "rate": 0.01, "seed": 3}


def test_pages_become_an_adapter_that_the_model_is_loaded_with(school: School) -> None:
    learning = school.learning
    learning.run.new_child = learning.run._new_child
    window = school.open(CHAPTER * 2)
    for name, value in _SMALL.items():
        window.setup.boxes[name].setValue(value)
    school.settle()
    window.setup.learn_button.click()
    school.qtbot.waitUntil(lambda: not learning.run.doing, timeout=_LONG_MS)
    assert window.setup.failure.text() == ""
    assert window.stack.currentWidget() is window.card
    card = window.card.learned.card if window.card.learned is not None else None
    assert card is not None
    assert card.loss_after < card.loss_before
    window.card.use_button.click()
    school.qtbot.waitUntil(lambda: school.studio.worker.count_of("load") > 0)
    (adapter,) = school.studio.worker.last("load")[1]["adapters"]
    assert Path(adapter.path).read_bytes()[:4] == b"GGUF"
