"""What is refused of a grammar before llama.cpp reads it, and that no letter is read twice."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.errors import ParameterError
from app.core.options.rows import rows_by_name
from app.core.options.sampling import Sampling
from app.host.llama_cpp import grammar

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
    assert "".join(grammar._TOKEN.findall(rules)) == rules


@pytest.mark.parametrize("unit", NASTY)
def test_a_grammar_at_its_limit_is_walked_once(unit: str) -> None:
    """Every quantifier is possessive, so that a token never takes a letter back."""
    rules = "root ::= " + unit * ((MOST - 9) // len(unit))
    assert "".join(grammar._TOKEN.findall(rules)) == rules
    assert grammar._TOKEN.pattern.count("++") + grammar._TOKEN.pattern.count("*+") == 5
    refused = ""
    try:
        grammar._check_rules(rules)
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
        grammar._check_rules(f"root ::= {rules}")


@pytest.mark.parametrize(
    "rules",
    ['"(((" [({] ' * 300, "(" * 200, '"a"{3} [a-z]{2,}\n# {9,1}', '[^\\]{]{1,1999} ("a"|"b"){0,9}'],
)
def test_what_stands_in_literals_is_left_alone(rules: str) -> None:
    grammar._check_rules(f"root ::= {rules}")
