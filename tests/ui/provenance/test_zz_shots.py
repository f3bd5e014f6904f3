# ruff: noqa
# mypy: ignore-errors
import os

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

OUT = os.environ["SHOTS"]
TEXT = "It was a dark night, and the keeper of the light had gone down to the shore. "


def fill(studio):
    w = studio.window
    e = w.editor
    e.insert_plain("# The lamp\n\n")
    QTest.keyClicks(e, TEXT)
    studio.do("continue")
    studio.stream(
        "He carried nothing but the old brass lamp.",
        " Behind him the tower stood black against the sky, and nobody in the village had slept.\n\nIn the morning the boats came back, one by one, and the women counted them.",
    )
    studio.done()
    studio.do("accept")
    QTest.keyClicks(e, " There was one too few.")
    at = e.manuscript.text().index("old brass")
    e.setTextCursor(e.cursor_at(at, at + 3))
    QTest.keyClicks(e, "heavy")
    e.move_caret(len(e.manuscript))
    e.insert_plain("\n\nThe letter said: ")
    d = QMimeData()
    d.setText(
        "“Dear Sir, we regret to inform you that the light will be closed at the end of the month.”"
    )
    e.insertFromMimeData(d)
    e.move_caret(e.manuscript.text().index("brass"))


@pytest.mark.parametrize("mode", os.environ.get("MODES", "light").split(","))
def test_shot(make_studio, qtbot, mode):
    kw = {
        "theme": {"light": "light", "dark": "dark", "high": "contrast", "zh": "light"}.get(
            mode, "light"
        )
    }
    if mode == "zh":
        kw["language"] = "zh_CN"
    studio = make_studio(**kw)
    w = studio.window
    w.resize(1100, 720)
    fill(studio)
    studio.do("origins")
    c = w.manuscript.provenance
    qtbot.waitUntil(lambda: c.is_idle)
    c.tint.show_now()
    qtbot.wait(400)
    qtbot.waitUntil(lambda: c.is_idle)
    qtbot.wait(300)
    w.grab().save(f"{OUT}/tint_{mode}.png")
    if True:
        studio.do("provenance")
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        dialog = QApplication.activeModalWidget()
        qtbot.wait(400)
        dialog.grab().save(f"{OUT}/report_{mode}.png")
        dialog.close()
