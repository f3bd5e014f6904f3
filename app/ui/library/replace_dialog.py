"""The dialog that shows what would change in many texts before anything is replaced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.core.books.library_search import hit_at
from app.core.books.replacing import PlannedText
from app.core.errors import LampblackError
from app.ui.library.results import ResultGroup, ResultsModel, ResultsView
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel

Chosen = tuple[PlannedText, Collection[int]]


class ReplaceDialog(QDialog):
    """Lists every place with what would be put there; each can be left out.

    `page_name` is shown for the text on the page, and `errors` say which texts are left as they
    are. `replace_asked` carries the texts with the numbers of the places that were chosen.
    """

    replace_asked = Signal(object)

    def __init__(
        self,
        planned: Sequence[PlannedText],
        page_name: str,
        errors: Sequence[LampblackError],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Replace in Every Text"))
        self.model = ResultsModel(self, has_checks=True)
        self.list = ResultsView(self.model)
        self.list.setAccessibleName(self.tr("What would change"))
        self.intro = QLabel()
        self.intro.setWordWrap(True)
        self.problem = NoteLabel("wrong")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.replace = self.buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.replace.setProperty("kind", "primary")
        self._lay_out()
        for text in planned:
            self.model.add(_group(text, page_name))
        self.problem.say(lambda: "\n".join(told(str(error)) for error in errors))
        self.model.checked.connect(self._count)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self._count()
        self.resize(720, 520)

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(18, 16, 18, 16)
        lines.setSpacing(12)
        for part in (self.intro, self.problem, self.list, self.buttons):
            lines.addWidget(part, part is self.list)

    @property
    def chosen(self) -> list[Chosen]:
        """The texts in which something would change, with the numbers of the places."""
        rows = enumerate(self.model.groups)
        return [(group.key, chosen) for row, group in rows if (chosen := self.model.chosen(row))]

    def _count(self) -> None:
        places = sum(len(numbers) for _text, numbers in self.chosen)
        texts = len(self.chosen)
        words = self.tr("{0} in {1} would change.").format(
            self.tr("{0} places", "", places).format(number_text(places)),
            self.tr("{0} texts", "", texts).format(number_text(texts)),
        )
        rest = self.tr(
            "Take the mark off what is to stay. A version of each text is kept first, and all of "
            "it can be put back."
        )
        self.intro.setText(f"{words} {rest}" if self.model.groups else self.tr("Nothing found."))
        self.replace.setText(self.tr("Replace {0} Places", "", places).format(number_text(places)))
        self.replace.setEnabled(bool(places))

    def _accept(self) -> None:
        self.replace_asked.emit(self.chosen)
        self.accept()


def _group(text: PlannedText, page_name: str) -> ResultGroup:
    path = Path(text.name)
    name = page_name if text.document is None else path.name
    title = f"{text.group} › {path.stem}" if text.group else name
    return ResultGroup(
        text,
        title,
        text.name or title,
        len(text.spans),
        lambda number: hit_at(text.text, *text.spans[number]),
        partial(_new, text),
    )


def _new(text: PlannedText, number: int) -> str:
    return text.replacements[number]
