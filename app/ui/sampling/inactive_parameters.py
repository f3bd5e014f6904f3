"""Which sampling parameters do nothing at present, and why, in a few words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.options.sampling import Sampling

_PENALTIES = ("repetition_penalty", "frequency_penalty", "presence_penalty")
_DRY = ("dry_base", "dry_allowed_length", "dry_window", "dry_breakers")
_DYNAMIC = ("dynatemp_exponent",)
_CUTS = ("top_n_sigma", "top_k", "typical_p", "top_p", "min_p", "xtc_probability", "xtc_threshold")
_STEP_ROWS = {
    "penalties": (*_PENALTIES, "repetition_window"),
    "dry": ("dry_multiplier", *_DRY),
    "xtc": ("xtc_probability", "xtc_threshold"),
    "temperature": ("temperature", "dynatemp_range", "dynatemp_exponent"),
}
_STEPS = ("penalties", "dry", "top_n_sigma", "top_k", "typical_p", "top_p", "min_p", "xtc")


def idle_rows(sampling: Sampling) -> dict[str, str]:
    """The reason by parameter name; the strongest reason wins."""
    reasons: dict[str, str] = {}
    for names, applies, reason in _rules(sampling):
        if applies:
            reasons.update(dict.fromkeys(names, reason))
    return reasons


def _rules(now: Sampling) -> tuple[tuple[tuple[str, ...], bool, str], ...]:
    no_penalty = (now.repetition_penalty, now.frequency_penalty, now.presence_penalty) == (1, 0, 0)
    greedy = now.temperature == 0 and now.dynatemp_range == 0 and now.mirostat == 0
    return (
        (("xtc_threshold",), now.xtc_probability == 0, _tr("XTC probability is 0")),
        (_DYNAMIC, now.dynatemp_range == 0, _tr("range is 0")),
        (("repetition_window",), no_penalty, _tr("the penalties are off")),
        (_PENALTIES, now.repetition_window == 0, _tr("the window is 0")),
        (_DRY, now.dry_multiplier == 0, _tr("DRY strength is 0")),
        (_CUTS, greedy, _tr("temperature is 0")),
        (("top_p",), greedy, _tr("surprise is 0")),
        *((_rows_of(step), step not in now.order, _left_out()) for step in _all_steps()),
        (("logit_bias_forms",), not now.logit_bias, _tr("there is no word bias")),
        (("mirostat_tau", "mirostat_eta"), now.mirostat == 0, _tr("Mirostat is off")),
        (_replaced(), now.mirostat != 0, _tr("Mirostat is on")),
    )


def _replaced() -> tuple[str, ...]:
    """What Mirostat stands in for: every step between the penalties and the draw."""
    return (*(row for step in _STEPS[1:] for row in _rows_of(step)), *_STEP_ROWS["temperature"])


def _all_steps() -> tuple[str, ...]:
    return (*_STEPS, "temperature")


def _rows_of(step: str) -> tuple[str, ...]:
    return _STEP_ROWS.get(step, (step,))


def _left_out() -> str:
    return _tr("left out of the order")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Parameters", text)
