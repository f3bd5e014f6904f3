"""Where the prompts that a loaded model has read are saved, and what they depend on."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from app.core.load_options import LoadOptions
from app.engine.messages import ModelInfo
from app.host.fingerprint import fingerprint
from app.host.state_file import Made
from app.host.states import SavedPrompts, forget_all


def saved_prompts(
    info: ModelInfo, files: Iterable[Path], options: LoadOptions, folder: str
) -> SavedPrompts | None:
    """The saved prompts of the model in `files`, if there is a folder for any.

    Whoever does not want them kept does not want those of former times kept either.
    """
    if not folder:
        return None
    if not options.keep_prompts:
        forget_all(Path(folder))
        return None
    try:
        model = fingerprint(files)
    except OSError:  # it was moved away since it was mapped: nothing tells it from another
        return None
    made = Made(model=model, build=info.settings.build, settings=_settings(info))
    return SavedPrompts(Path(folder), made, info.context)


def _settings(info: ModelInfo) -> str:
    """A digest of all that changes the numbers in a sequence's memory, or their arrangement."""
    settings = info.settings
    facts = (
        info.engine,
        info.architecture,
        info.quantization,
        info.parameters,
        settings.context,  # some models scale their positions by it
        settings.kv_type,
        settings.flash_attention,
        settings.device,
        settings.adapters,
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()
