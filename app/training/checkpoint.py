"""A checkpoint: one safetensors file with all numbers, and where the training was, in its header.

Being one file that is written whole or not at all, it is the last whole one after any end of the
process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from app.core.errors import HousekeepingError
from app.core.system.files import why, write_atomically
from app.core.training.orders import HeldOutLoss

FILE = "checkpoint.safetensors"
_STATE = "lampblack_training"


class TrainingState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a training is: steps done, what was seen on held-out pages, the time it has taken.

    `digest` is that of everything that decides the numbers: an order with another one cannot go on
    from here.
    """

    digest: str
    step: int = 0
    best_step: int = 0
    held_out: tuple[HeldOutLoss, ...] = ()
    seconds: float = 0.0
    is_over: bool = False


State = TypeVar("State", bound=TrainingState)


def save_checkpoint(folder: Path, state: TrainingState, tensors: dict[str, Any]) -> None:
    """Write it in place of the former one; raises HousekeepingError, with the former one whole."""
    head = {_STATE: msgspec.json.encode(state).decode()}
    try:
        write_atomically(folder / FILE, save(tensors, head))
    except OSError as error:
        raise HousekeepingError(
            f"The checkpoint of the training could not be written: {why(error)}.",
            "Make room on the disk, and resume the training.",
        ) from error


def read_checkpoint(
    folder: Path, digest: str, kind: type[State]
) -> tuple[State, dict[str, Any]] | None:
    """The state, of this kind, and the tensors; None where there is none or of another order."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        with safe_open(path, "pt") as file:
            text = (file.metadata() or {}).get(_STATE, "")
            state = msgspec.json.decode(text, type=kind)
            if state.digest != digest:
                return None
            return state, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a file, no mapping
    except (OSError, SafetensorError, msgspec.MsgspecError):
        return None
