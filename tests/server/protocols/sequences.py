"""What real programs send, request by request, with their settings as they are after a start.

Bodies are as these programs make them, compared with their sources: mikupad of December 2025,
SillyTavern of October 2024 (`OF_2024`; the others have the fields of later versions, too) and
localwriter 0.0.6. mikupad and SillyTavern send far more fields than a server reads, and under
several names at once. Each request has `Content-Type: application/json`, those without a body, too;
localwriter alone has no field for a token.
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


MIKUPAD_DEFAULTS: dict[str, Any] = {
    "model": "", "prompt": PROMPT, "temperature": 0.7, "repeat_penalty": 1.1, "repeat_last_n": 256,
    "penalize_nl": False, "ignore_eos": False, "presence_penalty": 0, "frequency_penalty": 0,
    "top_p": 0.95, "top_k": 40, "min_p": 0, "n_predict": -1, "n_probs": 10,
    "post_sampling_probs": True, "stream": True, "cache_prompt": True,
}  # fmt: skip
_BREAKERS = ["\n", ":", '"', "*"]
MIKUPAD_ALL: dict[str, Any] = {
    **MIKUPAD_DEFAULTS, "seed": 7, "dynatemp_range": 0, "dynatemp_exponent": 1,
    "logit_bias": [[5, -0.1], [6, False]], "grammar": "", "typical_p": 1, "tfs_z": 1,
    "xtc_threshold": 0.1, "xtc_probability": 0, "dry_multiplier": 0, "dry_base": 1.75,
    "dry_allowed_length": 2, "dry_penalty_last_n": 1024, "dry_sequence_breakers": _BREAKERS,
    "banned_tokens": [], "n_predict": 12, "post_sampling_probs": False, "stop": ["\n\n"],
}  # fmt: skip
MIKUPAD_LLAMA = (
    Sent("POST", "/tokenize", {"content": PROMPT}),
    Sent("POST", "/completion", MIKUPAD_DEFAULTS),
    Sent("POST", "/completion", MIKUPAD_ALL),
    Sent("POST", "/detokenize", {"tokens": [5]}),
)
_MIKUPAD_OPENAI: dict[str, Any] = {
    "model": "gpt-3.5", "temperature": 0.7, "penalize_nl": False, "presence_penalty": 0,
    "frequency_penalty": 0, "top_p": 0.95, "top_k": 40, "min_p": 0, "stream": True,
    "max_tokens": 1024, "repetition_penalty": 1.1, "repetition_penalty_range": 256,
    "ban_eos_token": False,
}  # fmt: skip
# To stop it closes the connection, and posts to another server's path without the token, in vain.
MIKUPAD_OPENAI = (
    Sent("GET", "/v1/models"),
    Sent("POST", "/v1/token/encode", {"prompt": PROMPT}, 404),  # it asks several servers' endpoints
    Sent("POST", "/v1/internal/token-count", {"text": PROMPT}, 404),
    Sent("POST", "/v1/token/encode", {"text": PROMPT}, 404),
    Sent("POST", "/v1/completions", {**_MIKUPAD_OPENAI, "prompt": PROMPT, "logprobs": 10}),
    Sent(
        "POST",
        "/v1/completions",
        {**_MIKUPAD_OPENAI, "prompt": PROMPT, "logprobs": 10, "max_tokens": 12, "typical_p": 1,
         "tfs": 1, "dynatemp_range": 0.2, "dynatemp_exponent": 1, "dynamic_temperature": True,
         "dynatemp_low": 0.5, "dynatemp_high": 0.9, "logit_bias": {"5": -1.0},
         "grammar_string": "", "dry_multiplier": 0, "dry_base": 1.75, "dry_allowed_length": 2,
         "dry_penalty_last_n": 1024, "dry_sequence_breakers": '["\\n", ":"]',
         "banned_tokens": [], "mirostat_mode": 0},
    ),
    Sent(
        "POST",
        "/v1/chat/completions",
        {**_MIKUPAD_OPENAI, "messages": [{"role": "user", "content": PROMPT}], "logprobs": True,
         "top_logprobs": 10},
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
_LATER = (
    "num_predict", "num_ctx", "include_reasoning", "sampler_order", "nsigma", "top_n_sigma",
    "min_keep", "adaptive_target", "adaptive_decay",
)  # fmt: skip
OF_2024 = {name: value for name, value in _TAVERN.items() if name not in _LATER} | {
    "num_predict": 12, "num_ctx": 2048, "logprobs": 10,
}  # fmt: skip
TAVERN_LLAMA_2024 = (
    Sent("GET", "/v1/models"),
    Sent("POST", "/tokenize", {"content": PROMPT}),
    Sent(
        "POST",
        "/completion",
        {**OF_2024, "api_type": "llamacpp", "n_probs": 10, "logit_bias": [[5, -1], [6, False]],
         "samplers": ["top_k", "tfs_z", "typical_p", "top_p", "min_p", "xtc", "temperature"],
         "grammar": "", "cache_prompt": True, "stream": True},
    ),
)  # fmt: skip
TAVERN_CHAT = (
    Sent("GET", "/v1/models"),
    Sent(
        "POST",
        "/v1/chat/completions",
        {"messages": [{"role": "system", "content": "You are Ann."},
                      {"role": "user", "content": PROMPT}],
         "model": "", "temperature": 1, "max_tokens": 300, "stream": True, "presence_penalty": 0,
         "frequency_penalty": 0, "top_p": 1, "logit_bias": {}, "logprobs": True,
         "top_logprobs": 5},
    ),
)  # fmt: skip
TAVERN_OPENAI = (
    Sent("GET", "/v1/models"),
    Sent("GET", "/v1/internal/model/info", None, 404),
    Sent("POST", "/v1/internal/encode", {"text": PROMPT}, 404),  # then it estimates
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
_KOBOLD: dict[str, Any] = {
    "prompt": PROMPT, "max_context_length": 2048, "max_length": 12, "rep_pen": 1.1,
    "rep_pen_range": 256, "temperature": 0.7, "top_k": 40, "top_p": 0.95, "min_p": 0,
    "mirostat": 0, "mirostat_tau": 5, "mirostat_eta": 0.1,
}  # fmt: skip
MIKUPAD_KOBOLD = (
    Sent("POST", "/api/extra/tokencount", {"prompt": PROMPT}),
    Sent(
        "POST",
        "/api/extra/generate/stream",
        {"prompt": PROMPT, "temperature": 0.7, "penalize_nl": False, "presence_penalty": 0,
         "frequency_penalty": 0, "top_p": 0.95, "top_k": 40, "min_p": 0, "stream": True,
         "max_length": 1024, "logprobs": 10, "rep_pen": 1.1, "rep_pen_range": 256,
         "use_default_badwordsids": False},
    ),
    Sent("POST", "/api/extra/abort", {}),
)  # fmt: skip
TAVERN_KOBOLD = (
    Sent("GET", "/api/v1/info/version"),
    Sent("GET", "/api/extra/version"),
    Sent("GET", "/api/v1/model"),
    Sent(
        "POST",
        "/api/extra/generate/stream",
        {**_KOBOLD, "use_story": False, "use_memory": False, "use_authors_note": False,
         "use_world_info": False, "rep_pen_slope": 0, "tfs": 1, "top_a": 0, "typical": 1,
         "sampler_order": [6, 0, 1, 2, 3, 4, 5], "singleline": False,
         "use_default_badwordsids": False, "grammar": "", "stop_sequence": ["\nAnn:"]},
    ),
    Sent("POST", "/api/v1/generate", {**_KOBOLD, "sampler_seed": 5}),
)  # fmt: skip
_LOCALWRITER = {"prompt": PROMPT, "max_tokens": 70, "temperature": 1, "top_p": 0.9, "seed": 10}
LOCALWRITER = (
    Sent("POST", "/v1/completions", _LOCALWRITER),
    Sent("POST", "/v1/completions", {**_LOCALWRITER, "model": "llama-2"}),
    Sent("POST", "/v1/completions", {**_LOCALWRITER, "max_tokens": 6_000}),  # a token a letter
)

SEQUENCES = {
    "mikupad, llama.cpp": MIKUPAD_LLAMA,
    "mikupad, OpenAI": MIKUPAD_OPENAI,
    "SillyTavern, llama.cpp": TAVERN_LLAMA,
    "SillyTavern of 2024, llama.cpp": TAVERN_LLAMA_2024,
    "SillyTavern, OpenAI": TAVERN_OPENAI,
    "SillyTavern, chat": TAVERN_CHAT,
    "mikupad, KoboldCpp": MIKUPAD_KOBOLD,
    "SillyTavern, KoboldCpp": TAVERN_KOBOLD,
    "localwriter": LOCALWRITER,
}
