"""Sampler files of SillyTavern, KoboldCpp and text-generation-webui, read by a table of names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from app.core.errors import ParameterError
from app.core.options.rows import rows_by_name
from app.core.options.sampling import DEFAULT_ORDER, Sampling

_ROWS = rows_by_name(Sampling)
_NEUTRAL: dict[str, Any] = {
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
}
"""What these programs mean by a parameter that their file does not name; ours differ there."""


class ForeignProgram(msgspec.Struct, frozen=True):
    """One other program: its file's names for our parameters, and what of it has no meaning here.

    `steps` are its names for the steps of the order, a number's text for KoboldCpp; `idle` are the
    values with which a name that we lack does nothing, so that it need not be told. `marks` are
    names of which at least two must be in a file for it to be this program's. `order` is the name
    of the list of steps; `temperature_first` says what a file without it means.
    """

    name: str
    names: Mapping[str, str]
    marks: frozenset[str]
    idle: Mapping[str, Any]
    order: str
    steps: Mapping[str, str]
    temperature_first: bool = False


class Imported(msgspec.Struct, frozen=True):
    """What was made of a foreign file: the values, and a sentence part for each left out."""

    program: str
    sampling: Sampling
    taken: tuple[str, ...]
    left_out: tuple[str, ...]


_SAME = {
    name: name
    for name in (
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "typical_p",
        "top_n_sigma",
        "xtc_probability",
        "xtc_threshold",
        "repetition_penalty",
        "frequency_penalty",
        "presence_penalty",
        "dry_multiplier",
        "dry_base",
        "dry_allowed_length",
        "mirostat_tau",
        "mirostat_eta",
        "dynatemp_exponent",
        "dynatemp_range",
    )
}
_DRY = {"dry_sequence_breakers": "dry_breakers", "dry_penalty_last_n": "dry_window"}
IDLE = {
    "top_a": 0,
    "tfs": 1,
    "epsilon_cutoff": 0,
    "eta_cutoff": 0,
    "smoothing_factor": 0,
    "no_repeat_ngram_size": 0,
    "penalty_alpha": 0,
    "encoder_rep_pen": 1,
    "encoder_repetition_penalty": 1,
    "guidance_scale": 1,
    "negative_prompt": "",
    "rep_pen_slope": 1,
    "rep_pen_decay": 0,
    "adaptivep_target": -1,
    "custom_token_bans": "",
    "sampler_order": None,
    "sampler_priority": None,
    "samplers_priorities": None,
    "json_schema": None,
    "num_beams": 1,
    "skew": 0,
    "min_length": 0,
    "ban_eos_token": False,
    "ignore_eos_token": False,
    "smoothing_curve": 1,
    "length_penalty": 1,
    "early_stopping": False,
    "add_bos_token": True,
    "skip_special_tokens": True,
    "spaces_between_special_tokens": True,
    "speculative_ngram": False,
    "min_keep": 0,
    "rep_pen_size": 0,
}
"""Names of theirs that we lack, with the value by which each does nothing."""

_SHORT = {
    "rep_pen": "repetition_penalty",
    "rep_pen_range": "repetition_window",
    "freq_pen": "frequency_penalty",
    "presence_pen": "presence_penalty",
    "mirostat_mode": "mirostat",
    "nsigma": "top_n_sigma",
    "grammar_string": "grammar",
    "logit_bias": "logit_bias",
    "banned_tokens": "banned_phrases",
}
STEPS = {
    "repetition_penalty": "penalties",
    "presence_penalty": "penalties",
    "frequency_penalty": "penalties",
    "penalties": "penalties",
    "typ_p": "typical_p",
    "dynamic_temperature": "temperature",
    "top_nsigma": "top_n_sigma",
    "quadratic_sampling": "",
    "tfs": "",
    "tfs_z": "",
    "top_a": "",
    "epsilon_cutoff": "",
    "eta_cutoff": "",
    "mirostat": "",
    "encoder_repetition_penalty": "",
    "no_repeat_ngram": "",
    "adaptive_p": "",
} | {step: step for step in DEFAULT_ORDER}
"""Their names for the steps of the order; empty for one that we lack."""

_KOBOLD_STEPS = {
    "0": "top_k",
    "1": "",  # top-a
    "2": "top_p",
    "3": "",  # tail-free
    "4": "typical_p",
    "5": "temperature",
    "6": "penalties",
}

PROGRAMS: tuple[ForeignProgram, ...] = (
    ForeignProgram(
        "SillyTavern",
        _SAME | _DRY | _SHORT | {"temp": "temperature", "genamt": "max_tokens"},
        frozenset({"temp", "rep_pen", "typical_p", "freq_pen", "samplers"}),
        IDLE,
        "samplers",
        STEPS,
    ),
    ForeignProgram(
        "KoboldCpp",
        _SAME
        | _DRY
        | _SHORT
        | {
            "typical": "typical_p",
            "typ_s": "typical_p",
            "max_length": "max_tokens",
            "gen_amt": "max_tokens",
            "miro_type": "mirostat",
            "miro_tau": "mirostat_tau",
            "miro_eta": "mirostat_eta",
            "stop_sequence": "stop",
            "grammar": "grammar",
            "sampler_seed": "seed",
        },
        frozenset({"rep_pen", "rep_pen_range", "max_length", "sampler_order", "typical", "tfs_s"}),
        IDLE | {"tfs_s": 1},
        "sampler_order",
        _KOBOLD_STEPS,
    ),
    ForeignProgram(
        "text-generation-webui",
        _SAME
        | _DRY
        | {
            "repetition_penalty_range": "repetition_window",
            "mirostat_mode": "mirostat",
            "max_new_tokens": "max_tokens",
            "seed": "seed",
            "grammar_string": "grammar",
        },
        frozenset({"temperature", "top_p", "min_p", "top_k", "repetition_penalty", "do_sample"}),
        IDLE,
        "sampler_priority",
        STEPS,
        temperature_first=True,
    ),
)
"""The programs whose files are known."""


_ELSEWHERE = frozenset(
    {"max_context_length", "last_maxctx", "auto_ctxlen", "auto_genamt", "name", "temperature_last"}
)
"""Entries that are beside the point: nothing of the text's making is lost with them."""

