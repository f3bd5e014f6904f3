"""What real programs send, request by request, with their settings as they are after a start.

Bodies are as these programs make them: mikupad and SillyTavern send far more fields than a server
reads, and under several names at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

PROMPT = "The old lighthouse keeper opened the door and"


class Sent(NamedTuple):
    """A request, and the status with which it must be answered."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    status: int = 200


MIKUPAD_SAMPLERS: dict[str, Any] = {
    "temperature": 0.7, "dynatemp_range": 0, "dynatemp_exponent": 1, "penalize_nl": False,
    "ignore_eos": False, "presence_penalty": 0, "frequency_penalty": 0, "top_p": 0.95, "top_k": 40,
    "typical_p": 1, "min_p": 0, "tfs_z": 1, "xtc_threshold": 0.1, "xtc_probability": 0,
    "dry_multiplier": 0, "dry_base": 1.75, "dry_allowed_length": 2,
}  # fmt: skip
_BREAKERS = ["\n", ":", '"', "*"]
MIKUPAD_LLAMA = (
    Sent("POST", "/tokenize", {"content": PROMPT}),
    Sent(
        "POST",
        "/completion",
        {**MIKUPAD_SAMPLERS, "prompt": PROMPT, "repeat_penalty": 1.1, "repeat_last_n": 256,
         "dry_penalty_last_n": -1, "dry_sequence_breakers": _BREAKERS, "banned_tokens": [],
         "n_predict": 12, "n_probs": 10, "post_sampling_probs": False, "stream": True,
         "stop": ["\n\n"], "seed": 7, "cache_prompt": True},
    ),
    Sent("POST", "/detokenize", {"tokens": [5]}),
)  # fmt: skip
MIKUPAD_OPENAI = (
    Sent("GET", "/v1/models"),
    Sent("POST", "/v1/token/encode", {"text": PROMPT}, 404),  # it asks several servers' endpoints
    Sent(
        "POST",
        "/v1/completions",
        {**{name: value for name, value in MIKUPAD_SAMPLERS.items()
            if name not in ("ignore_eos", "tfs_z")},
         "model": "gpt-3.5", "prompt": PROMPT, "repetition_penalty": 1.1,
         "repetition_penalty_range": 256, "tfs": 1, "ban_eos_token": False,
         "dry_penalty_last_n": -1, "dry_sequence_breakers": '["\\n", ":"]', "mirostat_mode": 0,
         "banned_tokens": [], "max_tokens": 12, "logprobs": 10, "stream": True},
    ),
    Sent(
        "POST",
        "/v1/chat/completions",
        {"model": "gpt-3.5", "messages": [{"role": "user", "content": PROMPT}], "max_tokens": 12,
         "temperature": 0.7, "top_p": 0.95, "logprobs": True, "top_logprobs": 10, "stream": True},
    ),
)  # fmt: skip

_TAVERN: dict[str, Any] = {
    "prompt": PROMPT, "model": "", "max_new_tokens": 12, "max_tokens": 12, "n_predict": 12,
    "num_predict": 12, "temperature": 0.7, "top_p": 0.5, "typical_p": 1, "typical": 1,
    "sampler_seed": -1, "seed": -1, "min_p": 0, "repetition_penalty": 1.2, "rep_pen": 1.2,
    "repeat_penalty": 1.2, "frequency_penalty": 0, "presence_penalty": 0, "top_k": 40, "skew": 0,
    "min_tokens": 0, "add_bos_token": True, "smoothing_factor": 0, "smoothing_curve": 1,
    "dry_allowed_length": 2, "dry_multiplier": 0, "dry_base": 1.75,
    "dry_sequence_breakers": '["\\n", ":", "\\"", "*"]', "dry_penalty_last_n": 0,
    "max_tokens_second": 0, "stopping_strings": ["\nAnn:"], "stop": ["\nAnn:"],
    "truncation_length": 2048, "num_ctx": 2048, "ban_eos_token": False, "ignore_eos": False,
    "skip_special_tokens": True, "include_reasoning": True, "top_a": 0, "tfs": 1, "tfs_z": 1,
    "mirostat_mode": 0, "mirostat": 0, "mirostat_tau": 5, "mirostat_eta": 0.1,
    "custom_token_bans": "", "banned_strings": [], "api_server": "http://127.0.0.1:8080",
    "sampler_order": None, "xtc_threshold": 0.1, "xtc_probability": 0, "nsigma": 0,
    "top_n_sigma": 0, "min_keep": 0, "rep_pen_range": 0, "repetition_penalty_range": 0,
    "repeat_last_n": 0, "guidance_scale": 1, "negative_prompt": "", "grammar_string": "",
    "rep_pen_slope": 1, "adaptive_target": -0.01, "adaptive_decay": 0.9,
}  # fmt: skip
TAVERN_LLAMA = (
    Sent("GET", "/v1/models"),
    Sent("GET", "/props"),
    Sent("POST", "/tokenize", {"content": PROMPT}),
    Sent(
        "POST",
        "/completion",
        {**_TAVERN, "dry_sequence_breakers": _BREAKERS, "api_type": "llamacpp", "n_probs": 10,
         "samplers": ["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "tfs_z", "typical_p",
                      "xtc", "top_p", "adaptive_p", "min_p", "temperature"],
         "logit_bias": [[5, -1], [6, False]], "grammar": "", "cache_prompt": True, "stream": True},
    ),
)  # fmt: skip
TAVERN_OPENAI = (
    Sent("GET", "/v1/models"),
    Sent("GET", "/v1/internal/model/info", None, 404),
    Sent(
        "POST",
        "/v1/completions",
        {**_TAVERN, "api_type": "ooba", "min_length": 0, "num_beams": 1, "length_penalty": 1,
         "early_stopping": False, "encoder_repetition_penalty": 1, "no_repeat_ngram_size": 0,
         "penalty_alpha": 0, "temperature_last": True, "do_sample": True, "epsilon_cutoff": 0,
         "eta_cutoff": 0, "logprobs": 10, "stream": True,
         "sampler_priority": ["repetition_penalty", "dry", "dynamic_temperature", "temperature",
                              "quadratic_sampling", "top_k", "top_p", "min_p", "xtc"]},
    ),
)  # fmt: skip
_LOCALWRITER = {"prompt": PROMPT, "max_tokens": 12, "temperature": 1, "top_p": 0.9, "seed": 10}
LOCALWRITER = (
    Sent("POST", "/v1/completions", _LOCALWRITER),
    Sent("POST", "/v1/completions", {**_LOCALWRITER, "model": "llama-2"}),
)

SEQUENCES = {
    "mikupad, llama.cpp": MIKUPAD_LLAMA,
    "mikupad, OpenAI": MIKUPAD_OPENAI,
    "SillyTavern, llama.cpp": TAVERN_LLAMA,
    "SillyTavern, OpenAI": TAVERN_OPENAI,
    "localwriter": LOCALWRITER,
}
