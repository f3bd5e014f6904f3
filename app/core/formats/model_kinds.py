"""What a model file is when it is no writer: models for search, sound and images, and helpers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

_SEARCH = "a model for search, which turns a text into numbers"
_BOTH_WAYS = "a model that reads a text in both directions, for search or sorting"
_IMAGES = "a model that makes images"
_SOUND = "a model for sound"
_DIFFUSION = "a model that fills a whole text in at once (diffusion) and cannot continue one"
_ENCODER = "a model that turns one whole text into another and cannot continue one"
_FILE_TYPES = {
    "adapter": "an adapter (LoRA), which is loaded on top of a model",
    "mmproj": "the image part of a model",
    "imatrix": "the statistics for a quantization",
}
_ARCHITECTURES = {
    _FILE_TYPES["mmproj"]: ("clip",),
    "a control vector, which is loaded on top of a model": ("controlvector",),
    "a helper that guesses ahead for another model": ("eagle3",),
    _SEARCH: (
        "bert",
        "eurobert",
        "gemma-embedding",
        "jina-bert-v2",
        "jina-bert-v3",
        "llama-embed",
        "modern-bert",
        "neo-bert",
        "nomic-bert",
        "nomic-bert-moe",
        "t5encoder",
    ),
    _SOUND: ("wavtokenizer-dec", "whisper"),
    _DIFFUSION: ("dream", "llada", "llada-moe", "rnd1"),
    _ENCODER: ("t5",),
    _IMAGES: (
        "aura",
        "cosmos",
        "flux",
        "hidream",
        "hyvid",
        "ltxv",
        "lumina2",
        "qwen_image",
        "sd1",
        "sd3",
        "sdxl",
        "wan",
    ),
}
"""By what they are: the values of `general.architecture` that llama.cpp or others write."""

_KIND_OF = {name: kind for kind, names in _ARCHITECTURES.items() for name in names}
_POOLED = {1: _SEARCH, 2: _SEARCH, 3: _SEARCH, 4: "a model that ranks texts for search"}
"""llama.cpp's pooling types; 0 is none."""

_WRITER = re.compile(r".*(ForCausalLM|LMHeadModel|ModelWithLMHead|BertGenerationDecoder)")
_SEES = "ForConditionalGeneration"
_SEEING_WRITERS = frozenset(
    (
        "emu3",
        "gemma3",
        "gemma3n",
        "gemma4",
        "gemma4_unified",
        "llama4",
        "mllama",
        "qwen3_5",
        "qwen3_5_moe",
    )
)
"""The types of models with images that transformers' AutoModelForCausalLM takes as well."""

_TASKS = {
    "ForMaskedLM": "a model that fills gaps in a text and cannot continue one",
    "ForPreTraining": "a model that fills gaps in a text and cannot continue one",
    "Classification": "a model that sorts what it is shown",
    "ForMultipleChoice": "a model that sorts what it is shown",
    "ForQuestionAnswering": "a model that finds answers in a text",
    "ForCTC": _SOUND,
    "SpeechSeq2Seq": _SOUND,
    "ObjectDetection": "a model for images",
    "Segmentation": "a model for images",
    "DepthEstimation": "a model for images",
    _SEES: "a model for images or sound with text, which the Torch engine cannot run",
    "Model": _SEARCH,
}
"""What a model of the Hugging Face hub is for, by how the name of its class ends."""

_IMAGE_TYPES = frozenset(
    ("beit", "clip", "convnext", "deit", "dinov2", "resnet", "siglip", "siglip2", "swin", "vit")
)
_SOUND_TYPES = frozenset(("clap", "hubert", "speech_to_text", "wav2vec2", "wavlm", "whisper"))
_READER_TYPES = frozenset(
    (
        "albert",
        "bert",
        "camembert",
        "deberta",
        "deberta-v2",
        "distilbert",
        "electra",
        "modernbert",
        "mpnet",
        "nomic_bert",
        "roberta",
        "xlm-roberta",
    )
)
_FOR_SEARCH = frozenset(("config_sentence_transformers.json", "1_Pooling"))
"""What lies beside models that sentence-transformers made or uses."""


def gguf_kind(values: Mapping[str, Any]) -> str:
    """What a GGUF file with this metadata is, as a noun; empty for a model that writes."""
    architecture = values.get("general.architecture")
    kind = _FILE_TYPES.get(str(values.get("general.type"))) or _KIND_OF.get(str(architecture))
    kind = kind or _POOLED.get(values.get(f"{architecture}.pooling_type", 0), "")
    if not kind and values.get(f"{architecture}.attention.causal") is False:
        return _BOTH_WAYS
    return kind


def folder_kind(config: Mapping[str, Any], names: Collection[str]) -> str:
    """What a model folder is, as a noun; empty for one that writes with the Torch engine.

    `names` are those of the files and folders in it. The class that its configuration names
    decides, and its type where it names none.
    """
    kind = str(config.get("model_type"))
    if not _FOR_SEARCH.isdisjoint(names):
        return _SEARCH
    by_type = (
        _SOUND
        if kind in _SOUND_TYPES
        else "a model for images"
        if kind in _IMAGE_TYPES
        else _ENCODER
        if config.get("is_encoder_decoder") is True
        else ""
    )
    listed = config.get("architectures")
    classes = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    if by_type or not classes:
        return by_type or (_TASKS["ForMaskedLM"] if kind in _READER_TYPES else "")
    if any(_WRITER.fullmatch(one) for one in classes):
        return ""
    if kind in _SEEING_WRITERS and any(one.endswith(_SEES) for one in classes):
        return ""
    what = next((what for end, what in _TASKS.items() if classes[0].endswith(end)), "")
    is_own_code = "auto_map" in config and kind not in _READER_TYPES
    return "" if is_own_code and what == _SEARCH else what


def reads_text(config: Mapping[str, Any]) -> bool:
    """Whether the type of a model folder is not one of models for sound or images."""
    return str(config.get("model_type")) not in _SOUND_TYPES | _IMAGE_TYPES
