"""What to tell when the engine host ended by itself: what is known of it, and what to do."""

from __future__ import annotations

import signal
from pathlib import Path

from app.core.errors import GpuCrashedError, LampblackError, ModelCrashedError, ServerLostError
from app.engine.messages import JobCommand, Load, ModelInfo

_LOAD_HINTS = {
    "SIGKILL": "Most likely the system had too little memory and ended it: close other programs, "
    "or choose a smaller model or context.",
    "SIGILL": "The engine's library uses instructions that this processor does not have: install "
    "one that was built for it, or use the other engine.",
    "SIGBUS": "The file could not be read to its end: it was changed meanwhile, or its disk "
    "fails. Verify the file, then load it again or get it again.",
}
"""What the signal that ended a load on the processor says."""

_UNKNOWN = (
    "The reason is not known: it may be a damaged file, this processor or its memory, a driver, or "
    "a fault in the engine. Verify the file; if it is whole, use another model, the other engine "
    "or a newer version of the program."
)


def crash_error(
    code: int, command: JobCommand | None, model: ModelInfo | None, gpu: str = ""
) -> LampblackError:
    """The error for a host that ended with `code` at a command; None stands for its start.

    `model` is the one that was loaded, `gpu` names the cards that a load was putting it on.
    """
    ended = f"The engine {_describe_exit(code)}"
    if isinstance(command, Load):
        loading = f"{ended} while it loaded {Path(command.path).name}"
        if gpu:
            return GpuCrashedError(
                f"{loading} on the graphics card ({gpu}).",
                "Load it on the processor, or bring the card's driver up to date and try again.",
            )
        return ModelCrashedError(f"{loading}.", _LOAD_HINTS.get(_signal_name(code), _UNKNOWN))
    after = " and the model is loaded again"
    if model is not None and model.settings.gpu_layers:
        after = ", and if it happens once more, set the layers on the GPU to 0"
    crashed = f"{ended} before it was ready."
    if model is not None:
        crashed = f"{ended} while it worked with {model.name}."
    return ModelCrashedError(crashed, f"Your text is safe; write again{after}.")


def server_child_error(code: int) -> ServerLostError:
    """The error for a child that spoke to a server and ended with `code`."""
    return ServerLostError(
        f"The process that speaks to the server {_describe_exit(code)}.",
        "The text so far is kept; write again, and it is started again.",
    )


def _describe_exit(code: int) -> str:
    """An exit code in words, such as `was killed by SIGSEGV`."""
    if code >= 0:
        return f"ended with code {code}"
    return f"was killed by {_signal_name(code) or f'signal {-code}'}"


def _signal_name(code: int) -> str:
    """The signal that an exit code stands for on POSIX; empty if none has this number."""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return ""
