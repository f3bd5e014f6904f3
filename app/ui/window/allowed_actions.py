"""Which of the window's actions the loaded model allows, and why the others do nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.engine.messages import ModelInfo
from app.ui.actions import Actions
from app.ui.languages import on_language_change
from app.ui.models.controller import ModelController

_OF_A_MODEL = ("unload", "measure", "quantize", "adapters", "passport", "edit_server")
_NOT_OVER_A_SERVER = ("measure", "quantize", "adapters", "passport")


class AllowedActions(QObject):
    """Follows the loaded model."""

    def __init__(self, actions: Actions, models: ModelController, parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions
        self._model: ModelInfo | None = None
        models.ready.connect(self._show)
        models.gone.connect(lambda: self._show(None))
        self._show(None)
        on_language_change(self._word)

    def _word(self) -> None:
        self._show(self._model)

    def _show_none(self) -> None:
        for name in _OF_A_MODEL:
            self._actions.allow(name, False)
        self._actions.allow("continue_many", True)

    def _show(self, model: ModelInfo | None) -> None:
        self._model = model
        if model is None:
            self._show_none()
            return
        reasons = self._reasons(model)
        can = {
            "measure": model.engine == "llama.cpp",
            "quantize": model.path.endswith(".gguf"),
            "edit_server": model.server is not None,
        }
        for name in (*_OF_A_MODEL, "continue_many"):
            reason = reasons.get(name, "")
            self._actions.allow(name, can.get(name, True) and not reason, reason)

    def _reasons(self, model: ModelInfo) -> dict[str, str]:
        """Why an action does nothing, where a server is the reason."""
        if model.server is None:
            return {}
        here = self.tr("Only for models on this machine: {0} is a server’s.").format(model.name)
        reasons = dict.fromkeys(_NOT_OVER_A_SERVER, here)
        if model.abilities and "n" not in model.abilities:
            reasons["continue_many"] = self.tr(
                "The server cannot write several takes at once; Retry writes one after another."
            )
        return reasons
