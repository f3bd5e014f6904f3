"""A take once more: the same request word for word, or with one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.options.presets import Preset
from app.core.options.sampling import Sampling
from app.core.store.takes.kept import KeptTake
from app.engine.messages import EngineSettings, ModelInfo
from app.ui.background import BackgroundTasks
from app.ui.generation.requests import begun_in, fields_from
from app.ui.generation.session import Session
from app.ui.generation.take_log import TakeLog
from app.ui.generation.takes import TakeEnd, TakeGroup
from app.ui.numbers import number_text
from app.ui.takes.anchors import PlaceAnchors
from app.ui.texts import model_title
from app.ui.widgets.status_bar import StatusBar


class OneChange(msgspec.Struct, frozen=True):
    """The one thing that is to be different: a `model`, a `preset`, or some of the `values`."""

    model: str = ""
    preset: Preset | None = None
    values: dict[str, Any] = {}


class Repeater(QObject):
    """Has takes written again, with the model that wrote them.

    `load` loads the model at a path, `loaded` gives the present one, and `request_of` gives what is
    kept of a take's request. `is_kept_busy` answers whether something else has the model write, and
    says so. `begun` carries the group that is written.
    """

    begun = Signal(object)

    def __init__(
        self,
        session: Session,
        anchors: PlaceAnchors,
        take_log: TakeLog,
        request_of: Callable[[str], str],
        loaded: Callable[[], ModelInfo | None],
        caret: Callable[[], int],
        is_kept_busy: Callable[[], bool],
        load: Callable[[str], object],
        tasks: BackgroundTasks,
        status: StatusBar,
    ) -> None:
        super().__init__(session)
        self._session, self._anchors, self._log = session, anchors, take_log
        self._request_of, self._loaded, self._load = request_of, loaded, load
        self._caret, self._is_kept_busy = caret, is_kept_busy
        self._tasks, self._status = tasks, status
        self._awaited: tuple[TakeGroup, KeptTake] | None = None
        session.take_ended.connect(self._compare)

    def again(self, take: KeptTake, change: OneChange | None = None) -> None:
        """Have the request of a take written again, at its place or else at the caret."""
        if self._is_busy():
            return

        def work() -> str:
            self._log.wait()
            return self._request_of(take.request) if take.request else ""

        self._tasks.run(work, partial(self._begin, take, change))

    def _is_busy(self) -> bool:
        """Whether the model writes, which is said."""
        if self._session.running:
            self._status.say(self.tr("The model is still writing. Esc stops it."))
        return self._session.running or self._is_kept_busy()

    def _begin(self, take: KeptTake, change: OneChange | None, kept: str) -> None:
        if self._is_busy():  # by what was asked for while the request was read
            return
        try:
            fields = fields_from(kept)
        except ValueError:
            self._status.say(
                self.tr("What the model was asked for then is not kept, so it cannot be repeated.")
            )
            return
        change = change or OneChange()
        path = change.model or take.record.model
        fields = changed_fields(fields, change)
        self._tell(take, path)
        model = self._loaded()
        if model is None or model.path != path:
            self._load(path)  # the session waits for it
        group = self._group(take)
        self._awaited = (group, take) if change == OneChange() else None
        self._session.again(group, fields, take.record.prompt)
        for written in group.takes:
            if not written.finished:
                written.begin(begun_in(kept))
        if self._session.group is not None:
            self.begun.emit(self._session.group)

    def _group(self, take: KeptTake) -> TakeGroup:
        anchor = self._anchors.get(take.place)
        group = TakeGroup(
            anchor.stop if anchor is not None else self._caret(),
            take.record.instruction,
            is_shown=False,
            parent=take.parent,
            again_of=take.key,
            sources=tuple(filter(None, (take.record.journal, take.record.path))),
        )
        if anchor is not None and anchor.start == anchor.stop:
            group.place_key = take.place
        return group

    def _compare(self, end: TakeEnd) -> None:
        """Say whether a take that was written again is the same."""
        if self._awaited is None or end.request.group is not self._awaited[0]:
            return
        then = self._awaited[1]
        if end.take is not end.request.takes[then.number] or end.finish_reason == "cancelled":
            return
        if end.take.text == then.record.text:
            said = self.tr("Take {0} is word for word what it was then.")
        else:
            said = self.tr(
                "Take {0} is not the same as then: what the model had read already, or the machine,"
                " was another."
            )
        self._status.say(said.format(number_text(then.number + 1)))

    def _tell(self, take: KeptTake, path: str) -> None:
        """Say what makes it likely that the text will be another one."""
        model = self._loaded()
        if model is None or model.path != path or path != take.record.model:
            return
        then = msgspec.json.decode(take.record.settings)
        now = msgspec.json.decode(msgspec.json.encode(model.settings))
        if any(name in then and then[name] != now[name] for name in _DECISIVE):
            text = self.tr("{0} is loaded with other settings than then: the text may differ.")
            self._status.say(text.format(model_title(path)))


_DECISIVE = tuple(name for name in EngineSettings.__struct_fields__ if name != "device")


def changed_fields(fields: dict[str, Any], change: OneChange) -> dict[str, Any]:
    """The fields of a request with one thing changed, read so that they give the same text."""
    sampling: Sampling = fields["sampling"]
    if change.preset is not None:
        sampling = msgspec.structs.replace(
            change.preset.sampling, seed=sampling.seed, max_tokens=sampling.max_tokens
        )
    if change.values:
        sampling = msgspec.structs.replace(sampling, **change.values)
    return fields | {"sampling": sampling, "exact": True}
