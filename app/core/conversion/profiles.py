"""Export profiles: what a text looks like when it is written for others to read."""

from __future__ import annotations

import msgspec

from app.core.errors import ParameterError


class ExportProfile(msgspec.Struct, frozen=True):
    """One way to set a text; `words` says for what.

    Sizes are in points, lengths in centimetres; `line_spacing` is a multiple of the line's own
    height. `scene_break` is what stands alone between two scenes. Formats without pages take what
    they can of it.
    """

    id: str
    name: str
    words: str
    font: str = "Times New Roman"
    size_pt: float = 12
    line_spacing: float = 1.0
    indent_cm: float = 0.0
    gap_pt: float = 0.0
    margin_cm: float = 2.54
    page_cm: tuple[float, float] = (21.0, 29.7)
    is_justified: bool = False
    is_smart: bool = True
    has_title_page: bool = True
    has_contents: bool = True
    has_running_head: bool = True
    scene_break: str = "* * *"


PROFILES = (
    ExportProfile(
        "reading",
        "Reading copy",
        "a comfortable page for friends and first readers",
        font="Georgia",
        line_spacing=1.3,
        indent_cm=0.6,
        is_justified=True,
    ),
    ExportProfile(
        "manuscript",
        "Manuscript for submissions",
        "12 pt, double spaced, ragged right, with a running head, as agents and editors ask for",
        line_spacing=2.0,
        indent_cm=1.27,
        is_smart=False,
        has_contents=False,
        scene_break="#",
    ),
    ExportProfile(
        "e-book",
        "E-book",
        "for reading programs, which choose typeface and page themselves",
        font="serif",
        line_spacing=1.3,
        indent_cm=0.6,
        page_cm=(12.0, 18.0),
        margin_cm=1.2,
        is_justified=True,
        has_running_head=False,
        scene_break="⁂",
    ),
)
"""Every profile, the usual one first."""


def profile_named(name: str) -> ExportProfile:
    """The profile of that id; raises ParameterError."""
    for profile in PROFILES:
        if profile.id == name:
            return profile
    known = ", ".join(profile.id for profile in PROFILES)
    raise ParameterError(f"There is no export profile {name[:40]!r}.", f"Known are: {known}.")
