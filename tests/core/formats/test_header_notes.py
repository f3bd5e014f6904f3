from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import gguf
import pytest

import app.core.formats.gguf_reader as reader_module
from app.core.errors import NotAModelError, TruncatedModelError
from app.core.formats.gguf import read_header
from app.core.formats.header_notes import beyond_training, extended_context
from app.core.formats.safetensors import read_config, read_folder
from tests.core.models.folders import write_weights


@pytest.mark.parametrize(
    ("factor", "original", "found"),
    [
        (None, None, (32768, 1.0)),
        (4.0, 32768, (131072, 1.0)),
        (8.0, 8192, (65536, 1.0)),
        (4.0, None, (32768, 4.0)),
        (0.5, 8192, (32768, 1.0)),
        (math.inf, 8192, (32768, 1.0)),
        (math.nan, None, (32768, 1.0)),
        ("4", 8192, (32768, 1.0)),
    ],
)
def test_a_rope_scaling_extends_the_context(
    factor: object, original: object, found: tuple[int, float]
) -> None:
    assert extended_context(32768, factor, original) == found


def test_a_context_above_the_own_one_is_told() -> None:
    assert beyond_training(8192, 8192) == ()
    assert beyond_training(1 << 20, 0) == ()
    (note,) = beyond_training(16384, 8192)
    assert "8,192" in note
    assert "16,384" in note
    assert "scaling" not in note
    (note,) = beyond_training(16384, 8192, 4.0)
    assert "scaling (by 4)" in note
    (note,) = beyond_training(65536, 8192, 4.0)
    assert "scaling" not in note


def test_a_gguf_header_says_what_a_writer_should_hear(write_gguf: Any) -> None:
    def scaled(writer: gguf.GGUFWriter) -> None:
        writer.add_tokenizer_model("gpt2")
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(4.0)
        writer.add_rope_scaling_orig_ctx_len(512)

    header = read_header(write_gguf("scaled.gguf", change=scaled))
    assert (header.context, header.stretch, header.lacks_pre) == (2048, 1.0, True)

    def named(writer: gguf.GGUFWriter) -> None:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("smollm")
        writer.add_rope_scaling_factor(2.0)

    header = read_header(write_gguf("named.gguf", change=named))
    assert (header.context, header.stretch, header.lacks_pre) == (512, 2.0, False)


def test_a_header_is_read_again_only_when_its_file_changed(
    write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    part = reader_module.read_part
    monkeypatch.setattr(
        "app.core.formats.gguf.read_part", lambda path: (read.append(path), part(path))[1]
    )
    path = write_gguf("once.gguf")
    first = read_header(path)
    assert read_header(path) is first
    assert read == [path]
    write_gguf("once.gguf", tensors=3)
    assert read_header(path).parameters > first.parameters
    assert read == [path, path]
    path.write_bytes(b"GGUF")
    for _ in range(2):
        with pytest.raises(TruncatedModelError):
            read_header(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "Tiny"
    path.mkdir()
    (path / "tokenizer.json").write_text("{}")
    write_weights(path / "model.safetensors")
    return path


@pytest.mark.parametrize(
    "text",
    [
        b'{"model_type": "nemotron_h", "time_step_limit": [0, Infinity], "a": NaN,"b": -Infinity}',
        b'{"model_type": "llama", "sliding_window": 1e400, "big": 1' + b"0" * 300 + b"}",
        b'{\r\n  "model_type": "llama"\r\n}\r\n',
        b'{"model_type": "bert", "model_type": "llama"}',
    ],
)
def test_a_configuration_is_read_as_python_writes_it(folder: Path, text: bytes) -> None:
    (folder / "config.json").write_bytes(text)
    assert read_folder(folder).architecture in ("nemotron_h", "llama")


def test_a_context_that_cannot_be_is_not_believed(folder: Path) -> None:
    (folder / "config.json").write_text('{"max_position_embeddings": 1' + "0" * 30 + "}")
    assert read_folder(folder).context == 0


def test_a_byte_order_mark_has_a_sentence_of_its_own(folder: Path) -> None:
    (folder / "config.json").write_bytes(b'\xef\xbb\xbf{"model_type": "llama"}')
    with pytest.raises(NotAModelError, match="byte order mark"):
        read_config(folder)


def test_the_scaling_of_a_folder_is_found_under_its_names(folder: Path) -> None:
    rope: dict[str, Any] = {"factor": 4.0, "original_max_position_embeddings": 1000}
    for config in (
        {"max_position_embeddings": 1000, "rope_scaling": rope},
        {"max_position_embeddings": 1000, "rope_parameters": rope},
        {"text_config": {"max_position_embeddings": 1000, "rope_scaling": rope}},
        {"max_position_embeddings": 1000, "rope_parameters": {"full_attention": rope}},
    ):
        (folder / "config.json").write_text(json.dumps(config))
        assert read_folder(folder).context == 4000
