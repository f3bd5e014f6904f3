"""Scoring a page: every word of it once, in windows, stopped at any moment, also by servers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from app.core.errors import CancelledError, GenerationError, UnsupportedError
from app.core.interpretability.surprise import SurpriseRun, SurpriseSum
from app.core.interpretability.surprise_text import read_text
from app.engine.messages import ModelInfo, Score, Scored, ServerPlace, TokenDetail, Tokenize
from app.tasks.page_scoring import PageScoring
from tests.tasks.stand_in import StandIn, pieces


class Numbering(StandIn):
    """Gives every token a probability of its own, which says what stood before it in the window."""

    def _fit(self, count: int) -> None:
        super()._fit(count - 1)  # all of the context may be judged

    def run(self, command: Any, on_event: Any) -> Any:
        found = super().run(command, on_event)
        if isinstance(command, Score) and command.tokens:
            details = tuple(
                TokenDetail(id=token, text="", probability=1 / (2 + place))
                for place, token in enumerate(command.tokens[1:])
            )
            return Scored(job=command.job, details=details)
        return found


Found = list[tuple[int, SurpriseRun]]


def score(engine: StandIn, text: str, start: int = 0, **more: Any) -> tuple[Found, list[float]]:
    assert engine.model is not None
    found: Found = []
    told: list[float] = []
    read = read_text(text)
    scoring = PageScoring(engine, engine.model, read, read.place_of(start), **more)
    scoring.run(lambda runs, fraction: (found.extend(runs), told.append(fraction)))
    return found, told


def test_every_word_is_scored_once_in_windows_that_overlap() -> None:
    engine = Numbering(context=100)
    text = " ".join(f"w{number}" for number in range(400))
    found, told = score(engine, text)
    places = [place for place, _run in found]
    assert places == [0, *(at for at in range(len(text)) if text[at] == " ")]
    assert all(run.surprise > 0 and run.words == 1 for _place, run in found)
    windows = engine.of(Score)
    assert len(windows) == len(told) > 5
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert all(len(one.tokens) <= 100 and one.tokens[0] == 0 for one in windows)
    assert all(one.background for one in windows)
    # None but those at the beginning is judged with less than half a window before it.
    assert all(run.surprise >= math.log(50) for _place, run in found[50:])


def test_what_is_before_a_passage_is_read_and_not_told() -> None:
    engine = Numbering(context=100)
    text = " ".join(f"w{number}" for number in range(400))
    start = text.index(" w300")
    found, told = score(engine, text, start)
    assert [place for place, _run in found] == [
        at for at in range(start, len(text)) if text[at] == " "
    ]
    assert min(run.surprise for _place, run in found) >= math.log(50)
    assert len(engine.of(Score)) == len(told) == 3
    near, _told = score(Numbering(context=100), text, 6)
    assert near[0] == (5, SurpriseRun(3, math.log(4), 1, 1, 0))  # with the space before it


def test_comments_are_never_sent() -> None:
    engine = Numbering()
    text = "It %%secret%% rained. <!-- hidden --> All night."
    found, _told = score(engine, text)
    assert "secret" not in str(engine.commands)
    assert "hidden" not in str(engine.commands)
    read = [text[place : place + run.length] for place, run in found]
    assert read == ["It", "rained.", "All", " night."]


def test_a_letter_over_two_windows_has_one_number() -> None:
    class Bytes(Numbering):
        def run(self, command: Any, on_event: Any) -> Any:
            found = super().run(command, on_event)
            if isinstance(command, Tokenize):
                parts = tuple(bytes((one,)) for one in command.text.encode())
                return type(found)(job=1, ids=tuple(range(len(parts))), pieces=parts)
            return found

    found, _told = score(Bytes(context=10), "雨下了整整一夜")
    assert [place for place, _run in found] == [*range(7)]
    assert [run.tokens for _place, run in found] == [0, 3, 3, 3, 3, 3, 3]  # nothing is before 雨
    assert found[0][1].is_tried


def test_it_can_be_stopped_between_two_windows() -> None:
    engine = Numbering(context=100)
    assert engine.model is not None
    scoring = PageScoring(engine, engine.model, read_text("word " * 400), 0)
    told: list[float] = []

    def tell(_runs: Found, fraction: float) -> None:
        told.append(fraction)
        scoring.cancel()

    with pytest.raises(CancelledError):
        scoring.run(tell)
    assert len(told) == 1
    assert len(engine.of(Score)) == 1


def test_another_model_is_sent_nothing() -> None:
    engine = Numbering()
    with pytest.raises(CancelledError):
        score(engine, "It rained.", is_loaded=lambda: False)
    assert not engine.commands


def test_tokens_of_another_text_are_refused() -> None:
    class Strange(Numbering):
        def run(self, command: Any, on_event: Any) -> Any:
            found = super().run(command, on_event)
            if isinstance(command, Tokenize):
                return type(found)(job=1, ids=found.ids, pieces=(b"\xff\xff",) * len(found.ids))
            return found

    with pytest.raises(GenerationError, match="laid over"):
        score(Strange(), "It rained all night long, and longer.")


def server(*abilities: str, masks: bool = False) -> StandIn:
    """A server that tells all of a text's tokens but the first, with their texts."""

    class Server(StandIn):
        def run(self, command: Any, on_event: Any) -> Any:
            if isinstance(command, Score) and command.text:
                self.commands.append(command)
                told = pieces(command.text)[1:]
                details = (TokenDetail(id=0, text=one, probability=0.25) for one in told)
                return Scored(job=command.job, details=tuple(details))
            return super().run(command, on_event)

    engine = Server(engine="server")
    place = ServerPlace(url="http://s", ip="10.0.0.1", is_here=False, masks=masks)
    engine.model = ModelInfo(
        name="Far", path="", engine="server", context=2000, abilities=abilities, server=place
    )
    return engine


@pytest.mark.parametrize(
    "engine", [server("score"), server("score", "tokenize", masks=True)], ids=["no", "masked"]
)
def test_a_server_whose_tokens_are_not_known_reads_it_in_one_piece(engine: StandIn) -> None:
    found, told = score(engine, "It rained all night.", 2)
    assert [run.surprise for _place, run in found] == [pytest.approx(math.log(4))] * 3
    assert [place for place, _run in found] == [2, 9, 13]
    assert told == [1.0]
    assert not engine.of(Tokenize)


def test_a_server_without_scores_is_said_to_be_one() -> None:
    engine = server("tokenize")
    with pytest.raises(UnsupportedError, match="The server of Far does not say"):
        score(engine, "It rained.")
    assert not engine.of(Score)


def test_half_a_letter_and_nothing_at_all_are_no_bug() -> None:
    found, _told = score(Numbering(), "It \ud83c rained.")
    total = SurpriseSum()
    total.add(run for _place, run in found)
    assert total.words == 2
    assert score(Numbering(), "") == ([], [1.0])
