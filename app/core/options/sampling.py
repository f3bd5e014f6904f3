"""The one table of sampling parameters; flags, sliders, validation, presets and engines derive from it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from app.core.options.rows import BoundRow, Row, Slider, rows

_MANY = 1_000_000  # above every context and vocabulary; the loaded model sets the real limit


GROUPS = ("Variety", "Repetition", "Length and stops", "Words", "Mirostat", "Advanced")

# fmt: off
DEFAULT_ORDER = (
    "penalties", "dry", "top_n_sigma", "top_k", "typical_p", "top_p", "min_p", "xtc", "temperature",
)
# fmt: on
_NO_GRAMMAR = "The Torch engine has no grammars; use a GGUF model with the llama.cpp engine."


class Sampling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the next token is chosen: one value per parameter."""

    temperature: Annotated[
        float,
        Row(
            label="Temperature",
            help="How daring the choice of words is: low is predictable, high surprising, 0 always takes the likeliest.",
            group="Variety",
            low=0,
            high=5,
            slider=Slider(0, 2, 0.05),
            neutral=1.0,
            openai="temperature",
            plain="Surprise",
            llama_cpp="temp, temp_ext",
        ),
    ] = 0.8
    dynatemp_range: Annotated[
        float,
        Row(
            label="Dynamic temperature range",
            help="Lets the temperature move by this much both ways: lower where the model is sure, higher where it is not.",
            low=0,
            high=5,
            slider=Slider(0, 2, 0.05),
            neutral=0.0,
            llama_cpp="temp_ext delta",
        ),
    ] = 0.0
    dynatemp_exponent: Annotated[
        float,
        Row(
            label="Dynamic temperature exponent",
            help="How the model's doubt is turned into temperature; 1 is even, more stays cool for longer.",
            low=0.01,
            high=10,
            slider=Slider(0.1, 4, 0.1),
            neutral=1.0,
            llama_cpp="temp_ext exponent",
        ),
    ] = 1.0
    top_k: Annotated[
        int,
        Row(
            label="Top-k",
            help="Only the k likeliest tokens may be chosen; 0 allows all.",
            low=0,
            high=_MANY,
            slider=Slider(0, 200, 1),
            neutral=0,
            llama_cpp="top_k",
        ),
    ] = 40
    top_p: Annotated[
        float,
        Row(
            label="Top-p",
            help="Only the likeliest tokens that together reach this probability may be chosen; 1 allows all.",
            low=0,
            high=1,
            slider=Slider(0, 1, 0.01),
            neutral=1.0,
            openai="top_p",
            plain="Width of choice",
            llama_cpp="top_p",
        ),
    ] = 0.95
    min_p: Annotated[
        float,
        Row(
            label="Min-p",
            help="A token must be at least this fraction as likely as the likeliest one; 0 allows all.",
            low=0,
            high=1,
            slider=Slider(0, 0.5, 0.005),
            neutral=0.0,
            llama_cpp="min_p",
        ),
    ] = 0.05
    typical_p: Annotated[
        float,
        Row(
            label="Typical-p",
            help="Prefers tokens as surprising as the model expects the next one to be; 1 is off.",
            low=0,
            high=1,
            slider=Slider(0, 1, 0.01),
            neutral=1.0,
            llama_cpp="typical",
        ),
    ] = 1.0
    top_n_sigma: Annotated[
        float,
        Row(
            label="Top-n-sigma",
            help="Keeps tokens within n standard deviations of the best one, however high the temperature; 0 is off.",
            low=0,
            high=10,
            slider=Slider(0, 5, 0.1),
            neutral=0.0,
            llama_cpp="top_n_sigma",
        ),
    ] = 0.0
    xtc_probability: Annotated[
        float,
        Row(
            label="XTC probability",
            help="How often the most obvious choices are taken away, so that prose turns fresher; 0 is off.",
            low=0,
            high=1,
            slider=Slider(0, 1, 0.05),
            neutral=0.0,
            llama_cpp="xtc",
        ),
    ] = 0.0
    xtc_threshold: Annotated[
        float,
        Row(
            label="XTC threshold",
            help="A token counts as obvious above this probability; the least likely of them is always kept.",
            low=0,
            high=0.5,
            slider=Slider(0, 0.5, 0.01),
            llama_cpp="xtc",
        ),
    ] = 0.1
    repetition_penalty: Annotated[
        float,
        Row(
            label="Repetition penalty",
            help="Makes tokens that were used lately less likely; 1 is off.",
            group="Repetition",
            low=0.5,
            high=3,
            slider=Slider(1, 2, 0.01),
            neutral=1.0,
            llama_cpp="penalties",
        ),
    ] = 1.0
    repetition_window: Annotated[
        int,
        Row(
            label="Repetition window",
            help="How many of the last tokens the three penalties look at; 0 is off, -1 is all.",
            low=-1,
            high=_MANY,
            slider=Slider(0, 4096, 16),
            neutral=0,
            unit="tokens",
            llama_cpp="penalties last_n",
        ),
    ] = 64
    frequency_penalty: Annotated[
        float,
        Row(
            label="Frequency penalty",
            help="Makes a token less likely for each time it was used in the window; 0 is off.",
            low=-2,
            high=2,
            slider=Slider(-2, 2, 0.05),
            neutral=0.0,
            openai="frequency_penalty",
            llama_cpp="penalties",
        ),
    ] = 0.0
    presence_penalty: Annotated[
        float,
        Row(
            label="Presence penalty",
            help="Makes a token less likely if it was used in the window at all; 0 is off.",
            low=-2,
            high=2,
            slider=Slider(-2, 2, 0.05),
            neutral=0.0,
            openai="presence_penalty",
            llama_cpp="penalties",
        ),
    ] = 0.0
    dry_multiplier: Annotated[
        float,
        Row(
            label="DRY strength",
            help="Keeps the model from repeating whole phrases, word for word; 0 is off, 0.8 is usual.",
            low=0,
            high=10,
            slider=Slider(0, 5, 0.05),
            neutral=0.0,
            plain="Against repetition",
            llama_cpp="dry",
        ),
    ] = 0.0
    dry_base: Annotated[
        float,
        Row(
            label="DRY base",
            help="How fast the DRY penalty grows with the length of the repeated phrase.",
            low=1,
            high=8,
            slider=Slider(1, 4, 0.05),
            llama_cpp="dry",
        ),
    ] = 1.75
    dry_allowed_length: Annotated[
        int,
        Row(
            label="DRY allowed length",
            help="Phrases up to this many tokens may repeat freely.",
            low=1,
            high=100,
            slider=Slider(1, 20, 1),
            unit="tokens",
            llama_cpp="dry",
        ),
    ] = 2
    dry_window: Annotated[
        int,
        Row(
            label="DRY window",
            help="How many of the last tokens DRY looks at; 0 is off, -1 is all.",
            low=-1,
            high=_MANY,
            neutral=0,
            unit="tokens",
            llama_cpp="dry last_n",
        ),
    ] = -1
    dry_breakers: Annotated[
        tuple[str, ...],
        Row(
            label="DRY breakers",
            help="Texts at which DRY stops counting, so that names and lists may repeat.",
            max_length=64,
            llama_cpp="dry",
        ),
    ] = ("\n", ":", '"', "*")
    max_tokens: Annotated[
        int,
        Row(
            label="Longest answer",
            help="The most tokens one generation may write; -1 writes until the model ends or the context is full.",
            group="Length and stops",
            low=-1,
            high=_MANY,
            slider=Slider(16, 2048, 16),
            neutral=-1,
            unit="tokens",
            openai="max_tokens",
            plain="Length",
            llama_cpp="loop",
            torch="loop",
        ),
    ] = 256
    stop: Annotated[
        tuple[str, ...],
        Row(
            label="Stop texts",
            help="The generation ends before any of these texts would be written, whatever form its quotation marks and accents have; its case counts.",
            max_length=256,
            openai="stop",
            llama_cpp="loop",
            torch="loop",
        ),
    ] = ()
    seed: Annotated[
        int | None,
        Row(
            label="Seed",
            help="The number all chance starts from; the same seed repeats a take, empty picks one and records it.",
            low=0,
            high=2**32 - 1,
            openai="seed",
            llama_cpp="dist, xtc, mirostat",
            torch="own generator",
        ),
    ] = None
    banned_phrases: Annotated[
        tuple[str, ...],
        Row(
            label="Banned phrases",
            help="Phrases that must never be written, in any case and with any form of quotation marks and accents; the model goes back and takes another way.",
            group="Words",
            max_length=1024,
            llama_cpp="backtracking",
            torch="backtracking",
        ),
    ] = ()
    logit_bias: Annotated[
        dict[str, float],
        Row(
            label="Word bias",
            help="Makes every token of a text (or token:NUMBER) likelier or rarer; -100 bans it, 100 forces it.",
            low=-100,
            high=100,
            max_length=1024,
            openai="logit_bias",
            llama_cpp="logit_bias",
        ),
    ] = msgspec.field(default_factory=dict)
    logit_bias_forms: Annotated[
        bool,
        Row(
            label="Word bias for all forms",
            help="Lets the word bias on the reach The and THE, too, each with or without a space before it; off takes a text exactly as it was typed.",
            neutral=False,
            llama_cpp="logit_bias",
        ),
    ] = False
    grammar: Annotated[
        str,
        Row(
            label="Grammar",
            help="A GBNF grammar, or a JSON schema (2020-12), that every text must obey; a keyword that cannot be held is refused by name and place.",
            max_length=65536,
            openai="response_format",
            llama_cpp="grammar",
            torch="",
            torch_missing=_NO_GRAMMAR,
        ),
    ] = ""
    mirostat: Annotated[
        int,
        Row(
            label="Mirostat",
            help="Steers the text towards an even surprise instead of cutting unlikely tokens; replaces every step between the penalties and the draw.",
            group="Mirostat",
            low=0,
            high=2,
            choices=(0, 1, 2),
            neutral=0,
            llama_cpp="mirostat, mirostat_v2",
        ),
    ] = 0
    mirostat_tau: Annotated[
        float,
        Row(
            label="Mirostat target",
            help="The surprise per token, in bits, that Mirostat aims at.",
            low=0,
            high=20,
            slider=Slider(0, 10, 0.1),
            unit="bits",
            llama_cpp="mirostat, mirostat_v2",
        ),
    ] = 5.0
    mirostat_eta: Annotated[
        float,
        Row(
            label="Mirostat rate",
            help="How fast Mirostat corrects itself.",
            low=0,
            high=1,
            slider=Slider(0, 1, 0.01),
            llama_cpp="mirostat, mirostat_v2",
        ),
    ] = 0.1
    order: Annotated[
        tuple[str, ...],
        Row(
            label="Order of steps",
            help="The order in which the steps work, after the word bias and before the draw; a step left out is off.",
            group="Advanced",
            choices=DEFAULT_ORDER,
            max_length=len(DEFAULT_ORDER),
            llama_cpp="chain",
            torch="chain",
        ),
    ] = DEFAULT_ORDER


PARAMETERS: tuple[BoundRow, ...] = rows(Sampling)
"""Every sampling parameter, in the order of the panel, the help and the README."""

WRITERS: tuple[BoundRow, ...] = tuple(bound for bound in PARAMETERS if bound.row.plain)
"""The few that writers move, shown by plain names: top-p as the width of the choice, for more is
wider; DRY as repetition, for it spares the words that any prose repeats."""
