"""Takes off what surrounds an answer: greetings, labels, fences, quotation marks, thoughts.

Each rule takes something off only where the original passage has nothing of the kind, and what was
taken off is kept to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import msgspec

from app.core.rewrites.surroundings import (
    BEGINS_WITH_YES,
    CALL,
    CLOSING,
    FENCE,
    GREETING,
    HEADS,
    LABEL,
    MARK_BEGINS,
    MARKS,
    ORIGINAL,
    QUOTES,
    RULE,
    RULE_END,
    SENTENCE_ENDS,
    TAGS,
    THOUGHTS,
)
from app.core.text.words import words

Surrounding = Literal["thoughts", "greeting", "label", "fence", "quotes", "closing", "marks"]
_ROUNDS = 12
_LONGEST_HEAD = 240
"""A beginning without a line end or colon is waited for no longer than this, in characters."""


class TakenOff(msgspec.Struct, frozen=True):
    """Something that stood around an answer."""

    what: Surrounding
    text: str


class CleanedAnswer(msgspec.Struct, frozen=True):
    """An answer without what surrounded it, and what that was, in the order in which it went."""

    text: str
    taken_off: tuple[TakenOff, ...] = ()


class _RawAnswer:
    """The answer as far as it is clean; `is_over` says that no more of it comes."""

    def __init__(self, raw: str, original: str, label: str, *, is_over: bool) -> None:
        self.text = raw.replace("\r\n", "\n").strip()
        self.original = original.strip()
        self.label = label
        self.is_over = is_over
        self.taken: list[TakenOff] = []

    def take(self, what: Surrounding, removed: str, rest: str) -> bool:
        """Go on with `rest`; True, as something changed."""
        if removed.strip():
            self.taken.append(TakenOff(what, removed.strip()))
        self.text = rest.strip()
        return True


def clean(raw: str, original: str, label: str = "", *, is_over: bool = True) -> CleanedAnswer:
    """What is left of an answer to a rewrite of `original` without what surrounds it.

    `label` stood before the answer in the prompt. While it is still written (not `is_over`), a
    beginning or end that may turn out to surround it is held back. The text has no space around it.
    """
    answer = _RawAnswer(raw, original, label, is_over=is_over)
    for _ in range(_ROUNDS):
        if not any(rule(answer) for rule in _RULES):
            break
    if not is_over:
        _hold_back(answer)
    return CleanedAnswer(answer.text, tuple(answer.taken))


def fitted(answer: str, original: str) -> str:
    """The answer with the space around it that the original has around its words.

    An empty answer stays empty.
    """
    words = original.strip()
    if not answer or not words:
        return answer
    begin = original.index(words)
    return original[:begin] + answer + original[begin + len(words) :]


# The rules, each True where it took something off


def _thoughts(answer: _RawAnswer) -> bool:
    text = answer.text
    for begin, end in THOUGHTS:
        if text.startswith(begin) and not answer.original.startswith(begin):
            body, closed, rest = text.partition(end)
            if not closed:
                return answer.take("thoughts", body, "")
            return answer.take("thoughts", body + closed, rest)
    for _begin, end in THOUGHTS:  # the template may have opened them
        if end in text and end not in answer.original:
            body, closed, rest = text.rpartition(end)
            return answer.take("thoughts", body + closed, rest)
    return False


def _marks(answer: _RawAnswer) -> bool:
    found = MARKS.search(answer.text)
    if found is None or found.group() in answer.original:
        return False
    before, after = answer.text[: found.start()], answer.text[found.end() :]
    if before.strip():
        return answer.take("marks", answer.text[found.start() :], before)
    return answer.take("marks", found.group(), after)


def _greeting(answer: _RawAnswer) -> bool:
    for pattern in (GREETING, CALL):
        found = pattern.match(answer.text)
        if found is None or pattern.match(answer.original + "\n"):
            continue
        if pattern is CALL and _said(found.group()) in _said(answer.original.partition("\n")[0]):
            continue
        rest = answer.text[found.end() :]
        if rest.strip("*_ \n") or not answer.is_over:
            stars = len(rest) - len(rest.lstrip("*"))  # the end of an emphasis around the sentence
            return answer.take("greeting", found.group() + rest[:stars], rest[stars:])
    return False


def _said(text: str) -> str:
    """The words of a text between single spaces, to be looked for in another one."""
    return f" {' '.join(words(text.casefold()))} "


def _label(answer: _RawAnswer) -> bool:
    own = f"{answer.label}:"
    is_own = answer.label and answer.text.casefold().startswith(own.casefold())
    if is_own and not answer.original.casefold().startswith(own.casefold()):
        return answer.take("label", answer.text[: len(own)], answer.text[len(own) :])
    found = LABEL.match(answer.text)
    if found is None or LABEL.match(answer.original) or not answer.text[found.end() :].strip():
        return False
    return answer.take("label", found.group(), answer.text[found.end() :])


def _echo(answer: _RawAnswer) -> bool:
    """The passage itself under its label, and then the answer under another one."""
    found = ORIGINAL.match(answer.text)
    if found is None or ORIGINAL.match(answer.original):
        return False
    for line_end in re.finditer(r"\n+", answer.text):
        label = LABEL.match(answer.text, line_end.end())
        if label is not None:
            return answer.take("label", answer.text[: label.end()], answer.text[label.end() :])
    if answer.is_over and found.end() < len(answer.text):
        return answer.take("label", found.group(), answer.text[found.end() :])
    return False


def _repeat(answer: _RawAnswer) -> bool:
    """The passage itself once more, and then the answer under a label."""
    original, rest = answer.original, answer.text[len(answer.original) :]
    if not original or not answer.text.startswith(original) or not rest.startswith("\n"):
        return False
    label = LABEL.match(rest.lstrip())
    if label is None or not (left := rest.lstrip()[label.end() :]).strip():
        return False
    return answer.take("label", f"{original}\n{label.group()}", left)


def _fence(answer: _RawAnswer) -> bool:
    found = FENCE.match(answer.text + "\n" * (not answer.is_over))
    if found is None or FENCE.search(answer.original + "\n"):
        return False
    body = answer.text[found.end() :]
    end = body.rfind("\n" + found[1])
    if body.startswith(found[1]):
        end = 0
    if end < 0:
        return answer.take("fence", found.group(), body)
    closing = body[end:].strip()
    after = closing.removeprefix(found[1]).strip()
    if after:
        answer.taken.append(TakenOff("closing", after))
    return answer.take("fence", f"{found.group().strip()} … {found[1]}", body[:end])


def _quotes(answer: _RawAnswer) -> bool:
    text, original = answer.text, answer.original
    closers = QUOTES.get(text[:1], "")
    if not closers or _is_quoted(original):
        return False
    opener, inner = text[0], text[1:]
    place = _closes(opener, closers, inner)
    if 0 <= place == len(inner) - 1:
        if _opens(opener, original):  # what is said there may be all that is left
            return False
        return answer.take("quotes", f"{opener}…{inner[-1]}", inner[:-1])
    if place < 0 and not answer.is_over and not original.startswith(opener):
        answer.text = inner
    return False


def _is_quoted(text: str) -> bool:
    closers = QUOTES.get(text[:1], "")
    return bool(closers) and len(text) > 1 and text[-1] in closers


def _opens(opener: str, text: str) -> bool:
    """Whether a quotation begins somewhere in a text, which an apostrophe does not."""
    return any(
        not text[at - 1 : at].isalnum() and text[at + 1 : at + 2].strip()
        for at, letter in enumerate(text)
        if letter == opener
    )


def _closes(opener: str, closers: str, inner: str) -> int:
    """Where in `inner` the quotation ends that was opened before it; -1 if it does not.

    An apostrophe within a word closes nothing.
    """
    depth = 1
    for place, letter in enumerate(inner):
        if letter in closers:
            follows = inner[place + 1 : place + 2]
            if letter in "'’" and follows.isalnum() and inner[place - 1 : place].isalnum():
                continue
            depth -= 1
        elif letter == opener:
            depth += 1
        if not depth:
            return place
    return -1


def _closing(answer: _RawAnswer) -> bool:
    found = CLOSING.search(answer.text)
    if found is None or CLOSING.search("\n\n" + answer.original):
        return False
    if _paragraphs(answer.text[: found.start()]) < _paragraphs(answer.original):
        return False  # the writer's own last words may begin like that
    return answer.take("closing", answer.text[found.start() :], answer.text[: found.start()])


def _paragraphs(text: str) -> int:
    return sum(1 for line in text.split("\n") if line.strip())


def _tags(answer: _RawAnswer) -> bool:
    found = TAGS.match(answer.text)
    if found is None or TAGS.search(answer.original):
        return False
    body = answer.text[found.end() :]
    closing = f"</{found[1]}>"
    place = body.casefold().find(closing.casefold())
    if place < 0:
        return answer.take("marks", found.group(), body)
    after = body[place + len(closing) :].strip()
    if after:
        answer.taken.append(TakenOff("closing", after))
    return answer.take("marks", f"{found.group()}…{closing}", body[:place])


def _rules(answer: _RawAnswer) -> bool:
    if RULE.match(answer.original + "\n") or RULE_END.search("\n" + answer.original):
        return False
    begin, end = RULE.match(answer.text), RULE_END.search(answer.text)
    if begin is not None:
        return answer.take("marks", begin.group(), answer.text[begin.end() :])
    if end is not None and answer.is_over:
        return answer.take("marks", end.group(), answer.text[: end.start()])
    return False


def _emphasis(answer: _RawAnswer) -> bool:
    """A single line that is set in bold or as a heading as a whole, where the original is not."""
    text, original = answer.text, answer.original
    if "\n" in text:
        return False
    inner = text[2:-2]
    is_bold = text[:2] in ("**", "__") and text[-2:] == text[:2] and text[:2] not in inner
    if is_bold and inner.strip() and not original.startswith(text[:2]):
        return answer.take("marks", f"{text[:2]}…{text[:2]}", inner)
    if not answer.is_over:
        if text[:2] in ("**", "__") and text[:2] not in text[2:] and text[:2] != original[:2]:
            answer.text = text[2:].removesuffix(text[0])  # it may be the first of the closing ones
        return False
    title = text.lstrip("#")
    if title != text and title.startswith(" ") and not original.startswith("#"):
        return answer.take("marks", text[: len(text) - len(title)], title)
    return False


_RULES: tuple[Callable[[_RawAnswer], bool], ...] = (
    _thoughts,
    _marks,
    _tags,
    _greeting,
    _echo,
    _repeat,
    _label,
    _fence,
    _quotes,
    _closing,
    _rules,
    _emphasis,
)


def _hold_back(answer: _RawAnswer) -> None:
    """Keep back a beginning and an end that may still turn out not to be part of the answer."""
    text, original = answer.text, answer.original
    begins_again = ORIGINAL.match(text) is not None and ORIGINAL.match(original) is None
    if begins_again or _may_be_head(text, answer.label):
        answer.text = ""
        return
    end = _TAIL.search(text)
    if end is not None and end.group().strip() not in original:
        answer.text = text[: end.start()].rstrip()


_TAIL = re.compile(rf"(?:{MARK_BEGINS.pattern}|\n[^\S\n]*[-*_=`~]+$)")
_HEAD_MARKS = re.compile(r"<\w{0,12}|[-*_=`~#>]+")


def _may_be_head(text: str, label: str) -> bool:
    """Whether all that is there so far may be the beginning of a greeting, label or thought."""
    if "\n" in text or len(text) > _LONGEST_HEAD:
        return False
    if SENTENCE_ENDS.search(text) and not BEGINS_WITH_YES.match(text):
        return False
    begun = text.lstrip("#*_> ").casefold()
    heads = (*HEADS, f"{label}:".casefold()) if label else HEADS
    may_begin = any(begun.startswith(head) or head.startswith(begun) for head in heads)
    return may_begin or _HEAD_MARKS.fullmatch(text) is not None