_RANGES = (
    ("dynatemp", "min_temp", "max_temp"),
    ("dynamic_temperature", "dynatemp_low", "dynatemp_high"),
)
"""A switch, and the ends of the dynamic temperature; ours has the middle and the distance."""

_OTHER_ORDERS = ("sampler_order", "sampler_priority", "samplers", "samplers_priorities")


def read_foreign(text: str) -> Imported | None:
    """What another program's file of parameters says; None if it is none of theirs."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _flat_yaml(text)
        program = PROGRAMS[2]
        return _imported(program, found) if found.keys() & program.names.keys() else None
    if not isinstance(found, dict):
        return None
    if isinstance(found.get("savedsettings"), dict):  # a saved story of KoboldCpp
        return _imported(PROGRAMS[1], found["savedsettings"])
    best = max(PROGRAMS, key=lambda program: len(program.marks & found.keys()))
    return _imported(best, found) if len(best.marks & found.keys()) > 1 else None


def _imported(program: ForeignProgram, found: Mapping[str, Any]) -> Imported:
    values: dict[str, Any] = {}
    taken: list[str] = []
    left_out: list[str] = []
    unknown: list[str] = []
    for name, value in _without_ranges(found).items():
        ours = "order" if name == program.order else program.names.get(name, "")
        if ours:
            try:
                values[ours] = _ROWS[ours].check(_read(program, ours, value))
                taken.append(name)
            except (ParameterError, ValueError, TypeError, AttributeError) as error:
                reason = str(error).removeprefix(f"{_ROWS[ours].row.label} ({ours}) ")
                left_out.append(f"{name} ({reason.rstrip('.')})")
        elif name in program.idle:
            if name not in _OTHER_ORDERS and value != program.idle[name]:
                left_out.append(f"{name} (Lampblack has nothing of that kind)")
        elif name not in _ELSEWHERE:
            unknown.append(name)
    if unknown:
        shown = ", ".join(name[:40] for name in unknown[:3])
        if len(unknown) > 3:
            shown = f"{shown} and {len(unknown) - 3} more"
        left_out.append(f"{shown} (no sampling parameters that are known)")
    if found.get("temperature_last") is True:
        steps = [step for step in values.get("order", DEFAULT_ORDER) if step != "temperature"]
        values["order"] = (*steps, "temperature")
    elif program.temperature_first and "order" not in values:
        values["order"] = _whole(["penalties", "dry", "temperature", "top_n_sigma"])
    left_out += _switched_off(values)
    return Imported(program.name, Sampling(**(_NEUTRAL | values)), tuple(taken), tuple(left_out))


def _without_ranges(found: Mapping[str, Any]) -> dict[str, Any]:
    """The file's entries, with ours for its dynamic temperature and for greedy writing."""
    entries = dict(found)
    for switch, low, high in _RANGES:
        on = entries.pop(switch, False) is True
        ends = [entries.pop(name, 1) for name in (low, high)]
        if on and all(isinstance(end, int | float) for end in ends):
            entries.pop("temp", None)
            entries |= {"temperature": sum(ends) / 2, "dynatemp_range": (ends[1] - ends[0]) / 2}
        elif on:
            entries[switch] = True  # told as not understood
    if entries.pop("do_sample", True) is False:
        entries.pop("temp", None)
        entries["temperature"] = 0
    return entries


