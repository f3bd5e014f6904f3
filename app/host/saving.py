"""Where the prompts that a loaded model has read are saved, and what they depend on."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from app.core.options.load_options import LoadOptions
from app.engine.messages import ModelInfo
from app.host.prompt_cache.disk_cache import SavedPrompts, forget_all
from app.host.prompt_cache.fingerprint import Stamp, fingerprint, stamps
from app.host.prompt_cache.state_file import Made


def saved_prompts(
    info: ModelInfo,
    files: Sequence[Path],
    before: tuple[Stamp, ...],
    options: LoadOptions,
    folder: str,
) -> SavedPrompts | None:
    """The saved prompts of the model in `files`, if there is a folder for any.

    `before` are the files' stamps before the model was loaded: where they differ now, nobody knows
    which of the two models that was, and nothing is saved. Whoever does not want prompts kept does
    not want those of former times kept either.
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
    if not before or stamps(files) != before:
        return None
    made = Made(model=model, build=info.settings.build, settings=_settings(info, before))
    return SavedPrompts(Path(folder), made, info.context)


def _settings(info: ModelInfo, files: tuple[Stamp, ...]) -> str:
    """A digest of all that changes the numbers in a sequence's memory, or their arrangement.

    A fingerprint is made of samples, so that the files' times belong to it, too.
    """
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
        [written for *_, written in files],
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()
