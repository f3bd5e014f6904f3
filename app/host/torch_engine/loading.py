"""Loading a model folder or a GGUF file: device, progress, cancel, and what goes wrong."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import transformers
from safetensors import SafetensorError

from app.core.errors import (
    CancelledError,
    LampblackError,
    ModelLoadError,
    NotAModelError,
    OutOfMemoryError,
    ParameterError,
    UnsupportedModelError,
)
from app.core.formats.adapter_files import read_peft
from app.core.formats.gguf import read_header
from app.core.formats.header_notes import beyond_training
from app.core.formats.safetensors import FolderHeader, read_folder
from app.core.formats.split_files import all_parts
from app.core.memory_fit.draft import draft_options
from app.core.system.files import stamps
from app.engine.messages import DeviceReport, EngineSettings, Load, Loading, ModelInfo, Placed
from app.host.cpu import default_threads
from app.host.generation.chat_template import ChatTemplate
from app.host.interface import Engine, Job, check_context
from app.host.prompt_cache.disk_cache import saved_prompts
from app.host.prompt_cache.fingerprint import digests
from app.host.torch_engine import NAME
from app.host.torch_engine.classifier import ClassifierEngine, ClassifierModel
from app.host.torch_engine.converted_cache import KeptFolders
from app.host.torch_engine.devices import TorchDevice, candidates, devices
from app.host.torch_engine.drafting import load_draft
from app.host.torch_engine.engine import TorchEngine
from app.host.torch_engine.kv_cache import Lanes
from app.host.torch_engine.loading_progress import progress, stop_if_cancelled
from app.host.torch_engine.lora import merge
from app.host.torch_engine.model import TorchModel, lay_out
from app.host.torch_engine.out_of_memory import empty_caches, is_lack
from app.host.torch_engine.own_classifiers import register
from app.host.torch_engine.settings import (
    SMALLER,
    check_memory,
    fitted,
    positions,
    settings_of,
    trained_context,
)
from app.host.torch_engine.vocabulary import TorchVocabulary

_UNUSABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RuntimeError,
    SafetensorError,
)
"""What the libraries raise for a folder or a file that they cannot use: it has no common type."""

_LOCAL = {"trust_remote_code": False, "local_files_only": True}


class _Source:
    """Where a model comes from: a folder, or a GGUF file beside others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_gguf = not path.is_dir()
        header = read_header(path) if self.is_gguf else read_folder(path)
        self.parameters: int = header.parameters
        self.quantization: str = header.quantization
        self.size_bytes: int = header.size_bytes
        self.context, self.stretch = header.context, header.stretch
        self.labels = header.labels if isinstance(header, FolderHeader) else ()

    @property
    def name(self) -> str:
        """The model's name for people."""
        return self.path.stem if self.is_gguf else self.path.name

    @property
    def files(self) -> list[Path]:
        """What makes the model differ from others."""
        if self.is_gguf:
            return all_parts(self.path)
        return [self.path / "config.json", *sorted(self.path.glob("*.safetensors"))]

    @property
    def place(self) -> tuple[str, dict[str, Any]]:
        """The folder, and what must be said beside it."""
        if self.is_gguf:
            return str(self.path.parent), {"gguf_file": self.path.name}
        return str(self.path), {}


@dataclass(frozen=True)
class _LoadJob:
    """What is loaded, and how; `notes` grows with what had to be done otherwise than asked."""

    source: _Source
    command: Load
    job: Job
    cards: tuple[DeviceReport, ...]
    notes: list[str] = field(default_factory=list)

    @property
    def kept(self) -> KeptFolders | None:
        """Where the folders made out of GGUF files are kept."""
        return self.kept_of(self.source)

    def kept_of(self, source: _Source) -> KeptFolders | None:
        """The same for another model."""
        cache = self.command.cache
        return KeptFolders(Path(cache)) if cache and source.is_gguf else None


def load_engine(command: Load, job: Job) -> Engine:
    """Load the model, emitting `Loading`; raises a LampblackError."""
    options = command.options
    check_context(options.context)
    for adapter in command.adapters:
        read_peft(Path(adapter.path))
    cards = tuple(device.report for device in devices()) if options.gpu_layers else ()
    source = _Source(Path(command.path))
    if source.labels and command.adapters:
        raise ParameterError(f"{source.name} is a classifier, which takes no adapters.")
    load = _LoadJob(source, command, job, cards)
    for device in candidates(source.parameters, options.gpu_layers, source.name):
        engine = _try_on(device, load)
        if engine is not None:
            return engine
        gc.collect()  # what the failed try had on the card
        empty_caches()
    raise AssertionError("a load on the processor brings an engine or raises")


