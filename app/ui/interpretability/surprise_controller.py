"""The heat view in the window: its switch, what is scored, and what may go to a server for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QLabel

from app.core.errors import LampblackError
from app.core.options.sampling import Sampling
from app.engine.messages import ModelInfo
from app.program import Program
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.languages import on_language_change
from app.ui.provenance.controller import ProvenanceController
from app.ui.rewrites.offers import ModelAccess
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import ElidedLabel
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.interpretability.surprise_legend import SurpriseLegend
    from app.ui.interpretability.surprise_scorer import SurpriseScorer
    from app.ui.interpretability.surprise_tint import SurpriseTint

_PLACE = 4  # in the status bar, before the words
_SIDE = 200  # characters beyond a border that say whether it divides a name


class SurpriseController(QObject):
    """Switches the view, and has the page scored; all of it is made when it is first asked for.

    The tint of where the text comes from and this one exclude each other. While the view is on and
    a model of this machine is loaded, what a model wrote is scored by itself as it comes into the
    window; the writer's own text only when it is asked for. `moved` says that scoring began or
    ended.
    """

    moved = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        lines_above: QBoxLayout,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
        provenance: ProvenanceController,
        writing: ModelAccess,
    ) -> None:
        super().__init__(editor)
        self._program, self._documents, self._editor = program, documents, editor
        self._lines_above, self._banners, self._status = lines_above, banners, status
        self._actions, self._provenance, self._writing = actions, provenance, writing
        self._waiting: tuple[int, int] | None = None  # what is scored when it may be
        self._by = ""  # the path of the model that the numbers are of
        self._is_quiet = False  # what is scored was not asked for
        self._is_tired = False  # the last of that went wrong
        self.is_on = False
        actions.connect_all({"heat": self.toggle, "score_page": self.score})
        actions["origins"].toggled.connect(self._on_origins)
        writing.gate.allowed.connect(self.begin_waiting)
        for refused in (writing.gate.refused, documents.leaving):
            refused.connect(self.drop_waiting)
        for over in (writing.gate.revoked, writing.loader.leaving, documents.leaving):
            over.connect(self.stop)
        writing.session.moved.connect(self._follow_session)
        documents.replaced.connect(self._forget)

    # Made when it is first asked for

    @cached_property
    def scorer(self) -> SurpriseScorer:
        """What scores the page and keeps the numbers."""
        from app.ui.interpretability.surprise_scorer import SurpriseScorer

        scorer = SurpriseScorer(self._editor)
        scorer.moved.connect(self._show)
        scorer.progressed.connect(self._on_progress)
        scorer.ended.connect(self._on_ended)
        return scorer

    @cached_property
    def tint(self) -> SurpriseTint:
        """What shows the numbers on the page."""
        from app.ui.interpretability.surprise_tint import SurpriseTint

        tint = SurpriseTint(self._editor, self.scorer.numbers)
        tint.told.connect(self._tell)
        tint.looked.connect(self._on_looked)
        on_language_change(tint.show_now)
        return tint

    @cached_property
    def legend(self) -> SurpriseLegend:
        """What explains them, above the page."""
        from app.ui.interpretability.surprise_legend import SurpriseLegend

        legend = SurpriseLegend(self._actions)
        self._lines_above.addWidget(legend)
        legend.whole_asked.connect(self.score_all)
        legend.stopped.connect(self.stop)
        legend.closed.connect(self.toggle)
        return legend

    @cached_property
    def label(self) -> QLabel:
        """What the status bar says of the caret."""
        label = ElidedLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("kind", "muted")
        label.setContentsMargins(8, 0, 8, 0)
        self._status.insertPermanentWidget(_PLACE, label)
        return label

    @property
    def _is_made(self) -> bool:
        return "scorer" in vars(self)

    @property
    def is_idle(self) -> bool:
        """Whether everything is shown, and nothing is scored."""
        return not self._is_made or (self.scorer.is_idle and self.tint.is_idle)

    @property
    def running(self) -> bool:
        """Whether the writer waits for something to be scored."""
        is_asked = self._is_made and self.scorer.is_running and not self._is_quiet
        return is_asked or self._waiting is not None

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""
        if self._is_made:
            self.tint.close()
            self.scorer.close()

    # What the writer asks for

    def toggle(self) -> None:
        """Show how surprising the text is, or do not show it any more."""
        self.is_on = not self.is_on
        if self.is_on and self._actions["origins"].isChecked():
            self._provenance.toggle()
        self._actions["heat"].setChecked(self.is_on)
        self._is_tired = False
        if not self.is_on:
            self.drop_waiting()
        self.scorer.switch(on=self.is_on)
        self.legend.setVisible(self.is_on)
        self.tint.switch(on=self.is_on)
        self._status.say(
            self.tr("The heat view is on: what the model would not have expected is underlined.")
            if self.is_on
            else self.tr("The heat view is off.")
        )

    def _on_origins(self, is_shown: bool) -> None:
        """The other tint takes the place of this one."""
        if is_shown and self.is_on:
            self.toggle()

    def score(self) -> None:
        """Score what is selected, or else the paragraphs in the window."""
        start, end = self._editor.selection
        self._ask(*((start, end) if start < end else self.tint.window))

    def score_all(self) -> None:
        """Score all of the text on the page."""
        self._ask(0, len(self._editor.manuscript))

    def stop(self) -> None:
        """Stop scoring; what is scored stays."""
        if self._waiting is not None:
            self._writing.gate.cancel()
            self.drop_waiting()
        if self._is_made:
            self.scorer.stop()

    def _ask(self, start: int, end: int) -> None:
        start, end = self._editor.manuscript.outside_comments(start, end)
        is_empty = not self._editor.manuscript.text(start, end).strip()
        self.stop()
        self._waiting = None if is_empty else (start, end)
        if not self.is_on:  # nothing else is scored by itself, as something waits
            self.toggle()
        if is_empty:
            self._status.say(self.tr("There is nothing to score here."))
            return
        self._banners.clear("error")
        if self._writing.loader.prepare():
            self.begin_waiting()
        self.moved.emit()

    def begin_waiting(self) -> None:
        """There is a model: score what waits for it, as soon as it may go there."""
        model = self._program.worker.model
        if self._waiting is None or model is None:
            return
        if model.server is not None and self._writing.session.running:
            self._status.say(self.tr("The model is still writing. Esc stops it."))
            self.drop_waiting()
            return
        if model.server is not None and model.abilities and "score" not in model.abilities:
            from app.core.interpretability.surprise_text import no_scores

            self._banners.say(str(no_scores(model.name)))
            self.drop_waiting()
            return
        if self._begin(model, *self._waiting, is_quiet=False):
            self._waiting = None
            self.moved.emit()

    def drop_waiting(self) -> None:
        """There is no model, or nothing may go to it: nothing comes of it."""
        if self._waiting is not None:
            self._waiting = None
            self.moved.emit()

    # Scoring

    def _begin(self, model: ModelInfo, start: int, end: int, *, is_quiet: bool) -> bool:
        """Score a part of the page if it may be read by that model now."""
        from app.core.interpretability.surprise_text import read_text
        from app.tasks.page_scoring import LEAD, PageScoring

        page = self._editor.manuscript.text()
        first = len(self._editor.manuscript.text(0, start))
        last = first + len(self._editor.manuscript.text(start, end))
        lead = page.find("\n", max(0, first - LEAD), first) + 1 if first > LEAD else 0
        read = read_text(page, lead, last)
        worker = self._program.worker
        if model.server is not None:
            fields: dict[str, Any] = {
                "prompt": read.text,
                "sampling": Sampling(max_tokens=1),
                "n": 1,
            }
            before = read_text(page, 0, lead).text[-_SIDE:]
            after = read_text(page, last, min(len(page), last + _SIDE)).text
            around = (before, read.text[:_SIDE]), (read.text[-_SIDE:], after)
            if self._writing.gate.admit(fields, *around) is None:
                return False
        engine = worker.shared if model.server is None else worker.anywhere
        if model.path != self._by:
            self.scorer.numbers.clear(len(self._editor.manuscript))
        self._by, self._is_quiet = model.path, is_quiet
        scoring = PageScoring(
            engine, model, read, read.place_of(start), lambda: worker.model is model
        )
        self.scorer.begin(scoring)
        self._on_progress(0.0)
        return True

    def _follow_session(self) -> None:
        """What was written may be scored when it is finished."""
        if self.is_on:
            self.tint.wake()

    def _on_looked(self, start: int, end: int) -> None:
        self.legend.show_sum(self.scorer.numbers.total)
        self._score_generated(start, end)

    def _score_generated(self, start: int, end: int) -> None:
        """Have the first text in the window scored that a model wrote and nothing is known of."""
        model = self._program.worker.model
        session = self._writing.session
        is_busy = self.running or self.scorer.is_running or session.running
        if model is None or model.server is not None or is_busy or self._is_tired:
            return
        numbers = self.scorer.numbers
        for span in self._provenance.keeper.tracker.spans.between(start, end):
            is_written = span.run.kind in ("generated", "rewrite")
            if is_written and numbers.is_new(span.start, span.end):
                if self._begin(model, span.start, span.end, is_quiet=True):
                    numbers.try_all(span.start, span.end)
                return

    def _on_progress(self, fraction: float) -> None:
        if not self._is_quiet:
            self.legend.show_progress(fraction)

    def _on_ended(self, error: LampblackError | None) -> None:
        self.legend.show_progress(-1.0)
        self._is_tired = self._is_tired or error is not None
        if error is not None and error.kind != "cancelled" and not self._is_quiet:
            self._banners.say(str(error))
        self.moved.emit()
        self.tint.wake()

    # What is shown

    def _forget(self) -> None:
        """Another text is on the page."""
        if self._is_made:
            self.scorer.clear()

    def _show(self) -> None:
        self.tint.wake()

    def _tell(self, words: str) -> None:
        self.label.setText(words)
        name = self.tr("At the cursor: {0}").format(words) if words else ""
        self.label.setAccessibleName(name)
        self.label.setToolTip(words)
        self.label.setVisible(bool(words))
