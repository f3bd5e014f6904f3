"""Flags out of the tables: every row has one, and what is typed arrives typed."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import pytest

from app.cli.flags import add_flags, flag_help, load_options_from, sampling_from, unescape
from app.core.errors import ParameterError
from app.core.options.load_options import LOAD_OPTIONS, LoadOptions
from app.core.options.rows import BoundRow
from app.core.options.sampling import PARAMETERS, Sampling

ROWS = [*PARAMETERS, *LOAD_OPTIONS]


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_flags(parser)
    return parser.parse_args(words)


def sampling(*words: str) -> Sampling:
    return sampling_from(parse(*words), Sampling())


@pytest.mark.parametrize("bound", ROWS, ids=lambda bound: bound.name)
def test_every_row_has_a_flag_with_its_help(bound: BoundRow) -> None:
    parser = argparse.ArgumentParser()
    add_flags(parser)
    assert bound.flag in parser.format_help()
    assert bound.row.help in flag_help(bound)
    assert "default" in flag_help(bound)


def _typed(bound: BoundRow) -> str:
    """The default as it would be typed."""
    if bound.kind == "bool":
        return "on" if bound.default else "off"
    if bound.kind == "bias":
        return "{}"
    if bound.kind == "texts":
        return "[" + ",".join(f'"{text}"' for text in map(_json_escaped, bound.default)) + "]"
    return "random" if bound.default is None else str(bound.default)


def _json_escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@pytest.mark.parametrize("bound", ROWS, ids=lambda bound: bound.name)
def test_every_default_can_be_typed(bound: BoundRow) -> None:
    arguments = parse(f"{bound.flag}={_typed(bound)}")
    values: Any = (
        sampling_from(arguments, Sampling())
        if bound in PARAMETERS
        else load_options_from(arguments, LoadOptions())
    )
    assert getattr(values, bound.name) == bound.default


def test_what_is_not_typed_stays_as_the_base_has_it() -> None:
    base = Sampling(temperature=0.3, stop=("The End",))
    assert sampling_from(parse("--top-k", "7"), base) == Sampling(
        temperature=0.3, stop=("The End",), top_k=7
    )


def test_texts_may_be_repeated_escaped_or_listed() -> None:
    given = sampling("--stop", r"\n\n", "--stop", r"a\\b", "--stop", '["one", "two\\n"]')
    assert given.stop == ("\n\n", "a\\b", "one", "two\n")


def test_biases_may_be_repeated_or_an_object() -> None:
    given = sampling("--logit-bias", " dark=-5", "--logit-bias", '{"light": 2}')
    assert given.logit_bias == {" dark": -5.0, "light": 2.0}


def test_steps_may_be_separated_by_commas() -> None:
    assert sampling("--order", "top_k, temperature").order == ("top_k", "temperature")


def test_a_grammar_may_come_out_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "yes.gbnf").write_text('root ::= "yes"')
    assert sampling("--grammar", f"@{tmp_path / 'yes.gbnf'}").grammar == 'root ::= "yes"'


SCHEMA = '{"pattern": "^\\\\d{4}\\\\.$", "title": "a\\nb"}'


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_grammar_is_read_as_it_is(tmp_path: Path, mark: str) -> None:
    (tmp_path / "schema.json").write_bytes((mark + SCHEMA + "\r\n").encode())
    assert sampling("--grammar", f"@{tmp_path / 'schema.json'}").grammar == SCHEMA + "\r\n"
    assert sampling("--grammar", SCHEMA).grammar == SCHEMA


def test_a_schema_is_checked_before_a_model_is_loaded() -> None:
    with pytest.raises(ParameterError, match="#/not in the JSON schema"):
        sampling("--grammar", '{"not": {}}')


def test_a_grammar_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ParameterError, match="could not be read"):
        sampling("--grammar", f"@{tmp_path / 'pipe'}")


def test_negative_numbers_are_values() -> None:
    given = sampling("--max-tokens", "-1", "--presence-penalty", "-0.5")
    assert (given.max_tokens, given.presence_penalty) == (-1, -0.5)


@pytest.mark.parametrize(
    ("typed", "text"),
    [(r"\n", "\n"), (r"\t", "\t"), (r"\\n", r"\n"), ("\\", "\\"), (r"\x", r"\x"), ("无", "无")],
)
def test_escapes(typed: str, text: str) -> None:
    assert unescape(typed) == text
