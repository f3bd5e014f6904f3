"""The first group of the table of sampling parameters: how wide the choice of the next token is."""

from __future__ import annotations

from typing import Annotated

import msgspec

from app.core.options.rows import Row, Slider

_MANY = 1_000_000  # above every vocabulary; the loaded model sets the real limit


class Variety(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The values of the group."""

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
            llama_cpp="temp, temp_ext",
            torch="own",
        ),
    ] = 0.8
    dynatemp_range: Annotated[
        float,
        Row(
            label="Dynamic temperature range",
            help="Lets the temperature move by this much both ways: lower where the model is sure, higher where it is not.",
            group="Variety",
            low=0,
            high=5,
            slider=Slider(0, 2, 0.05),
            neutral=0.0,
            llama_cpp="temp_ext delta",
            torch="own",
        ),
    ] = 0.0
    dynatemp_exponent: Annotated[
        float,
        Row(
            label="Dynamic temperature exponent",
            help="How the model's doubt is turned into temperature; 1 is even, more stays cool for longer.",
            group="Variety",
            low=0.01,
            high=10,
            slider=Slider(0.1, 4, 0.1),
            neutral=1.0,
            llama_cpp="temp_ext exponent",
            torch="own",
        ),
    ] = 1.0
    top_k: Annotated[
        int,
        Row(
            label="Top-k",
            help="Only the k likeliest tokens may be chosen; 0 allows all.",
            group="Variety",
            low=0,
            high=_MANY,
            slider=Slider(0, 200, 1),
            neutral=0,
            llama_cpp="top_k",
            torch="own",
        ),
    ] = 40
    top_p: Annotated[
        float,
        Row(
            label="Top-p",
            help="Only the likeliest tokens that together reach this probability may be chosen; 1 allows all.",
            group="Variety",
            low=0,
            high=1,
            slider=Slider(0, 1, 0.01),
            neutral=1.0,
            openai="top_p",
            llama_cpp="top_p",
            torch="own",
        ),
    ] = 0.95
    min_p: Annotated[
        float,
        Row(
            label="Min-p",
            help="A token must be at least this fraction as likely as the likeliest one; 0 allows all.",
            group="Variety",
            low=0,
            high=1,
            slider=Slider(0, 0.5, 0.005),
            neutral=0.0,
            llama_cpp="min_p",
            torch="own",
        ),
    ] = 0.05
    typical_p: Annotated[
        float,
        Row(
            label="Typical-p",
            help="Prefers tokens as surprising as the model expects the next one to be; 1 is off.",
            group="Variety",
            low=0,
            high=1,
            slider=Slider(0, 1, 0.01),
            neutral=1.0,
            llama_cpp="typical",
            torch="own",
        ),
    ] = 1.0
    top_n_sigma: Annotated[
        float,
        Row(
            label="Top-n-sigma",
            help="Keeps tokens within n standard deviations of the best one, however high the temperature; 0 is off.",
            group="Variety",
            low=0,
            high=10,
            slider=Slider(0, 5, 0.1),
            neutral=0.0,
            llama_cpp="top_n_sigma",
            torch="own",
        ),
    ] = 0.0
    xtc_probability: Annotated[
        float,
        Row(
            label="XTC probability",
            help="How often the most obvious choices are taken away, so that prose turns fresher; 0 is off.",
            group="Variety",
            low=0,
            high=1,
            slider=Slider(0, 1, 0.05),
            neutral=0.0,
            llama_cpp="xtc",
            torch="own",
        ),
    ] = 0.0
    xtc_threshold: Annotated[
        float,
        Row(
            label="XTC threshold",
            help="A token counts as obvious above this probability; the least likely of them is always kept.",
            group="Variety",
            low=0,
            high=0.5,
            slider=Slider(0, 0.5, 0.01),
            llama_cpp="xtc",
            torch="own",
        ),
    ] = 0.1
