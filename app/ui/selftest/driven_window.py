"""The real window, led by the self-test over its standard streams; imported by nothing else.

A request is one line of JSON, `{"do": NAME, …}`, and so is its answer, which holds `problem` and
`hint` where it could not be done. The window ends when its standard input does.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication, QKeySequence

from app.core.errors import LampblackError, SettingsError
from app.core.options.presets import read_presets
from app.core.options.sampling import Sampling
from app.core.system.network import network_state
from app.engine.messages import Failed, ModelInfo, Tokens
from app.ui.generation.takes import TakeEnd
from app.ui.window.main_window import MainWindow

_SHORT, _LONG = 12, 4000  # tokens of a take that ends, and of one that is stopped
_STOP_AFTER = 5
_GREEDY = Sampling(temperature=0.0, max_tokens=_SHORT)
_OTHER = Sampling(temperature=0.8, min_p=0.05, max_tokens=_SHORT, seed=1)
_PRESET = "Self-test"


class DrivenWindow(QObject):
    """Does one request after the other and answers each when the window says that it is done."""

    asked = Signal(object)  # None at the end of the input

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._doing = ""
        self._written = 0
        self._is_stopped = False
        later = Qt.ConnectionType.QueuedConnection  # when the page has taken it up
        window.models.ready.connect(self._on_ready, later)
        window.models.loader.failed.connect(self._on_error, later)
        window.session.failed.connect(self._on_failed, later)
        window.session.take_ended.connect(self._on_take_ended, later)
        window.documents.saved.connect(self._on_saved, later)
        window.documents.failed.connect(self._on_error, later)
        window.documents.not_saved.connect(lambda error, _path: self._on_error(error), later)
        window.bridge.subscribe(self._on_tokens, Tokens)
        self.asked.connect(self._do)
        threading.Thread(target=self._read, name="self-test input", daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.asked.emit(json.loads(line))
        self.asked.emit(None)

    def _do(self, request: dict[str, Any] | None) -> None:
        if request is None:
            QGuiApplication.exit(1)
            return
        self._doing = request.pop("do")
        work: Callable[..., None] = getattr(self, f"_do_{self._doing}")
        try:
            work(**request)
        except LampblackError as error:
            self._on_error(error)

    def _answer(self, **found: Any) -> None:
        self._doing = ""
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()

    # What the window tells

    def _on_error(self, error: LampblackError) -> None:
        if self._doing:
            self._answer(problem=error.message, hint=error.hint)

    def _on_failed(self, event: Failed) -> None:
        if self._doing:
            self._answer(problem=event.message, hint=event.hint)

    def _on_ready(self, model: ModelInfo) -> None:
        if self._doing == "load":
            self._answer(name=model.name, engine=model.engine, context=model.context)

    def _on_tokens(self, event: Tokens) -> None:
        self._written += event.tokens
        if self._doing == "stop" and self._written >= _STOP_AFTER and not self._is_stopped:
            self._is_stopped = True
            self._trigger("stop")

    def _on_take_ended(self, end: TakeEnd) -> None:
        if self._doing in ("write", "stop", "rewrite"):
            session = self._window.session
            self._answer(
                text=self._text(),
                take=end.take.text,
                reason=end.finish_reason,
                tokens=self._written,
                takes=session.take_count,
            )

    def _on_saved(self, path: str) -> None:
        if self._doing in ("save", "export"):
            self._answer(text=self._text(), path=path)

    # What the self-test asks

    def _do_open(self) -> None:
        self._answer(
            platform=QGuiApplication.platformName(), qt=qVersion(), network=network_state()
        )

    def _do_load(self, path: str) -> None:
        self._window.models.load(path)

    def _do_write(self) -> None:
        keys = self._window.actions_table["continue"].shortcuts()
        if QKeySequence("Ctrl+Return") not in keys:
            self._answer(problem="Ctrl+Enter does not stand for Continue.", hint="")
            return
        self._begin("continue", _GREEDY)

    def _do_stop(self) -> None:
        self._begin("continue", Sampling(temperature=0.0, max_tokens=_LONG))

    def _do_rewrite(self) -> None:
        self._begin("retry", _OTHER)

    def _do_save(self) -> None:
        self._trigger("save")

    def _do_export(self, path: str, presets: str) -> None:
        """Save a copy under another name, and the present parameters as a preset in a file."""
        own, sampling = self._window.program.presets, self._window.sampling.sampling()
        own.save(_PRESET, sampling)
        own.export_to(Path(presets), [_PRESET])
        (again,), _notes = read_presets(Path(presets))
        if again.sampling != sampling:
            raise SettingsError("A preset that was exported is another one when it is read again.")
        self._window.documents.save_to(Path(path))

    def _do_reopen(self, path: str) -> None:
        self._trigger("new")
        emptied = self._text()
        if self._window.documents.open_path(Path(path)):
            self._answer(text=self._text(), emptied=emptied)

    def _do_replace(self, find: str, put: str) -> None:
        """Replace all places, as the find bar does."""
        self._trigger("replace")
        bar, replaced = self._window.page.find_bar, list[int]()
        bar.finder.all_replaced.connect(replaced.append)
        bar.line.setText(find)
        bar.replacement.setText(put)
        bar.all_button.click()
        self._answer_and_undo(replaced=sum(replaced))
        bar.close_bar()

    def _do_comment(self, text: str) -> None:
        """Write at the end of the text."""
        editor = self._window.editor
        editor.move_caret(len(editor.manuscript))
        editor.insert_plain(f"\n\n{text}")
        self._answer_and_undo(readable=editor.manuscript.readable(len(editor.manuscript)))

    def _do_score(self) -> None:
        """Score what is in the window, tell what is seen of it, and switch the heat view off."""
        surprise = self._window.manuscript.surprise

        def tell(error: LampblackError | None) -> None:
            surprise.scorer.ended.disconnect(tell)
            if error is not None:
                self._on_error(error)
                return
            surprise.tint.show_now()
            total, marks = surprise.scorer.numbers.total, surprise.tint.marks
            self._trigger("heat")
            self._answer(words=total.words, surprising=total.surprising, marks=len(marks))

        surprise.scorer.ended.connect(tell)
        self._trigger("score_page")

    def _do_word(self, place: int) -> None:
        """Put another word in the place of one, as its menu does, and undo that."""
        why = self._window.manuscript.why
        dialog = why.open(place)
        if dialog is None:
            self._answer(problem="The menu of a word did not open.", hint="")
            return

        def choose() -> None:
            found = dialog.read
            other = (
                next((one for one in found.others if one.kind == "text"), None) if found else None
            )
            if found is None or other is None:
                self._answer(problem=dialog.trouble.text() or "No other word is told.", hint="")
                return
            shown = {"word": found.text, "share": found.probability, "others": len(found.others)}

            def tell(said: str) -> None:
                why.fitted.disconnect(tell)
                self._answer_and_undo(other=other.text, said=said, **shown)

            why.fitted.connect(tell)
            dialog.chosen.emit(other, True)

        dialog.read_out.connect(choose, Qt.ConnectionType.SingleShotConnection)

    def _do_drive(self, text: str) -> None:
        """Write at the end of the text, and ask what drove the last sentence."""
        editor = self._window.editor
        editor.move_caret(len(editor.manuscript))
        editor.insert_plain(f"\n\n{text}")
        self._trigger("influence")
        dialog = self._window.manuscript.influence.dialog
        if dialog is None:
            said = self._window.statusBar().currentMessage()
            self._answer(problem=said or "The window of what drove it did not open.", hint="")
            return
        later = Qt.ConnectionType.QueuedConnection  # when the dialog has taken it up
        dialog.run.planned.connect(lambda _plan: dialog.start_button.click(), later)
        dialog.run.ended.connect(self._on_driven, later)

    def _on_driven(self, error: LampblackError | None) -> None:
        dialog = self._window.manuscript.influence.dialog
        if dialog is None or self._doing != "drive":
            return
        plan, found = dialog.plan, dialog.found
        dialog.reject()
        if error is not None or plan is None:
            self._on_error(error or LampblackError("Nothing was scored."))
            return
        parts = [[plan.parts[one.number].text, one.nats] for one in found]
        self._answer_and_undo(parts=parts)

    def _do_history(self, path: str) -> None:
        """Restore the first version, as the dialog of the history does."""
        store = self._window.program.store
        store.flush()
        versions = store.snapshots(path)
        if not versions:
            self._answer(problem="No version of the document is kept.", hint="")
            return
        first = store.snapshot_text(versions[0].id)
        self._window.history.restore(self._text(), first, None)
        self._answer_and_undo(first=first, versions=len(versions))

    def _answer_and_undo(self, **found: Any) -> None:
        text = self._text()
        self._window.actions_table["undo"].trigger()
        self._answer(text=text, undone=self._text(), **found)

    def _do_service(self, port: int) -> None:
        """Switch the local service on, as its dialog does."""
        service = self._window.service
        self._window.program.settings_store.change(service_port=port)
        service.switch()
        service.changed.connect(self._on_service)

    def _on_service(self, address: str, *_more: object) -> None:
        if self._doing != "service":
            return
        if address:
            self._answer(address=address)
        else:
            said = [banner.text for banner in self._window.page.banners.banners()]
            self._answer(problem=" ".join(said) or "The service did not start.", hint="")

    def _do_type(self, text: str) -> None:
        """Type, and wait until the journal is on the disk."""
        self._window.editor.insert_plain(text)
        self._window.program.store.flush()
        self._answer(text=self._text(), problems=self._window.program.store.problems)

    def _do_quit(self) -> None:
        """Leave as its user does; the answer is the process's end."""
        self._trigger("quit")

    def _begin(self, action: str, sampling: Sampling) -> None:
        """Let the model write at the end of the text."""
        self._written = 0
        self._is_stopped = False
        self._window.sampling.set_sampling(sampling)
        if action == "continue":
            self._window.editor.move_caret(len(self._window.editor.manuscript))
        self._trigger(action)

    def _trigger(self, name: str) -> None:
        """What the key and the menu entry of an action do."""
        action = self._window.actions_table[name]
        if not action.isEnabled():
            self._answer(problem=f"The action {name} is switched off.", hint="")
            return
        action.trigger()

    def _text(self) -> str:
        return self._window.editor.manuscript.text()
