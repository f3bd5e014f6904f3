"""Cards of the list of models: a model with its facts, a server with its address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.core.options.servers import SavedServer, server_key
from app.core.units import context_text, count_text
from app.ui.numbers import data_size_text, local_number
from app.ui.sentences import told
from app.ui.widgets.card_list import DOT, Card

if TYPE_CHECKING:
    from app.core.models.model_file import ModelFile

_tr = QCoreApplication.translate
_HEADING = "heading"


def facts(model: ModelFile) -> str:
    """The second line of a model: quantization, size, parameters, context, as far as known."""
    parts = [model.quantization or ("safetensors" if model.kind == "transformers" else "")]
    parts.append(data_size_text(model.size_bytes))
    if model.parameters:
        parts.append(
            _tr("Models", "{0} parameters").format(local_number(count_text(model.parameters)))
        )
    if model.context:
        parts.append(_tr("Models", "{0} context").format(context_text(model.context)))
    return DOT.join(part for part in parts if part)


def model_card(model: ModelFile, *, loaded: bool) -> Card:
    """A model with its facts, or with what is wrong with it."""
    return Card(
        key=model.path,
        title=model.name,
        badge=_tr("Models", "loaded") if loaded else "",
        facts="" if model.problem else facts(model),
        warning=told(model.problem),
        is_wrong=model.is_damaged,
        is_faint=bool(model.problem),
        tip="\n".join(filter(None, (model.path, told(model.problem)))),
    )


def server_card(server: SavedServer, *, chosen: bool) -> Card:
    """A server with its address, and whether the text leaves this machine with it."""
    here = _tr("Models", "on this machine")
    away = _tr("Models", "text leaves this machine")
    facts = DOT.join(part for part in (server.address, server.model) if part)
    return Card(
        key=server_key(server.name),
        title=server.name,
        icon="globe",
        badge=_tr("Models", "in use") if chosen else "",
        facts=facts,
        words=here if server.is_loopback else away,
        tip=facts,
    )


def cards_of(
    models: Iterable[ModelFile], servers: Sequence[SavedServer], loaded: str
) -> list[Card]:
    """The models, and below a heading the servers; `loaded` is the key of the one in use."""
    cards = [model_card(model, loaded=model.path == loaded) for model in models]
    if servers:
        title = _tr("Models", "Servers")
        cards.append(Card(key=_HEADING, title=title, is_heading=True))
    return cards + [server_card(one, chosen=server_key(one.name) == loaded) for one in servers]


def load_words(*, is_server: bool, loaded: bool) -> tuple[str, str]:
    """Text and tooltip of the button that begins to use a card's model or server, or ends that."""
    if is_server:
        leave = _tr("Models", "End the connection; nothing more is sent there")
        use = _tr("Models", "Write with a model of this server")
        return (_tr("Models", "Leave"), leave) if loaded else (_tr("Models", "Use"), use)
    unload = _tr("Models", "Give the model's memory back")
    load = _tr("Models", "Write with this model")
    return (_tr("Models", "Unload"), unload) if loaded else (_tr("Models", "Load"), load)
