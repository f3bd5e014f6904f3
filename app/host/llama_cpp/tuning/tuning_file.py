"""How a model runs best on this machine: what was measured, and where it is remembered."""

from __future__ import annotations

import platform
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Annotated

import msgspec

from app.core.system.json_store import JsonStore, decode_numbered
from app.core.system.openmp import TUNING_FOLDER, Waiting, waiting_file
from app.engine.messages import EngineSettings
from app.host.cpu import allowed_processors, default_threads

_FORM = 1  # raised when what is remembered changes its meaning
_MOST_BYTES = 65_536
_MOST_SETUPS = 12  # per model: other builds, KV cache types, layers on the GPU
_ENOUGH_TRIES = 10  # a machine that never measures the same is not measured for ever
_PROCESSORS = Path("/proc/cpuinfo")

_Count = Annotated[int, msgspec.Meta(ge=1, le=512)]
_Rows = Annotated[int, msgspec.Meta(ge=32, le=8192)]
_Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
_Multiple = Annotated[float, msgspec.Meta(gt=0, le=10_000)]


class _Remembered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the file; what does not fit is refused when it is read."""


class Tuning(_Remembered, frozen=True):
    """What was measured of one model with one build on one machine.

    `step_s` holds the usual seconds of a single step in an almost empty context by number of
    threads, `row_s` the seconds per row of a prompt with `threads`. `rows_cost` are the costs of
    batches of 2, 3, 4, … rows as multiples of a single step. A value that there was no time to
    measure is missing, or 0.
    """

    threads: _Count
    flash_attention: bool
    batch: _Rows
    ubatch: _Rows
    waiting: Waiting = "active"
    step_s: Annotated[dict[_Count, _Seconds], msgspec.Meta(max_length=16)] = {}
    row_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    rows_cost: Annotated[tuple[_Multiple, ...], msgspec.Meta(max_length=64)] = ()


class Probed(_Remembered, frozen=True):
    """A tuning and how far it can be trusted.

    `is_flash_settled`: flash attention was measured beyond doubt, so that it stays. `is_steady`:
    the samples were close to each other. `tries`: how often it was measured.
    """

    tuning: Tuning
    is_flash_settled: bool
    is_steady: bool
    tries: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1

    @property
    def is_final(self) -> bool:
        """Whether it need not be measured again."""
        return self.is_steady or self.tries >= _ENOUGH_TRIES

    def after(self, former: Probed | None) -> Probed:
        """The result where there was a former one: settled flash attention is never changed."""
        if former is None:
            return self
        found = msgspec.structs.replace(self, tries=former.tries + 1)
        if not former.is_flash_settled:
            return found
        flash = former.tuning.flash_attention
        tuning = msgspec.structs.replace(self.tuning, flash_attention=flash)
        return msgspec.structs.replace(found, tuning=tuning, is_flash_settled=True)


class _TuningJson(_Remembered, frozen=True):
    """One model's file: what was measured in each setup, and what the model last ran with."""

    form: int = _FORM
    flash_attention: bool | None = None
    setups: dict[str, Probed] = {}


def _decoded(data: bytes) -> _TuningJson:
    """The file of this form or none; raises NewerFormatError or ValueError."""
    found = decode_numbered(data, "form", _FORM, _TuningJson)
    if found.form != _FORM:
        raise ValueError("it has an older form")
    return found


class TuningFile:
    """What is remembered of one model. The file is not trusted, and may be lost at any time."""

    def __init__(self, cache: str, model: str) -> None:
        self.cache = cache
        path = Path(cache) / TUNING_FOLDER / f"{model}.json"
        self._file = JsonStore(path, _decoded, limit=_MOST_BYTES)
        self.problem = ""
        """Why nothing is remembered of the model, as a sentence; empty where it is."""
        self._content = self._read()

    def find(self, setup: str) -> Probed | None:
        """What was measured in a setup."""
        return self._content.setups.get(setup)

    def keep(self, setup: str, probed: Probed) -> None:
        """Remember a result; the oldest setups are forgotten."""
        setups = {name: old for name, old in self._content.setups.items() if name != setup}
        newest = [*setups.items(), (setup, probed)][-_MOST_SETUPS:]
        self._write(msgspec.structs.replace(self._content, setups=dict(newest)))

    def forget(self) -> None:
        """Forget what was measured, but not what the model last ran with."""
        self._write(msgspec.structs.replace(self._content, setups={}))
        kept = waiting_file(Path(self.cache))
        if not kept.read(keep_damaged=False).lock:
            with suppress(OSError):  # how threads should wait is measured with a model
                kept.path.unlink(missing_ok=True)

    def note_flash(self, flash_attention: bool) -> str:
        """Remember what the model runs with now; a sentence for the user if that is new."""
        former = self._content.flash_attention
        if former == flash_attention:
            return ""
        self._write(msgspec.structs.replace(self._content, flash_attention=flash_attention))
        if former is None:
            return ""
        return (
            f"Flash attention is now {'on' if flash_attention else 'off'} for this model; "
            "a seed gives another text than before."
        )

    def _read(self) -> _TuningJson:
        found = self._file.read(keep_damaged=False)
        if found.fault == "newer":
            self.problem = (
                f"What was measured of this model is left as it is, because {found.reason}; "
                "it is measured again each time."
            )
        return found.content or _TuningJson()

    def _write(self, content: _TuningJson) -> None:
        self._content = content
        if self.problem:
            return
        with suppress(OSError):  # a full or locked disk costs another measuring, nothing else
            self._file.write(msgspec.json.encode(content))


def setup_of(settings: EngineSettings) -> str:
    """A digest of all that decides what is fastest, apart from the model itself.

    The waiting policy is left out: it is changed only where that makes no difference.
    """
    facts = (
        settings.kv_type,
        settings.gpu_layers,
        settings.device,
        *machine_facts(settings.build),
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def machine_facts(build: str) -> tuple[object, ...]:
    """What a measurement depends on but for the model: the build and the processor's share."""
    return (
        build,
        _processor(),
        sorted(allowed_processors()),
        default_threads(),
    )


def _processor() -> str:
    """The processor's name, as far as the system tells it."""
    with suppress(OSError):
        for line in _PROCESSORS.read_text("utf-8", "replace").splitlines():
            if line.startswith(("model name", "Model", "Hardware")):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
