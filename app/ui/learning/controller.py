"""Learning a style in the window: what is chosen is looked at, trained from, and taken into use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMainWindow

from app.core.books.contents import BookContents
from app.core.errors import CancelledError, LampblackError
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.learning.gives_way import GivesWay
from app.ui.learning.learning_run import LearningRun
from app.ui.learning.questions import LearningQuestions
from app.ui.learning.status_button import LearningButton
from app.ui.learning.words import plan_text
from app.ui.models.loader import ModelLoader
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.core.models.model_file import ModelFile
    from app.core.training.blind_test import BlindResult
    from app.core.training.cards import LearnedAdapter
    from app.core.training.orders import TrainingPlan
    from app.core.training.pages import TrainingPages
    from app.ui.learning.choosing import Choosing
    from app.ui.learning.window import LearningWindow


class LearningController(QObject):
    """Opens the window of learning; `contents` gives the open book.

    `engines_asked` wants the engines of the settings shown.
    """

    engines_asked = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        contents: Callable[[], BookContents | None],
        loader: ModelLoader,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._program, self._documents, self._contents = program, documents, contents
        self._loader, self._banners, self._status = loader, banners, status
        self._parent = window
        self.questions = LearningQuestions(window)
        self.show_folder: Callable[[Path], object] = _show_folder
        self._tasks = BackgroundTasks(self._show_problem, self)
        self.run = LearningRun(program, self)
        self.way = GivesWay(self.run, editor, lambda: program.worker.busy, self)
        self.button = LearningButton(self.run, self.way)
        self.button.clicked.connect(self.open)
        status.insertPermanentWidget(1, self.button)  # after what goes on at the left
        self.window: LearningWindow | None = None
        self._choosing: Choosing | None = None
        self._learned: LearnedAdapter | None = None
        self.run.planned.connect(self._on_planned)
        self.run.ended.connect(self._on_ended)
        actions.connect_all({"learn_style": self.open})

    # The window's part

    def begin(self) -> None:
        """The window is shown."""

    def may_leave(self) -> bool:
        """Whether the program may end, which stops a training."""
        if self.run.doing != "training":
            return True
        record = self.run.record
        return self.questions.leave(record.name if record is not None else "")

    def close(self) -> None:
        """The program ends: stop what is learned, with a checkpoint."""
        self.close_window()
        if self.run.doing:
            self._parent.hide()  # the checkpoint may take some seconds
        self.run.close()
        self._tasks.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is looked for or learned."""
        return self._tasks.is_idle and self.run.is_idle

    def close_window(self) -> None:
        """Close the window; a training goes on."""
        if self.window is not None:
            self.window.close()

    def open(self) -> None:
        """Show the window: the training that goes on, what was just learned, or the choice."""
        if self.window is not None:
            self.window.raise_()
            self.window.activateWindow()
            return
        window = self._make_window()
        if self.run.doing == "training":
            window.show_page(window.progress)
        elif self._learned is not None:
            self._show_card(self._learned)
        else:
            self._show_setup()
        self.button.show_learned("")
        window.show()

    def _make_window(self) -> LearningWindow:
        from PySide6.QtCore import QSize, Qt

        from app.ui.learning.choosing import Choosing
        from app.ui.learning.window import LearningWindow

        window = self.window = LearningWindow(self.run, self.way, self._parent)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = window.screen().availableSize()
        window.resize(window.size().boundedTo(QSize(room.width(), room.height() - 48)))
        window.finished.connect(lambda _code: self._on_closed())
        setup, card = window.setup, window.card
        self._choosing = Choosing(self._program, self._tasks, self.run, setup)
        setup.files_asked.connect(lambda: setup.pages.add(self.questions.files(self._start())))
        setup.folder_asked.connect(self._add_folder)
        setup.probe_asked.connect(self._probe)
        setup.learn_asked.connect(self._learn)
        setup.resume_asked.connect(self._resume)
        setup.engines_asked.connect(self.engines_asked)
        setup.stopped.connect(self.run.stop)
        card.use_asked.connect(self._use)
        card.folder_asked.connect(self._open_folder)
        card.again_asked.connect(self._show_setup)
        window.blind.done.connect(self._keep_result)
        return window

    def _on_closed(self) -> None:
        if self._choosing is not None:
            self._choosing.close()
        self.window = self._choosing = self._learned = None
        if self.run.doing == "probe":
            self.run.stop()

    # Choosing

    def _show_setup(self) -> None:
        window, choosing, loaded = self.window, self._choosing, self._loader.model
        assert window is not None
        assert choosing is not None
        self._learned = None
        pages = window.setup.pages
        contents, path = self._contents(), self._documents.path
        if not pages.topLevelItemCount():
            if contents is not None:
                pages.add_book(contents)
            elif path is not None:
                pages.add([path])
        window.show_page(window.setup)
        is_here = loaded is not None and loaded.server is None
        choosing.list_models(loaded.path if loaded is not None and is_here else "")
        choosing.count()

    def _start(self) -> Path:
        path = self._documents.path
        return path.parent if path is not None else Path.home()

    def _add_folder(self) -> None:
        folder = self.questions.folder(self._start())
        if folder is not None and self.window is not None:
            self.window.setup.pages.add([folder])

    def _show_problem(self, error: LampblackError) -> None:
        if self.window is None:
            self._banners.say(str(error))
        elif self._learned is not None:
            self.window.card.problem.say(str(error))
        else:
            self.window.setup.failure.say(str(error))

    # Training

    def _probe(self) -> None:
        window, (pages, model) = self.window, self._what()
        if window is not None and pages is not None and model is not None:
            self._do(lambda: self.run.probe(model, pages, window.setup.settings()))

    def _learn(self) -> None:
        window, (pages, model) = self.window, self._what()
        if window is None or pages is None or model is None:
            return
        name, settings = window.setup.name.text().strip(), window.setup.settings()
        if self._do(lambda: self.run.start(name, model, pages, settings)):
            window.show_page(window.progress)

    def _what(self) -> tuple[TrainingPages | None, ModelFile | None]:
        """The pages and the model that are chosen."""
        if self.window is None or self._choosing is None:
            return None, None
        return self._choosing.pages, self.window.setup.chosen_model

    def _resume(self, run: str) -> None:
        window, choosing = self.window, self._choosing
        if window is None or choosing is None:
            return
        if self._do(lambda: self.run.resume(run, choosing.runs_of())):
            window.show_page(window.progress)

    def _do(self, work: Callable[[], None]) -> bool:
        """Begin something, or say why it cannot be."""
        if self.run.doing:
            return False
        if self.window is not None:
            self.window.setup.failure.say("")
        try:
            work()
        except LampblackError as error:
            if self._choosing is not None:
                self._choosing.say(error)
            return False
        return True

    def _on_planned(self, plan: TrainingPlan) -> None:
        if self.window is not None:
            self.window.setup.time.say(lambda: plan_text(plan))

    def _on_ended(self, how: LearnedAdapter | LampblackError) -> None:
        from app.core.training.cards import LearnedAdapter

        if isinstance(how, LearnedAdapter):
            self._learned = how
            self._status.say(self.tr("“{0}” is learned.").format(how.card.name))
            if self.window is None:
                self.button.show_learned(how.card.name)
            else:
                self._show_card(how)
            return
        if self.window is not None:
            self._show_setup()
        if isinstance(how, CancelledError):
            self._status.say(self.tr("Learning was stopped."))
        else:
            self._show_problem(how)

    # What came of it

    def _show_card(self, learned: LearnedAdapter) -> None:
        from app.core.training.blind_test import read_result

        window = self.window
        assert window is not None
        self._learned = learned
        window.card.show_learned(learned, None)
        window.show_page(window.card)
        self._tasks.run(lambda: read_result(learned.folder), self._show_result)

    def _show_result(self, result: BlindResult | None) -> None:
        if self.window is not None and result is not None:
            self.window.card.show_result(result)

    def _keep_result(self, result: BlindResult) -> None:
        from app.core.training.blind_test import write_result

        learned = self._learned
        if learned is not None:
            self._tasks.run(lambda: write_result(learned.folder, result))

    def _open_folder(self) -> None:
        if self._learned is not None:
            self.show_folder(self._learned.folder)

    def _use(self) -> None:
        """Attach the adapter to its model, and load that."""
        from app.engine.learning.preparing import attach

        learned, program = self._learned, self._program
        if learned is None:
            return

        def work() -> str:
            model = program.library.resolve(learned.card.base_path)
            attach(program.metadata, model, learned)
            return model.path

        self._tasks.run(work, self._load_with)

    def _load_with(self, path: str) -> None:
        self._loader.load(path)
        self.close_window()


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
