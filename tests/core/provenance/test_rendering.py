"""The report as HTML, Markdown and JSON."""

from __future__ import annotations

import html.parser
import json

import pytest

from app.core.provenance.rendering import render_report
from app.core.provenance.report import (
    KnownTake,
    PartText,
    ProvenanceReport,
    make_report,
)
from app.core.provenance.spans import OriginRun


@pytest.fixture
def report() -> ProvenanceReport:
    parts = [
        PartText("A <b>|*bold*|</b> part", 0),
        PartText("One", 1, "two words", (OriginRun(4, "typed"), OriginRun(5, "generated", 3, 0))),
        PartText("Two", 0, "lost", (OriginRun(4, "generated"),)),
    ]
    kept = {3: KnownTake(7, 4, "/models/Tiny <1>.gguf", 1_700_000_000.0)}
    return make_report("A & B", parts, lambda _keys: kept, lambda _path: "MIT", 1_700_000_000.0)


def test_json_has_everything_by_its_name(report: ProvenanceReport) -> None:
    found = json.loads(render_report(report, "json"))
    assert found["title"] == "A & B"
    assert found["total"]["generated"] == 2
    assert found["parts"][1] == {
        "title": "One",
        "level": 1,
        "words": {
            "typed": 1,
            "generated": 1,
            "edited": 0,
            "rewrite": 0,
            "pasted": 0,
            "unknown": 0,
        },
    }
    assert found["models"][0] == {"model": "/models/Tiny <1>.gguf", "licence": "MIT", "words": 1}


def test_markdown_is_tables_and_no_name_is_a_mark(report: ProvenanceReport) -> None:
    lines = render_report(report, "md").splitlines()
    assert lines[0] == "# Where the Text Comes From: A & B"
    assert "| Part | Words | Typed | Generated |" in lines
    assert "| A \\<b\\>\\|\\*bold\\*\\|\\</b\\> part | 2 | 1 (50 %) | 1 (50 %) |" in lines
    assert "| – One | 2 | 1 (50 %) | 1 (50 %) |" in lines
    assert "| The whole | 3 | 1 (33 %) | 2 (67 %) |" in lines
    assert "| Tiny \\<1\\> | MIT | 1 |" in lines
    assert "| not known | not known | not known | 1 | not known |" in lines


def test_html_is_whole_and_no_name_is_a_tag(report: ProvenanceReport) -> None:
    text = render_report(report, "html")
    opened: list[str] = []
    cells: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

        def handle_data(self, data):
            if opened[-1:] in (["td"], ["th"], ["h1"]):
                cells.append(data.strip("\xa0"))

    reader = Reader()
    reader.feed(text)
    assert not opened
    assert cells[0] == "Where the Text Comes From: A & B"
    assert "A <b>|*bold*|</b> part" in cells
    assert "http" not in text  # nothing is fetched to read it
