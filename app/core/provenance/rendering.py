"""A report of provenance as HTML, Markdown and JSON."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from app.core.provenance.passages import SHOWN, Shown
from app.core.provenance.report import Counts, ProvenanceReport, count_of, is_whole, model_name

ReportFormat = Literal["html", "md", "json"]
"""The formats by their suffixes."""

_STYLE = (
    "body{font:1em/1.5 serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%;margin:1em 0}"
    "th,td{padding:.25em .6em;border-bottom:1px solid #999}"
)


class ReportWords(msgspec.Struct, frozen=True):
    """The words of a report in a language, whose BCP 47 tag is `language`."""

    kinds: dict[Shown, str]
    title: str = "Where the Text Comes From: {0}"
    about: str = (
        "Counted by words, from what Lampblack saw on this machine. “There before” was in the file "
        "when Lampblack first opened it, or was changed by another program."
    )
    part: str = "Part"
    words: str = "Words"
    whole: str = "The whole"
    models: str = "Models"
    model: str = "Model"
    licence: str = "Licence"
    takes: str = "Takes"
    take: str = "Take"
    made: str = "Made"
    standing: str = "Words that stand"
    had: str = "Words it had"
    unknown: str = "not known"
    language: str = "en"


ENGLISH = ReportWords(
    {
        "typed": "Typed",
        "generated": "Generated",
        "edited": "Generated, then edited",
        "rewrite": "Rewritten by a model",
        "pasted": "Pasted",
        "unknown": "There before",
    }
)


class _Table(msgspec.Struct, frozen=True):
    """A table with the level of each row, for its indentation; `texts` columns are no numbers."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    texts: int = 1


def render_report(
    report: ProvenanceReport, form: ReportFormat, words: ReportWords = ENGLISH
) -> str:
    """The report in a format; JSON is the same in every language."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
    return _html(report, words) if form == "html" else _markdown(report, words)


def body_html(report: ProvenanceReport, words: ReportWords) -> str:
    """What a page of it has, without its title."""
    parts = [f"<p>{html.escape(_moment(report.made_at))}</p>", f"<p>{html.escape(words.about)}</p>"]
    for table in _tables(report, words):
        parts.append(f"<h2>{html.escape(table.heading)}</h2>" if table.heading else "")
        parts.append('<table cellpadding="4" width="100%">')
        parts.append(_html_row("th", 0, table.columns, table.texts))
        parts += (_html_row("td", level, row, table.texts) for level, row in table.rows)
        parts.append("</table>")
    return "\n".join(filter(None, parts))


def _html_row(tag: str, level: int, cells: Sequence[str], texts: int) -> str:
    found = []
    for number, cell in enumerate(cells):
        side = "left" if number < texts else "right"
        indent = "&#160;" * 4 * level if not number else ""
        found.append(f'<{tag} align="{side}">{indent}{html.escape(cell)}</{tag}>')
    return f"<tr>{''.join(found)}</tr>"


def _html(report: ProvenanceReport, words: ReportWords) -> str:
    title = html.escape(words.title.format(report.title))
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(words.language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<h1>{title}</h1>\n{body_html(report, words)}\n</body>\n</html>\n"
    )


def _markdown(report: ProvenanceReport, words: ReportWords) -> str:
    title = words.title.format(_plain(report.title))
    lines = [f"# {title}", "", _moment(report.made_at), "", words.about, ""]
    for table in _tables(report, words):
        if table.heading:
            lines += [f"## {table.heading}", ""]
        lines.append(_row(table.columns))
        lines.append("|" + "---|" * table.texts + "---:|" * (len(table.columns) - table.texts))
        for level, row in table.rows:
            lines.append(_row([f"{'– ' * level}{_plain(row[0])}", *map(_plain, row[1:])]))
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """The text on one line, without what would end a cell or begin a mark."""
    for mark in "\\|`*_<>[]":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _tables(report: ProvenanceReport, words: ReportWords) -> Iterator[_Table]:
    """What the report says; kinds that there are none of are left out."""
    kinds = [kind for kind in SHOWN if report.total[kind]]
    columns = [words.part, words.words, *(words.kinds[kind] for kind in kinds)]
    rows = [(one.level, [one.title, *_cells(one.words, kinds)]) for one in report.parts]
    if not is_whole(report):
        rows.append((0, [words.whole, *_cells(report.total, kinds)]))
    yield _Table("", columns, rows)
    if report.models:
        yield _Table(
            words.models,
            [words.model, words.licence, words.words],
            [
                (0, [_name(one.model, words), one.licence or words.unknown, f"{one.words:,}"])
                for one in report.models
            ],
            texts=2,
        )
    if report.takes:
        yield _Table(
            words.takes,
            [words.take, words.model, words.made, words.standing, words.had],
            [
                (
                    0,
                    [
                        f"{one.number}" if one.number else words.unknown,
                        _name(one.model, words),
                        _moment(one.made_at) if one.made_at else words.unknown,
                        f"{one.words:,}",
                        f"{one.had:,}" if one.number else words.unknown,
                    ],
                )
                for one in report.takes
            ],
            texts=3,
        )


def _cells(counts: Counts, kinds: Sequence[Shown]) -> Iterator[str]:
    whole = count_of(counts)
    yield f"{whole:,}"
    for kind in kinds:
        yield f"{counts[kind]:,} ({100 * counts[kind] / whole:.0f} %)" if whole else "0"


def _name(model: str, words: ReportWords) -> str:
    return model_name(model) if model else words.unknown


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
