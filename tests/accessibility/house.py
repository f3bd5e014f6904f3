"""Every window of the program, each with something in it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from app.core.errors import DocumentChangedError
from app.core.formats.gguf import read_header
from app.core.models.model_file import ModelFile
from app.core.models.removal import Removal
from app.core.options.adapters import Adapter
from app.core.runs.record import RunRecord, RunRecords
from app.core.system.licences import LicensedComponent
from app.core.training.blind_test import BlindResult
from app.core.training.cards import LearnedAdapter
from app.downloads.queue import Download, DownloadNeed
from app.engine.messages import Previewed, ServerPlace
from app.engine.service_messages import Seen
from app.ui.learning.window import LearningWindow
from app.ui.lock.passphrase_dialog import PassphraseDialog
from app.ui.lock.unlock_form import UnlockDialog
from app.ui.manager.draft_dialog import DraftDialog, DraftOffer, DraftOffers
from app.ui.manager.questions import ManagerQuestions
from app.ui.manager.token_dialog import GatedModel, TokenDialog
from app.ui.manager.window import ModelManager
from app.ui.models.adapters_dialog import AdaptersDialog
from app.ui.models.empty_state import EmptyState
from app.ui.models.panel import ModelsPanel
from app.ui.models.passport_controller import PassportController
from app.ui.models.passport_dialog import PassportDialog
from app.ui.models.quantize_dialog import QuantizeDialog
from app.ui.questions import Questions
from app.ui.runs.dialog import RunsDialog
from app.ui.servers.dialog import ServerDialog
from app.ui.servers.preview_dialog import PreviewDialog
from app.ui.service.dialog import ServiceDialog
from app.ui.widgets.curve import CurveLine
from app.ui.window.help import ShortcutsDialog, about
from app.ui.window.licences_dialog import LicencesDialog
from app.ui.window.pack_download_dialog import PackDownloadDialog
from app.ui.window.settings_dialog import SettingsDialog
from tests.accessibility.manuscript_windows import ManuscriptWindows
from tests.core.runs.made import evaluation, training
from tests.core.training.test_cards import card
from tests.fake_pack import put_in_place
from tests.host.tiny_llama import WIDTH, write_adapter, write_tiny
from tests.ui.learning.fake_child import PAIRS
from tests.ui.manager.test_manager_fit import GOOD

DOWNLOADS = tuple(
    Download(id=state, title=f"雨 {state}", state=state, done=10, total=100, needs_token=True)
    for state in ("running", "paused", "failed", "done")
)
PREVIEWED = Previewed(
    job=1,
    url="http://10.1.2.3/v1/completions",
    texts=(("", "Dear [NAME_1],"),),
    fields='{"prompt": "Dear [NAME_1],"}',
    replaced=(("[NAME_1]", "Kirsten"),),
)
PLACE = ServerPlace(url="http://10.1.2.3", ip="10.1.2.3", is_here=False, masks=True)

STOPPED = RunRecord(
    id="style-20260101-000000",
    kind="style",
    state="stopped",
    begun_at=1e9,
    name="雨",
    model="Tiny",
    model_path="/models/Tiny.gguf",
)


class House(ManuscriptWindows):
    """Opens the windows by their names."""

    # The main window in each of its states

    def writing(self) -> QWidget:
        """A take stands in the text, the find bar is open, banners are shown, a model loads."""
        self.studio.show("The old keeper")
        self.window.page.find_bar.begin(replacing=True)
        self.window.page.banners.say("This went wrong.")
        self.window.page.banners.say("Look here.", "notice", lambda: {"Do It": lambda: None})
        self.window.page.write_bar.takes.show_take(2, 3)
        self.window.status.show_progress("Loading Tiny", 0.5)
        self.window.status.show_download(DOWNLOADS[0])
        self.window.status.show_service("http://127.0.0.1:8321", 3)
        self.window.status.show_kept_here(True)
        return self.window

    def changes(self) -> QWidget:
        """An answer stands on the page as changes, and their bar above it."""
        self.studio.show("The old keeper went home.")
        tracked = self.window.manuscript.changes.tracked
        tracked.begin(0, 25, "Tiny").finish("The young keeper went to bed.")
        return self.window

    def parameters(self) -> QWidget:
        """Every parameter, each section open, and the question of the presets."""
        self.window.sampling.show_all(True)
        for section in self.window.sampling.list.sections.values():
            section.set_open(True)
        rows = self.window.sampling.list.rows
        rows["stop"].take(("###", "\n\n"))
        next(row for row in rows.values() if row.bound.kind == "bias").take({"suddenly": -5.0})
        self.window.sampling.bar.ask_save()
        return self.window

    def models(self) -> QWidget:
        """The panel of models, while one is loaded and one fetched, with an error."""
        panel = self._models_panel()
        panel.show_download(DOWNLOADS[0])
        panel.set_loading(self.shop.path("small"), 0.4)
        panel.show_error("That went wrong.")
        return self.window

    def _models_panel(self) -> ModelsPanel:
        self.window.show_models()
        panel = self.window.models.panel
        with self.qtbot.waitSignal(panel.refreshed):
            panel.refresh()
        return panel

    def without_models(self) -> QWidget:
        self.window.page.show_empty()
        empty: EmptyState = self.window.page.empty
        empty.show_download(DOWNLOADS[1])
        empty.show_error("That went wrong.")
        return self.window

    # Dialogs

    def settings(self) -> QWidget:
        self.studio.program.settings_store.change(agreed_hosts=("example.org",))
        put_in_place(self.studio.program.paths.packs)
        packs = self.window.models.packs
        passphrase = self.window.manuscript.passphrase_section()
        settings = self.studio.program.settings_store
        dialog = SettingsDialog(settings, self.window, packs, passphrase)
        self.qtbot.waitUntil(lambda: packs.is_known)
        return dialog

    def pack_download(self) -> QWidget:
        dialog = PackDownloadDialog(self.window)
        dialog.address.setText("http://example.org/lampblack-torch-1.tar.xz")
        dialog.accept()
        return dialog

    def shortcuts(self) -> QWidget:
        return ShortcutsDialog(self.window)

    def about(self) -> QWidget:
        return about(self.window, self.window.program.packs)

    def licences(self) -> QWidget:
        dialog = LicencesDialog(None, self.window.program.packs, self.window)
        dialog.show_components([LicensedComponent("雨", "1.0", "MIT", "Permission is granted")])
        return dialog

    def passphrase(self) -> QWidget:
        """Setting one, with a sentence of what was wrong."""
        lock, program = self.window.manuscript.lock, self.studio.program
        dialog = PassphraseDialog("set", program.vault, program.store, lock.quieten, self.window)
        dialog.problem.say("The two new ones are not the same.")
        return dialog

    def changed_passphrase(self) -> QWidget:
        lock, program = self.window.manuscript.lock, self.studio.program
        return PassphraseDialog("change", program.vault, program.store, lock.quieten, self.window)

    def unlock(self) -> QWidget:
        """Asked for at the start, after a wrong one."""
        dialog = UnlockDialog(self.studio.program.vault, self.window)
        dialog.form.remember.show()
        dialog.form.problem.say("That is not the passphrase.")
        return dialog

    def server(self) -> QWidget:
        dialog = ServerDialog(None, self.window)
        dialog.show_key(is_known=True, can_keep=True)
        return dialog

    def service(self) -> QWidget:
        dialog = ServiceDialog(self.window)
        seen = [Seen(at=1e9, method="POST", path="/v1/completions", status=200, seconds=1.5)]
        dialog.show_service("http://127.0.0.1:8321", "http://10.0.0.2:8321", seen, "")
        return dialog

    def preview(self) -> QWidget:
        return PreviewDialog(PREVIEWED, PLACE, self.window)

    def passport(self) -> QWidget:
        self.monkeypatch.setattr(PassportController, "passport", GOOD)
        return PassportDialog(self.window.passports, self.window)

    def quantize(self) -> QWidget:
        path = write_tiny(self.folder / "tiny.F16.gguf")
        dialog = QuantizeDialog(path, "tiny", read_header(path), self.folder, "A", self.window)
        dialog.show_progress("Measuring", 0.5)
        return dialog

    def adapters(self) -> QWidget:
        half = np.full((2, WIDTH), 0.1, np.float32), np.full((WIDTH, 2), 0.1, np.float32)
        path = write_adapter(self.folder / "noir.gguf", {"blk.0.attn_q.weight": half}, 2.0)
        return AdaptersDialog("Tiny", (Adapter(path=str(path)),), "llama.cpp", self.window)

    def runs(self) -> QWidget:
        """Two runs beside each other, and one whose record cannot be read."""
        records = RunRecords(self.folder / "runs")
        for run in ("style-20260101-000001", "style-20260101-000002"):
            (records.path / run).mkdir(parents=True)
            records.write(training(run, name="雨"))
        broken = records.path / "style-20260101-000000"
        broken.mkdir()
        (broken / "run.json").write_text("{", "utf-8")
        dialog = RunsDialog(records, self.folder, self.window)
        self.qtbot.waitUntil(lambda: dialog.is_settled)
        dialog.list.selectAll()
        return dialog

    def one_run(self) -> QWidget:
        """An evaluation, with its confusion matrix in front."""
        records = RunRecords(self.folder / "runs")
        run = "evaluation-20260101-000001"
        (records.path / run).mkdir(parents=True)
        records.write(evaluation(run, problem="It was stopped before all rows were answered."))
        dialog = RunsDialog(records, self.folder, self.window)
        self.qtbot.waitUntil(lambda: dialog.is_settled)
        dialog.details.tabs.setCurrentIndex(2)
        return dialog

    def no_runs(self) -> QWidget:
        dialog = RunsDialog(RunRecords(self.folder / "none"), self.folder, self.window)
        self.qtbot.waitUntil(lambda: dialog.is_settled)
        return dialog

    def learned_adapters(self) -> QWidget:
        """What was learned here, for this model and for another."""
        dialog = AdaptersDialog("Tiny", (), "torch", self.window)
        dialog.show_learned([self._learned(base) for base in ("Tiny", "雨")])
        return dialog

    def _learned(self, base: str) -> LearnedAdapter:
        return LearnedAdapter(folder=self.folder / base, card=card(base=base, pairs=PAIRS))

    # Learning

    def _learning(self) -> LearningWindow:
        learning = self.window.manuscript.learning
        learning.open()
        assert learning.window is not None
        self.qtbot.waitUntil(lambda: learning.is_idle, timeout=30_000)
        return learning.window

    def learning(self) -> QWidget:
        """Choosing, with everything that can be said, and a training that was stopped."""
        window = self._learning()
        setup = window.setup
        setup.pages.add([self.folder / "雨.md"])
        setup.more.set_open(True)
        setup.count.say("3,000 words.")
        setup.memory.say("It takes 1 GB.")
        setup.time.say("It takes a minute.")
        setup.failure.say("That went wrong.")
        setup.show_problem("There is no engine.", about_engine=True)
        setup.show_stopped([STOPPED])
        return window

    def learning_progress(self) -> QWidget:
        window = self._learning()
        window.show_page(window.progress)
        lines = (
            CurveLine(name="Loss", points=((1.0, 3.0), (2.0, 2.5))),
            CurveLine(name="Each", points=((1.0, 3.2), (2.0, 2.4)), is_faint=True),
        )
        window.progress.curve.show_lines(lines)
        return window

    def learned_card(self) -> QWidget:
        window = self._learning()
        window.card.show_learned(self._learned("Tiny"), BlindResult(pairs=10, hits=8, at=1.0))
        window.show_page(window.card)
        return window

    def blind_test(self) -> QWidget:
        window = self._learning()
        window.card.show_learned(self._learned("Tiny"), None)
        window.card.test_button.click()
        return window

    def leave_training(self) -> QWidget:
        return self._box(lambda: self.window.manuscript.learning.questions.leave("雨"))

    def trash_adapter(self) -> QWidget:
        return self._box(lambda: self.window.models.adapters.ask_trash("雨"))

    def token(self) -> QWidget:
        gate = GatedModel(
            title="雨",
            host="hub.example",
            page="https://hub.example/rain",
            tokens_page="https://hub.example/tokens",
            can_keep=True,
            is_known=True,
        )
        return TokenDialog(gate, self.window)

    def draft(self) -> QWidget:
        path = write_tiny(self.folder / "small.gguf")
        model = ModelFile(path=str(path), name="small", kind="gguf", size_bytes=90_000_000)
        found = DraftOffers((DraftOffer(model, 640_000_000, "tight"),), str(path), "words")
        return DraftDialog("雨", found, self.window)

    # The manager

    def _manager(self) -> ModelManager:
        self.shop.open()
        return self.shop.manager

    def installed(self) -> QWidget:
        manager = self._manager()
        manager.strip.show_fraction("Checking small", 0.5)
        manager.banners.say("That went wrong.")
        return manager

    def catalogue(self) -> QWidget:
        manager = self._manager()
        manager.tabs.setCurrentWidget(manager.catalogue)
        return manager

    def downloads(self) -> QWidget:
        manager = self._manager()
        manager.downloads.show_downloads(DOWNLOADS)
        manager.tabs.setCurrentWidget(manager.downloads)
        return manager

    def fit(self) -> QWidget:
        self._manager()
        self.shop.select("small")
        self.shop.press("fit")
        return self.shop.fit_dialog()

    def preset_menu(self) -> QWidget:
        return self._popup(self.window.sampling.bar.menu_button.menu())

    def add_menu(self) -> QWidget:
        return self._popup(self.window.models.panel.add_button.menu())

    def manager_menu(self) -> QWidget:
        return self._popup(self._manager().menu)

    def page_menu(self) -> QWidget:
        self.window.editor.customContextMenuRequested.emit(QPoint(5, 5))
        return self._shown_menu()

    def model_menu(self) -> QWidget:
        view = self._models_panel().list
        view.customContextMenuRequested.emit(view.visualRect(view.currentIndex()).center())
        return self._shown_menu()

    def rewrite_menu(self) -> QWidget:
        menu = self.window.manuscript.rewrite_menus.menu
        menu.aboutToShow.emit()
        return self._popup(menu)

    def unsaved(self) -> QWidget:
        return self._box(lambda: Questions(self.window).unsaved("rain.txt"))

    def overwrite(self) -> QWidget:
        error = DocumentChangedError("It was changed.", "Look first.")
        return self._box(lambda: Questions(self.window).overwrite(error))

    def starter(self) -> QWidget:
        return self._box(lambda: Questions(self.window).starter(self.folder))

    def remove(self) -> QWidget:
        plan = Removal(paths=("/a",), frees=5, sentence="It goes.")
        return self._box(lambda: Questions(self.window).remove("雨", plan))

    def download(self) -> QWidget:
        need = DownloadNeed(host="hub.example", bytes=5, free=10)
        return self._box(lambda: ManagerQuestions(self.window).download("雨", need))


WINDOWS = tuple(
    name.replace("_", " ")
    for name, made in (vars(ManuscriptWindows) | vars(House)).items()
    if not name.startswith("_") and name != "open" and callable(made)
)
