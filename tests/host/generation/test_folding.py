"""What a reader takes for the same folds to the same, and nothing else does."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given, strategies as st

from app.host.generation.folding import clusters, fold, joins


@given(st.text())
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(st.text(), st.booleans())
def test_canonically_equivalent_texts_are_alike(text: str, any_case: bool) -> None:
    forms = [fold(normalize(form, text), any_case=any_case) for form in ("NFC", "NFD")]
    assert forms[0] == forms[1] == fold(text, any_case=any_case)


@given(st.text())
def test_folding_is_python_s_own_by_the_units_joined(text: str) -> None:
    expected = normalize("NFC", normalize("NFD", text).casefold())
    plain = text.translate(
        dict.fromkeys(map(ord, "‘’‚‛′ʼ´＇‹›“”„‟″«»＂〝〞〟\u00a0\u2007\u202f\u3000‐‑…ŉ"), "x")
    )
    if plain == text:
        assert normalize("NFC", "".join(fold(text, any_case=True))) == normalize("NFC", expected)


@pytest.mark.parametrize(
    ("one", "other"), [("ß", "ẞ"), ("ﬁ", "FI"), ("ŉ", "’N"), ("ς", "Σ"), ("Å", "å")]
)
def test_full_case_folding(one: str, other: str) -> None:
    assert fold(one, any_case=True) == fold(other, any_case=True)
    assert fold(one, any_case=False) != fold(other, any_case=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("e", "é"),
        ("i", "ı"),
        ("—", "-"),
        ("'", '"'),
        ("`", "'"),
        ("o", "0"),
        ("し", "じ"),
        ("하", "한"),
    ],
)
def test_what_is_not_alike(one: str, other: str) -> None:
    assert fold(one, any_case=True) != fold(other, any_case=True)


def test_a_cluster_ends_somewhere() -> None:
    assert max(map(len, clusters("e" + "\u0301" * 1000))) == 32
    assert not joins("", "\u0301")
