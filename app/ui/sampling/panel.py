"""The side panel of sampling parameters: presets, the rows that writers move, all others below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.options.presets import Preset, Presets
from app.core.options.sampling import GROUPS, PARAMETERS, WRITERS, Sampling
from app.ui.sampling.preset_bar import PresetBar
from app.ui.widgets.controls import FlowingNote
from app.ui.widgets.section import PanelScroll, Section

if TYPE_CHECKING:
    from app.core.options.rows import BoundRow
    from app.ui.sampling.parameter_row import ParameterRow

_OPEN_AT_FIRST = ("Variety", "Repetition", "Length and stops")
_MOST_NAMED = 3


class SamplingPanel(QWidget):
    """Shows and edits one `Sampling`.

    The rows are made when they are first asked for, or after the panel's first painting: making
    them takes a third of the time in which the window opens, and the page must come first.

    `changed` carries the new Sampling, many times a second while a slider is dragged.
    `preset_changed` carries the name of the preset that the values are compared with.
    `all_shown` says whether the writer wants to see every parameter, when that changes.
    """

    changed = Signal(object)
    preset_changed = Signal(str)
    all_shown = Signal(bool)

    def __init__(
        self,
        presets: Presets,
        sampling: Sampling,
        parent: QWidget | None = None,
        *,
        preset: str = "",
        every: bool = False,
    ) -> None:
        super().__init__(parent)
        self._sampling = sampling
        self.bar = PresetBar(presets, sampling, preset)
        self.bar.chosen.connect(self._choose)
        self.bar.renamed.connect(self.preset_changed)
        self._rows: dict[str, ParameterRow] = {}
        self._sections: dict[str, Section] = {}
        self._more: Section | None = None
        self._every = every
        self._engine = ""
        # Widgets get their parents when they are made: moving them later costs twice the time.
        self._scroll = PanelScroll(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addWidget(self._scroll, 1)
        self._show()

    @property
    def rows(self) -> dict[str, ParameterRow]:
        """The rows by their parameters' names."""
        self._build()
        return self._rows

    @property
    def sections(self) -> dict[str, Section]:
        """The sections by their groups."""
        self._build()
        return self._sections

    def sampling(self) -> Sampling:
        """The present values."""
        return self._sampling

    def set_sampling(self, sampling: Sampling) -> None:
        """Show other values; does not emit `changed`."""
        self._sampling = sampling
        for name, row in self._rows.items():
            row.set_value(getattr(sampling, name))
        self._show()

    def preset(self) -> str:
        """The name of the chosen preset; "" if none was chosen."""
        return self.bar.name()

    def suggest(self, suggestion: Preset | None) -> bool:
        """Offer the preset that suits the loaded model; true if its values were taken over."""
        taken = self.bar.suggest(suggestion)
        self._show()
        return taken

    def set_engine(self, name: str) -> None:
        """Grey what the engine "llama.cpp" or "torch" cannot do, with its reason."""
        self._engine = name
        if not self._rows:
            return
        from app.ui.sampling.parameter_row import translated

        for row in self._rows.values():
            row.set_missing(translated(row.bound.missing(name)) if row.bound.missing(name) else "")

    @property
    def more(self) -> Section:
        """What holds the parameters that writers do not move."""
        self._build()
        assert self._more is not None  # the line above made it
        return self._more

    def is_all_shown(self) -> bool:
        """Whether every parameter is shown."""
        return self._every

    def show_all(self, every: bool) -> None:
        """Show every parameter, or only those that writers move."""
        if self._more is not None:
            self._more.set_open(every)
        else:
            self._take_every(every)

    def set_last_seed(self, seed: int) -> None:
        """Offer the seed of the last take beside the seed field."""
        from app.ui.sampling.value_rows import SeedRow

        row = self.rows["seed"]
        if isinstance(row, SeedRow):
            row.set_last_seed(seed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Have the rows made as soon as the window can be seen."""
        super().paintEvent(event)
        if not self._rows:
            QTimer.singleShot(0, self, self._build)

    def _build(self) -> None:
        if self._rows:
            return
        column, body = self._scroll.column, self._scroll.widget()
        made = {bound.name: self._row(bound, body) for bound in WRITERS}
        for row in made.values():
            column.addWidget(row)
            column.addSpacing(8)
        self.also = FlowingNote(parent=body)
        self.also.setContentsMargins(0, 0, 0, 6)
        column.addWidget(self.also)
        self._more = more = Section(self.tr("All parameters"), opened=self._every, parent=body)
        more.header.setToolTip(
            self.tr("Show every sampling parameter, or only those that writers move (Shift+F9)")
        )
        more.header.toggled.connect(self._take_every)
        column.addWidget(more)
        self._sections = {group: self._section(group, more, made) for group in GROUPS}
        self._rows = {bound.name: made[bound.name] for bound in PARAMETERS}
        column.addStretch(1)
        if self._engine:
            self.set_engine(self._engine)
        self._show()

    def _section(self, group: str, more: Section, made: dict[str, ParameterRow]) -> Section:
        """One group of those that writers do not move; its rows are added to `made`."""
        from app.ui.sampling.parameter_row import translated

        opened = group in _OPEN_AT_FIRST
        section = Section(translated(group), opened=opened, parent=more.body)
        more.add(section)
        for bound in PARAMETERS:
            if bound.row.group == group and bound.name not in made:
                made[bound.name] = self._row(bound, section.body)
                section.add(made[bound.name])
        return section

    def _row(self, bound: BoundRow, parent: QWidget | None) -> ParameterRow:
        from app.ui.sampling.value_rows import make_row

        row = make_row(bound, parent)
        row.set_value(getattr(self._sampling, bound.name))
        row.changed.connect(self._collect)
        return row

    def _take_every(self, every: bool) -> None:
        changed, self._every = every != self._every, every
        self._show()
        if changed:
            self.all_shown.emit(every)

    def _choose(self, sampling: Sampling) -> None:
        """Take a preset's values; the seed is the writer's, not the preset's."""
        self.set_sampling(msgspec.structs.replace(sampling, seed=self._sampling.seed))
        self.preset_changed.emit(self.bar.name())
        self.changed.emit(self._sampling)

    def _collect(self) -> None:
        self._sampling = Sampling(**{name: row.value() for name, row in self.rows.items()})
        self._show()
        self.changed.emit(self._sampling)

    def _show(self) -> None:
        """Bring everything that follows from the values up to date."""
        self.bar.set_sampling(self._sampling)
        if not self._rows:
            return
        from app.ui.sampling.inactive_parameters import idle_rows

        defaults = self.bar.preset().sampling
        reasons = idle_rows(self._sampling)
        for name, row in self._rows.items():
            row.set_default(getattr(defaults, name))
            row.set_idle(reasons.get(name, ""))
            row.show_term(self._every)
        hidden = [row for row in self._rows.values() if not row.bound.row.plain]
        for group, section in self._sections.items():
            rows = (row for row in hidden if row.bound.row.group == group)
            section.set_changed(sum(row.is_modified() for row in rows))
        if self._more is not None:
            self._more.set_changed(sum(row.is_modified() for row in hidden))
        at_work = [row for row in hidden if row.bound.name not in reasons]
        self.also.say("" if self._every else self._told(at_work))

    def _told(self, rows: list[ParameterRow]) -> str:
        """What is at work among `rows` beside the defaults, for nothing hidden works in silence."""
        from app.ui.sampling.parameter_row import translated

        found = [row for row in rows if row.value() != row.bound.default]
        named = []
        for row in found[:_MOST_NAMED]:
            number = row.bound.kind in ("int", "float")
            value = f" {row.value()}" if number and not row.bound.row.choices else ""
            named.append(translated(row.bound.row.label) + value)
        if len(found) > _MOST_NAMED:
            named.append(self.tr("and {0} more").format(len(found) - _MOST_NAMED))
        return self.tr("Also set: {0}").format(", ".join(named)) if named else ""
