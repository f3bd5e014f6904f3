"""The window's fixtures, and a passage that is selected."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Studio, make_studio, studio  # noqa: F401 (fixtures)

PASSAGE = "It rained on Monday. She went home."


@pytest.fixture
def passage(studio: Studio) -> Studio:  # noqa: F811
    """A window in which the second of three paragraphs is selected, with the line ends around."""
    studio.show(f"It was May.\n\n{PASSAGE}\n\nThe end.")
    editor = studio.window.editor
    editor.setTextCursor(editor.cursor_at(12, 12 + len(PASSAGE) + 2))
    return studio
