"""What a report of an unexpected error says, and what it never does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from app.core.errors import DocumentError
from app.core.options import rows
from app.core.options.sampling import Sampling
from app.core.system.crash_report import crash_text

SECRET = "Xanadu-Kubla-7731"


def caught(raising: Callable[[], object]) -> BaseException:
    try:
        raising()
    except Exception as error:  # noqa: BLE001 (whatever a test raises)
        return error
    raise AssertionError


def _fail() -> None:
    try:
        try:
            Path(f"/home/{SECRET}/tale.md").read_text()
        except OSError as error:
            raise DocumentError(f"{SECRET} cannot be opened.") from error
    except DocumentError:
        raise KeyError(SECRET)  # noqa: B904 (a bug while it was handled)


def test_neither_message_nor_path_is_written() -> None:
    said = crash_text(caught(_fail))
    assert SECRET not in said
    assert "/home" not in said
    assert said.splitlines()[-1] == "FileNotFoundError (errno 2)"
    assert [line for line in said.splitlines() if line.endswith(":")][1:] == [
        "while this was handled:",
        "which was caused by:",
    ]
    assert "\nKeyError\n" in said
    assert "\napp.core.errors.DocumentError (document)\n" in said
    assert "test_crash_report.py:" in said


def test_places_in_the_program_and_in_libraries_are_named(tmp_path: Path) -> None:
    folder = tmp_path / SECRET / "site-packages" / "library"
    folder.mkdir(parents=True)
    module = ModuleType("library")
    code = compile("def call(what): what()", str(folder / "calls.py"), "exec")
    exec(code, vars(module))
    said = crash_text(caught(lambda: module.call(_fail)))
    assert "  library/calls.py:1 in call" in said
    assert SECRET not in said
    said = crash_text(caught(lambda: rows.checked(Sampling, cast(Any, None))))
    assert "  app/core/options/rows.py:" in said
    assert str(Path(rows.__file__).parents[3]) not in said


def test_what_calls_itself_for_ever_stays_short() -> None:
    def again() -> None:
        again()

    said = crash_text(caught(again))
    assert said.endswith("\nRecursionError\n")
    assert " more …\n" in said
    assert len(said.splitlines()) < 70


def test_errors_that_lead_in_a_circle_end() -> None:
    first, second = ValueError(SECRET), TypeError(SECRET)
    first.__context__, second.__context__ = second, first
    assert crash_text(first).count("Error\n") == 2


@pytest.mark.parametrize(
    "error",
    [
        SystemExit(SECRET),
        KeyboardInterrupt(),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        OSError(SECRET),
    ],
)
def test_any_kind_is_named(error: BaseException) -> None:
    assert crash_text(error).splitlines()[1:] == [type(error).__name__]
