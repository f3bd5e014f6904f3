"""Fields of other servers that we lack: refused by name where they would change the text.

A field that is in no table is ignored and named in a header of the answer.
"""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec

from app.core.options.foreign_presets import IDLE as IDLE_IN_FILES
from app.server.protocols.fields import Fields, RequestError

_NO_TOOLS = "Lampblack calls no tools"
_TEXT_ONLY = "Lampblack reads and writes text only"
_ELSEWHERE = "/v1/completions takes a suffix, /infill input_prefix and input_suffix"
_REASONS = {
    "tools": _NO_TOOLS,
    "functions": _NO_TOOLS,
    "tool_choice": _NO_TOOLS,
    "function_call": _NO_TOOLS,
    "web_search_options": "Lampblack searches no web",
    "audio": _TEXT_ONLY,
    "modalities": _TEXT_ONLY,
    "image_data": _TEXT_ONLY,
    "multimodal_data": _TEXT_ONLY,
    "images": _TEXT_ONLY,
    "suffix": _ELSEWHERE,
    "input_prefix": _ELSEWHERE,
    "input_suffix": _ELSEWHERE,
    "input_extra": "Only the text around the middle is read, and no other files",
    "lora": "Adapters are attached when a model is loaded",
}

IDLE: dict[str, tuple[Any, ...]] = {
    **{name: (value,) for name, value in IDLE_IN_FILES.items() if value is not None},
    "custom_token_bans": ("", []),
    "rep_pen_slope": (1, 0),  # KoboldCpp takes 0 for 1
    "tools": ([],),
    "functions": ([],),
    "tool_choice": ("none", "auto"),
    "function_call": ("none", "auto"),
    "web_search_options": (),
    "audio": (),
    "modalities": (["text"],),
    "image_data": ([],),
    "multimodal_data": ([],),
    "suffix": ("",),
    "input_prefix": ("",),
    "input_suffix": ("",),
    "input_extra": ([],),
    "tfs_z": (1,),
    "tfs_s": (1,),
    "ignore_eos": (False,),
    "repetition_decay": (0,),
    "max_tokens_second": (0,),
    "min_tokens": (0,),
    "n_indent": (0,),
    "t_max_predict_ms": (0,),
    "adaptive_target": (-1, -0.01),
    "use_beam_search": (False,),
    "include_stop_str_in_output": (False,),
    "guided_regex": ("",),
    "guided_choice": ([],),
    "cfg_scale": (1,),
    "prompt_logprobs": (0,),
    "images": ([],),
    "bypass_eos": (False,),
    "render_special": (False,),
    "use_default_badwordsids": (False,),
    "singleline": (False,),
    "use_story": (False,),
    "use_memory": (False,),
    "use_authors_note": (False,),
    "use_world_info": (False,),
    "grammar_retain_state": (False,),
    "response_fields": ([],),
    "lora": ([],),
}
"""Names that we lack, each with the values by which it changes nothing."""


def ignored(fields: Fields) -> tuple[str, ...]:
    """What is left of a request and may be ignored; raises RequestError for what may not."""
    left = []
    for name in fields.names():
        value = fields.take(name)
        if name not in IDLE:
            left.append(name)
        elif not any(_same(value, idle) for idle in IDLE[name]):
            refuse(name)
    return tuple(left)


def _same(value: Any, idle: Any) -> bool:
    return bool(value == idle) and isinstance(value, bool) == isinstance(idle, bool)


def refuse(name: str) -> NoReturn:
    """Raise the RequestError for a field that Lampblack cannot do."""
    reason = _REASONS.get(name, "Lampblack has nothing of that kind")
    idle = IDLE[name]
    shown = f" or set it to {_shown(idle[0])}" if idle else ""
    message = f"{name} is not supported: {reason}."
    raise RequestError(message, f"Leave it out{shown}.", param=name, code="unsupported_parameter")


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()
