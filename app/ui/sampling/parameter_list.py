"""The list of sampling parameters: the rows that writers move, and all others below a heading."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.options.rows import BoundRow
from app.core.options.sampling import GROUPS, PARAMETERS, WRITERS, Sampling
from app.ui.sampling.inactive_parameters import idle_rows
from app.ui.sampling.parameter_row import ParameterRow, translated
from app.ui.sampling.value_rows import make_row
from app.ui.sentences import joined
from app.ui.texts import list_text
from app.ui.widgets.controls import FlowingNote
from app.ui.widgets.number_box import shown_number
from app.ui.widgets.section import PanelScroll, Section

_OPEN_AT_FIRST = ("Variety", "Repetition", "Length and stops")
_MOST_NAMED = 3


class ParameterList(PanelScroll):
    """The `rows` of a `Sampling` by their names, and its `sections` by their groups.

    `changed` follows every change by the writer. `more` holds the parameters that writers do not
    move; `also` names those of them that are at work while `more` is closed.
    """

    changed = Signal()

    def __init__(self, sampling: Sampling, parent: QWidget, *, every: bool) -> None:
        super().__init__(parent)
        self._unsupported: dict[str, str] = {}
        # Widgets get their parents when they are made: moving them later costs twice the time.
        column, body = self.column, self.widget()
        made = {bound.name: self._row(bound, body, sampling) for bound in WRITERS}
        for row in made.values():
            column.addWidget(row)
            column.addSpacing(8)
        self.also = FlowingNote(parent=body)
        self.also.setContentsMargins(0, 0, 0, 6)
        column.addWidget(self.also)
        self.more = Section("", opened=every, parent=body)
        self._name_more()
        column.addWidget(self.more)
        self.sections = {group: self._section(group) for group in GROUPS}
        for bound in PARAMETERS:
            if bound.name not in made:
                section = self.sections[bound.row.group]
                made[bound.name] = self._row(bound, section.body, sampling)
                section.add(made[bound.name])
        self.rows = {bound.name: made[bound.name] for bound in PARAMETERS}
        column.addStretch(1)

    def reword(self) -> None:
        """Name everything in the language that is spoken now; `follow` says the rest."""
        self._name_more()
        for group, section in self.sections.items():
            section.set_title(translated(group))
        for row in self.rows.values():
            row.reword()

    def _name_more(self) -> None:
        tip = self.tr("Show every sampling parameter, or only those that writers move (Shift+F9)")
        self.more.set_title(self.tr("All parameters"), tip)

    def sampling(self) -> Sampling:
        """The values of the rows."""
        return Sampling(**{name: row.value() for name, row in self.rows.items()})

    def set_sampling(self, sampling: Sampling) -> None:
        """Show other values; does not emit `changed`."""
        for name, row in self.rows.items():
            row.set_value(getattr(sampling, name))

    def set_engine(self, name: str, unsupported: dict[str, str]) -> None:
        """Grey what the engine cannot do, with its reason: its own, or one of `unsupported`."""
        self._unsupported = unsupported
        left_out = self.tr("It is not sent.")
        for row in self.rows.values():
            missing = row.bound.missing(name)
            reason = unsupported.get(row.bound.name, "")
            row.set_missing(
                joined((reason, left_out)) if reason else missing and translated(missing)
            )

    def follow(self, sampling: Sampling, defaults: Sampling) -> None:
        """Bring what follows from the values and from the preset's up to date."""
        reasons = idle_rows(sampling)
        for name, row in self.rows.items():
            row.set_default(getattr(defaults, name))
            row.set_idle(reasons.get(name, ""))
            row.show_term(self.more.is_open())
        hidden = [row for row in self.rows.values() if not row.bound.row.plain]
        for group, section in self.sections.items():
            rows = (row for row in hidden if row.bound.row.group == group)
            section.set_changed(sum(row.is_modified() for row in rows))
        self.more.set_changed(sum(row.is_modified() for row in hidden))
        at_work = [row for row in hidden if row.bound.name not in reasons]
        self.also.say("" if self.more.is_open() else self._told(at_work))

    def _section(self, group: str) -> Section:
        opened = group in _OPEN_AT_FIRST
        section = Section(translated(group), opened=opened, parent=self.more.body)
        self.more.add(section)
        return section

    def _row(self, bound: BoundRow, parent: QWidget | None, sampling: Sampling) -> ParameterRow:
        row = make_row(bound, parent)
        row.set_value(getattr(sampling, bound.name))
        row.changed.connect(self.changed)
        return row

    def _told(self, rows: list[ParameterRow]) -> str:
        """What is at work among `rows` beside the defaults, for nothing hidden works in silence.

        Nor is a value left out in silence that a server cannot be told.
        """
        found = [row for row in rows if row.value() != row.bound.default]
        sent = [row for row in found if row.bound.name not in self._unsupported]
        not_sent = [row for row in found if row.bound.name in self._unsupported]
        lines = (
            self._named(self.tr("Also set: {0}"), sent),
            self._named(self.tr("Not sent: {0}"), not_sent),
        )
        return "\n".join(filter(None, lines))

    def _named(self, words: str, found: list[ParameterRow]) -> str:
        named = []
        for row in found[:_MOST_NAMED]:
            number = row.bound.kind in ("int", "float")
            value = (
                f" {shown_number(row.value(), self.locale())}"
                if number and not row.bound.row.choices
                else ""
            )
            named.append(translated(row.bound.row.label) + value)
        if len(found) > _MOST_NAMED:
            named.append(self.tr("and {0} more").format(len(found) - _MOST_NAMED))
        return words.format(list_text(named)) if named else ""
