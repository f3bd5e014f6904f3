"""The table of settings that a model is loaded with."""

from __future__ import annotations

from typing import Annotated

import msgspec

from app.core.options.rows import BoundRow, Row, Slider, rows

OWN_CONTEXT = 8192
"""The most tokens that are taken where no context is set: more costs memory and time."""

BATCH = 512
"""The rows of a batch and of a micro-batch where none are set and nothing was measured."""

ENGINES = ("llama.cpp", "torch")
"""The engines by the names that users see."""


class LoadOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model is loaded; the values that change its numbers are recorded with every take."""

    context: Annotated[
        int,
        Row(
            label="Context",
            help="How many tokens the model sees at once; 0 takes the model's own, "
            f"at most {OWN_CONTEXT}.",
            low=0,
            high=1_048_576,
            slider=Slider(0, 32768, 512),
            unit="tokens",
            group="Model",
        ),
    ] = 0
    gpu_layers: Annotated[
        int,
        Row(
            label="Layers on the GPU",
            help="How many layers the GPU holds; -1 puts there what fits, 0 none.",
            low=-1,
            high=1000,
        ),
    ] = -1
    threads: Annotated[
        int,
        Row(
            label="Threads",
            help="Processor threads for the model; 0 takes what was measured to be fastest here, else the physical cores.",
            low=0,
            high=512,
        ),
    ] = 0
    batch: Annotated[
        int,
        Row(
            label="Batch",
            help="How many prompt tokens are handed over at a time, at least 32, or 0 for what was measured to be best here; progress and Stop work between batches too.",
            low=0,
            least=32,
            high=8192,
            unit="tokens",
        ),
    ] = 0
    ubatch: Annotated[
        int,
        Row(
            label="Micro-batch",
            help="How many of them are computed at once, at least 32, or 0 for what was measured to be best here; never more than a batch.",
            low=0,
            least=32,
            high=8192,
            unit="tokens",
        ),
    ] = 0
    flash_attention: Annotated[
        str,
        Row(
            label="Flash attention",
            help="Another way to compute attention; auto takes what was measured to write faster here, else it is on with a GPU only. It changes the text of a seed.",
            choices=("auto", "on", "off"),
        ),
    ] = "auto"
    kv_type: Annotated[
        str,
        Row(
            label="KV cache type",
            help="How the context is kept in memory; q8_0 halves it and needs flash attention, f16 is exact.",
            choices=("f16", "f32", "bf16", "q8_0", "q4_0"),
        ),
    ] = "f16"
    fit: Annotated[
        str,
        Row(
            label="Make it fit",
            help="What happens to a model that is too large for the free memory: auto turns flash attention on, keeps the KV cache as q8_0 and takes a shorter context, as far as nobody set these, and says so; as-asked changes nothing.",
            choices=("auto", "as-asked"),
        ),
    ] = "auto"
    drafts: Annotated[
        str,
        Row(
            label="Guess ahead",
            help="Guesses ahead where the text repeats itself, as in a rewrite, and checks every guess: faster, with the same chances for every word.",
            choices=("auto", "off"),
        ),
    ] = "auto"
    draft: Annotated[
        str,
        Row(
            label="Draft model",
            help="A smaller model with the same vocabulary that guesses ahead for this one, a GGUF file for a GGUF file; used only where that is faster here. The chances for every word stay those of the large model.",
            max_length=4096,
            per_model=True,
        ),
    ] = ""
    mmap: Annotated[
        bool,
        Row(
            label="Map the file",
            help="Reads the model out of the file as it is needed instead of copying it into memory first.",
        ),
    ] = True
    keep_prompts: Annotated[
        bool,
        Row(
            label="Keep what was read",
            help="Keeps the text that the model has read in the cache folder on this disk, so that it opens at once the next time; off deletes it there.",
        ),
    ] = True
    tune: Annotated[
        bool,
        Row(
            label="Measure new models",
            help="Measures for about two seconds what a GGUF model runs best with when it is first loaded on this machine, and remembers it; off takes the usual settings.",
        ),
    ] = True


LOAD_OPTIONS: tuple[BoundRow, ...] = rows(LoadOptions)
"""Every load option, in the order of the settings and the help."""
