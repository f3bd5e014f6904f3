"""Which sampling parameters do nothing at present, and why, in a few words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.options.sampling import Sampling

_tr = QCoreApplication.translate

_PENALTIES = ("repetition_penalty", "frequency_penalty", "presence_penalty")
_DRY = ("dry_base", "dry_allowed_length", "dry_window", "dry_breakers")
_XTC = ("xtc_probability", "xtc_threshold")
_CUTS = ("top_n_sigma", "top_k", "typical_p", "top_p", "min_p", *_XTC)
_STEPS = {
    **{step: (step,) for step in _CUTS[:5]},
    "penalties": (*_PENALTIES, "repetition_window"),
    "dry": ("dry_multiplier", *_DRY),
    "xtc": _XTC,
    "temperature": ("temperature", "dynatemp_range", "dynatemp_exponent"),
}


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
    left_out = _tr("Parameters", "left out of the order")
    replaced = (row for step, rows in _STEPS.items() if step != "penalties" for row in rows)
    return (
        (("xtc_threshold",), now.xtc_probability == 0, _tr("Parameters", "XTC probability is 0")),
        (("dynatemp_exponent",), now.dynatemp_range == 0, _tr("Parameters", "range is 0")),
        (("repetition_window",), no_penalty, _tr("Parameters", "the penalties are off")),
        (_PENALTIES, now.repetition_window == 0, _tr("Parameters", "the window is 0")),
        (_DRY, now.dry_multiplier == 0, _tr("Parameters", "DRY strength is 0")),
        (_CUTS, greedy, _tr("Parameters", "temperature is 0")),
        (("top_p",), greedy, _tr("Parameters", "surprise is 0")),
        *((rows, step not in now.order, left_out) for step, rows in _STEPS.items()),
        (("logit_bias_forms",), not now.logit_bias, _tr("Parameters", "no word bias")),
        (("mirostat_tau", "mirostat_eta"), now.mirostat == 0, _tr("Parameters", "Mirostat is off")),
        (tuple(replaced), now.mirostat != 0, _tr("Parameters", "Mirostat is on")),
    )
