"""The dialog of a server: its address, key, model and masking, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import LampblackError, ParameterError, ServerError, SettingsError
from app.core.options.servers import SavedServer, checked_server, server_address
from app.core.system.secret_store import is_secret
from app.engine.messages import ModelInfo
from app.engine.server_child import read_certificates
from app.ui.servers.texts import place_text, told_text
from app.ui.widgets.controls import NoteLabel, QuietCombo, set_property

_MASKS = (None, True, False)
_NOTHING = SavedServer(name="", address="")


class NameTakenError(SettingsError):
    """Another server has the name."""


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """What was entered: `key` is empty where the kept one stays, `shows` asks before sendings."""

    server: SavedServer
    key: str
    shows: bool


class ServerDialog(QDialog):
    """Asks for a server. `saved` carries what was Entered; it closes when that could be kept.

    `tried` and `looked` carry it as well, and wait for `show_model`, `show_models` or
    `show_trouble`; `given_up` says that nothing of that is waited for any more. `forgotten` asks to
    forget the address's key, `names_asked` for the names to mask.
    """

    saved = Signal(object)
    tried = Signal(object)
    looked = Signal(object)
    given_up = Signal()
    forgotten = Signal(str)
    names_asked = Signal()

    def __init__(
        self,
        server: SavedServer | None = None,
        parent: QWidget | None = None,
        *,
        shows: bool = True,
    ) -> None:
        super().__init__(parent)
        self._is_new = server is None
        self._key_place = ""
        title = self.tr("Add a Server") if server is None else self.tr("Edit the Server")
        self.setWindowTitle(title)
        self.about = NoteLabel()
        self.about.say(
            self.tr(
                "Lampblack can write with a program that speaks OpenAI’s protocol, such as vLLM, "
                "llama-server, LM Studio or another Lampblack. What you have written up to the "
                "cursor is sent there whenever you let it go on, and at no other time."
            )
        )
        self._make_fields(server or _NOTHING, shows=shows)
        self._make_buttons()
        self._lay_out()
        self._follow()

    # Making

    def _make_fields(self, server: SavedServer, *, shows: bool) -> None:
        self.name = self._line(server.name, self.tr("How it is called in the list"))
        self.address = self._line(
            server.address, self.tr("Such as https://name.example:8443 or http://127.0.0.1:8080")
        )
        self.address.setPlaceholderText("https://")
        self.key = self._line("", self.tr("The key that the server wants, if any; it is not shown"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.model = QComboBox()
        self.model.setEditable(True)
        self.model.setEditText(server.model)
        self.model.setToolTip(self.tr("Which of its models; empty where it has only one"))
        self.masks = QuietCombo()
        self.masks.addItems(
            [self.tr("Automatic: if it is another machine"), self.tr("Always"), self.tr("Never")]
        )
        self.masks.setCurrentIndex(_MASKS.index(server.masks))
        self.masks.setToolTip(
            self.tr("Whether names and numbers are replaced before a text goes there")
        )
        self.certificate = self._line(
            server.certificate,
            self.tr(
                "A PEM file that vouches for the server’s certificate, where the system cannot"
            ),
        )
        self.shows = QCheckBox(self.tr("Show me what is sent before it goes there"))
        self.shows.setChecked(shows)
        self.shows.setToolTip(self.tr("The text as it is sent, with names and numbers replaced"))
        self.notes = {
            field: NoteLabel() for field in ("name", "address", "key", "model", "certificate")
        }
        self.outcome = NoteLabel()
        self.address.textChanged.connect(self._follow)
        self.masks.currentIndexChanged.connect(lambda _index: self._follow_masks())

    def _line(self, text: str, tip: str) -> QLineEdit:
        line = QLineEdit(text)
        line.setToolTip(tip)
        return line

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _make_buttons(self) -> None:
        self.look = self._button(self.tr("&Look"), self.tr("Ask the server which models it has"))
        self.look.clicked.connect(lambda: self._ask(self.looked.emit))
        self.test = self._button(
            self.tr("&Test"), self.tr("Ask the server what it is and can; no text of yours is sent")
        )
        self.test.clicked.connect(lambda: self._ask(self.tried.emit))
        self.forget = self._button(
            self.tr("&Forget Key"), self.tr("Forget the key that is kept for this address")
        )
        self.forget.clicked.connect(self._forget)
        self.forget.hide()
        self.choose = self._button(self.tr("Choos&e…"), self.tr("Choose the file"))
        self.choose.clicked.connect(self._choose)
        self.names = self._button(
            self.tr("&Names to Mask…"), self.tr("List names that are replaced before a sending")
        )
        self.names.clicked.connect(self.names_asked)
        self.keep = self._button(self.tr("&Add") if self._is_new else self.tr("&Save"), "")
        self.keep.setToolTip(self.tr("Keep the server in the list of models"))
        self.keep.setDefault(True)
        set_property(self.keep, "kind", "primary")
        cancel = self._button(self.tr("Cancel"), self.tr("Close without keeping anything"))
        self.buttons = QDialogButtonBox()
        self.buttons.addButton(self.keep, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        self._add(form, self.tr("Na&me"), self.name, "name")
        self._add(form, self.tr("A&ddress"), self.address, "address")
        self.key_label = self._add(form, self.tr("&Key"), self.key, "key", self.forget)
        self._add(form, self.tr("M&odel"), self.model, "model", self.look)
        self._add(form, self.tr("Mask&ing"), self.masks, "", self.names)
        self._add(form, self.tr("&Certificate"), self.certificate, "certificate", self.choose)
        form.addWidget(self.shows, form.rowCount(), 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.setSpacing(12)
        whole.addWidget(self.about)
        whole.addLayout(form)
        whole.addWidget(self.outcome)
        whole.addStretch(1)
        last = QHBoxLayout()
        last.addWidget(self.test)
        last.addStretch(1)
        last.addWidget(self.buttons)
        whole.addLayout(last)
        self.about.setMinimumWidth(520)  # the dialog's own would let large letters be cut off

    def _add(
        self, form: QGridLayout, title: str, field: QWidget, note: str, *beside: QWidget
    ) -> QLabel:
        label = QLabel(title)
        label.setBuddy(field)
        shown = (one for one in (field, *beside) if one is not self.forget)
        label.setFixedHeight(max(one.sizeHint().height() for one in shown))
        field.setAccessibleName(title.replace("&", ""))
        for inner in field.findChildren(QLineEdit):  # of a list whose choice can be typed
            inner.setAccessibleName(field.accessibleName())
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(field, 1)
        for widget in beside:
            line.addWidget(widget)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addLayout(line)
        if note:
            lines.addWidget(self.notes[note])
        row = form.rowCount()
        form.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        form.addLayout(lines, row, 1)
        return label

    # What it is told

    def show_key(self, *, is_known: bool, can_keep: bool) -> None:
        """Say whether there is a key for the address, and where one would be kept."""
        self.forget.setVisible(is_known)
        beside = self.forget if is_known else self.key
        self.key_label.setFixedHeight(beside.sizeHint().height())
        self.key.setPlaceholderText(self.tr("kept; leave empty to use it") if is_known else "")
        kept = self.tr("It is kept in this system’s keyring, for this address alone.")
        held = self.tr("There is no keyring here: it is forgotten when Lampblack ends.")
        self._key_place = kept if can_keep else held
        if self.notes["key"].property("kind") != "wrong":
            self._note("key", self._key_place)

    def show_model(self, model: ModelInfo) -> None:
        """Say what the server is and can."""
        self._end_waiting()
        self._tell("model", "")
        self.outcome.say(told_text(model))

    def show_models(self, names: tuple[str, ...]) -> None:
        """Offer the server's models."""
        self._end_waiting()
        if not names:
            self._tell("model", self.tr("The server has no model loaded. Load one there first."))
            return
        chosen = self.model.currentText() or names[0]
        self.model.clear()
        self.model.addItems([*names])
        self.model.setEditText(chosen)
        self._tell("model", "")
        self.outcome.say("")
        self.model.showPopup()

    def show_trouble(self, error: LampblackError) -> None:
        """Say what went wrong, at its field where it has one."""
        self._end_waiting()
        field = "name" if isinstance(error, NameTakenError) else _FIELDS.get(error.kind, "")
        if field:
            self._tell(field, str(error))
            self._field(field).setFocus()
        else:
            set_property(self.outcome, "kind", "wrong")
            self.outcome.say(str(error))

    def ask_key(self, sentence: str) -> None:
        """Put the caret into the field of the key, because of this."""
        self._tell("key", sentence)
        self.key.setFocus()

    def done(self, result: int) -> None:
        """Forget what was typed as key, and whatever is waited for."""
        self.given_up.emit()
        self.key.clear()
        super().done(result)

    # What the user does

    def accept(self) -> None:
        """Hand over what was entered; whoever keeps it closes the dialog."""
        if (entered := self._entered()) is not None:
            self.saved.emit(entered)

    def _ask(self, hand_over: Callable[[Entered], None]) -> None:
        if (entered := self._entered(is_named=False)) is None:
            return
        for button in (self.look, self.test):
            button.setEnabled(False)
        set_property(self.outcome, "kind", "muted")
        self.outcome.say(self.tr("Asking {0}…").format(entered.server.address))
        hand_over(entered)

    def _end_waiting(self) -> None:
        self.outcome.say("")
        set_property(self.outcome, "kind", "muted")
        for button in (self.look, self.test):
            button.setEnabled(True)

    def _forget(self) -> None:
        self.forget.hide()
        self.key.setPlaceholderText("")
        self.forgotten.emit(self.address.text())

    def _choose(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        filters = self.tr("Certificates (*.pem *.crt *.cer);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a Certificate"), "", filters)
        if path:
            self.certificate.setText(path)

    # Checking

    def _entered(self, *, is_named: bool = True) -> Entered | None:
        """What was entered; None where something of it cannot be, which is then said beside it."""
        key = self.key.text().strip()
        name = self.name.text() if is_named or self.name.text().strip() else "server"
        server = SavedServer(
            name=name,
            address=self.address.text(),
            model=self.model.currentText().strip(),
            masks=_MASKS[self.masks.currentIndex()],
            certificate=self.certificate.text().strip(),
        )
        wrong = {
            "address": _wrong(lambda: server_address(server.address)),
            "name": _wrong(lambda: checked_server(msgspec.structs.replace(server, address=_ANY))),
            "key": self.tr("That cannot be a key: copy it again whole.") * _is_no_key(key),
            "certificate": _wrong(
                lambda: server.certificate and read_certificates(server.certificate)
            ),
        }
        for field, sentence in wrong.items():
            self._tell(field, sentence)
        if found := next((field for field, sentence in wrong.items() if sentence), ""):
            self._field(found).setFocus()
            return None
        shows = self.shows.isChecked()
        return Entered(server=checked_server(server), key=key, shows=shows)

    def _follow(self) -> None:
        """Say where the text would go, as soon as the address can be read."""
        try:
            address = server_address(self.address.text())
        except ParameterError:
            self._note("address", "")
            return
        server = SavedServer(name="server", address=address.url)
        self._note("address", place_text(server))
        self.shows.setEnabled(not server.is_loopback)

    def _follow_masks(self) -> None:
        """Without masking what is sent is shown again."""
        if _MASKS[self.masks.currentIndex()] is False:
            self.shows.setChecked(True)

    def _field(self, name: str) -> QWidget:
        found: QWidget = getattr(self, name)
        return found

    def _tell(self, field: str, sentence: str) -> None:
        """Say what is wrong beside a field; an empty sentence only takes one back."""
        if sentence or self.notes[field].property("kind") == "wrong":
            set_property(self.notes[field], "kind", "wrong" if sentence else "muted")
            self.notes[field].say(sentence)
            set_property(self._field(field), "kind", "wrong" if sentence else "")
            if field == "address" and not sentence:
                self._follow()
            if field == "key" and not sentence:
                self._note("key", self._key_place)

    def _note(self, field: str, text: str) -> None:
        set_property(self.notes[field], "kind", "muted")
        set_property(self._field(field), "kind", "")
        self.notes[field].say(text)


_FIELDS = {"server_key": "key", "model_not_found": "model", "parameter": "address"}
"""The field that a kind of error belongs to."""

_ANY = "http://127.0.0.1"


def _is_no_key(key: str) -> bool:
    return bool(key) and not is_secret(key)


def _wrong(check: Callable[[], object]) -> str:
    try:
        check()
    except (ParameterError, ServerError, SettingsError) as error:
        return str(error)
    return ""
