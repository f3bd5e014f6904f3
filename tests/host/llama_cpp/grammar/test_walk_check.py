"""What is refused of a grammar before llama.cpp reads it, and that no letter is read twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from app.core.errors import ParameterError
from app.core.options.rows import rows_by_name
from app.core.options.sampling import Sampling
from app.host.llama_cpp.grammar import walk_check

MOST = rows_by_name(Sampling)["grammar"].row.max_length
NASTY = (
    "[",
    '"',
    '"\\',
    "(",
    "{",
    "{ ",
    "{1,",
    "#",
    "\\",
    "[\\",
    ' "a"{0,2}',
    "(\n",
    "{" + " " * 60,
)


@given(st.text('[]"\\#{}(), 1a\n\u0301', max_size=60))
def test_every_letter_belongs_to_one_token(rules: str) -> None:
    assert "".join(walk_check._TOKEN.findall(rules)) == rules


@pytest.mark.parametrize("unit", NASTY)
def test_a_grammar_at_its_limit_is_walked_once(unit: str) -> None:
    """Every quantifier is possessive, so that a token never takes a letter back."""
    rules = "root ::= " + unit * ((MOST - 9) // len(unit))
    assert "".join(walk_check._TOKEN.findall(rules)) == rules
    assert walk_check._TOKEN.pattern.count("++") + walk_check._TOKEN.pattern.count("*+") == 6
    refused = ""
    try:
        walk_check.check_rules(rules)
    except ParameterError as error:
        refused = error.message
    assert len(refused) < 100


@pytest.mark.parametrize(
    "rules",
    [
        "(" * 201,
        '"a"{5,2}',
        '"a"{9999999}',
        '"a"{ 1 , 9999999 }',
        '"a"{1 2}{,}',
        '"a"{0,1999} ' * 300,
        f'"{"a" * 1000}"{{0,1000}}',
    ],
)
def test_what_fills_stack_or_memory_is_refused(rules: str) -> None:
    with pytest.raises(ParameterError):
        walk_check.check_rules(f"root ::= {rules}")


@pytest.mark.parametrize(
    "rules",
    ['"(((" [({] ' * 300, "(" * 200, '"a"{3} [a-z]{2,}\n# {9,1}', '[^\\]{]{1,1999} ("a"|"b"){0,9}'],
)
def test_what_stands_in_literals_is_left_alone(rules: str) -> None:
    walk_check.check_rules(f"root ::= {rules}")


def chain(levels: int, end: str = '"x"') -> str:
    """A grammar whose stacks double with each level."""
    rules = "".join(f'e{n} ::= e{n + 1} e{n + 1} | ""\n' for n in range(levels))
    return f"root ::= e0\n{rules}e{levels} ::= {end}\n"


@pytest.mark.parametrize(
    "rules",
    [
        chain(60),
        chain(12),
        'root ::= "a" ' + chain(60).removeprefix("root ::= "),
        chain(60).replace("e0\n", '("a" | "b"* e0 "c")+\n', 1),
        'root ::= ("a"? "b"?){5,900} "c"',
        "root ::= " + "[a-z]? " * 1000,
        "root ::= e0 [0-9]" + " | e0 [0-9]" * 300 + chain(8).removeprefix("root ::= e0"),
    ],
)
def test_a_grammar_that_llama_cpp_would_walk_for_minutes_is_refused(rules: str) -> None:
    with pytest.raises(ParameterError, match="too many ways"):
        walk_check.check_rules(rules)


@pytest.mark.parametrize(
    "rules",
    [
        chain(8),
        'root ::= ("k"' + ' | "k"' * 9000 + ")*",
        'root ::= ws "k"' + ' | ws "k"' * 4000 + "\nws ::= [ ]*",
        'root ::= ("a" | "b" "c"?){0,1999} "d"',
        'root ::= ("a"?)* "b"',
        'root ::= s\ns ::= "(" s ")" s | ""',
        'root ::= undefined "a"? <[7]> .',
    ],
)
def test_a_large_grammar_that_is_walked_fast_is_not_refused(rules: str) -> None:
    walk_check.check_rules(rules)


@pytest.mark.parametrize(
    "many",
    [
        chain,
        lambda count: "root ::= " + '"a"? ' * count,
        lambda count: "root ::= " + '("a"|' * 200 + '"a" e ' * count,
        lambda count: "".join(f"r{n} ::= r{n + 1} | [a]*\n" for n in range(count)),
    ],
)
def test_twice_the_grammar_takes_twice_the_steps(
    many: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted are the signs read, the rules found to come first, and the parts summed up."""
    count = 0
    read, first, tails = (
        walk_check._GrammarReader._read,
        walk_check._Rule.first,
        walk_check._tails,
    )

    def counted_read(reader: walk_check._GrammarReader, part: str) -> None:
        nonlocal count
        count += 1
        read(reader, part)

    def counted_first(rule: walk_check._Rule) -> Iterator[walk_check._Rule]:
        nonlocal count
        for found in first(rule):
            count += 1
            yield found

    def counted_tails(parts: list[walk_check._Rule | None]) -> list[walk_check._Walk]:
        nonlocal count
        count += len(parts)
        return tails(parts)

    def steps(rules: str) -> int:
        nonlocal count
        count = 0
        with suppress(ParameterError):
            walk_check.check_rules(rules)
        return count

    monkeypatch.setattr(walk_check._GrammarReader, "_read", counted_read)
    monkeypatch.setattr(walk_check._Rule, "first", counted_first)
    monkeypatch.setattr(walk_check, "_tails", counted_tails)
    assert 1000 < steps(many(2000)) < 2.1 * steps(many(1000))
