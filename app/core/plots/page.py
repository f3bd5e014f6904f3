"""Pages of HTML that need no network and run no script: their frame, style, tables and texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.core.plots.svg import DARK, LIGHT, rules, safe_text

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


_RULES = rules({name: f"var(--{name})" for name in LIGHT})

_STYLE = f"""
:root{{color-scheme:light dark;{_variables(LIGHT)}}}
@media(prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}
@media print{{:root{{color-scheme:light;{_variables(LIGHT)}}}
svg,tr,h2,h3,figure{{break-inside:avoid}}h2,h3{{break-after:avoid}}
.heat td{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}}}
body{{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);
max-width:60rem;margin:2rem auto;padding:0 1.25rem}}
h1{{font-size:1.6rem;margin:0;overflow-wrap:anywhere}}h2{{font-size:1.25rem;margin:2.5rem 0 .5rem;
border-top:1px solid var(--line);padding-top:1.25rem;overflow-wrap:anywhere}}
h3{{font-size:1rem;margin:1.75rem 0 .5rem}}
p{{margin:.4rem 0}}p.quiet,span.quiet,caption,th{{color:var(--quiet)}}
.wide{{overflow-x:auto}}table{{border-collapse:collapse;font-variant-numeric:tabular-nums}}
th,td{{padding:.3rem .75rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);
font-weight:normal;overflow-wrap:break-word;max-width:28rem}}
tr.differs td{{font-weight:600}}
.n{{text-align:right;white-space:nowrap}}.long{{overflow-wrap:anywhere}}
.heat th.n{{white-space:normal;max-width:8rem;vertical-align:bottom}}
.heat td{{text-align:right;min-width:3rem;
background:color-mix(in srgb,var(--s0) calc(var(--share)*55%),transparent)}}
svg{{max-width:100%;height:auto;display:block;margin:1rem 0}}
{_RULES}
"""


def page(title: str, parts: Iterable[str], language: str = "en") -> str:
    """A whole page of parts that are HTML already, under its title."""
    head = safe_text(title)
    return "\n".join(
        [
            f'<!doctype html><html lang="{safe_text(language)}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{head}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{head}</h1>",
            *parts,
            "</body></html>\n",
        ]
    )


def table(
    head: Sequence[str],
    lines: Iterable[Sequence[str]],
    *,
    numbers: int = 0,
    marked: Sequence[bool] = (),
) -> str:
    """A table of cells that are HTML already; the last `numbers` columns are of numbers.

    The lines that are `marked` stand out.
    """

    def cells(tag: str, line: Sequence[str]) -> str:
        first = len(line) - numbers
        return "".join(
            f"<{tag}{' class=n' if place >= first else ''}>{cell}</{tag}>"
            for place, cell in enumerate(line)
        )

    body = "".join(
        f"<tr{' class=differs' if place < len(marked) and marked[place] else ''}>"
        f"{cells('td', line)}</tr>"
        for place, line in enumerate(lines)
    )
    top = f"<tr>{cells('th', head)}</tr>" if head else ""
    return f"<div class=wide><table>{top}{body}</table></div>"


def fact_table(lines: Iterable[tuple[str, object]]) -> str:
    """A table of names and values, which may be long."""
    return table(
        (),
        [(safe_text(name), f"<span class=long>{safe_text(value)}</span>") for name, value in lines],
    )


def heat_table(names: Sequence[str], counts: Sequence[Sequence[int]], wholes: Sequence[int]) -> str:
    """A confusion matrix whose cells are the darker the more of their line's whole they have."""
    lines = []
    for name, row, whole in zip(names, counts, wholes, strict=True):
        cells = "".join(
            f'<td style="--share:{count / max(1, whole):.3f}">{count:,}</td>' for count in row
        )
        lines.append(f"<tr><th><bdi>{safe_text(name)}</bdi></th>{cells}</tr>")
    head = "".join(f"<th class=n><bdi>{safe_text(name)}</bdi></th>" for name in names)
    return (
        f"<div class=wide><table class=heat><tr><th></th>{head}</tr>{''.join(lines)}</table></div>"
    )
