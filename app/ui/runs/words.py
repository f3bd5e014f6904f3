"""What runs, their figures and settings are called in the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.runs.comparing import Unit, main_figure, plain_name
from app.core.runs.record import RunRecord, Setting
from app.ui.numbers import data_size_text, local_number, number_text
from app.ui.sentences import told
from app.ui.texts import moment_text

_tr = QCoreApplication.translate

_MINUTE_S, _HOUR_S = 60, 3600


class RunWords:
    """The vocabulary of runs in the language that is spoken when this is made."""

    def __init__(self) -> None:
        self._words = _kinds() | _headings() | _figures() | _settings()

    def say(self, text: str) -> str:
        """A word of the vocabulary, or a sentence of core's; what is neither stays as it is."""
        return self._words.get(text) or told(text)

    def field(self, name: str) -> str:
        """What a field of a record is called."""
        return self.say(plain_name(name))

    def show(self, value: Setting | None, unit: Unit = "") -> str:
        """A value as the locale writes it; empty for None."""
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, bool):
            return _tr("Runs", "yes") if value else _tr("Runs", "no")
        if unit == "bytes":
            return data_size_text(value)
        if unit == "seconds":
            return duration(value)
        if isinstance(value, int) or (abs(value) < 1e15 and value == int(value)):
            return number_text(value)
        text = f"{value:.4g}" if abs(value) < 1000 else f"{value:,.1f}"
        return local_number(text) if "e" not in text else text

    def summary(self, record: RunRecord) -> str:
        """The second line of a run in the list."""
        parts = [self.say(record.kind)]
        if record.state != "done":
            parts.append(self.say(record.state))
        found = main_figure(record)
        if found is not None:
            parts.append(f"{self.field(found[0])} {self.show(float(found[1]))}")
        parts += [moment_text(record.begun_at), record.model]
        return " · ".join(filter(None, parts))


def duration(seconds: float) -> str:
    """A time in seconds, minutes or hours."""
    if seconds < _MINUTE_S:
        return _tr("Runs", "{0} s").format(number_text(max(0, seconds), 1 if seconds < 10 else 0))
    if seconds < _HOUR_S:
        return _tr("Runs", "{0} min").format(number_text(round(seconds / _MINUTE_S)))
    hours, rest = divmod(round(seconds / _MINUTE_S), _MINUTE_S)
    return _tr("Runs", "{0} h {1} min").format(number_text(hours), number_text(rest))


def _kinds() -> dict[str, str]:
    return {
        "style": _tr("Runs", "style"),
        "classifier": _tr("Runs", "classifier"),
        "evaluation": _tr("Runs", "evaluation"),
        "benchmark": _tr("Runs", "benchmark"),
        "distill": _tr("Runs", "distillation"),
        "prune": _tr("Runs", "pruning"),
        "running": _tr("Runs", "goes on"),
        "stopped": _tr("Runs", "stopped"),
        "failed": _tr("Runs", "failed"),
        "done": _tr("Runs", "done"),
        "not known": _tr("Runs", "not known"),
    }