def _switched_off(values: Mapping[str, Any]) -> list[str]:
    """What a window of 0 tokens keeps from working, for others may mean the whole text by it."""
    told = []
    for strength, off, window in (
        ("repetition_penalty", 1.0, "repetition_window"),
        ("dry_multiplier", 0.0, "dry_window"),
    ):
        if values.get(strength, off) != off and values.get(window) == 0:
            label = _ROWS[strength].row.label
            told.append(f"{label} is off, for its window is 0 in the file; -1 is the whole text")
    return told


def _read(program: ForeignProgram, ours: str, value: Any) -> Any:
    """A foreign value in our form; raises for one that has no meaning here."""
    if ours == "order":
        return foreign_order(program, value)
    return foreign_value(ours, value)


def foreign_order(program: ForeignProgram, value: Any) -> tuple[str, ...]:
    """A program's list of steps, or a text of them, with the steps that it leaves out behind."""
    names = value.split() if isinstance(value, str) else value
    return _whole([program.steps[str(name)] for name in names if str(name) in program.steps])


def foreign_value(ours: str, value: Any) -> Any:
    """What other programs write for our parameter, in our form; not checked against the table.

    Raises ValueError, TypeError or AttributeError for what has no meaning here.
    """
    if ours in ("dry_breakers", "stop") and isinstance(value, str):
        text = value.strip()
        return json.loads(text if text.startswith("[") else f"[{text}]")
    if ours == "banned_phrases" and isinstance(value, str):
        return [line.strip().strip('"') for line in value.splitlines() if line.strip()]
    if ours == "logit_bias" and isinstance(value, list):
        return {entry.get("text"): entry.get("value") for entry in value}
    if ours == "seed" and value == -1:
        return None
    if ours == "top_k" and value == -1:
        return 0
    return value


def _whole(steps: Sequence[str]) -> tuple[str, ...]:
    """An order of ours: each step once, and those that are not named behind their neighbours."""
    order = list(dict.fromkeys(step for step in steps if step))
    for place, step in enumerate(DEFAULT_ORDER):
        if step not in order:
            before = DEFAULT_ORDER[place - 1] if place else None
            order.insert(order.index(before) + 1 if before else 0, step)
    return tuple(order)


def _flat_yaml(text: str) -> dict[str, Any]:
    """The `name: value` lines of a flat YAML file; {} where it is anything else."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(("#", "---")):
            continue
        name, colon, value = bare.partition(":")
        if line[0].isspace() or not colon or not name.isidentifier():
            return {}
        found[name] = _scalar(value.strip())
    return found


def _scalar(text: str) -> Any:
    """A value of a flat YAML file: a number, true, false, null, or a text, quoted or not."""
    words = {"true": True, "false": False, "null": None, "~": None, "": None}
    if text.lower() in words:
        return words[text.lower()]
    if text.startswith("'"):
        return text.strip("'").replace("''", "'")
    text = text if text.startswith('"') else text.split(" #")[0].strip()
    try:
        return json.loads(text)
    except ValueError:
        return text
