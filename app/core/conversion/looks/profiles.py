"""Export profiles: what a text looks like when it is written for others to read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from app.core.errors import ParameterError

PAPERS = {
    "A4": (21.0, 29.7),
    "Letter": (21.59, 27.94),
    "A5": (14.8, 21.0),
    "Trade": (15.24, 22.86),
    "Pocket": (12.0, 18.0),
}
"""Width and height of each paper, in centimetres; Trade is a book of 6 by 9 inches."""

# fmt: off
_LETTER_LANDS = frozenset((
    "US", "CA", "MX", "PH", "CL", "CO", "VE", "CR", "GT", "NI", "PA", "SV", "DO", "PR", "BO",
))
# fmt: on
_LOCALE_NAMES = ("LC_ALL", "LC_PAPER", "LANG")

_Size = Annotated[float, Meta(ge=6, le=36)]
_Spacing = Annotated[float, Meta(ge=0.8, le=4)]
_Indent = Annotated[float, Meta(ge=0, le=5)]
_Gap = Annotated[float, Meta(ge=0, le=72)]
_Margin = Annotated[float, Meta(ge=0.5, le=5)]
_Font = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^'\"<>\x00-\x1f\x7f]*\Z")]
_Mark = Annotated[str, Meta(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*\Z")]


class ExportProfile(msgspec.Struct, frozen=True):
    """One way to set a text; `words` says for what.

    Sizes are in points, lengths in centimetres; `line_spacing` is a multiple of the line's own
    height. `paper` is one of PAPERS, or "" for the usual one of the place. `scene_break` is what
    stands alone between two scenes. With `is_submission` the first page says how to reach the
    author and how long the text is, and the running head has only the surname. Formats without
    pages take what they can of it.
    """

    id: str
    name: str
    words: str = ""
    font: _Font = "Times New Roman"
    size_pt: _Size = 12.0
    line_spacing: _Spacing = 1.0
    indent_cm: _Indent = 0.0
    gap_pt: _Gap = 0.0
    margin_cm: _Margin = 2.54
    paper: str = ""
    is_justified: bool = False
    is_smart: bool = True
    has_title_page: bool = True
    has_contents: bool = True
    has_running_head: bool = True
    is_submission: bool = False
    scene_break: _Mark = "* * *"

    @property
    def page_cm(self) -> tuple[float, float]:
        """Width and height of a page."""
        return PAPERS.get(self.paper, PAPERS["A4"])


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
        is_submission=True,
        scene_break="#",
    ),
    ExportProfile(
        "e-book",
        "E-book",
        "for reading programs, which choose typeface and page themselves",
        font="serif",
        size_pt=11.0,
        line_spacing=1.3,
        indent_cm=0.6,
        paper="Pocket",
        margin_cm=1.2,
        is_justified=True,
        has_running_head=False,
        scene_break="⁂",
    ),
)
"""Every shipped profile, the usual one first."""


def profile_named(name: str, profiles: tuple[ExportProfile, ...] = PROFILES) -> ExportProfile:
    """The profile of that id, in any case; raises ParameterError."""
    for profile in profiles:
        if profile.id.casefold() == name.casefold():
            return profile
    known = ", ".join(profile.id for profile in profiles)
    raise ParameterError(f"There is no export profile {name[:40]!r}.", f"Known are: {known}.")


def usual_paper(locale: str) -> str:
    """The paper that is usual where a locale such as en_US or zh_CN.UTF-8 is spoken."""
    return "Letter" if locale.partition(".")[0][-2:] in _LETTER_LANDS else "A4"


def paper_here(environ: Mapping[str, str] | None = None) -> str:
    """The usual paper of this user, by the locale of the environment."""
    source = os.environ if environ is None else environ
    return usual_paper(next(filter(None, map(source.get, _LOCALE_NAMES)), ""))


def on_paper(profile: ExportProfile, paper: str) -> ExportProfile:
    """The profile on its own paper or, where it leaves that open, on `paper`."""
    return profile if profile.paper else msgspec.structs.replace(profile, paper=paper)
