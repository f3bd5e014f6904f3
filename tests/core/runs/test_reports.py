"""Runs beside each other, as images and as a page that opens without a network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from app.core.plots.svg import image
from app.core.runs.comparing import compared, data_text, main_figure, plain_name, shown, unit_of
from app.core.runs.html_report import plain, report
from app.core.runs.record import RunConfusion, RunMeasure
from app.core.runs.run_plots import curves_of, panels_of, run_image, titles
from tests.core.runs.made import evaluation, record, training

ONE, OTHER = "style-20260101-000000", "style-20260101-000001"


def test_two_runs_beside_each_other() -> None:
    found = compared(
        [record(ONE), record(OTHER, data_sha256="2", settings={"rank": 16}, figures={"seconds": 7})]
    )
    rows = {row.name: row for row in found}
    assert rows["data digest"].values == ("1", "2")
    assert rows["rank"].values == (8, 16)
    assert rows["loss_after"].values == (2.5, None)
    assert rows["seconds"].values == (None, 7)
    assert {row.name for row in found if row.differs} >= {"data digest", "rank", "seconds"}
    assert not rows["seed"].differs
    assert not rows["model"].differs
    same = compared([record(ONE, settings={"rate": 1}), record(OTHER, settings={"rate": 1.0})])
    assert "rate" not in {row.name for row in same if row.differs}


def test_values_as_people_read_them() -> None:
    assert (shown(12345.6), shown(0.00012345), shown(2.0)) == ("12,345.6", "0.0001234", "2")
    assert (shown(None), shown(True), shown("x")) == ("", "yes", "x")
    assert shown(1_204_000_000, unit_of("memory")) == "1.2 GB"
    assert shown(131.5, unit_of("seconds")) == "2 min"
    assert plain_name("loss_after") == "loss after"
    assert data_text(training(ONE)) == "one.md, 二.md"
    assert data_text(record(ONE, data=tuple("abcde"))) == "a, b, c + 2"


@pytest.mark.parametrize(
    ("one", "figure"),
    [
        (training(ONE), ("loss_after", 2.93)),
        (training(ONE, figures={"tokens": 5}), ("held-out loss", 2.978)),
        (evaluation(ONE), ("accuracy", 0.91)),
        (record(ONE, figures={"macro_f1": 0.8, "loss_after": 1.0}), ("macro_f1", 0.8)),
        (record(ONE, figures={}), None),
    ],
)
def test_the_figure_that_a_run_is_known_by(one: object, figure: object) -> None:
    assert main_figure(one) == figure  # type: ignore[arg-type] # many kinds


def test_the_curves_of_one_and_of_several() -> None:
    loss, rate = curves_of([training(ONE)], plain)
    assert [one.name for one in loss.series] == ["loss of each step", "held-out loss"]
    assert (len(loss.series[0].points), len(loss.series[1].points)) == (60, 11)
    assert rate.series[0].points[0] == (1.0, 5e-4)
    both = [training(ONE), training(OTHER, held_out=())]
    loss = curves_of(both, plain)[0]
    assert [one.name for one in loss.series] == titles(both) == [f"Mine ({ONE})", f"Mine ({OTHER})"]
    assert [len(one.points) for one in loss.series] == [11, 60]  # without tests its own loss
    assert len({one.colour for one in loss.series}) == 2
    scored = curves_of([record(ONE, curve=(), scores=((5, 0.5), (9, 0.75)))], plain)
    assert [one.title for one in scored] == ["Macro F1 of texts held out"]
    assert curves_of([record(ONE, curve=())], plain) == []
    assert run_image([record(ONE, curve=())], plain) == ""


def test_perplexities_are_not_drawn_as_shares() -> None:
    found = evaluation(
        ONE,
        confusion=None,
        measures=(
            RunMeasure(name="perplexity by token", value=0.5, low=0.4, high=0.6),
            RunMeasure(name="chrF2", value=0.5, low=0.4, high=0.6),
        ),
    )
    assert panels_of([found], plain) == []


HOSTILE = '</title><script>alert("1")</script><img src=x onerror=alert(1)>\x00\ud800&amp;"'


class Page(HTMLParser):
    """Notes the tags of a page, what of them could reach out, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.reaches: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            is_named = name in ("src", "href", "srcset", "data", "action") or name.startswith("on")
            if is_named or "url(" in (value or ""):
                self.reaches.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def hostile(run: str) -> object:
    return evaluation(
        run,
        name=HOSTILE,
        model=HOSTILE,
        data=(f"/home/me/{HOSTILE}",),
        data_sha256=HOSTILE,
        model_sha256=HOSTILE,
        settings={HOSTILE: HOSTILE},
        facts={HOSTILE: HOSTILE},
        versions={HOSTILE: HOSTILE},
        figures={HOSTILE: 1.0},
        measures=(RunMeasure(name=HOSTILE, value=0.5, low=0.4, high=0.6),),
        confusion=RunConfusion(labels=(HOSTILE, "b"), counts=((1, 2), (3, 4))),
        problem=HOSTILE,
        held_out=((0, 1.0), (1, 0.5)),
    )


def test_the_page_reaches_out_to_nothing_whatever_names_there_are() -> None:
    runs = [hostile(ONE), hostile(OTHER), training("style-20260101-000002")]
    for chosen in (runs[:1], runs):
        text = report(chosen)  # type: ignore[arg-type] # many kinds
        text.encode("utf-8")
        found = read(text)
        assert not found.tags & {"script", "img", "link", "iframe", "object", "base", "form"}
        assert found.reaches == []
        assert "\x00" not in text
        assert '<script>alert("1")' in found.text
        assert "default-src 'none'" in text
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
        assert "/home/me" not in text  # nobody need know where it was


def test_the_page_of_one_run_has_all_that_is_known() -> None:
    text = report([training(ONE)])
    found = read(text)
    for known in ("2.93", "1.2 GB", "b179c9523d0e", "0a0a0a", "one.md, 二.md", "PyTorch", "A chip"):
        assert known in found.text
    assert text.count("<svg") == 2
    assert "prefers-color-scheme:dark" in text
    assert "@media print" in text
    found = read(report([evaluation(ONE)]))
    assert "0.870 – 0.950" in found.text
    assert {"61", "58", "64"} <= set(re.findall(r"\d+", found.text))


def test_the_page_of_several_marks_what_differs() -> None:
    text = report([training(ONE), training(OTHER, name="Yours", seed=2)])
    assert text.count("class=differs") == 2  # the name and the seed
    assert text.count("<svg") == 2  # over each other, and not once more for each
    assert read(text).text.count("Yours") >= 2


def test_an_image_of_a_run_is_whole() -> None:
    root = ElementTree.fromstring(run_image([evaluation(ONE)], plain))
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"accuracy", "积极", "61", "0.910"} <= set(texts)
    assert ElementTree.fromstring(run_image([training(ONE), training(OTHER)], plain)) is not None
    assert ElementTree.fromstring(image([], "nothing")) is not None
