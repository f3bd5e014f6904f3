from __future__ import annotations

import pytest

from app.core.errors import ParameterError


def test_wrong_parameters_and_messages_are_refused_before_anything_runs(fake_model):
    with fake_model() as model:
        with pytest.raises(ParameterError, match="temperatur"):
            model.stream("Once", temperatur=0.8)
        with pytest.raises(ParameterError, match="messages"):
            model.chat([{"role": "nobody", "content": "x"}])


def test_stream_and_generate_give_the_same_text(fake_model):
    with fake_model() as model:
        whole = model.generate("Once", max_tokens=3, seed=1)
        assert whole.text
        assert "".join(model.stream("Once", max_tokens=3, seed=1)) == whole.text


def test_a_stream_left_early_leaves_the_model_usable(fake_model):
    with fake_model(repeat=100_000, pause_s=0.001) as model:
        pieces = model.stream("Once")
        assert next(pieces)
        pieces.close()
        assert model.generate("Once", max_tokens=1).text


def test_classify_gives_every_label_a_probability(fake_model):
    with fake_model() as model:
        found = model.classify("A lovely book.", labels=["good", "bad"])
        assert set(found.probabilities) == {"good", "bad"}
        assert found.label == max(found.probabilities, key=found.probabilities.__getitem__)
        assert abs(sum(found.probabilities.values()) - 1) < 1e-6
