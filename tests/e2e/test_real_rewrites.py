"""Rewrites by the real starter model: whatever it answers, nothing of the text can be lost."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.rewrite_figures import real_rewrites

_COUNT = 5  # of 60 that the script makes


def test_rewrites_by_the_starter_model_can_be_accepted_and_rejected(
    starter_model: Path,
) -> None:
    made = list(real_rewrites(starter_model, _COUNT))
    assert all(one.is_exact for one in made)
    assert sum(bool(one.text) for one in made) > len(made) // 2
    for one in made:
        assert "<|im_end|>" not in one.text
        assert one.text in one.raw.replace("\r\n", "\n")
