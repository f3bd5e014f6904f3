"""From a prompt or messages to the tokens that the model reads, made to fit its context."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.core.errors import ParameterError, PromptTooLongError, TemplateError
from app.engine.messages import ChatMessage, Count, Generate, Read, Score
from app.host.generation.chat_template import ChatTemplate
from app.host.generation.chat_turns import RenderedPart
from app.host.generation.vocabulary import Ids, Vocabulary, common_prefix
from app.host.interface import TokenizedPrompt

_HINT = "Shorten it, load the model with a larger context, or let its beginning be dropped."
_ROUNDS = 8  # how often a message is shortened before giving up


class Prompter:
    """Turns what the user wrote into tokens; only a template's markup becomes control tokens."""

    def __init__(self, vocabulary: Vocabulary, template: ChatTemplate | None) -> None:
        self._vocabulary = vocabulary
        self._template = template
        self._last: tuple[str, bool, Ids] | None = None

    def tokens(
        self, prompt: str, messages: Sequence[ChatMessage] = (), *, special: bool = False
    ) -> Ids:
        """The tokens of `messages` in the chat template, or else of the plain prompt.

        Only with `special` do texts of control tokens in the prompt become those tokens.
        """
        if messages:
            return self._chat(messages)
        # The same prompt comes again for a retry, and after it was counted: a novel takes a while.
        if self._last is None or self._last[:2] != (prompt, special):
            words = self._vocabulary.tokenize(prompt, special=special)
            self._last = prompt, special, self._begun(words, prompt)
        return self._last[2]

    def asked(self, request: Generate | Read | Count) -> Ids:
        """All tokens of what a command gives to read."""
        given = None
        if isinstance(request, Generate) and request.tokens:
            given = self.checked(request.tokens)
        if request.suffix is not None:
            if request.messages:
                raise ParameterError("A conversation has no suffix.", "Give a prompt in its place.")
            return self.between(request.prompt if given is None else given, request.suffix)
        if given is not None:
            return given
        special = not isinstance(request, Read) and request.special
        return self.tokens(request.prompt, request.messages, special=special)

    def scored(self, request: Score) -> tuple[Ids, Ids]:
        """The tokens of what a text is judged behind, as `Generate` would read it, and its own.

        Without a prompt the first are none.
        """
        given = self.checked(request.tokens) if request.tokens else None
        if not request.is_behind:
            own = self.tokens(request.text, special=request.special) if given is None else given
            return own[:0], own
        own = self.continued(request.text, special=request.special) if given is None else given
        if not len(own):
            raise ParameterError("There is no text to score.", "Give a word or more.")
        before = Generate(
            job=0,
            prompt=request.prompt or "",
            special=request.special and request.suffix is None,
            suffix=request.suffix,
            messages=request.messages,
        )
        return self.asked(before), own

    def continued(self, text: str, *, special: bool = False) -> Ids:
        """The tokens of a text that stands behind others.

        A tokenizer that begins each text with a space of its own is given a line's end before it.
        """
        plain = self._vocabulary.tokenize(text, special=special)
        if special or b"".join(map(self._vocabulary.piece, map(int, plain))) == text.encode():
            return plain
        head = self._vocabulary.tokenize("\n")
        joined = self._vocabulary.tokenize("\n" + text)
        return joined[len(head) :] if common_prefix(head, joined) == len(head) else plain

    def between(self, prompt: str | Ids, suffix: str) -> Ids:
        """What asks for the text between them; raises ParameterError for a model that cannot.

        No text becomes a control token, whatever it says.
        """
        marks = self._vocabulary.infill
        if marks is None:
            raise ParameterError(
                "This model has no fill-in-the-middle tokens, so it cannot write before a suffix.",
                "Leave the suffix out, or use a model that was trained for it.",
            )
        first = self._vocabulary.tokenize(prompt) if isinstance(prompt, str) else prompt
        last = self._vocabulary.tokenize(suffix)
        prefix, following, middle = (np.array([mark], np.int32) for mark in marks)
        return self._begun(np.concatenate((prefix, first, following, last, middle)), "")

    def checked(self, ids: Sequence[int]) -> Ids:
        """Token numbers from outside; raises ParameterError for one that is none."""
        size = self._vocabulary.size
        if wrong := next((one for one in ids if not 0 <= one < size), None):
            raise ParameterError(f"There is no token {wrong}: they go from 0 to {size - 1:,}.")
        return np.array(ids, np.int32)

    def tokenize(self, text: str, *, special: bool, begins: bool) -> Ids:
        """The tokens of a text, with the beginning token where the model wants one if `begins`."""
        tokens = self._vocabulary.tokenize(text, special=special)
        return self._begun(tokens, text) if begins else tokens

    def lay_out(self, prompt: str, messages: Sequence[ChatMessage]) -> TokenizedPrompt:
        """The prompt with what each of its tokens adds to the text."""
        words = self._vocabulary
        ids = tuple(int(token) for token in self.tokens(prompt, messages))
        pieces = tuple(words.piece(token) for token in ids)
        return TokenizedPrompt(ids=ids, pieces=pieces, bos=words.bos, ends=words.ends)

    def fitted(
        self, tokens: Ids, messages: Sequence[ChatMessage], limit: int, size: int
    ) -> tuple[Ids, int]:
        """The `tokens` with as much of the head dropped as `limit` asks for; how many that were.

        The head goes in blocks of a quarter of the context's `size`, so that the next continuation,
        a little longer or with more takes, still begins with the same tokens and finds them in the
        cache.
        """
        if len(tokens) <= limit:
            return tokens, 0
        if messages:
            return self._shortened(list(messages), len(tokens), limit, size)
        head = 1 if self._vocabulary.bos is not None else 0
        dropped = _blocks(len(tokens) - limit, size)
        return np.concatenate((tokens[:head], tokens[head + dropped :])), dropped

    def _chat(self, messages: Sequence[ChatMessage]) -> Ids:
        if self._template is None:
            raise TemplateError(
                "This model has no chat template, so it cannot answer messages.",
                "Give it a plain prompt to continue, or use an instruct model.",
            )
        parts = self._template.render(messages)
        tokens = [self._tokens_of(part) for part in parts]
        joined = np.concatenate(tokens) if tokens else np.empty(0, np.int32)
        return self._begun(joined, parts[0].text if parts and parts[0].is_markup else "")

    def _tokens_of(self, part: RenderedPart) -> Ids:
        return self._vocabulary.tokenize(part.text, special=part.is_markup)

    def _begun(self, tokens: Ids, text: str) -> Ids:
        """With the beginning token the model asks for, unless its template wrote it already."""
        bos = self._vocabulary.bos
        if bos is None or (len(tokens) and tokens[0] == bos and text):
            return tokens
        return np.concatenate((np.array([bos], np.int32), tokens))

    def _shortened(
        self, messages: list[ChatMessage], count: int, limit: int, size: int
    ) -> tuple[Ids, int]:
        """Drop the head of the longest message until all fit."""
        before = count
        for _ in range(_ROUNDS):
            index = max(range(len(messages)), key=lambda place: len(messages[place].content))
            content = self._vocabulary.tokenize(messages[index].content)
            dropped = _blocks(count - limit, size)
            if dropped >= len(content):
                break
            text = b"".join(self._vocabulary.piece(int(token)) for token in content[dropped:])
            messages[index] = ChatMessage(
                role=messages[index].role, content=text.decode("utf-8", "ignore")
            )
            tokens = self.tokens("", messages)
            count = len(tokens)
            if count <= limit:
                return tokens, before - count
        raise too_long(before, limit)


def too_long(count: int, limit: int) -> PromptTooLongError:
    """The error for a prompt of `count` tokens where `limit` fit."""
    return PromptTooLongError(
        f"The prompt has {count:,} tokens, but the model's context has room for {limit:,}.", _HINT
    )


def _blocks(excess: int, size: int) -> int:
    block = max(1, size // 4)
    return -(-excess // block) * block
