"""The windows that show words of the page are closed with the lock, and do not come back empty."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.core.store import passphrase
from app.ui.interpretability.influence_dialog import InfluenceDialog
from app.ui.interpretability.why_dialog import WhyDialog
from tests.ui.conftest import MODEL
from tests.ui.interpretability.test_influence import JudgingEngine
from tests.ui.interpretability.word_engine import ScoringEngine

WORDS = "correct horse battery"
TEXT = "It rained for days.\n\nThe keeper of the light was late."


@pytest.mark.parametrize(
    ("action", "engine", "kind"),
    [("why", ScoringEngine, WhyDialog), ("influence", JudgingEngine, InfluenceDialog)],
)
@pytest.mark.parametrize("is_reading", [True, False])
def test_no_window_about_words_outlives_the_lock(
    make_studio, qtbot, monkeypatch, action, engine, kind, is_reading
):
    monkeypatch.setattr(passphrase, "_N", 2**4)
    studio = make_studio()
    studio.program.vault.set(WORDS, studio.program.store)
    studio.library.add(MODEL.path)
    studio.worker.shared, studio.worker.model = engine(), MODEL
    studio.show(TEXT)
    studio.window.begin()
    if is_reading:
        studio.worker.shared.gate.clear()
        studio.worker.shared.gate_at = 1
    parts = studio.window.manuscript
    studio.do(action)

    def shown() -> list[QDialog]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind)]

    qtbot.waitUntil(lambda: any(one.isVisible() for one in shown()))
    if not is_reading:
        qtbot.waitUntil(lambda: parts.why.is_settled and parts.influence.is_idle)
    studio.do("lock")
    assert not any(one.isVisible() for one in shown())
    studio.worker.model = None
    qtbot.waitUntil(lambda: studio.program.vault.is_locked)
    form = parts.lock.form
    assert form is not None
    assert QApplication.focusWidget() in (form.field, None)
    qtbot.keyClicks(form.field, WORDS)
    with qtbot.waitSignal(parts.lock.unlocked):
        qtbot.keyClick(form.field, Qt.Key.Key_Return)
    assert not any(one.isVisible() for one in shown())
    assert studio.text == TEXT
    assert studio.window.editor.isVisible()
