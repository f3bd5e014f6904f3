from __future__ import annotations

from typing import Any

import gguf
import pytest
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
)

from app.core.formats import model_kinds
from app.core.formats.classifiers import is_classifier
from app.core.formats.model_kinds import folder_kind, gguf_kind


def values(architecture: str, **more: Any) -> dict[str, Any]:
    return {"general.architecture": architecture} | {
        f"{architecture}.{key.replace('__', '.')}": value for key, value in more.items()
    }


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (values("bert"), "for search"),
        (values("t5encoder"), "for search"),
        (values("t5"), "whole text into another"),
        (values("clip"), "image part"),
        (values("whisper"), "sound"),
        (values("flux"), "makes images"),
        (values("llada"), "diffusion"),
        (values("eagle3"), "helper"),
        (values("controlvector"), "control vector"),
        (values("qwen3", pooling_type=3), "for search"),
        (values("qwen3", pooling_type=4), "ranks"),
        (values("llama", attention__causal=False), "both directions"),
        (values("llama") | {"general.type": "adapter"}, "LoRA"),
        (values("llama") | {"general.type": "imatrix"}, "statistics"),
        (values("llama") | {"general.type": "mmproj"}, "image part"),
    ],
)
def test_a_gguf_file_that_is_no_writer_is_told_by_what_it_is(
    found: dict[str, Any], told: str
) -> None:
    assert told in gguf_kind(found)


@pytest.mark.parametrize(
    "found",
    [
        values("llama"),
        values("qwen3", pooling_type=0, attention__causal=True),
        values("pangu-embedded"),
        values("a-future-one", pooling_type=99),
        {"general.type": None, "general.architecture": None},
    ],
)
def test_a_gguf_file_that_writes_is_none_of_them(found: dict[str, Any]) -> None:
    assert gguf_kind(found) == ""


def test_every_encoder_that_the_format_knows_is_on_the_list() -> None:
    encoders = {
        name
        for name in gguf.MODEL_ARCH_NAMES.values()
        if "bert" in name or name.endswith(("encoder", "embedding", "embed"))
    }
    assert encoders
    assert all(gguf_kind(values(name)) for name in encoders)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "fills gaps"),
        ({"model_type": "bert"}, "fills gaps"),
        ({"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"]}, "sound"),
        ({"model_type": "vit", "architectures": ["ViTForImageClassification"]}, "images"),
        ({"model_type": "t5", "is_encoder_decoder": True}, "whole text into another"),
        ({"model_type": "mistral", "architectures": ["MistralModel"]}, "for search"),
        ({"model_type": "llama", "architectures": ["LlamaForSequenceClassification"]}, "sorts"),
        ({"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"]}, "cannot run"),
    ],
)
def test_a_folder_that_is_no_writer_is_told_by_what_it_is(
    config: dict[str, Any], told: str
) -> None:
    assert told in folder_kind(config, ())


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "llama"},
        {"model_type": "nemotron_h", "architectures": ["NemotronHForCausalLM"]},
        {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]},
        {"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"]},
        {"model_type": "bert", "architectures": ["BertLMHeadModel"], "is_decoder": True},
        {"model_type": "chatglm", "architectures": ["ChatGLMModel"], "auto_map": {}},
        {"model_type": ["x"], "architectures": {"a": 1}, "is_encoder_decoder": "yes"},
    ],
)
def test_a_folder_that_writes_is_none_of_them(config: dict[str, Any]) -> None:
    assert folder_kind(config, ("config.json",)) == ""


def test_a_writer_made_over_for_search_is_told_by_what_lies_beside_it() -> None:
    config = {"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"]}
    assert "for search" in folder_kind(config, ("config_sentence_transformers.json",))


def test_the_classes_are_judged_as_the_library_takes_them() -> None:
    """Every class that AutoModelForCausalLM makes is a writer, and so are those that see."""
    known = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    assert set(known) >= model_kinds._SEEING_WRITERS
    told = {
        kind: folder_kind({"model_type": kind, "architectures": [name]}, ())
        for kind, name in known.items()
    }
    others = {kind for kind, what in told.items() if what}
    assert others <= {"got_ocr2", "moss_transcribe_diarize", "whisper"}  # they need more than text


def test_every_text_classifier_that_the_library_knows_is_one_and_no_other() -> None:
    known = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES
    assert len(known) > 50
    for kind, name in known.items():
        assert is_classifier({"model_type": kind, "architectures": [name]}), kind
    for kind, name in (
        ("bert", "BertForTokenClassification"),
        ("vit", "ViTForImageClassification"),
        ("wav2vec2", "Wav2Vec2ForSequenceClassification"),
        ("whisper", "WhisperForAudioClassification"),
        ("llama", "LlamaForCausalLM"),
    ):
        assert not is_classifier({"model_type": kind, "architectures": [name]})
    assert not is_classifier({"model_type": "bert"})
    assert not is_classifier({"architectures": [["x"]]})
