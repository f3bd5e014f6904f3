"""Undo and redo for a text in which a writer and a model write at the same time.

Qt's own undo stack is one line of edits in the order they happened. A generation is hundreds of
insertions with the writer's typing in between, and must still be one step: here it stays where it
began on the stack, and what was typed since is moved along as it grows.
"""

from __future__ import annotations

import msgspec

from app.core.provenance.spans import Runs
from app.ui.editor.manuscript import Change, units


class StepNote(msgspec.Struct, eq=False):
    """Where the texts of one change came from: what it removed and what it added."""

    removed: Runs = ()
    added: Runs = ()
    position: int = 0


class UndoStep(msgspec.Struct, eq=False):
    """What one Undo takes back. `owner` can still amend it, as a generation does.

    `is_owned` says that it was made with an owner, which may have let go of it since. `notes` are
    of the changes in their order, kept by who follows them; there may be none.
    """

    changes: list[Change]
    owner: object | None = None
    mergeable: bool = False
    is_owned: bool = False
    notes: list[StepNote] = msgspec.field(default_factory=list)

    @property
    def alters(self) -> bool:
        """Whether the text is another after it; a rejected change leaves it as it is."""
        return any(change.removed != change.added for change in self.changes)

    @property
    def caret_undone(self) -> int:
        """Where the caret belongs after this step is taken back."""
        return self.changes[0].removed_end if self.changes else 0

    @property
    def caret_redone(self) -> int:
        """Where the caret belongs after this step is done again."""
        last = self.changes[-1] if self.changes else Change(0, "", "")
        return last.position + units(last.added)


class History:
    """The steps done, and after them the steps undone."""

    def __init__(self) -> None:
        self._steps: list[UndoStep] = []
        self._done = 0
        self._clean: int | None = 0
        self.last_moved: UndoStep | None = None
        """The step that was last taken back or done again."""
        self.is_undone = False
        """Whether it was taken back."""

    @property
    def last(self) -> UndoStep | None:
        """The step that Undo would take back; None if there is none."""
        return self._steps[self._done - 1] if self._done else None

    @property
    def last_done(self) -> UndoStep | None:
        """The step that Undo would take back."""
        return self._steps[self._done - 1] if self._done else None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._done > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._done < len(self._steps)

    @property
    def is_clean(self) -> bool:
        """Whether the text is as it was at the last `mark_clean`."""
        if self._clean is None:
            return False
        ends = sorted((self._clean, self._done))
        return not any(step.alters for step in self._steps[slice(*ends)])

    def mark_clean(self) -> None:
        """The text is as in the file; typing on begins a new step."""
        self._clean = self._done
        self.close_step()

    def mark_dirty(self) -> None:
        """No state of the text is the file's any more."""
        self._clean = None

    def close_step(self) -> None:
        """Let nothing merge into the last step."""
        if self._done:
            self._steps[self._done - 1].mergeable = False

    def record(self, change: Change) -> None:
        """Add the writer's change, to the last step if it only goes on typing or deleting."""
        last = self.last
        if last is not None and last.mergeable and not self.can_redo:
            merged = _merged(last.changes[-1], change)
            if merged is not None:
                last.changes[-1] = merged
                return
        self._push(UndoStep([change], mergeable=_is_typing(change)))

    def join_last(self) -> None:
        """Make one step of the last two, which were just recorded."""
        last = self._steps.pop()
        self._done -= 1
        self._steps[-1].changes += last.changes
        self._steps[-1].notes += last.notes

    def open(self, position: int, owner: object, present: str = "") -> UndoStep:
        """Begin a step that its owner may amend later, even when others lie above it.

        It will write over what is `present` there.
        """
        step = UndoStep([Change(position, present, present)], owner, is_owned=True)
        self._push(step)
        return step

    def add(self, changes: list[Change], owner: object) -> UndoStep:
        """Add a step that its owner made, and does something of its own with when it is undone."""
        step = UndoStep(changes, owner, is_owned=True)
        self._push(step)
        return step

    def amend(self, step: UndoStep, text: str) -> None:
        """Make `text` what the open `step` wrote; later steps move along."""
        index = self._steps.index(step)
        before = step.changes[0]
        step.changes[0] = Change(before.position, before.removed, text)
        if self._clean is not None and self._clean > index:
            self._clean = None
        shift = units(text) - units(before.added)
        self._shift_after(index, before.position + units(before.added), shift)

    def drop(self, step: UndoStep) -> None:
        """Forget an open step that wrote nothing; it may have been undone and overwritten."""
        if step not in self._steps:
            return
        index = self._steps.index(step)
        del self._steps[index]
        self._done -= index < self._done
        if self._clean is not None and self._clean > index:
            self._clean -= 1

    def undo(self) -> UndoStep | None:
        """The step to take back, newest change first; None if there is none."""
        if not self.can_undo:
            return None
        self._done -= 1
        step = self.last_moved = self._steps[self._done]
        self.is_undone = True
        step.mergeable = False
        return step

    def redo(self) -> UndoStep | None:
        """The step to do again; None if there is none."""
        if not self.can_redo:
            return None
        self._done += 1
        self.last_moved, self.is_undone = self.last, False
        return self.last_moved

    def _push(self, step: UndoStep) -> None:
        if self._clean is not None and self._clean > self._done:
            self._clean = self._done if self.is_clean else None
        del self._steps[self._done :]
        self.close_step()
        self._steps.append(step)
        self._done += 1

    def _shift_after(self, index: int, seam: int, shift: int) -> None:
        """Move every later change behind `seam` by `shift`, following the seam through them."""
        for step in self._steps[index + 1 :]:
            for number, change in enumerate(step.changes):
                if change.position >= seam:
                    step.changes[number] = change.moved(shift)
                else:
                    seam += change.growth


def _is_typing(change: Change) -> bool:
    return (not change.removed and len(change.added) == 1 and change.added != "\n") or (
        not change.added and len(change.removed) == 1
    )


def _merged(last: Change, change: Change) -> Change | None:
    """Both as one, if `change` goes on typing the same word or deleting the same way."""
    if not _is_typing(change) or bool(last.added) == bool(change.removed):
        return None
    if change.added:
        begins_word = last.added[-1].isspace() and not change.added.isspace()
        if begins_word or change.position != last.position + units(last.added):
            return None
        return Change(last.position, last.removed, last.added + change.added)
    if change.removed_end == last.position:
        return Change(change.position, change.removed + last.removed, "")
    if change.position == last.position:
        return Change(last.position, last.removed + change.removed, "")
    return None
