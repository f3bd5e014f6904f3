from __future__ import annotations

import pytest

from app.core.errors import (
    ERRORS,
    DocumentChangedError,
    DocumentError,
    LampblackError,
    ParameterError,
    error_from,
)


def test_every_kind_of_error_has_a_name_of_its_own() -> None:
    def all_of(cls: type[LampblackError]) -> list[type[LampblackError]]:
        return [cls, *(found for sub in cls.__subclasses__() for found in all_of(sub))]

    here = [cls for cls in all_of(LampblackError) if cls.__module__ == "app.core.errors"]
    assert len({cls.kind for cls in here}) == len(here)


@pytest.mark.parametrize("cls", ERRORS.values(), ids=list(ERRORS))
def test_an_error_survives_the_protocol(cls: type[LampblackError]) -> None:
    error = error_from(cls.kind, "It broke.", "Mend it.")
    assert type(error) is cls
    assert (error.message, error.hint, str(error)) == (
        "It broke.",
        "Mend it.",
        "It broke. Mend it.",
    )


def test_an_unknown_kind_is_still_an_error() -> None:
    assert type(error_from("from the future", "It broke.")) is LampblackError


def test_a_message_without_a_hint_has_no_trailing_space() -> None:
    assert str(LampblackError("It broke.")) == "It broke."


def test_wrong_usage_alone_exits_with_2() -> None:
    wrong = {kind for kind, cls in ERRORS.items() if cls.exit_code == 2}
    assert wrong == {"parameter", "unsupported", "usage"}
    assert ParameterError.exit_code == 2


def test_a_changed_document_is_a_document_error() -> None:
    assert issubclass(DocumentChangedError, DocumentError)
