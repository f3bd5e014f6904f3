"""The page of the side bar for what the model is told beside the text."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.context.entries import DEPTHS, LONGEST, StoryMemory
from app.ui.context.lore_editor import LoreEditor, field
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.sentences import Words, told
from app.ui.widgets.controls import ElidedLabel, FlowingNote, IconButton
from app.ui.widgets.number_box import NumberBox
from app.ui.widgets.section import PanelScroll
from app.ui.widgets.theme import heading_font

_MEMORY_ROWS, _NOTE_ROWS = 6, 3


class MemoryPage(QWidget):
    """Shows a story's memory, its author's note and its lore, and lets the writer change them.

    `changed` carries all of it after each change; `wished` "view", or "more" for the menu.
    """

    changed = Signal(object)
    wished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_showing = False
        self._owner: Words = ""
        self.owner = ElidedLabel()
        self.owner.setFont(heading_font(self.font(), 0))
        self.view_button = IconButton("eye", "")
        self.more_button = IconButton("more", "")
        self.problem = FlowingNote("wrong")
        self.memory, self.note = field(_MEMORY_ROWS), field(_NOTE_ROWS)
        self.depth_box = NumberBox(DEPTHS[0], DEPTHS[-1], 1, whole=True)
        self.memory_label, self.note_label = ElidedLabel(), ElidedLabel()
        self.lore_label = ElidedLabel()
        self.depth_label = QLabel()
        self.depth_label.setWordWrap(True)
        self.memory_hint, self.note_hint = FlowingNote(), FlowingNote()
        self.lore = LoreEditor()
        self.memory_label.setBuddy(self.memory)
        self.note_label.setBuddy(self.note)
        self.depth_label.setBuddy(self.depth_box)
        self._lay_out()
        self.memory.textChanged.connect(self._tell)
        self.note.textChanged.connect(self._tell)
        self.depth_box.valueChanged.connect(lambda _value: self._tell())
        self.lore.changed.connect(self._tell)
        self.view_button.clicked.connect(lambda: self.wished.emit("view"))
        self.more_button.clicked.connect(lambda: self.wished.emit("more"))
        self._word()
        on_language_change(self._word)

    @property
    def story(self) -> StoryMemory:
        """All that the fields hold."""
        return StoryMemory(
            memory=self.memory.toPlainText()[:LONGEST],
            note=self.note.toPlainText()[:LONGEST],
            depth=int(self.depth_box.value()),
            lore=self.lore.entries,
        )

    def show_story(self, story: StoryMemory, owner: Words, problem: Words = "") -> None:
        """Show what is kept for `owner`; with a `problem` it cannot be changed."""
        self._is_showing = True
        self.memory.setPlainText(story.memory)
        self.note.setPlainText(story.note)
        self.depth_box.setValue(story.depth)
        self.lore.show_entries(story.lore)
        self.name_owner(owner)
        self.problem.say(problem)
        for part in (self.memory, self.note, self.depth_box, self.lore, self.lore.add_button):
            part.setEnabled(not problem)
        self._is_showing = False

    def name_owner(self, owner: Words) -> None:
        """Say what it is kept for."""
        self._owner = owner
        self._show_owner()

    def _tell(self) -> None:
        if self._is_showing:
            return
        fields = (self.memory, self.note, self.lore.text)
        is_cut = any(len(one.toPlainText()) > LONGEST for one in fields)
        self.problem.say(self._cut_text if is_cut else "")
        self.changed.emit(self.story)

    def _cut_text(self) -> str:
        return self.tr("Only the first {0} characters of each field are kept.").format(
            number_text(LONGEST)
        )

    def _show_owner(self) -> None:
        self.owner.setText(told(self._owner))
        self.owner.setToolTip(told(self._owner))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 8, 4)
        head.setSpacing(2)
        head.addWidget(self.owner, 1)
        head.addWidget(self.view_button)
        head.addWidget(self.more_button)
        depth = QHBoxLayout()
        depth.addWidget(self.depth_label, 1)
        depth.addWidget(self.depth_box)
        lore = QHBoxLayout()
        lore.setContentsMargins(0, 10, 0, 0)
        lore.addWidget(self.lore_label, 1)
        lore.addWidget(self.lore.add_button)
        scroll = PanelScroll()
        column = scroll.column
        for part in (self.problem, self.memory_label, self.memory_hint, self.memory):
            column.addWidget(part)
        column.addSpacing(10)
        for part in (self.note_label, self.note_hint, self.note):
            column.addWidget(part)
        column.addLayout(depth)
        column.addLayout(lore)
        column.addWidget(self.lore)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(scroll, 1)
        for label in (self.memory_label, self.note_label, self.lore_label):
            label.setFont(heading_font(self.font(), 0))

    def _word(self) -> None:
        self._show_owner()
        self.view_button.name(self.tr("See what the model reads"))
        self.more_button.name(self.tr("Import or export"))
        self.memory_label.setText(self.tr("Memory"))
        self.memory.setAccessibleName(self.tr("Memory"))
        self.memory_hint.say(lambda: self.tr("Always sent, ahead of the text."))
        self.memory_hint.reword()
        self.note_label.setText(self.tr("Author’s note"))
        self.note.setAccessibleName(self.tr("Author’s note"))
        self.note_hint.say(lambda: self.tr("Sent near the end, where it weighs most."))
        self.note_hint.reword()
        self.depth_label.setText(self.tr("Paragraphs after it"))
        self.depth_box.setAccessibleName(self.tr("Paragraphs after the author’s note"))
        spoken = self.tr("A number from {0} to {1}").format(DEPTHS[0], DEPTHS[-1])
        self.depth_box.setAccessibleDescription(spoken)
        self.lore_label.setText(self.tr("Lore"))
        self.problem.reword()
