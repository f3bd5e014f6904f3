"""How a model is loaded: engine, options, adapters, and what a crash of the GPU changes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from msgspec.structs import replace

from app.core.errors import NotAModelError
from app.core.models.drafts import with_draft
from app.core.models.metadata import MetadataStore, ModelRecord
from app.core.models.model_file import ModelFile, engine_for
from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.core.options.rows import is_encodable
from app.core.options.settings import Settings
from app.engine.gpu_crashes import GpuMark, GpuMarks
from app.engine.messages import EngineName, Load


def plan_load(
    model: ModelFile,
    settings: Settings,
    metadata: MetadataStore | None = None,
    *,
    engine: str = "",
    options: LoadOptions | None = None,
) -> Load:
    """The command that loads `model` as the settings say; its job number is still missing.

    `engine` and `options` go before the settings. The adapters and the draft model that the user
    chose are those in `metadata`, as far as they are for the engine; without one there are none.
    Raises NotAModelError or UnsupportedModelError where the model cannot be loaded so.
    """
    if not is_encodable(model.path):
        raise NotAModelError("The model's path is not valid UTF-8.", "Rename the file or folder.")
    name = cast(EngineName, engine_for(model, engine or settings.engine))
    record = metadata.record(model) if metadata is not None else ModelRecord()
    return Load(
        job=0,
        path=model.path,
        engine=name,
        options=options or with_draft(settings.load, record, name),
        adapters=_fitting(record.adapters, name),
    )


def _fitting(adapters: Sequence[Adapter], engine: str) -> tuple[Adapter, ...]:
    is_file = engine == "llama.cpp"
    return tuple(one for one in adapters if one.path.lower().endswith(".gguf") == is_file)


def gpu_crash(load: Load, crashes: GpuMarks) -> GpuMark | None:
    """The crash that this load would bring about again; None where it asks for no GPU."""
    return crashes.failed(load.path, load.engine) if load.options.gpu_layers else None


def on_processor(load: Load) -> Load:
    """The same load without the GPU."""
    return replace(load, options=replace(load.options, gpu_layers=0))
