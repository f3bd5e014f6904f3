"""A memory of the Torch engine as bytes, to be saved with the prompt that it holds."""

from __future__ import annotations

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError

from app.host.prompt_cache.state_file import State
from app.host.torch_engine.kv_cache import Lane, Lanes


def pack(lane: Lane) -> State:
    """The bytes of a memory with one row."""
    with torch.inference_mode():
        return np.frombuffer(safetensors.torch.save(lane.tensors()), np.uint8)


def unpack(state: State, lanes: Lanes, length: int, room: int, device: torch.device) -> Lane:
    """The memory of `length` positions out of its bytes; raises ValueError where it is none."""
    try:
        tensors = safetensors.torch.load(state.tobytes())
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    with torch.inference_mode():
        return lanes.holding(tensors, length, room, device)
