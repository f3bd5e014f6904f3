"""The model's text for those who hear it: announced by the sentence while it is written."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.options.settings_store import SettingsStore
from app.tasks.cutting import last_sentence_end
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import count_words
from app.ui.generation.session import Session
from app.ui.generation.takes import TakeText
from app.ui.numbers import number_text
from app.ui.widgets.announce import announce


class SpokenTake(QObject):
    """Follows the take that is shown; the setting `announce` says how much of it is announced."""

    def __init__(self, session: Session, settings: SettingsStore, editor: Editor) -> None:
        super().__init__(editor)
        self._session, self._settings, self._editor = session, settings, editor
        self._take: TakeText | None = None
        self._told = 0
        self._is_over = True
        session.moved.connect(self._follow)

    def _follow(self) -> None:
        group = self._session.group
        is_shown = group is not None and group.takes and group.is_shown
        take = group.take if group is not None and is_shown else None
        if take is not self._take:
            self._begin(take)
        if take is None or self._is_over:
            return
        if self._settings.settings.announce == "sentences":
            self._tell_sentences(take)
        if take.finished:
            self._is_over = True
            self._tell_end(take)

    def _begin(self, take: TakeText | None) -> None:
        """Another take is shown: one that is written already is not read again."""
        is_switch = self._take is not None and take is not None
        self._take, self._told = take, 0
        self._is_over = take is None or take.finished
        group = self._session.group
        if is_switch and group is not None and len(group.takes) > 1:
            text = self.tr("Take {0} of {1}").format(group.active + 1, len(group.takes))
            announce(self._editor, text)

    def _tell_sentences(self, take: TakeText) -> None:
        """Announce the sentences that have ended since the last ones; all of it at the end."""
        rest = take.text[self._told :]
        end = len(rest) if take.finished else last_sentence_end(rest)
        if end:
            self._told += end
            announce(self._editor, rest[:end].strip())

    def _tell_end(self, take: TakeText) -> None:
        if self._settings.settings.announce != "nothing" and take.text:
            count = count_words(take.text)
            words = self.tr("The model has written {0} words.", "", count)
            announce(self._editor, words.format(number_text(count)))
