"""What is done with the takes in the tray: the page, the session and the store follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter

from app.core.options.settings_store import SettingsStore
from app.core.store import TakeRecord
from app.core.store.takes.kept import MIXED, KeptTake
from app.ui.editor.editor import Editor
from app.ui.generation.session import Session
from app.ui.generation.take_log import TakeLog
from app.ui.generation.takes import TakeGroup, TakeText
from app.ui.takes.anchors import PlaceAnchors
from app.ui.takes.mix import Mix
from app.ui.takes.tray import TakeTray, TrayItem
from app.ui.widgets.status_bar import StatusBar

_MORE = 2
_FOLLOW_MS = 50
_SHARE = 0.42  # of the room, which the tray takes when it is opened


class TrayController(QObject):
    """Shows the takes of one place in the tray, which lies beside the page in `middle`.

    `origin` gives the document's journal and path. `go_on_asked` says that the takes of the place
    where the caret is now are to be written; `opened` carries the key of the place that is shown.
    """

    go_on_asked = Signal()
    opened = Signal(str)

    def __init__(
        self,
        middle: QSplitter,
        editor: Editor,
        session: Session,
        take_log: TakeLog,
        anchors: PlaceAnchors,
        settings: SettingsStore,
        origin: Callable[[], tuple[str, str]],
        is_kept_busy: Callable[[], bool],
        status: StatusBar,
    ) -> None:
        super().__init__(middle)
        self._middle, self._editor, self._session = middle, editor, session
        self._log, self._anchors, self._settings = take_log, anchors, settings
        self._origin, self._is_kept_busy, self._status = origin, is_kept_busy, status
        self._group: TakeGroup | None = None
        self._takes: list[TakeText] = []
        self._mix: Mix | None = None
        self._mixed: set[str] = set()
        self._records: dict[str, TakeRecord] = {}  # of takes that were kept earlier
        self.tray = tray = TakeTray()
        tray.hide()
        tray.picked.connect(self.pick)
        tray.sentence_asked.connect(self.mix)
        tray.continued.connect(self.go_on)
        tray.starred.connect(self.star)
        tray.renamed.connect(self.rename)
        tray.copied.connect(self.copy)
        tray.more_asked.connect(self.more)
        tray.side_asked.connect(self.change_side)
        tray.left.connect(self.leave)
        middle.addWidget(tray)
        self._later = QTimer(self, singleShot=True, interval=_FOLLOW_MS)
        self._later.timeout.connect(self.follow)
        session.moved.connect(self._wake)

    @property
    def is_open(self) -> bool:
        """Whether the tray is shown."""
        return not self.tray.isHidden()

    @property
    def takes(self) -> tuple[TakeText, ...]:
        """The takes in the tray."""
        return tuple(self._takes)

    def open(self, group: TakeGroup, kept: Iterable[KeptTake] = ()) -> None:
        """Show the takes of a group, after those of its place that are `kept` and not in it."""
        self._group, self._mix = group, None
        known = {take.key for take in group.takes}
        kept = [one for one in kept if one.key not in known]
        self._mixed = {one.key for one in kept if one.record.finish_reason == MIXED}
        self._records = {one.key: one.record for one in kept}
        self._takes = [*map(_text_of, kept), *group.takes]
        is_new = not self.is_open
        self.follow()
        if is_new:
            self.tray.show()
            self._lie()
        self.tray.focus_card(self._shown_number())
        self.opened.emit(group.place_key)

    def focus_take(self, key: str) -> bool:
        """Put the focus on the card of the take with that key; False where there is none."""
        keys = [take.key for take in self._takes]
        if key in keys:
            self.tray.focus_card(keys.index(key))
        return key in keys

    def leave(self) -> None:
        """Hide the tray; what is on the page stays as it is."""
        self.tray.hide()
        self._group, self._mix, self._takes = None, None, []
        self._editor.setFocus()

    def follow(self) -> None:
        """Show the takes as they are now."""
        group = self._group
        if group is None:
            return
        alive = group.takes if self._is_at_hand else ()
        self._takes += [take for take in group.takes if take not in self._takes]
        self._takes = [take for take in self._takes if take.text or take in alive]
        if not self._takes:
            self.leave()
            return
        shown = self._shown
        count = len(self.tray.cards)
        self.tray.show_items([self._item(take, shown) for take in self._takes])
        if len(self.tray.cards) > count:
            self.tray.follow_in_tab_order(self._editor)
        self.tray.say(self._state)

    # What the writer does

    def pick(self, number: int) -> None:
        """Put a take on the page."""
        take = self._takes[number]
        group = self._at_hand()
        if group is not None and take.text and take in group.takes:
            if take.key in self._records:
                self._log.name_origin(take, self._records.pop(take.key))
            self._session.pick(group.takes.index(take))
            self.follow()

    def mix(self, number: int, sentence: int) -> None:
        """Add a sentence of a take to the mix, or take it out; the mix is on the page."""
        take, sentences = self._takes[number], self.tray.cards[number].view.sentences
        group = self._at_hand()
        if group is None or sentence >= len(sentences):
            return
        mix = self._mix = self._mix or Mix()
        text = mix.toggle(take.key, sentence, sentences[sentence], take.text)
        self._mixed.add(mix.take.key)
        if not text:
            self._session.hide()
            self._session.rewrite(mix.take, "")
            group.takes.remove(mix.take)
            group.active = 0
        else:
            self._session.rewrite(mix.take, text)
            if mix.take not in group.takes:
                group.takes.append(mix.take)
            if not group.is_shown or group.take is not mix.take:
                self._session.pick(group.takes.index(mix.take))
            self._log.record_mix(group, mix.take, *self._origin())
        self.follow()

    def go_on(self, number: int) -> None:
        """Put a take on the page, and have takes written that go on from its end."""
        if self._session.running:
            self._status.say(self.tr("The model is still writing. Esc stops it."))
            return
        self.pick(number)
        if self._is_at_hand and self._group is not None and self._group.is_shown:
            self._editor.move_caret(self._group.end)
            self.go_on_asked.emit()

    def star(self, number: int) -> None:
        """Give a take a star, or take it off."""
        take = self._takes[number]
        take.is_starred = not take.is_starred
        self._log.star(take)
        self.follow()

    def rename(self, number: int, name: str) -> None:
        """Give a take a name."""
        take = self._takes[number]
        if take.name != name:
            take.name = name
            self._log.rename(take)
            self.follow()

    def copy(self, number: int) -> None:
        """Copy the text of a take."""
        QGuiApplication.clipboard().setText(self._takes[number].text.strip())
        self._status.say(self.tr("The take is on the clipboard."))

    def more(self) -> None:
        """Have two more takes written for this place."""
        if not self._is_kept_busy() and self._at_hand() is not None:
            self._session.more(_MORE)
            self.follow()
            self.tray.focus_card(len(self._takes) - _MORE)

    def change_side(self) -> None:
        """Let the tray lie beside the page, or below it again."""
        is_beside = self._settings.settings.takes_tray == "beside"
        self._settings.change(takes_tray="below" if is_beside else "beside")
        self._lie()

    # Inside

    @property
    def _is_at_hand(self) -> bool:
        return self._group is not None and self._session.group is self._group

    def _at_hand(self) -> TakeGroup | None:
        """The group with every take of the tray, for the place as the page has it now.

        None where the page cannot be written, or the model writes somewhere else.
        """
        if self._editor.isReadOnly():
            self._status.say(self.tr("This text can only be read here."))
            return None
        group = self._group
        if group is None:
            return None
        missing = [take for take in self._takes if take not in group.takes]
        if self._is_at_hand:
            group.takes += missing
            return group
        if self._session.running:
            self._status.say(self.tr("The model is still writing. Esc stops it."))
            return None
        self._group = self._found_again(group)
        self._session.adopt(self._group)
        return self._group

    def _found_again(self, group: TakeGroup) -> TakeGroup:
        """The group at the place where its text is now; what the writer changed there stays."""
        key, caret = group.place_key, self._editor.caret
        anchor = self._anchors.get(key)
        start, stop = (anchor.start, anchor.stop) if anchor is not None else (caret, caret)
        text = self._editor.manuscript.text(start, stop)
        shown = self._shown
        is_shown = shown is not None
        active = self._takes.index(shown) if shown is not None else 0
        if text and not is_shown:
            self._status.say(
                self.tr("The text here was changed since: what is picked is put after it.")
            )
        return TakeGroup(
            start if is_shown else stop,
            group.instruction,
            stop,
            list(self._takes),
            active,
            written=len(text) if is_shown else 0,
            is_shown=is_shown,
            place_key=key,
            parent=group.parent,
        )

    def _item(self, take: TakeText, shown: TakeText | None) -> TrayItem:
        chosen = self._mix.chosen(take.key) if self._mix is not None else ()
        return TrayItem(take, chosen, take is shown, take.key in self._mixed)

    def _state(self) -> str:
        if self._is_at_hand and self._session.waiting:
            return self.tr("Waiting for the model…")
        if self._is_at_hand and self._session.running:
            return self.tr("Writing… Esc stops.")
        return self.tr("Enter or a number picks, Space adds a sentence to a mix, Esc leaves.")

    @property
    def _shown(self) -> TakeText | None:
        """The take that is on the page, as it is there."""
        group = self._group
        if group is None:
            return None
        if self._is_at_hand:
            return group.take if group.is_shown and group.takes else None
        anchor = self._anchors.get(group.place_key)
        if anchor is None:
            return None
        text = self._editor.manuscript.text(anchor.start, anchor.stop)
        return next((take for take in self._takes if text and take.text == text), None)

    def _shown_number(self) -> int:
        shown = self._shown
        return self._takes.index(shown) if shown is not None else 0

    def _wake(self) -> None:
        if self.is_open and not self._later.isActive():
            self._later.start()

    def _lie(self) -> None:
        """Share the room between the page and the tray, on the side that was chosen."""
        is_beside = self._settings.settings.takes_tray == "beside"
        orientation = Qt.Orientation.Horizontal if is_beside else Qt.Orientation.Vertical
        self._middle.setOrientation(orientation)
        self.tray.lie(beside=is_beside)
        room = self._middle.width() if is_beside else self._middle.height()
        self._middle.setSizes([round(room * (1 - _SHARE)), round(room * _SHARE)])


def _text_of(kept: KeptTake) -> TakeText:
    return TakeText(
        text=kept.record.text,
        finished=True,
        key=kept.key,
        name=kept.name,
        is_starred=kept.is_starred,
    )