def _headings() -> dict[str, str]:
    return {
        "Run": _tr("Runs", "Run"),
        "Comparison of runs": _tr("Runs", "Comparison of runs"),
        "Lines in bold differ.": _tr("Runs", "Lines in bold differ."),
        "Figures": _tr("Runs", "Figures"),
        "Measures": _tr("Runs", "Measures"),
        "Settings": _tr("Runs", "Settings"),
        "Origin": _tr("Runs", "Origin"),
        "Confusion": _tr("Runs", "Confusion"),
        "Loss": _tr("Runs", "Loss"),
        "Held-out loss": _tr("Runs", "Held-out loss"),
        "Learning rate": _tr("Runs", "Learning rate"),
        "Macro F1 of texts held out": _tr("Runs", "Macro F1 of texts held out"),
        "Measures with their intervals of 95 %": _tr(
            "Runs", "Measures with their intervals of 95 %"
        ),
        "lines: the right label; columns: the chosen one": _tr(
            "Runs", "lines: the right label; columns: the chosen one"
        ),
        "loss of each step": _tr("Runs", "loss of each step"),
        "held-out loss": _tr("Runs", "held-out loss"),
        "learning rate": _tr("Runs", "learning rate"),
        "step": _tr("Runs", "step"),
        "nats": _tr("Runs", "nats"),
        "rate": _tr("Runs", "rate"),
        "measure": _tr("Runs", "measure"),
        "value": _tr("Runs", "value"),
        "interval of 95 %": _tr("Runs", "interval of 95 %"),
        "name": _tr("Runs", "name"),
        "kind": _tr("Runs", "kind"),
        "state": _tr("Runs", "state"),
        "run": _tr("Runs", "run"),
        "model": _tr("Runs", "model"),
        "model digest": _tr("Runs", "model digest"),
        "SHA-256 of the model": _tr("Runs", "SHA-256 of the model"),
        "data": _tr("Runs", "data"),
        "data digest": _tr("Runs", "data digest"),
        "SHA-256 of the data": _tr("Runs", "SHA-256 of the data"),
        "seed": _tr("Runs", "seed"),
        "machine": _tr("Runs", "machine"),
        "processor": _tr("Runs", "processor"),
        "cores": _tr("Runs", "cores"),
    }


def _figures() -> dict[str, str]:
    return {
        "accuracy": _tr("Runs", "accuracy"),
        "accuracy lstm": _tr("Runs", "accuracy of the recurrent network"),
        "accuracy most frequent": _tr("Runs", "accuracy of the most frequent label"),
        "macro precision": _tr("Runs", "macro precision"),
        "macro recall": _tr("Runs", "macro recall"),
        "macro F1": _tr("Runs", "macro F1"),
        "macro f1": _tr("Runs", "macro F1"),
        "macro f1 lstm": _tr("Runs", "macro F1 of the recurrent network"),
        "macro f1 most frequent": _tr("Runs", "macro F1 of the most frequent label"),
        "calibration error": _tr("Runs", "calibration error"),
        "brier score": _tr("Runs", "Brier score"),
        "Brier score": _tr("Runs", "Brier score"),
        "perplexity": _tr("Runs", "perplexity by token"),
        "perplexity by token": _tr("Runs", "perplexity by token"),
        "byte perplexity": _tr("Runs", "perplexity by byte"),
        "perplexity by byte": _tr("Runs", "perplexity by byte"),
        "answered": _tr("Runs", "rows answered"),
        "loss before": _tr("Runs", "loss before"),
        "loss after": _tr("Runs", "loss after"),
        "tokens": _tr("Runs", "tokens learned from"),
        "held out tokens": _tr("Runs", "tokens held out"),
        "held out texts": _tr("Runs", "texts held out"),
        "foreseen seconds": _tr("Runs", "time foreseen"),
        "seconds": _tr("Runs", "time taken"),
        "tokens per second": _tr("Runs", "tokens per second"),
        "memory": _tr("Runs", "memory"),
        "parameters": _tr("Runs", "numbers that learn"),
        "best step": _tr("Runs", "best step"),
        "steps": _tr("Runs", "steps"),
        "learned steps": _tr("Runs", "steps"),
        "verbatim words": _tr("Runs", "longest run of words taken over"),
    }


def _settings() -> dict[str, str]:
    return {
        "rank": _tr("Runs", "rank"),
        "epochs": _tr("Runs", "passes"),
        "length": _tr("Runs", "length in tokens"),
        "batch": _tr("Runs", "texts of a step"),
        "patience": _tr("Runs", "patience in passes"),
        "task": _tr("Runs", "task"),
        "labels": _tr("Runs", "labels"),
        "limit": _tr("Runs", "limit of rows"),
        "parallel": _tr("Runs", "rows side by side"),
        "goals": _tr("Runs", "goals"),
        "rounds": _tr("Runs", "rounds"),
        "engine": _tr("Runs", "engine"),
        "device": _tr("Runs", "device"),
        "build": _tr("Runs", "build"),
        "quantization": _tr("Runs", "quantization"),
        "size": _tr("Runs", "size"),
        "context": _tr("Runs", "context"),
        "threads": _tr("Runs", "threads"),
        "adapters": _tr("Runs", "adapters"),
    }
