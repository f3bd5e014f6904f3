"""Chat templates: messages to the text that a model was trained on, in Jinja's sandbox.

Templates come out of model files and are not trusted: they run with limits on time and size. The
text of a message never turns into the template's markup, whatever the user typed.
"""

from __future__ import annotations

import ctypes
import json
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import CallBlock, Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.core.errors import TemplateError
from app.engine.messages import ChatMessage
from app.host.generation.chat_turns import (
    Marks,
    RenderedPart,
    Turn,
    is_printed,
    lost,
    named,
    shapes,
)
from app.host.process_memory import at_most_more

TIME_LIMIT_S = 2.0
"""How long a template may take; sound ones take a few milliseconds."""

MEMORY_LIMIT = 512 * 2**20
"""How many bytes a template may take while it runs, where the system enforces it."""

MAX_SOURCE = 1_000_000
MAX_MARKUP = 1_000_000
"""The longest template, and the most characters that one may add to the messages' own."""

_MAX_REPEAT = 1_000_000
_MAX_EXPONENT = 64
_HINT = "Give a plain prompt to continue instead of messages, or use another model."

T = TypeVar("T")


class ChatTemplate:
    """A model's own chat template.

    `control` finds the texts of the model's control tokens, so that those which the user typed
    can be kept apart from the template's.
    """

    def __init__(
        self,
        source: str,
        *,
        bos_token: str = "",
        eos_token: str = "",
        control: re.Pattern[str] | None = None,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self._source = source
        self._tokens = {"bos_token": bos_token, "eos_token": eos_token}
        self._control = control
        self._time_limit_s = time_limit_s
        self._compiled: jinja2.Template | None = None

    def render(self, messages: Sequence[ChatMessage]) -> list[RenderedPart]:
        """The prompt for the next answer; raises TemplateError.

        When the last message is the assistant's, the prompt ends with its text, to be continued.
        Content goes as text, or as typed parts where the template wants those; where it knows no
        system role, that text goes before the first user's. What cannot be had whole is an error.
        """
        marks = Marks(messages, self._control)
        turns = [marks.hide(message) for message in messages]
        begun = turns.pop()["content"] if turns and turns[-1]["role"] == "assistant" else ""
        with at_most_more(MEMORY_LIMIT):
            text = within(self._time_limit_s, lambda: self._render(turns, marks.probes(turns)))
        return marks.reveal(text + begun)

    def _render(self, turns: list[Turn], probes: list[Turn]) -> str:
        """The turns in the first shape of which nothing is lost.

        `probes` are the same turns with marks for contents: words may stand in the markup as well.
        """
        problem: TemplateError | None = None
        for (shape, is_typed), (probe, _) in zip(shapes(turns), shapes(probes), strict=True):
            try:
                return self._whole(shape, probe, turns, probes)
            except TemplateError as error:
                problem = problem if is_typed else error
        assert problem is not None
        raise problem

    def _whole(
        self, shape: list[Turn], probe: list[Turn], turns: list[Turn], probes: list[Turn]
    ) -> str:
        """The rendered shape; raises TemplateError where a turn is not in it.

        The short probe goes first: a template that takes a text for parts walks over its letters.
        """
        probed = None
        with suppress(TemplateError):  # it may want something of the words
            probed = self._run(probe)
        if probed is not None:
            _refuse_loss(len(turns) - 1 if is_printed(probed) else lost(probes, probed), turns)
        text = self._run(shape)
        _refuse_loss(lost(turns, text), turns)
        return text

    def _run(self, turns: list[Turn]) -> str:
        limit = MAX_MARKUP + sum(len(str(turn["content"])) for turn in turns)
        parts, length = [], 0
        try:
            template = self._compiled = self._compiled or _compile(self._source)
            for part in template.generate(
                messages=turns, add_generation_prompt=True, tools=None, **self._tokens
            ):
                parts.append(part)
                length += len(part)
                if length > limit:
                    raise TemplateError("The model's chat template writes without end.", _HINT)
        except TemplateError:
            raise
        except MemoryError as error:
            raise TemplateError("The model's chat template fills the memory.", _HINT) from error
        # A template is a program of strangers: it can fail with any exception there is.
        except Exception as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
            raise TemplateError(f"The model's chat template failed: {reason}.", _HINT) from error
        return "".join(parts)


def _refuse_loss(number: int | None, turns: Sequence[Turn]) -> None:
    if number is not None:
        what = named(number, turns)
        raise TemplateError(f"The model's chat template leaves out {what}.", _HINT)


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do `work`, ended with a TemplateError when it takes longer.

    A second thread raises an exception in this one: that works on every system and outside the
    main thread, where signals do not.
    """
    watch = _Deadline(threading.get_ident())
    timer = threading.Timer(seconds, watch.fire)
    timer.daemon = True
    timer.start()
    try:
        try:
            return work()
        finally:
            watch.disarm()
    except _TimeUp:
        raise TemplateError(
            f"The model's chat template did not end within {seconds:g} seconds.", _HINT
        ) from None
    finally:
        timer.cancel()
        timer.join()


class _TimeUp(BaseException):
    """Raised inside the template; no `except Exception` on its way may swallow it."""


class _Deadline:
    """Raises `_TimeUp` in a thread, but never after it was disarmed."""

    def __init__(self, thread: int) -> None:
        self._thread = ctypes.c_ulong(thread)
        self._lock = threading.Lock()
        self._armed = True
        self._fired = False

    def fire(self) -> None:
        with self._lock:
            if self._armed:
                self._fired = True
                _raise_in(self._thread, ctypes.py_object(_TimeUp))

    def disarm(self) -> None:
        with self._lock:
            self._armed = False
            if self._fired:
                _raise_in(self._thread, None)  # takes back what was not raised yet


def _raise_in(thread: ctypes.c_ulong, kind: Any) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, kind)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with the operations bounded that fill the memory in one step."""

    intercepted_binops = frozenset(["*", "**", "%"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*" and _repeats(left, right) > _MAX_REPEAT:
            raise OverflowError("it repeats a text too often")
        if operator == "**" and (abs(right) > _MAX_EXPONENT or abs(left) > _MAX_REPEAT):
            raise OverflowError("it computes too large a number")
        if operator == "%" and isinstance(left, str) and re.search(r"%[^a-zA-Z%]*\d{4}", left):
            raise OverflowError("it pads a text too far")
        return super().call_binop(context, operator, left, right)


def _repeats(left: Any, right: Any) -> int:
    """How long a text or list grows when it is multiplied; 0 for numbers."""
    for many, times in ((left, right), (right, left)):
        if isinstance(many, (str, list, tuple)) and isinstance(times, int):
            return len(many) * times
    return max(int(abs(left)).bit_length(), int(abs(right)).bit_length()) * 16


class _Generation(Extension):
    """The `generation` tag of training templates: it only marks what the model wrote."""

    tags = {"generation"}  # noqa: RUF012  (Jinja's own way to declare it)

    def parse(self, parser: Parser) -> Node | list[Node]:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        call = self.call_method("_same")
        return CallBlock(call, [], [], body).set_lineno(line)

    def _same(self, caller: Callable[[], str]) -> str:
        return caller()


def _compile(source: str) -> jinja2.Template:
    if len(source) > MAX_SOURCE:
        raise TemplateError("The model's chat template is too long to be one.", _HINT)
    environment = _Sandbox(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation]
    )
    environment.filters["tojson"] = _to_json
    environment.globals.update(raise_exception=_refuse, strftime_now=_now)
    return environment.from_string(source)


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """JSON as models were trained on it, where Jinja's own filter would escape it for HTML."""
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _refuse(message: object) -> NoReturn:
    raise TemplateError(
        f"The model's chat template refuses these messages: {str(message)[:200].rstrip('.')}.",
        "Let user and assistant take turns, beginning with the user.",
    )


def _now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)