def load_network(path: Path, gpu_layers: int, cache: str, job: Job) -> tuple[Any, Any]:
    """The network and the tokenizer of a model that is to learn; raises a LampblackError.

    `gpu_layers` and `cache` are those of a `Load`.
    """
    source = _Source(path)
    if source.labels:
        raise ParameterError(f"{source.name} is a classifier, which writes nothing.")
    device = next(iter(candidates(source.parameters, gpu_layers, source.name)))
    kept = KeptFolders(Path(cache)) if cache and source.is_gguf else None
    with _explained(source), progress(job):
        return _load(source, device, job, kept)


def _try_on(device: TorchDevice, load: _LoadJob) -> Engine | None:
    """The engine on this device; None, with a note, where a GPU has no room for it after all."""
    name, job = load.source.name, load.job
    if device.is_gpu:
        job.emit(Loading(job=job.number, fraction=0.0, gpu=device.title))
    elif load.command.options.gpu_layers > 0:
        load.notes.append(f"No graphics card has room for {name}, so the processor does it all.")
    try:
        return _load_on(device, load)
    except OutOfMemoryError:
        if not device.is_gpu:
            raise
    load.notes.append(f"{device.title} had no room for {name}, so the next device was tried.")
    return None


def _load_on(device: TorchDevice, load: _LoadJob) -> Engine:
    source, command, options = load.source, load.command, load.command.options
    before = stamps(source.files)
    threads = options.threads or default_threads()
    with _explained(source), progress(load.job):
        network, tokenizer = _load(source, device, load.job, load.kept)
        merge(network, command.adapters)
        if not device.is_gpu:
            lay_out(network)
    settings = settings_of(network, options, device, threads)
    if source.labels:
        return _classifier(load, network, tokenizer, settings)
    settings = msgspec.structs.replace(settings, adapters=digests(command.adapters))
    settings = fitted(network, settings, options, device, load.notes)
    load.notes.extend(beyond_training(settings.context, source.context, source.stretch))
    check_memory(network, settings, device)
    model = _model(source, network, tokenizer, settings)
    draft = None
    if options.draft and options.drafts != "off":
        read = partial(_second, load, device, threads)
        draft = load_draft(Path(options.draft), model, read, load.notes)
    info = msgspec.structs.replace(
        _info(load, network, settings),
        adapters=command.adapters,
        vocabulary=model.vocabulary.size,
        has_chat_template=model.template is not None,
        fills_middle=model.vocabulary.infill is not None,
        draft=draft.name if draft is not None else "",
    )
    saved = saved_prompts(info, source.files, before, options, command.prompts, command.key)
    return TorchEngine(model, info, saved, drafts=options.drafts != "off", draft=draft)


def _second(load: _LoadJob, device: TorchDevice, threads: int, path: Path) -> TorchModel:
    """The draft model, on the device of the large one; raises a LampblackError."""
    source = _Source(path)
    if source.labels:
        raise UnsupportedModelError(f"{source.name} is a classifier, which writes nothing.")
    with _explained(source), progress(load.job):
        network, tokenizer = _load(source, device, load.job, load.kept_of(source))
        if not device.is_gpu:
            lay_out(network)
    options = draft_options(load.command.options)
    settings = settings_of(network, options, device, threads)
    check_memory(network, settings, device)
    return _model(source, network, tokenizer, settings)


def _load(
    source: _Source, device: TorchDevice, job: Job, kept: KeptFolders | None
) -> tuple[Any, Any]:
    """The network and the tokenizer; a GGUF file's are kept, and taken from there again."""
    before = stamps(source.files)
    folder = kept.find(source.path, device.dtype) if kept is not None else None
    if folder is not None:
        try:
            read_folder(folder)
            return _from(str(folder), {}, device, job, source)
        except CancelledError:
            raise
        except (LampblackError, *_UNUSABLE) as error:
            if is_lack(error):
                raise
            assert kept is not None
            kept.drop(folder)  # it is damaged, and made again
    network, tokenizer = _from(*source.place, device, job, source)
    if kept is not None and before and stamps(source.files) == before:
        without_quantization(network)
        kept.save(source.path, device.dtype, network, tokenizer, lambda: stop_if_cancelled(job))
    return network, tokenizer


def _from(
    place: str, more: dict[str, Any], device: TorchDevice, job: Job, source: _Source
) -> tuple[Any, Any]:
    stop_if_cancelled(job)
    if source.labels:
        register()
    tokenizer = transformers.AutoTokenizer.from_pretrained(place, **more, **_LOCAL)
    stop_if_cancelled(job)
    kind = (
        transformers.AutoModelForSequenceClassification
        if source.labels
        else transformers.AutoModelForCausalLM
    )
    network, found = kind.from_pretrained(
        place,
        dtype=device.dtype,
        device_map={"": device.name} if device.is_gpu else None,
        use_safetensors=True,
        output_loading_info=True,
        **more,
        **_LOCAL,
    )
    stop_if_cancelled(job)
    if missing := sorted(found["missing_keys"]):  # the library has drawn numbers for them
        names = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if missing[3:] else "")
        raise ModelLoadError(
            f"{source.name} is not complete: its files hold no numbers for {names}.",
            "Download it again.",
        )
    return network, tokenizer


