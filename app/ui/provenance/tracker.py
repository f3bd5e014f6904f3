"""Follows every change of the page, and knows where each part of its text came from."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject

from app.core.provenance.origins import (
    AnyOrigin,
    Copied,
    Origin,
    Reworked,
    carried,
    pack,
    runs_of,
    unpack,
)
from app.core.provenance.spans import Kind, OriginRun, OriginSpans, Runs, joined, length_of
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change, units
from app.ui.editor.undo_history import StepNote, UndoStep
from app.ui.widgets.listeners import Listeners

MIME = "application/x-lampblack-origins"
"""Beside a copied text: where its parts came from."""

_KINDS: dict[Source, Kind] = {Source.WRITER: "typed", Source.REWRITE: "rewrite"}
_MOVED = 2  # units that a removed text has at least to be known again


class OriginTracker(QObject):
    """The `spans` of an editor's text, by what is said of it before it is put in.

    What nobody says anything of is typed, a rewrite, or a model's without a take. Undo and Redo
    bring back what was there. `edited` carries each change: the position, how many units were
    removed, and the runs that were added. `moved` after any change of the spans.
    """

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self.edited = Listeners[[int, int, Runs]]()
        self.moved = Listeners[[]]()
        self._editor = editor
        self.spans = OriginSpans()
        self._copied: tuple[str, Runs] = "", ()
        self._removed: tuple[str, Runs] = "", ()
        self._reworked: tuple[Change, Runs] = Change(0, "", ""), ()
        self._replay: tuple[UndoStep | None, bool, int] = None, False, 0
        editor.changed.connect(self._on_changed)
        editor.copied.connect(self._on_copied)
        editor.origin_of_paste = self._origin_of_paste

    def begin(self, runs: Runs) -> None:
        """The text on the page is made of these, or of what is unknown where they do not fit."""
        length = len(self._editor.manuscript)
        fit = length_of(runs) == length
        self.spans = OriginSpans(runs if fit else (OriginRun(length, "unknown"),))
        self._removed = "", ()
        self.moved.emit()

    # Changes

    def _on_changed(self, change: Change, source: Source) -> None:
        if source is Source.FILE:
            self.begin(())
            return
        length = units(change.added)
        if source is Source.HISTORY:
            gone = self._replayed(change, length)
        elif source is Source.REWRITE:
            gone = self._rewritten(change)
        else:
            gone = self._put(change.position, change.removed_end, self._runs(change, source))
        if source is Source.WRITER:
            self._note(change, gone)
        elif source is Source.MODEL:
            self._label(length)
        is_cut = source is Source.WRITER and not length
        self._removed = (change.removed, gone) if is_cut else ("", ())

    def _put(self, position: int, end: int, runs: Runs) -> Runs:
        gone = self.spans.replace(position, end - position, runs)
        self.edited.emit(position, end - position, runs)
        self.moved.emit()
        return gone

    def _runs(self, change: Change, source: Source) -> Runs:
        """What a change puts in."""
        length, origin = units(change.added), self._editor.origin
        text, runs = self._removed
        if origin is None and source is Source.WRITER and text == change.added and len(runs):
            return runs if length >= _MOVED else (OriginRun(length, "typed"),)
        if isinstance(origin, Reworked):
            return self._rework(change, origin)
        if origin is None:
            origin = Origin(_KINDS.get(source, "generated"))
        return runs_of(origin, self.spans, change.position, length)

    def _rework(self, change: Change, origin: Reworked) -> Runs:
        """What a text is made of that takes the place of another; put back, what it was."""
        former, runs = self._reworked
        before = self.spans.cut(change.position, change.removed_end)
        if former.inverse() != change:
            runs = carried(change.removed, before, change.added, origin.kind)
        self._reworked = change, before
        return runs

    def _label(self, length: int) -> None:
        """The model's text as a whole, also where the same letters stood there before."""
        origin = self._editor.origin
        if not isinstance(origin, Origin) or origin.start < 0 or origin.length <= length:
            return
        runs = (OriginRun(origin.length, origin.kind, origin.take, origin.offset),)
        self._put(origin.start, origin.start + origin.length, runs)

    # Undo and Redo

    def _note(self, change: Change, gone: Runs) -> None:
        """Note in the step what was removed; typing and deleting on makes one change of many."""
        step = self._editor.history.last
        if step is None:
            return
        if len(step.notes) < len(step.changes):
            step.notes += [StepNote() for _ in range(len(step.changes) - len(step.notes))]
            note = step.notes[-1]
            note.removed = gone
        else:
            note = step.notes[-1]
            is_before = change.position < note.position
            note.removed = (*gone, *note.removed) if is_before else (*note.removed, *gone)
        note.position = change.position

    def _replayed(self, change: Change, length: int) -> Runs:
        """Carry out a change of Undo or Redo, and note what it removes for the other one."""
        history = self._editor.history
        step, is_undo = history.last_moved, history.is_undone
        note, whole = self._note_of(step, change, is_undo=is_undo)
        if note is not None and whole != change:
            return self._replayed_whole(note, whole, change, is_undo=is_undo)
        added: Runs = (note.removed if is_undo else note.added) if note is not None else ()
        if length_of(added) != length:
            is_owned = step is not None and step.is_owned
            added = (OriginRun(length, "generated" if is_owned else "typed"),)
        gone = self._put(change.position, change.removed_end, added)
        if note is not None and is_undo:
            note.added = gone
        elif note is not None:
            note.removed = gone
        return gone

    def _replayed_whole(
        self, note: StepNote, whole: Change, change: Change, *, is_undo: bool
    ) -> Runs:
        """The same for a step that replaced the `whole`, of which only `change` is another text."""
        former = self.spans.cut(whole.position, whole.removed_end)
        known, length = note.removed if is_undo else note.added, units(whole.added)
        rest = (OriginRun(units(change.added), "generated"),)
        gone = self._put(change.position, change.removed_end, joined(rest))
        if length_of(known) == length:
            self._put(whole.position, whole.position + length, known)
        if is_undo:
            note.added = former
        else:
            note.removed = former
        return gone

    def _rewritten(self, change: Change) -> Runs:
        """Carry out a change of an accepted rewrite, whose step is there already."""
        note, _whole = self._note_of(self._editor.history.last, change, is_undo=False)
        runs = self._runs(change, Source.REWRITE)
        gone = self._put(change.position, change.removed_end, runs)
        if note is not None:
            note.removed = gone
        return gone

    def _note_of(
        self, step: UndoStep | None, change: Change, *, is_undo: bool
    ) -> tuple[StepNote | None, Change]:
        """The note of that change of a step, whose changes come in order, backwards for Undo.

        With the step's own change, which may have replaced more than what is another text by it.
        """
        if step is None:
            return None, change
        former, was_undo, first = self._replay
        if former is not step or was_undo is not is_undo:
            first = 0
        count = len(step.changes)
        for number in range(first, count):
            index = count - 1 - number if is_undo else number
            one = step.changes[index].inverse() if is_undo else step.changes[index]
            if one == change or one.trimmed() == change:
                step.notes += [StepNote() for _ in range(count - len(step.notes))]
                self._replay = step, is_undo, number + 1
                return step.notes[index], one
        return None, change

    # The clipboard

    def _on_copied(self, data: QMimeData) -> None:
        """Say beside the copied text where its parts came from."""
        runs = self.spans.cut(*self._editor.selection)
        self._copied = data.text(), runs
        data.setData(MIME, pack(runs))

    def _origin_of_paste(self, source: QMimeData) -> AnyOrigin:
        """What is pasted or dropped: known if it was copied here, also without the note of it."""
        start = self._editor.selection[0]
        if source.hasFormat(MIME):
            runs = unpack(bytes(source.data(MIME).data()))
            if runs is not None:
                return Copied(start, runs)
        text, runs = self._copied
        return Copied(start, runs) if text and text == source.text() else Origin("pasted")
