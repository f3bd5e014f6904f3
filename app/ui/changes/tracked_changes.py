"""Tracked changes: what is proposed for the page's text, which stays until a change is accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.changes.compare import TextChange, compare, compare_so_far
from app.core.changes.open_changes import OpenChange, OpenChanges
from app.core.documents.normalise import normalise
from app.core.provenance.origins import Origin, new_take_key
from app.core.system.throttle import Throttle
from app.ui.changes.change_marks import ChangeMarks
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change, units
from app.ui.editor.undo_history import UndoStep

_STEP_S = 0.06  # between two views of an answer that is being written


class ChangeStep(msgspec.Struct, eq=False):
    """What a step of the undo history opened, or closed, beside what it did to the text."""

    changes: tuple[OpenChange, ...]
    is_closing: bool


class Proposal:
    """An answer for a part of the text; `start` and `end` are where that part is now.

    As long as it `is_open`, it can be shown as far as it is written. It is compared with the text
    as that is then, so that a word that the writer changes meanwhile cannot be lost.
    """

    def __init__(
        self, tracked: TrackedChanges, number: int, start: int, end: int, author: str
    ) -> None:
        self._tracked = tracked
        self.number, self.author = number, author
        self.start, self.end = start, end
        self.is_open = True
        self.origin_key = new_take_key()
        self._throttle = Throttle(_STEP_S)

    @property
    def original(self) -> str:
        """The text that the answer is for, as it is now."""
        return self._tracked.editor.manuscript.text(self.start, self.end)

    def show(self, answer_so_far: str) -> None:
        """Show what of the answer is there; not at every word of a fast model."""
        if self.is_open and not self._tracked.editor.is_composing and self._throttle():
            changes = compare_so_far(self.original, normalise(answer_so_far))
            self._tracked.propose(self, changes)

    def finish(self, answer: str) -> int:
        """Show the whole answer, to be accepted or rejected; returns how many changes it has.

        Undo takes them back.
        """
        if not self.is_open:
            return 0
        changes = compare(self.original, normalise(answer))
        self._tracked.propose(self, changes, is_whole=True)
        return len(changes)

    def abandon(self) -> None:
        """Take back all that was shown."""
        if self.is_open:
            self._tracked.propose(self, ())
            self.is_open = False

    def follow(self, change: Change) -> None:
        """Move along with a change of the text."""
        is_empty = self.start == self.end
        self.end = change.carry(self.end)
        self.start = self.end if is_empty else change.carry(self.start, after_insertion=True)
        self.start = min(self.start, self.end)


class TrackedChanges(QObject):
    """The open changes of an editor's text, shown on its page.

    The manuscript is the original until a change is accepted. `moved` when other changes are open,
    or the caret is in another one; `beginning` just before something is proposed, and `accepting`
    just before the text changes.
    """

    moved = Signal()
    beginning = Signal()
    accepting = Signal()

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self.editor = editor
        self.open = OpenChanges()
        self._proposals: list[Proposal] = []
        self._marks = ChangeMarks(editor)
        self._returning: ChangeStep | None = None
        self._step: UndoStep | None = None
        self._is_busy = self._is_replayed = False
        self._writing: tuple[UndoStep | None, tuple[OpenChange, ...]] = None, ()
        self._cuts: list[tuple[UndoStep, tuple[OpenChange, ...]]] = []
        editor.changed.connect(self._on_changed)
        editor.page.settled.connect(self._show)
        editor.step_undone.connect(self._on_step_undone)
        editor.step_redone.connect(self._on_step_redone)
        editor.history_moved.connect(self._return)
        editor.caret_moved.connect(self._on_caret)

    # What a rewrite does

    def begin(self, start: int, end: int, author: str) -> Proposal:
        """Begin to propose another text for the part from `start` to `end`.

        Open changes that are in it are rejected.
        """
        self.beginning.emit()
        self._proposals = [one for one in self._proposals if one.is_open]
        self.reject(one.id for one in self.open if one.start < end and one.end > start)
        proposal = Proposal(self, self.open.new_id(), start, end, author)
        self._proposals.append(proposal)
        return proposal

    def propose(
        self, proposal: Proposal, changes: Sequence[TextChange], *, is_whole: bool = False
    ) -> None:
        """Show these changes of a proposal's part of the text in the place of its former ones."""
        self.open.remove({one.id for one in self.open if one.proposal == proposal.number})
        found = tuple(self._opened(proposal, changes))
        self.open.put(found)
        if is_whole:
            proposal.is_open = False
            if found:
                self._record(found, (), is_closing=False)
        self._refresh()

    def _opened(self, proposal: Proposal, changes: Iterable[TextChange]) -> Iterable[OpenChange]:
        """The changes where they stand in the manuscript, in UTF-16 units."""
        original = proposal.original
        at, place = 0, proposal.start
        for one in changes:
            start = place + units(original[at : one.position])
            at, place = one.end, start + units(one.removed)
            yield OpenChange(
                self.open.new_id(), start, place, one.added, proposal.author, proposal.number
            )

    # What the writer does

    @property
    def current(self) -> OpenChange | None:
        """The change that the caret is at."""
        return self.open.at(self.editor.caret)

    @property
    def selected(self) -> tuple[OpenChange, ...]:
        """The changes within the selection; without one, that at the caret."""
        start, end = self.editor.selection
        if start < end:
            return self.open.within(start, end)
        return (self.current,) if self.current is not None else ()

    @property
    def is_being_written(self) -> bool:
        """Whether an answer is still being written."""
        return any(proposal.is_open for proposal in self._proposals)

    def next(self, *, backwards: bool = False) -> OpenChange | None:
        """Go to the next change or the one before, around the end; None where there is none."""
        start, end = self.editor.selection
        found = self.open.before(start) if backwards else self.open.after(end)
        if found is not None:
            self.editor.move_caret(found.end)
            self.editor.ensureCursorVisible()
        return found

    def accept(self, ids: Iterable[int]) -> int:
        """Let these changes be made, as one step; returns how many were.

        Not those of an answer that is still being written, nor on a page to be read only.
        """
        taken = self._settled(ids) if self._may_change else ()
        if not taken:
            return 0
        self.accepting.emit()
        text = self.editor.manuscript.text
        changes = [
            Change(one.start, text(one.start, one.end), one.added) for one in reversed(taken)
        ]
        self.open.remove({one.id for one in taken})
        self._is_busy = True
        self._record(tuple(reversed(taken)), changes, is_closing=True)
        with self.editor.putting(Origin("rewrite")):
            keys = {proposal.number: proposal.origin_key for proposal in self._proposals}
        for one, change in zip(reversed(taken), changes, strict=True):
            with self.editor.putting(Origin("rewrite", keys.get(one.proposal, 0))):
                self.editor.carry_out((change,), Source.REWRITE)
        self._is_busy = False
        self._refresh()
        self.editor.history_moved.emit()
        return len(taken)

    def reject(self, ids: Iterable[int]) -> int:
        """Let the text be as it is there, as one step; returns how many changes were closed."""
        taken = self._settled(ids) if self._may_change else ()
        if taken:
            self.open.remove({one.id for one in taken})
            self._record(taken, (), is_closing=True)
            self._refresh()
        return len(taken)

    @property
    def settled(self) -> tuple[OpenChange, ...]:
        """Those of whole answers."""
        return self._settled(one.id for one in self.open)

    def put(self, changes: Sequence[OpenChange]) -> None:
        """Open changes that were kept."""
        self.open.put(changes)
        self._refresh()

    def clear(self) -> None:
        """Forget all of them, because another text comes."""
        had_any = bool(self._proposals) or bool(self.open)
        self.open = OpenChanges()
        for proposal in self._proposals:
            proposal.is_open = False
        self._proposals.clear()
        self._cuts.clear()
        self._returning = None
        if had_any:
            self._refresh()

    @property
    def _may_change(self) -> bool:
        return not self.editor.isReadOnly() and not self.editor.is_composing

    def _settled(self, ids: Iterable[int]) -> tuple[OpenChange, ...]:
        written = {proposal.number for proposal in self._proposals if proposal.is_open}
        return tuple(one for one in self.open.of(set(ids)) if one.proposal not in written)

    # The text and its undo steps

    def _record(
        self, changes: tuple[OpenChange, ...], edits: Sequence[Change], *, is_closing: bool
    ) -> None:
        """Make a step of it; each open change has an edit, which may change nothing."""
        edits = edits or [Change(one.start, "", "") for one in changes]
        self.editor.history.add(list(edits), ChangeStep(changes, is_closing))
        self.editor.history_moved.emit()

    def _on_changed(self, change: Change, source: Source) -> None:
        if source is Source.FILE:
            self.clear()
            return
        step = self.editor.history.last_moved
        owner = step.owner if source is Source.HISTORY and step is not None else None
        if isinstance(owner, ChangeStep) and owner.is_closing:
            self.open.remove(_ids(owner.changes))  # before they are accepted again
        for proposal in self._proposals:
            proposal.follow(change)
        former = tuple(self.open)
        if former:
            self.open.follow(change.position, units(change.removed), units(change.added))
            self._refresh()
        self._remember(former, source)

    def _remember(self, former: tuple[OpenChange, ...], source: Source) -> None:
        """Keep what the writer's step did to open changes, for Undo."""
        step = self.editor.history.last_done
        if source is Source.WRITER and step is not None:
            if step is not self._writing[0]:
                self._writing = step, former
            if (former or self.open) and _shapes(former) != _shapes(self.open):
                self._cuts = [one for one in self._cuts if one[0] is not step]
                self._cuts.append((step, self._writing[1]))
        elif source is Source.MODEL:
            self._cuts.clear()  # what is kept tells places of another text
        self._is_replayed = source is Source.HISTORY

    def _on_step_undone(self, step: UndoStep) -> None:
        """The step is about to be taken back: what it did to the changes comes after the text."""
        if isinstance(step.owner, ChangeStep):
            self._step, self._returning = step, step.owner

    def _return(self) -> None:
        self._mend()
        step, owner = self._step, self._returning
        if step is None or owner is None or self._is_busy:
            return
        self._step = self._returning = None
        self._switch(step, owner, is_closing=not owner.is_closing)

    def _mend(self) -> None:
        """The writer's step was taken back: what it had closed or parted is as it was."""
        history, is_replayed = self.editor.history, self._is_replayed
        self._is_replayed = False
        found = [one for step, one in self._cuts if step is history.last_moved]
        is_undone = is_replayed and history.last_done is not history.last_moved
        if not found or not is_undone or self.is_being_written:
            return
        self.open.remove(_ids(self.open))
        self.open.put(found[0])
        self._refresh()

    def _on_step_redone(self, step: UndoStep) -> None:
        if isinstance(step.owner, ChangeStep):
            self._switch(step, step.owner, is_closing=step.owner.is_closing)

    def _switch(self, step: UndoStep, owner: ChangeStep, *, is_closing: bool) -> None:
        self.open.remove(_ids(owner.changes))
        if not is_closing:
            pairs = zip(owner.changes, step.changes, strict=True)
            self.open.put([one.at(change.position) for one, change in pairs])
        self._refresh()

    # The page

    def _refresh(self) -> None:
        if not self._is_busy:
            self._show()
            self.moved.emit()

    def _show(self) -> None:
        self._marks.show(self.open)

    def _on_caret(self) -> None:
        if len(self.open):
            self.moved.emit()


def _shapes(changes: Iterable[OpenChange]) -> list[tuple[int, int, str]]:
    """What of changes is the same wherever they stand."""
    return [(one.id, one.end - one.start, one.added) for one in changes]


def _ids(changes: Iterable[OpenChange]) -> Collection[int]:
    return {one.id for one in changes}
