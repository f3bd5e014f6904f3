"""The lock: the text is off the screen and out of reach, and comes back exactly as it was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.rewrites.table import REWRITES
from app.core.store import Store, passphrase
from app.core.system.databases import is_plain
from app.core.system.paths import Paths
from app.ui.lock.controller import LockController
from app.ui.lock.passphrase_dialog import PassphraseDialog
from app.ui.lock.section import PassphraseSection
from app.ui.lock.unlock_form import UnlockDialog
from app.ui.window.settings_dialog import SettingsDialog
from tests.ui.conftest import MODEL, Studio

WORDS = "correct horse battery"
TEXT = "The keeper of the light 歌."

Make = Callable[..., Studio]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "_N", 2**4)


@pytest.fixture
def safe(make_studio: Make, qtbot: QtBot) -> Studio:
    """A window with a passphrase and a text that is not saved."""
    studio = make_studio()
    studio.program.vault.set(WORDS, studio.program.store)
    studio.library.add(MODEL.path)
    studio.show(TEXT)
    studio.window.begin()
    assert studio.window.editor.isVisible()
    return studio


def lock_of(studio: Studio) -> LockController:
    return studio.window.manuscript.lock


def lock(studio: Studio, qtbot: QtBot) -> LockController:
    """Lock, and wait until the store is closed."""
    found = lock_of(studio)
    studio.do("lock")
    assert found.is_locked
    studio.worker.model = None  # as the engine tells when it has unloaded
    qtbot.waitUntil(lambda: studio.program.vault.is_locked)
    return found


def unlock(found: LockController, qtbot: QtBot, words: str = WORDS) -> None:
    form = found.form
    assert form is not None
    qtbot.keyClicks(form.field, words)
    with qtbot.waitSignal(found.unlocked):
        qtbot.keyClick(form.field, Qt.Key.Key_Return)


def accessible_texts(window: QWidget) -> str:
    """All that an assistive program finds from a window down: names, values, texts."""
    found, left = list[str](), [QAccessible.queryAccessibleInterface(window)]
    while left:
        one = left.pop()
        if one is None or not one.isValid():
            continue
        found += [one.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Value)]
        if (text := one.textInterface()) is not None:
            found.append(text.text(0, text.characterCount()))
        left += [one.child(number) for number in range(one.childCount())]
    return "\n".join(found)


def test_nothing_of_the_text_is_left_to_see(safe: Studio, qtbot: QtBot) -> None:
    window = safe.window
    assert TEXT in accessible_texts(window)
    found = lock(safe, qtbot)
    assert not window.editor.isVisible()
    assert not window.statusBar().isVisible()
    assert not window.menuBar().isVisible()
    assert window.windowTitle() == "Lampblack"
    assert window.windowFilePath() == ""
    assert TEXT not in accessible_texts(window)
    assert window.editor.window() is not window
    assert QApplication.focusWidget() is found.form.field if found.form else False
    unlock(found, qtbot)


def test_everything_comes_back_as_it_was(safe: Studio, qtbot: QtBot) -> None:
    window = safe.window
    window.editor.move_caret(4)
    safe.do("undo")
    safe.do("redo")
    window.editor.move_caret(4)
    title = window.windowTitle()
    found = lock(safe, qtbot)
    unlock(found, qtbot)
    assert not found.is_locked
    assert safe.text == TEXT
    assert window.editor.caret == 4
    assert window.windowTitle() == title
    assert window.isWindowModified()
    assert window.editor.isVisible()
    assert window.statusBar().isVisible()
    assert window.menuBar().isVisible()
    assert window.editor.window() is window
    assert window.editor.hasFocus()
    safe.do("undo")
    assert safe.text == ""
    safe.do("redo")
    assert safe.text == TEXT
    safe.program.store.flush()
    assert not safe.program.store.problems


def test_a_running_text_is_stopped_and_kept(safe: Studio, qtbot: QtBot) -> None:
    safe.do("continue")
    safe.stream(" It shone")
    found = lock_of(safe)
    safe.do("lock")
    assert safe.worker.cancelled
    assert safe.worker.count_of("unload") == 1
    assert not safe.program.vault.is_locked, "its last words are still to come"
    safe.stream(" on.")
    safe.done("cancelled")
    safe.worker.model = None
    qtbot.waitUntil(lambda: safe.program.vault.is_locked)
    paths = Paths.here()
    safe.program.store.flush()
    assert not is_plain(paths.store_file)
    unlock(found, qtbot)
    assert safe.text == f"{TEXT} It shone on."
    assert safe.worker.last("load")[1]["path"] == MODEL.path, "the model is loaded again"
    safe.window.generation.take_log.takes(*safe.window.generation.origin())
    takes = safe.program.store.takes(safe.window.documents.journal)
    assert [take.text for take in takes] == [" It shone on."]


def test_a_running_action_is_stopped_and_its_answer_kept(safe: Studio, qtbot: QtBot) -> None:
    safe.program.settings_store.change(service=True)  # by which the model stays
    safe.window.editor.selectAll()
    safe.window.manuscript.rewrites.start(REWRITES[0])
    safe.stream("The guard of")
    found = lock_of(safe)
    safe.do("lock")
    assert safe.worker.cancelled == [safe.worker.last("generate")[0]]
    with qtbot.waitSignal(found.settling.timeout):
        pass
    assert not safe.program.vault.is_locked, "its last words are still to come"
    safe.stream(" the lamp")
    safe.done("cancelled")
    qtbot.waitUntil(lambda: safe.program.vault.is_locked)
    unlock(found, qtbot)
    takes = safe.program.store.takes(safe.window.documents.journal)
    assert [take.text for take in takes] == ["The guard of the lamp"]


def test_keys_of_the_window_do_nothing_while_locked(safe: Studio, qtbot: QtBot) -> None:
    found = lock(safe, qtbot)
    window = safe.window
    asked: list[str] = []
    window.actions_table["save"].triggered.connect(lambda: asked.append("save"))
    window.actions_table["quit"].triggered.connect(lambda: asked.append("quit"))
    assert found.form is not None
    for key in (Qt.Key.Key_S, Qt.Key.Key_Q, Qt.Key.Key_Z):
        qtbot.keyClick(found.form.field, key, Qt.KeyboardModifier.ControlModifier)
    assert asked == []
    unlock(found, qtbot)
    qtbot.keyClick(window.editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["save"]


def test_other_windows_go_and_come_back(safe: Studio, qtbot: QtBot) -> None:
    safe.do("history")
    others = [
        one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not safe.window
    ]
    assert others
    found = lock(safe, qtbot)
    assert not any(one.isVisible() for one in others)
    unlock(found, qtbot)
    assert all(one.isVisible() for one in others)
    for one in others:
        one.close()


def test_an_unsaved_text_is_not_closed_while_locked(safe: Studio, qtbot: QtBot) -> None:
    found = lock(safe, qtbot)
    assert found.form is not None
    assert not safe.window.close()
    assert "unlock first" in found.form.problem.text()
    assert safe.window.isVisible()
    unlock(found, qtbot)
    assert safe.text == TEXT


def test_a_wrong_passphrase_makes_one_wait_longer_each_time(safe: Studio, qtbot: QtBot) -> None:
    found = lock(safe, qtbot)
    form = found.form
    assert form is not None
    for seconds in (1, 2, 4):
        qtbot.keyClicks(form.field, "wrong")
        qtbot.keyClick(form.field, Qt.Key.Key_Return)
        qtbot.waitUntil(form.waiting.isActive)
        assert form.waiting.interval() == seconds * 1000
        assert "not the passphrase" in form.problem.text()
        assert not form.field.isEnabled()
        assert form.field.text() == ""
        form.waiting.stop()
        form.waiting.timeout.emit()
        assert form.field.isEnabled()
    unlock(found, qtbot)


def test_it_locks_after_idle_minutes(safe: Studio, qtbot: QtBot) -> None:
    found = lock_of(safe)
    assert not found.idle.isActive(), "it is off unless asked for"
    safe.program.settings_store.change(lock_after=5)
    found.follow()
    assert found.idle.isActive()
    assert found.idle.interval() == 5 * 60_000
    found.idle.start(10**7)
    found.idle.setInterval(10**6)
    qtbot.keyClicks(safe.window.editor, "x")
    assert found.idle.remainingTime() < 2 * 10**6, "typing begins it again"
    with qtbot.waitSignal(found.locked):
        found.idle.timeout.emit()
    assert not found.idle.isActive()
    safe.worker.model = None
    qtbot.waitUntil(lambda: safe.program.vault.is_locked)
    unlock(found, qtbot)
    assert found.idle.isActive()


def test_without_a_passphrase_the_key_shows_where_to_set_one(
    make_studio: Make, qtbot: QtBot
) -> None:
    studio = make_studio()
    studio.do("lock")
    assert not lock_of(studio).is_locked
    dialogs: list[SettingsDialog] = []

    def is_shown() -> bool:
        dialogs[:] = studio.window.findChildren(SettingsDialog)
        return bool(dialogs) and dialogs[0].isVisible()

    qtbot.waitUntil(is_shown)
    assert dialogs[0].tabs.tabText(dialogs[0].tabs.currentIndex()) == "Privacy"
    dialogs[0].reject()


# Setting it in Settings


def section_of(studio: Studio, qtbot: QtBot) -> PassphraseSection:
    section = PassphraseSection(studio.program, lock_of(studio), studio.window)
    section.show()
    return section


def dialog_of(section: PassphraseSection) -> PassphraseDialog:
    return section.findChildren(PassphraseDialog)[-1]


def fill(dialog: PassphraseDialog, *words: str) -> None:
    for field, text in zip(dialog._fields(), words, strict=True):
        field.setText(text)


def test_it_is_set_changed_and_removed_in_the_settings(make_studio: Make, qtbot: QtBot) -> None:
    studio = make_studio(model=None)
    studio.show(TEXT)
    section = section_of(studio, qtbot)
    assert section.state.text() == "None is set."
    section.set_button.click()
    dialog = dialog_of(section)
    assert "cannot be recovered" in dialog.about.text()
    fill(dialog, WORDS, WORDS)
    assert not dialog.do_button.isEnabled(), "what is lost for ever must be known"
    dialog.agreed.setChecked(True)
    fill(dialog, WORDS, "another one")
    dialog.accept()
    assert "not the same" in dialog.problem.text()
    fill(dialog, WORDS, WORDS)
    with qtbot.waitSignal(dialog.done_all):
        dialog.accept()
        dialog.reject()
        assert dialog.isVisible(), "it is not left in the middle"
    store = Paths.here().store_file
    assert not is_plain(store)
    assert "encrypted" in section.state.text()
    section.change_button.click()
    dialog = dialog_of(section)
    fill(dialog, "wrong", "battery horse", "battery horse")
    dialog.accept()
    qtbot.waitUntil(lambda: "not the passphrase" in dialog.problem.text())
    fill(dialog, WORDS, "battery horse", "battery horse")
    with qtbot.waitSignal(dialog.done_all):
        dialog.accept()
    section.remove_button.click()
    dialog = dialog_of(section)
    fill(dialog, "battery horse")
    with qtbot.waitSignal(dialog.done_all):
        dialog.accept()
    studio.program.store.flush()
    assert is_plain(store)
    assert not studio.program.store.problems
    journal = studio.window.documents.journal
    studio.program.store.close()
    with closing(Store(store)) as again:
        assert [one.text for one in again.recoverable() if one.id == journal] == [TEXT]


def test_the_engine_lets_go_of_its_prompts_first(make_studio: Make, qtbot: QtBot) -> None:
    studio = make_studio()
    studio.library.add(MODEL.path)
    section = section_of(studio, qtbot)
    section.set_button.click()
    dialog = dialog_of(section)
    fill(dialog, WORDS, WORDS)
    dialog.agreed.setChecked(True)
    dialog.accept()
    assert studio.worker.count_of("unload") == 1
    vault = studio.program.vault
    assert vault.is_set is False
    with qtbot.waitSignal(dialog.done_all):
        studio.worker.model = None
    assert studio.program.vault.is_set
    assert studio.worker.last("load")[1]["path"] == MODEL.path


def test_a_short_one_is_not_set(make_studio: Make, qtbot: QtBot) -> None:
    section = section_of(make_studio(model=None), qtbot)
    section.set_button.click()
    dialog = dialog_of(section)
    dialog.agreed.setChecked(True)
    fill(dialog, "short", "short")
    assert not dialog.do_button.isEnabled()
    assert "8" in dialog.do_button.toolTip()
    dialog.reject()


# At the start


def test_the_start_asks_for_it(safe: Studio, qtbot: QtBot) -> None:
    vault = safe.program.vault
    vault.lock()
    dialog = UnlockDialog(vault)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.form.field, WORDS)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.form.field, Qt.Key.Key_Return)
    assert not vault.is_locked


def test_who_leaves_at_the_start_gets_no_window(safe: Studio, qtbot: QtBot) -> None:
    vault = safe.program.vault
    vault.lock()
    dialog = UnlockDialog(vault)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.rejected):
        dialog.form.leave_button.click()
    assert vault.is_locked
    vault.unlock(WORDS)


def test_a_start_without_a_passphrase_does_without_all_of_this(own_home: Path) -> None:
    """Neither the vault nor the lock's windows are imported for the first painting."""
    code = (
        "import sys; from app.program import Program; from app.core.system.paths import Paths;"
        "import app.ui.application as one; program = Program(Paths.here());"
        "assert one._is_unlocked(program); program.store.close();"
        "print(sorted(name for name in sys.modules if name in ("
        "'app.core.store.vault', 'app.ui.lock.unlock_form', 'app.ui.lock.section')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
