"""The dialog of a server: what is wrong stands at its field, and nothing of a key is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.core.errors import ServerError, ServerKeyError
from app.core.options.servers import SavedServer
from app.engine.messages import ModelInfo
from app.ui.servers.dialog import ServerDialog

OFFICE = SavedServer(name="Office", address="https://office.example", model="big", masks=False)


@pytest.fixture
def dialog(qtbot: QtBot) -> ServerDialog:
    made = ServerDialog(OFFICE, shows=False)
    qtbot.addWidget(made)
    return made


def saved(dialog: ServerDialog) -> list[Any]:
    """What pressing Save hands over, if anything."""
    found: list[Any] = []
    dialog.saved.connect(found.append)
    dialog.keep.click()
    return found


def test_what_is_known_is_shown_and_handed_over_unchanged(dialog: ServerDialog) -> None:
    (entered,) = saved(dialog)
    assert (entered.server, entered.key, entered.shows) == (OFFICE, "", False)


def test_every_control_has_a_name_and_a_tooltip(dialog: ServerDialog) -> None:
    for kind in (QLineEdit, QComboBox, QCheckBox, QPushButton):
        for control in dialog.findChildren(kind):
            if isinstance(control.parent(), QComboBox):
                continue
            assert control.toolTip(), control
            assert control.accessibleName() or not isinstance(control, QLineEdit | QComboBox)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("address", "office.example", "does not begin with https://"),
        ("address", "http://user:word@office.example", "name or password"),
        ("address", "http://office.example/?a", "after ? or #"),
        ("name", " ", "name"),
        ("name", "https://office", "name"),
        ("key", "two words", "cannot be a key"),
        ("certificate", "/nowhere.pem", "cannot be read"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    dialog: ServerDialog, field: str, typed: str, sentence: str
) -> None:
    getattr(dialog, field).setText(typed)
    assert not saved(dialog)
    assert sentence in dialog.notes[field].text()
    assert dialog.notes[field].property("kind") == "wrong"


def test_a_file_without_a_certificate_is_none(dialog: ServerDialog, tmp_path: Path) -> None:
    path = tmp_path / "office.pem"
    path.write_text("no certificate")
    dialog.certificate.setText(str(path))
    assert not saved(dialog)
    assert "There is no certificate in" in dialog.notes["certificate"].text()
    path.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    assert saved(dialog)
    assert not dialog.notes["certificate"].text()


def test_troubles_of_a_trial_stand_where_they_belong(dialog: ServerDialog) -> None:
    dialog.show_key(is_known=True, can_keep=True)
    dialog.test.click()
    assert dialog.outcome.text() == "Asking https://office.example…"
    assert not dialog.test.isEnabled()
    dialog.show_trouble(ServerKeyError("Not that key.", "Give another."))
    assert dialog.notes["key"].text() == "Not that key. Give another."
    assert dialog.test.isEnabled()
    dialog.test.click()
    dialog.show_trouble(ServerError("Not there."))
    assert dialog.outcome.text() == "Not there."
    assert "keyring" in dialog.notes["key"].text()  # what was wrong with it is over


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"abilities": ("n", "cancel")}, "It stops writing when you stop it."),
        ({"abilities": ("n",)}, "What you stop goes on there to its end."),
        ({"abilities": ("n",), "unknown": {"cancel": "Why."}}, "It is not known whether"),
    ],
)
def test_a_trial_says_whether_a_stop_is_heeded(
    dialog: ServerDialog, known: dict[str, Any], words: str
) -> None:
    dialog.show_model(ModelInfo(name="big", path="p", engine="server", **known))
    assert words in dialog.outcome.text()


def test_a_server_without_a_model_is_told_of(dialog: ServerDialog) -> None:
    dialog.look.click()
    dialog.show_models(())
    assert "no model loaded" in dialog.notes["model"].text()
    assert dialog.model.currentText() == "big"


def test_without_masking_what_is_sent_is_shown_again(dialog: ServerDialog) -> None:
    assert not dialog.shows.isChecked()
    dialog.masks.setCurrentIndex(1)
    assert not dialog.shows.isChecked()
    dialog.masks.setCurrentIndex(2)
    assert dialog.shows.isChecked()


def test_what_was_typed_as_key_is_gone_when_it_is_closed(dialog: ServerDialog) -> None:
    dialog.key.setText("secret")
    dialog.reject()
    assert dialog.key.text() == ""


def test_plain_http_to_another_machine_is_warned_of(dialog: ServerDialog) -> None:
    dialog.address.setText("http://10.0.0.7:8080")
    assert "It is not encrypted" in dialog.notes["address"].text()
    assert dialog.shows.isEnabled()
    dialog.address.setText("http://localhost:8080")
    assert "no text leaves it" in dialog.notes["address"].text()
    assert not dialog.shows.isEnabled()
