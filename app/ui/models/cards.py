"""Cards of the list of models: a model with its facts, a server with its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.core.options.servers import SavedServer, server_key
from app.core.units import context_text, count_text, size_text
from app.ui.widgets.card_list import DOT, Card

if TYPE_CHECKING:
    from app.core.models.model_file import ModelFile


def facts(model: ModelFile) -> str:
    """The second line of a model: quantization, size, parameters, context, as far as known."""
    tr = QCoreApplication.translate
    parts = [model.quantization or ("safetensors" if model.kind == "transformers" else "")]
    parts.append(size_text(model.size_bytes))
    if model.parameters:
        parts.append(tr("Models", "{0} parameters").format(count_text(model.parameters)))
    if model.context:
        parts.append(tr("Models", "{0} context").format(context_text(model.context)))
    return DOT.join(part for part in parts if part)


def model_card(model: ModelFile, *, loaded: bool) -> Card:
    """A model with its facts, or with what is wrong with it."""
    return Card(
        key=model.path,
        title=model.name,
        badge=QCoreApplication.translate("Models", "loaded") if loaded else "",
        facts="" if model.problem else facts(model),
        warning=model.problem,
        is_wrong=model.is_damaged,
        is_faint=bool(model.problem),
        tip="\n".join(filter(None, (model.path, model.problem))),
    )


def server_card(server: SavedServer, *, chosen: bool) -> Card:
    """A server with its address, and whether the text leaves this machine with it."""
    tr = QCoreApplication.translate
    here = tr("Models", "on this machine")
    away = tr("Models", "text leaves this machine")
    facts = DOT.join(part for part in (server.address, server.model) if part)
    return Card(
        key=server_key(server.name),
        title=server.name,
        icon="globe",
        badge=tr("Models", "in use") if chosen else "",
        facts=facts,
        words=here if server.is_loopback else away,
        tip=facts,
    )
