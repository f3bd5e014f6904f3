"""The side panel of sampling parameters: presets on top, the rows of the table in groups below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.options.presets import Preset, Presets
from app.core.options.sampling import GROUPS, PARAMETERS, Sampling
from app.ui.sampling.preset_bar import PresetBar
from app.ui.widgets.section import PanelScroll, Section

if TYPE_CHECKING:
    from app.ui.sampling.parameter_row import ParameterRow

_OPEN_AT_FIRST = ("Variety", "Repetition", "Length and stops")


class SamplingPanel(QWidget):
    """Shows and edits one `Sampling`.

    The rows are made when somebody asks for them, or after the panel's first painting: they take
    a third of the time in which the window opens, and the page is what must come first.

    `changed` carries the new Sampling, many times a second while a slider is dragged.
    `preset_changed` carries the name of the preset that the values are compared with.
    """

    changed = Signal(object)
    preset_changed = Signal(str)

    def __init__(
        self,
        presets: Presets,
        sampling: Sampling,
        parent: QWidget | None = None,
        *,
        preset: str = "",
    ) -> None:
        super().__init__(parent)
        self._sampling = sampling
        self.bar = PresetBar(presets, sampling, preset)
        self.bar.chosen.connect(self._choose)
        self.bar.renamed.connect(self.preset_changed)
        self._rows: dict[str, ParameterRow] = {}
        self._sections: dict[str, Section] = {}
        self._engine = ""
        # Widgets get their parents at birth: moving them later costs twice the time.
        self._scroll = PanelScroll(self)
        self._lay_out()
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

    def set_preset(self, name: str) -> None:
        """Compare with another preset without taking its values; unknown names are ignored."""
        self.bar.set_name(name)
        self._show()

    def set_engine(self, name: str) -> None:
        """Grey what the engine "llama.cpp" or "torch" cannot do, with its reason."""
        self._engine = name
        if not self._rows:
            return
        from app.ui.sampling.parameter_row import translated

        for row in self._rows.values():
            row.set_missing(translated(row.bound.missing(name)) if row.bound.missing(name) else "")

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
        self._sections = {group: self._section(group) for group in GROUPS}
        self._scroll.column.addStretch(1)
        if self._engine:
            self.set_engine(self._engine)
        self._show()

    def _section(self, group: str) -> Section:
        from app.ui.sampling.parameter_row import translated
        from app.ui.sampling.value_rows import make_row

        opened = group in _OPEN_AT_FIRST
        section = Section(translated(group), opened=opened, parent=self._scroll.widget())
        self._scroll.column.addWidget(section)
        for bound in PARAMETERS:
            if bound.row.group == group:
                row = make_row(bound, section.body)
                row.set_value(getattr(self._sampling, bound.name))
                row.changed.connect(self._collect)
                self._rows[bound.name] = row
                section.add(row)
        return section

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addWidget(self._scroll, 1)

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
        for group, section in self._sections.items():
            rows = (row for row in self._rows.values() if row.bound.row.group == group)
            section.set_changed(sum(row.is_modified() for row in rows))
