"""The dialog of a document's versions: a time line, and what changed since the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from app.core.errors import LampblackError
from app.core.store import Snapshot
from app.core.text.differences import difference
from app.ui.background import BackgroundTasks
from app.ui.history.difference_view import DifferenceView
from app.ui.history.excerpt import MarkedPassage, Part, parts_of
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.texts import moment_text
from app.ui.widgets.two_line_list import TextListDialog

_tr = QCoreApplication.translate


class HistoryDialog(TextListDialog):
    """Lists versions, the newest first, and compares the selected one with the `present` text.

    `read` gives a version's text; it is called in the background. `restore_asked` carries the
    version's text and the passage of it, or None for all of it.
    """

    restore_asked = Signal(str, object)

    def __init__(
        self,
        versions: Sequence[Snapshot],
        present: str,
        read: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        view = DifferenceView()
        super().__init__(parent, view)
        self.view = view
        self._present, self._read, self._text = present, read, ""
        self._asked = 0
        self._background = BackgroundTasks(lambda _error: None, self)
        self.setWindowTitle(self.tr("History"))
        self.list.setAccessibleName(self.tr("Versions"))
        self.view.setAccessibleName(self.tr("What changed since this version"))
        self.restore = self.add_button(self.tr("Restore All of It"))
        self.restore_marked = self.add_button(self.tr("Restore the Marked Passage"))
        self.copy = self.add_button(self.tr("Copy"))
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self._explain(is_empty=not versions)
        self.restore.clicked.connect(lambda: self._ask(None))
        self.restore_marked.clicked.connect(lambda: self._ask(self.view.marked))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text))
        self.finished.connect(lambda _result: self._background.close())
        self.view.selectionChanged.connect(self._allow)
        self.halves.setVisible(bool(versions))
        self.resize(880, 560) if versions else self.resize(520, 140)
        self._allow()
        self.fill((self._lines(one), one) for one in reversed(versions))

    def _explain(self, *, is_empty: bool) -> None:
        none = self.tr(
            "No version of this document is kept yet. One is kept as you open and save it, before "
            "the model writes, and every hour while you work."
        )
        some = self.tr(
            "Compared with the text as it is now: underlined is what was written since, struck "
            "through what was cut. Mark a passage to restore it alone."
        )
        self.intro.setText(none if is_empty else some)
        for button in (self.restore, self.restore_marked, self.copy):
            button.setVisible(not is_empty)

    def _lines(self, version: Snapshot) -> str:
        """When; then why, how long it is, and what came and went."""
        words = self.tr("{0} words", "", version.words).format(number_text(version.words))
        parts = [cause_text(version.cause), words]
        if version.gained or version.lost:
            parts.append(f"+{number_text(version.gained)} −{number_text(version.lost)}")
        return f"{moment_text(version.made_at)}\n{' · '.join(parts)}"

    def _show_current(self) -> None:
        """Compare the selected version in the background."""
        version: Snapshot | None = self.current()
        self._text = ""
        self._allow()
        if version is None:
            return
        self._asked += 1
        self.view.say(self.tr("Comparing…"))
        self._background.run(
            partial(_compared, self._read, version.id, self._present),
            partial(self._show, self._asked),
            partial(self._fail, self._asked),
        )

    def _show(self, asked: int, found: tuple[str, tuple[Part, ...]]) -> None:
        if asked != self._asked:
            return
        self._text, parts = found
        if parts:
            self.view.show_parts(parts)
        else:
            self.view.say(self.tr("Nothing has changed since this version."))
        self._allow(is_changed=bool(parts))

    def _fail(self, asked: int, error: LampblackError) -> None:
        if asked == self._asked:
            self.view.say(told(str(error)))

    def _allow(self, *, is_changed: bool | None = None) -> None:
        if is_changed is not None or not self._text:
            self.restore.setEnabled(bool(self._text) and bool(is_changed))
            self.copy.setEnabled(bool(self._text))
        self.restore_marked.setEnabled(bool(self._text) and self.view.marked is not None)

    def _ask(self, passage: MarkedPassage | None) -> None:
        self.restore_asked.emit(self._text, passage)
        self.accept()


def _compared(
    read: Callable[[int], str], number: int, present: str
) -> tuple[str, tuple[Part, ...]]:
    text = read(number)
    return text, parts_of(difference(text, present))


def cause_text(cause: str) -> str:
    """What made a version, in a few words."""
    texts = {
        "opened": _tr("History", "opened"),
        "saved": _tr("History", "saved"),
        "generation": _tr("History", "before the model wrote"),
        "rewrite": _tr("History", "before another take"),
        "restore": _tr("History", "before restoring"),
        "hourly": _tr("History", "hourly"),
        "shortened": _tr("History", "before it became much shorter"),
        "outside": _tr("History", "changed by another program"),
        "replaced": _tr("History", "before another version replaced it"),
        "replace": _tr("History", "before replacing in many files"),
    }
    return texts.get(cause, cause)
