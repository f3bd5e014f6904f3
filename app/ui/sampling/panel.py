"""The side panel of sampling parameters: the bar of presets above the list of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.options.presets import Preset, Presets
from app.core.options.sampling import Sampling
from app.ui.languages import on_language_change
from app.ui.sampling.preset_bar import PresetBar
from app.ui.startup import FirstPaint

if TYPE_CHECKING:
    from app.ui.sampling.parameter_list import ParameterList
    from app.ui.sampling.value_rows import SeedRow


class SamplingPanel(QWidget):
    """Shows and edits one `Sampling`.

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
        self._sampling, self._every = sampling, every
        self._engine, self._unsupported = "", dict[str, str]()
        self.bar = PresetBar(presets, sampling, preset)
        self.bar.chosen.connect(self._choose)
        self.bar.renamed.connect(self.preset_changed)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addWidget(self.bar)
        self._whole.addStretch()
        self.bar.set_sampling(sampling)
        FirstPaint(self).painted.connect(lambda: self.list)
        on_language_change(self._word)

    def _word(self) -> None:
        if "list" in vars(self):
            self.list.reword()
            self.list.set_engine(self._engine, self._unsupported)
        self._show()

    @cached_property
    def list(self) -> ParameterList:
        """The rows, made when they are first asked for, or after the first painting.

        Making them takes a third of the time in which the window opens.
        """
        from app.ui.sampling.parameter_list import ParameterList

        made = ParameterList(self._sampling, self, every=self._every)
        made.changed.connect(self._collect)
        made.more.header.toggled.connect(self._take_every)
        made.set_engine(self._engine, self._unsupported)
        made.follow(self._sampling, self.bar.preset().sampling)
        self._whole.insertWidget(1, made, 1)
        return made

    def sampling(self) -> Sampling:
        """The present values."""
        return self._sampling

    def set_sampling(self, sampling: Sampling) -> None:
        """Show other values; does not emit `changed`."""
        self._sampling = sampling
        if "list" in vars(self):
            self.list.set_sampling(sampling)
        self._show()

    def preset(self) -> str:
        """The name of the chosen preset; "" if none was chosen."""
        return self.bar.name()

    def suggest(self, suggestion: Preset | None) -> bool:
        """Offer the preset that suits the loaded model; true if its values were taken over."""
        taken = self.bar.suggest(suggestion)
        self._show()
        return taken

    def set_engine(self, name: str, unsupported: Mapping[str, str] = MappingProxyType({})) -> None:
        """Grey what an engine ("llama.cpp", "torch" or "server") cannot do, with its reason.

        `unsupported` has the reasons by parameter name where the engine's name does not tell them.
        """
        self._engine, self._unsupported = name, dict(unsupported)
        if "list" in vars(self):
            self.list.set_engine(name, self._unsupported)
            self._show()

    def is_all_shown(self) -> bool:
        """Whether every parameter is shown."""
        return self._every

    def show_all(self, every: bool) -> None:
        """Show every parameter, or only those that writers move."""
        if "list" in vars(self):
            self.list.more.set_open(every)
        else:
            self._take_every(every)

    def set_last_seed(self, seed: int) -> None:
        """Offer the seed of the last take beside the seed field."""
        cast("SeedRow", self.list.rows["seed"]).set_last_seed(seed)

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
        self._sampling = self.list.sampling()
        self._show()
        self.changed.emit(self._sampling)

    def _show(self) -> None:
        """Bring everything that follows from the values up to date."""
        self.bar.set_sampling(self._sampling)
        if "list" in vars(self):
            self.list.follow(self._sampling, self.bar.preset().sampling)
