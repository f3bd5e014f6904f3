"""The actions that fold sections, and what is said about it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.ui.actions import Actions
from app.ui.editor.editor import Editor
from app.ui.editor.folding import Folding
from app.ui.widgets.status_bar import StatusBar


class FoldController(QObject):
    """Folds when it is asked for, and says in the status bar and to screen readers what it did."""

    def __init__(self, editor: Editor, status: StatusBar, actions: Actions) -> None:
        super().__init__(editor)
        self._status = status
        self.folding = Folding(editor)
        actions.connect_all({"fold": self._fold, "fold_all": self._fold_all})

    def begin(self) -> None:
        """The window is shown: nothing is folded yet."""

    def close(self) -> None:
        """The window closes; what was folded is not kept."""

    def _fold(self) -> None:
        before = len(self.folding.headings)
        if not self.folding.toggle():
            self._status.say(self.tr("There is nothing to fold here: no heading above has text."))
        elif len(self.folding.headings) > before:
            self._status.say(self.tr("Folded. The text is all there; Ctrl+. shows it again."))
        else:
            self._status.say(self.tr("Unfolded."))

    def _fold_all(self) -> None:
        if not self.folding.toggle_all():
            self._status.say(self.tr("There is nothing to fold: this text has no headings."))
        elif count := len(self.folding.headings):
            self._status.say(self.tr("%n sections folded.", "", count))
        else:
            self._status.say(self.tr("All sections unfolded."))
