"""What is said of a server: where a text goes, and what the server is and can."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.options.sampling import PARAMETERS
from app.core.options.servers import SavedServer, server_address
from app.engine.messages import ModelInfo
from app.ui.numbers import number_text
from app.ui.sentences import joined
from app.ui.texts import list_text

_tr = QCoreApplication.translate


def place_text(server: SavedServer) -> str:
    """Whether a text leaves this machine with a server, and whether others can read it then."""
    if server.is_loopback:
        return _tr("Servers", "It is on this machine: no text leaves it.")
    address = server_address(server.address)
    sentence = _tr("Servers", "Text leaves this machine: it goes to {0}.").format(address.place)
    if address.scheme == "http":
        plain = _tr("Servers", "It is not encrypted: everyone on the way can read it.")
        return f"{sentence} {plain}"
    return sentence


def told_text(model: ModelInfo) -> str:
    """What a server has answered: its model, where text goes, what it can and cannot be told."""
    lines = [_tr("Servers", "It answers, with the model {0}.").format(model.name)]
    if model.context:
        reads = _tr("Servers", "It reads {0} tokens at once.").format(number_text(model.context))
        lines[0] = joined((lines[0], reads))
    lines += model.notes[:2]
    if "cancel" in model.abilities:
        lines.append(_tr("Servers", "It stops writing when you stop it."))
    elif "cancel" in model.unknown:
        lines.append(_tr("Servers", "It is not known whether it stops writing when you stop it."))
    elif model.abilities:
        lines.append(_tr("Servers", "What you stop goes on there to its end."))
    if model.unsupported:
        titles = [bound.row.label for bound in PARAMETERS if bound.name in model.unsupported]
        labels = (_tr("Parameters", title) for title in titles)
        lines.append(_tr("Servers", "It cannot be told of: {0}.").format(list_text(labels)))
    return "\n".join(lines)
