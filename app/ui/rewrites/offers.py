"""What is offered: every action, with why it cannot be had now and what may go wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import msgspec
from PySide6.QtCore import QObject

from app.core.passport import Passport
from app.core.rewrites.fitness import doubts, obstacle, uses_template
from app.core.rewrites.own_rewrites import OwnRewrites
from app.core.rewrites.table import Rewrite
from app.core.text.language_names import (
    UNKNOWN,
    is_told_by_letters,
    language_name,
    language_of_text,
)
from app.program import Program
from app.ui.editor.editor import Editor
from app.ui.generation.session import Session
from app.ui.models.loader import ModelLoader
from app.ui.servers.gate import SendingGate
from app.ui.widgets.banner import BannerArea


class ModelAccess(Protocol):
    """What the window has to write with a model."""

    session: Session
    gate: SendingGate

    @property
    def loader(self) -> ModelLoader:
        """Loads the model."""

    def passport(self) -> Passport | None:
        """What is known of it."""


class Offer(msgspec.Struct, frozen=True):
    """An action as it can be had now: `obstacle` says why it cannot, `doubts` what may go wrong."""

    action: Rewrite
    obstacle: str = ""
    doubts: tuple[str, ...] = ()


class RewriteOffers(QObject):
    """Tells what can be had with the selection and the loaded model.

    `is_busy` says whether a rewrite runs, `language` gives the document's language as a code.
    """

    def __init__(
        self,
        program: Program,
        editor: Editor,
        writing: ModelAccess,
        is_busy: Callable[[], bool],
        banners: BannerArea,
        language: Callable[[], str],
    ) -> None:
        super().__init__(editor)
        self._program, self._editor, self._writing = program, editor, writing
        self._is_busy, self._banners, self._language = is_busy, banners, language

    @cached_property
    def own(self) -> OwnRewrites:
        """The writer's own actions, read when they are first asked for."""
        own = OwnRewrites(self._program.paths.rewrites_file)
        for problem in own.problems:
            self._banners.say(problem, "notice")
        return own

    def all(self) -> list[Offer]:
        """Every action."""
        return [self.offer(action) for action in self.own.all()]

    def offer(self, action: Rewrite, instruction: str = "") -> Offer:
        """An action as it can be had now, with this instruction."""
        if reason := self.refusal():
            return Offer(action, reason)
        model = self._program.worker.model
        if model is None:
            return Offer(action)
        passport = self._writing.passport()
        chat = uses_template(model.has_chat_template, passport)
        reason = obstacle(action, model.name, has_template=chat, target=instruction)
        target = instruction
        if not action.translates:
            start, end = self._editor.selection
            target = self.language_of(self._editor.manuscript.text(start, end))
        return Offer(
            action, reason, doubts(action, model.name, passport, chat=chat, language=target)
        )

    def wait(self) -> str:
        """Why nothing can be asked for now, as a sentence; empty where something can."""
        if self._writing.session.running or self._is_busy():
            return self.tr("The model is still writing. Esc stops it.")
        return ""

    def refusal(self) -> str:
        """Why no action can be had with the selection, as a sentence; empty where they can."""
        if self._editor.isReadOnly():
            return self.tr("This text can only be read here.")
        if reason := self.wait():
            return reason
        if self._editor.is_composing:
            return self.tr("Finish the word that is being typed, then go on.")
        if not self._editor.selected_text().strip():
            return self.tr("Select the passage first.")
        return ""

    def language_of(self, text: str) -> str:
        """The name of a text's language: by its letters, else the document's."""
        by_letters = language_of_text(text)
        if by_letters != UNKNOWN:
            return by_letters
        named = language_name(self._language())
        return "" if is_told_by_letters(named) else named
