"""What is refused of a GBNF grammar before llama.cpp reads it; the work is linear in its length.

llama.cpp keeps a stack of what is still to come for each way in which a text may go on, and walks
all rules that can come next to find them. Rules such as `a ::= b b | ""` double the stacks with
each level: sixty of them would never end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.core.errors import ParameterError

NAME = "Grammar (grammar)"
HINT = "It must be a GBNF grammar with a rule named root, or a JSON schema."
AMBIGUOUS = "Let alternatives begin differently, and let a part be empty in one way only."

_DEEPEST = 200  # llama.cpp's parser calls itself for each and runs out of stack
_TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*+"?|\[(?:\\.|[^\]\\])*+\]?|#.*+|\{[\s\d,]*+\}?|::=|[\w-]++|\s++|.', re.ASCII
)
"""Literals, classes, comments, counts, names, spaces, signs: no letter is looked at twice."""

_WRITTEN_OUT = 500_000  # elements that llama.cpp makes of all counts together, some 200 bytes each
_DIGITS = 6
_MOST_STEPS = 50_000  # of llama.cpp at one place of a text: it compares the stacks found in pairs
_MOST_AFTER = 300_000  # at the place after it, from all stacks: about 0.1 s
_MOST = 10**9  # sums are cut here


class _Walk(NamedTuple):
    """What llama.cpp does at one place: `steps` there, and `after` at the place after it.

    Of the stacks found, `pending` have more to come within the part; `ends` (0 or 1) says whether
    others, which are all alike, have not.
    """

    steps: int = 0
    pending: int = 0
    ends: int = 0
    after: int = 0

    def plus(self, other: _Walk) -> _Walk:
        """Both, as alternatives."""
        steps, pending, ends, after = map(sum, zip(self, other, strict=True))
        return _Walk(min(steps, _MOST), min(pending, _MOST), min(ends, 1), min(after, _MOST))

    def before(self, rest: _Walk) -> _Walk:
        """With something after the part, which begins with the walk `rest`."""
        ways = self.pending + self.ends
        return _Walk(self.steps, ways, 0, self.after + ways * rest.steps)

    def repeated(self, times: int, *, may_be_empty: bool) -> _Walk:
        """The part written out `times` times."""
        if times < 2 or not may_be_empty:
            return self.before(self) if times > 1 else self
        pairs = times * (times - 1) // 2
        after = times * self.after + pairs * (self.pending + self.ends) * self.steps
        pending = times * self.pending + (times - 1) * self.ends
        return _Walk(times * self.steps, pending, self.ends, after)


_NOTHING = _Walk()


@dataclass(eq=False)
class _Rule:
    """A rule, a group or a repeated part: alternatives of parts, where None is a text.

    `times` is how often llama.cpp writes it out.
    """

    alternatives: list[list[_Rule | None]] = field(default_factory=lambda: [[]])
    times: int = 1
    may_be_empty: bool = False
    walk: _Walk = _NOTHING

    def first(self) -> Iterator[_Rule]:
        """The rules that can come first in it."""
        for parts in self.alternatives:
            for part in parts:
                if part is not None:
                    yield part
                if part is None or not part.may_be_empty:
                    break

    def measure(self) -> None:
        """Set its walk by those of its parts."""
        walk = _Walk(len(self.alternatives))
        for parts in self.alternatives:
            walk = walk.plus(_tails(parts)[-1])
        self.walk = walk.repeated(self.times, may_be_empty=self.may_be_empty)


def check_rules(text: str) -> None:
    """Raise ParameterError for what fills stack or memory, or what llama.cpp walks for too long."""
    rules = _GrammarReader(text).rules
    _find_empty(rules)
    order = _inner_first(rules)
    for _ in range(2):  # what comes after a part is known only when all steps are
        for rule in order:
            rule.measure()
    walks = [rule.walk for rule in order]
    walks += (tail for rule in rules for parts in rule.alternatives for tail in _tails(parts))
    if any(walk.steps > _MOST_STEPS or walk.after > _MOST_AFTER for walk in walks):
        raise ParameterError(f"{NAME} can go on in too many ways at one place.", AMBIGUOUS)


def _tails(parts: list[_Rule | None]) -> list[_Walk]:
    """The walks from each of the parts to the end, the whole last; one of nothing before them."""
    tails = [_NOTHING]
    for part in reversed(parts):
        rest, is_last = tails[-1], len(tails) == 1
        walk = _Walk(1, 0, 1) if part is None else part.walk
        walk = walk if is_last else walk.before(rest)
        tails.append(walk.plus(rest) if part is not None and part.may_be_empty else walk)
    return tails


def _find_empty(rules: list[_Rule]) -> None:
    """Mark the rules that a text of no letters obeys."""
    uses: dict[_Rule, list[tuple[_Rule, list[_Rule]]]] = {}
    ready = []
    for rule in rules:
        for parts in rule.alternatives:
            inner = [part for part in parts if part is not None]
            if len(inner) == len(parts):
                for part in inner:
                    uses.setdefault(part, []).append((rule, inner))
                ready += [] if parts else [rule]
    while ready:
        rule = ready.pop()
        if not rule.may_be_empty:
            rule.may_be_empty = True
            for owner, left in uses.get(rule, ()):
                left.pop()  # one less to wait for
                ready += [] if left else [owner]


def _inner_first(rules: list[_Rule]) -> list[_Rule]:
    """The rules in an order in which those that can come first in another stand before it.

    Where a rule can begin with itself, that is ignored: llama.cpp refuses it, or stops there.
    """
    order: list[_Rule] = []
    seen: set[_Rule] = set()
    for rule in rules:
        path = [(rule, rule.first())] if rule not in seen else []
        seen.add(rule)
        while path:
            current, parts = path[-1]
            part = next(parts, None)
            if part is None:
                order.append(current)
                path.pop()
            elif part not in seen:
                seen.add(part)
                path.append((part, part.first()))
    return order


class _GrammarReader:
    """Reads a grammar's rules; raises ParameterError for counts and depths that fill the memory."""

    def __init__(self, text: str) -> None:
        self.rules: list[_Rule] = []
        self._named: dict[str, _Rule] = {}
        self._groups: list[_Rule] = []
        self._current = _Rule()
        self._name = ""
        self._size, self._written = 1, 0
        for part in _TOKEN.findall(text):
            if not part.isspace() and part[0] != "#":
                self._read(part)

    @property
    def _parts(self) -> list[_Rule | None]:
        return self._current.alternatives[-1]

    def _read(self, part: str) -> None:
        if part[0] == "{":
            self._repeat(part)
            return
        self._size = len(part) if part[0] in '"[' else 1
        if part == "::=":
            self._begin()
        elif part == "|":
            self._current.alternatives.append([])
        elif part == "(":
            self._open()
        elif part == ")":
            self._current = self._groups.pop() if self._groups else self._current
        elif part in "?*+":
            self._repeat_freely(part)
        elif part == '""':
            self._parts.append(self._made([[]]))
        elif part[0].isalnum() or part[0] in "_-":
            self._name = part
            self._parts.append(self._named.setdefault(part, _Rule([[None]])))
        else:
            self._parts.append(None)

    def _made(self, alternatives: list[list[_Rule | None]], times: int = 1) -> _Rule:
        rule = _Rule(alternatives, times)
        self.rules.append(rule)
        return rule

    def _begin(self) -> None:
        """The name that was read last begins a rule."""
        del self._parts[-1:]
        self._groups.clear()
        self._current = self._named.setdefault(self._name, _Rule())
        self._current.alternatives = [[]]
        self.rules.append(self._current)

    def _open(self) -> None:
        group = self._made([[]])
        self._parts.append(group)
        self._groups.append(self._current)
        self._current = group
        if len(self._groups) > _DEEPEST:
            raise ParameterError(f"{NAME} nests its parentheses too deeply.", HINT)

    def _repeat_freely(self, sign: str) -> None:
        if not self._parts:
            return
        part = self._parts[-1] if sign == "+" else self._parts.pop()
        repeated = self._made([[part], []])
        if sign != "?":
            repeated.alternatives[0].append(repeated)
        self._parts.append(repeated)

    def _repeat(self, part: str) -> None:
        low, high = _counts(part)
        self._written += self._size * high
        if self._written > _WRITTEN_OUT:
            raise ParameterError(f"{NAME} repeats its parts too often, all together.", HINT)
        if self._parts:
            repeated = self._made([[self._parts.pop()]], high)
            self._parts.append(repeated if low else self._made([[repeated], []]))


def _counts(part: str) -> tuple[int, int]:
    """How often at least and at most llama.cpp writes a part out that has a count like {2,5}."""
    count = "".join(part.split())
    low, _, high = count.strip("{}").partition(",")
    wrong = max(len(low), len(high)) > _DIGITS or not (low + high).isdecimal()
    if wrong or (high and int(low or 0) > int(high)):
        raise ParameterError(f"{NAME} repeats a part {count[:20]} times.", HINT)
    return int(low or 0), int(high or low)
