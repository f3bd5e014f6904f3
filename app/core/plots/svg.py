"""SVG images: their texts, their colours in light and dark, and panels below each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import msgspec

FONT = "system-ui,sans-serif"
LETTER = 7.0
"""About how wide a letter of a 12-pixel text is; wide ones count twice in `columns`."""

LIGHT = {
    "ink": "#1b1f24", "quiet": "#59636e", "line": "#d8dee4", "paper": "#ffffff",
    "s0": "#2f6fd0", "s1": "#c2661a", "s2": "#2e7d46", "s3": "#8e44ad", "s4": "#b3261e",
    "s5": "#59636e",
}  # fmt: skip
DARK = {
    "ink": "#e8eaed", "quiet": "#a5adb8", "line": "#3a4048", "paper": "#17191c",
    "s0": "#6ea8fe", "s1": "#f0a35e", "s2": "#6fcf8b", "s3": "#c9a0dc", "s4": "#ff8a80",
    "s5": "#a5adb8",
}  # fmt: skip
DASHES = ((), (7, 4), (2, 3), (9, 3, 2, 3), (12, 5), (4, 2))
"""A pattern for each colour, for those who see no colours, and for paper."""

_SAFE = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
_GAP = 18


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One drawing: its size in pixels, what it is for those who do not see it, and its parts."""

    width: float
    height: float
    about: str
    body: str


def safe_text(value: object) -> str:
    """A text as it stands in HTML and SVG; what neither can hold is replaced."""
    text = str(value).translate(_SAFE).encode("utf-8", "replace").decode()
    return escape(text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))


def words(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    """A text at a place; `anchor` says which of its ends is there, `kind` is its class."""
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{safe_text(text)}</text>'


def inline(panel: Panel) -> str:
    """A panel within a page of HTML, whose style sheet has `rules`."""
    size = f"{panel.width:g}", f"{panel.height:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" '
        f'width="{size[0]}" role="img" aria-label="{safe_text(panel.about)}">{panel.body}</svg>'
    )


def image(panels: Sequence[Panel], title: str) -> str:
    """An SVG file of panels below each other; it follows the viewer's light or dark scheme."""
    width = max((panel.width for panel in panels), default=640.0) + 2 * _GAP
    height = _GAP + sum(panel.height + _GAP for panel in panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>{safe_text(title)}</title>",
        f"<style>{rules(LIGHT)}</style>",
        f"<style>@media(prefers-color-scheme:dark){{{rules(DARK)}}}</style>",
        f'<rect class="paper" width="{width:g}" height="{height:g}"/>',
    ]
    top = float(_GAP)
    for panel in panels:
        about = f"<title>{safe_text(panel.about)}</title>"
        parts.append(f'<g transform="translate({_GAP} {top:g})">{about}{panel.body}</g>')
        top += panel.height + _GAP
    return "\n".join([*parts, "</svg>", ""])


def rules(colours: dict[str, str]) -> str:
    """The style sheet of what is drawn; `colours` may be variables of a page's own."""
    return "".join(_rules(colours))


def _rules(colours: dict[str, str]) -> Iterable[str]:
    yield f"text{{fill:{colours['ink']};font:12px {FONT}}}"
    yield f".title{{font-size:14px;font-weight:600}}.quiet{{fill:{colours['quiet']}}}"
    yield f".paper{{fill:{colours['paper']}}}.cell{{fill:{colours['s0']}}}"
    yield f".grid{{stroke:{colours['line']};fill:none}}.axis{{stroke:{colours['quiet']}}}"
    yield f".whisker{{stroke:{colours['ink']};stroke-width:1.5}}"
    yield f".ideal{{stroke:{colours['quiet']};stroke-dasharray:5 4}}"
    yield f".dot{{fill:{colours['s0']};fill-opacity:.75;stroke:{colours['paper']}}}"
    for number, dashes in enumerate(DASHES):
        colour = colours[f"s{number}"]
        dashed = ";stroke-dasharray:" + " ".join(map(str, dashes)) if dashes else ""
        yield f".s{number}{{fill:{colour}}}"
        yield f".l{number}{{fill:none;stroke:{colour};stroke-width:2{dashed}}}"
        yield f".f{number}{{fill:none;stroke:{colour};stroke-width:1;stroke-opacity:.45}}"