def without_quantization(network: Any) -> None:
    """Take the mark off that keeps a network out of a GGUF file from being saved: it is plain."""
    network.hf_quantizer = None
    for mark in ("is_quantized", "quantization_method"):
        vars(network).pop(mark, None)
    if hasattr(network.config, "quantization_config"):
        del network.config.quantization_config


@contextmanager
def _explained(source: _Source) -> Iterator[None]:
    """Turn what the libraries raise into sentences."""
    name = source.path.name
    try:
        yield
    except LampblackError:
        raise
    except MemoryError as error:
        raise _too_large(name) from error
    except (ImportError, NotImplementedError) as error:
        raise UnsupportedModelError(
            f"The Torch engine cannot run {name}: {_reason(error)}.", "Choose another model."
        ) from error
    except _UNUSABLE as error:
        if is_lack(error):
            raise _too_large(name) from error
        raise ModelLoadError(
            f"The Torch engine could not load {name}: {_reason(error)}.",
            "Use a GGUF file of the same model with the llama.cpp engine.",
        ) from error


def _too_large(name: str) -> OutOfMemoryError:
    return OutOfMemoryError(f"There is not enough memory to load {name}.", SMALLER)


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0][:200].rstrip(".:")


def _model(source: _Source, network: Any, tokenizer: Any, settings: EngineSettings) -> TorchModel:
    size = int(network.get_output_embeddings().weight.shape[0])
    if network.config.is_encoder_decoder or not tokenizer.get_vocab():
        raise NotAModelError(f"{source.name} is not a model that continues text.")
    vocabulary = TorchVocabulary(tokenizer, size, _ends(network))
    lanes = Lanes(network.config, source.name)
    template = _template(tokenizer, vocabulary)
    return TorchModel(network, vocabulary, template, lanes, settings.context, settings.threads)


def _classifier(
    load: _LoadJob, network: Any, tokenizer: Any, settings: EngineSettings
) -> ClassifierEngine:
    source = load.source
    if len(network.config.id2label) != len(source.labels):
        raise ModelLoadError(f"{source.name} is damaged: it names other labels than it has.")
    most = positions(network, tokenizer)
    size = min(filter(None, (settings.context, most)))
    if size < load.command.options.context:
        load.notes.append(f"{source.name} reads at most {size:,} tokens at once.")
    settings = msgspec.structs.replace(settings, context=size)
    found = len(source.labels), size, settings.threads, source.name
    model = ClassifierModel(network, tokenizer, *found)
    info = msgspec.structs.replace(
        _info(load, network, settings), vocabulary=len(tokenizer), labels=source.labels
    )
    model.watch(())
    with _explained(source):
        model.compute([model.encode(source.name)])  # whether its parts go together
    return ClassifierEngine(model, info)


def _ends(network: Any) -> list[int]:
    """The tokens that end a text, as the model's files say."""
    found: list[int] = []
    for config in (network.generation_config, network.config):
        value = getattr(config, "eos_token_id", None)
        found += value if isinstance(value, list) else [] if value is None else [value]
    return found


def _template(tokenizer: Any, vocabulary: TorchVocabulary) -> ChatTemplate | None:
    source = tokenizer.chat_template
    if isinstance(source, dict):
        source = source.get("default")
    if not source:
        return None
    return ChatTemplate(
        source,
        bos_token=tokenizer.bos_token or "",
        eos_token=tokenizer.eos_token or "",
        control=vocabulary.control_texts,
    )


def _info(load: _LoadJob, network: Any, settings: EngineSettings) -> ModelInfo:
    """What there is to say of any model."""
    source, config = load.source, network.config.get_text_config(decoder=True)
    layers = int(config.num_hidden_layers)
    held = sum(weights.nbytes for weights in network.parameters())
    return ModelInfo(
        name=source.name,
        path=str(source.path),
        engine=NAME,
        architecture=str(network.config.model_type),
        quantization=source.quantization,
        parameters=sum(weights.numel() for weights in network.parameters()),
        size_bytes=source.size_bytes,
        layers=layers,
        context=settings.context,
        trained_context=trained_context(network),
        settings=settings,
        placement=(Placed(device=settings.device, layers=layers, weights=held),),
        notes=tuple(load.notes),
        devices=load.cards,
    )
