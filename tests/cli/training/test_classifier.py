"""`lampblack train classifier` through the real child: files good and bad, resuming, using it."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports transformers

from app.cli.main import run_cli
from app.cli.training.classifier import read_texts
from app.core.errors import CancelledError, LampblackError, ModelCrashedError
from app.core.runs.record import RunRecords
from app.core.system.paths import Paths
from app.core.training.classifier_orders import HeldOutScores
from app.core.training.labelled_texts import LabelledTexts
from app.core.training.orders import TrainingPlan, TrainingStep
from app.engine.learning.child import TrainingChild, trainer_command
from app.engine.learning.classifier import ClassifierLearning
from tests.training.labelled import LABELS, order, save_encoder, sentences


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


def written(path: Path, *, chinese: bool = False) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        texts, targets = sentences(chinese=chinese)
        rows = zip(texts, (LABELS[target] for target in targets), strict=True)
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


def test_a_file_becomes_a_model_that_classifies_and_is_evaluated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "moods.csv")
    with path.open("a", encoding="utf-8") as file:
        file.write('"",negative\n')
    assert run_cli(["train", "classifier", str(path), "--length", "32"]) == 0
    out, err = said(capsys)
    assert "Row 81 is left out: its text is empty." in err
    assert "80 texts: negative 40, positive 40." in err
    assert "accuracy  macro F1" in out
    assert "most frequent label" in out
    paths = Paths.here()
    folder = paths.models / "moods classifier"
    assert (folder / "model.safetensors").is_file()
    (record,) = RunRecords(paths.runs).list()
    assert (record.state, record.made) == ("done", str(folder))
    assert record.figures["macro_f1"] > 0.9
    assert record.figures["accuracy_most_frequent"] == 0.5
    assert [one.name for one in (paths.runs / record.id).iterdir()] == ["run.json"]
    name = ["--model", "moods classifier", "--json"]
    assert run_cli(["run", "classify", "the film was a dull night", *name]) == 0
    assert json.loads(said(capsys)[0])["label"] == "negative"
    assert run_cli(["evaluate", "classify", str(path), *name]) == 0
    (report,) = json.loads(said(capsys)[0])["models"]
    assert report["figures"][0]["value"] > 0.9
    assert run_cli(["train", "classifier", str(path), "--name", "moods classifier"]) == 2
    assert "already a model moods classifier" in said(capsys)[1]


def test_an_encoder_learns_with_the_recurrent_network_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = save_encoder(tmp_path / "tiny")
    path = written(tmp_path / "moods.csv")
    words = ["train", "classifier", str(path), "--base", str(base), "--json", "--name", "Mine"]
    assert run_cli([*words, "--rate", "0.03", "--batch", "8", "--epochs", "40"]) == 0
    found = json.loads(said(capsys)[0])
    assert (found["method"], found["labels"]) == ("pooled", list(LABELS))
    assert found["figures"]["macro_f1"] > 0.7
    assert found["figures"]["macro_f1_lstm"] > 0.9
    assert run_cli(["run", "classify", "a dull sea", "--model", "Mine", "--json"]) == 0
    assert json.loads(said(capsys)[0])["label"] in LABELS
    assert run_cli([*words[:3], "--base", str(tmp_path)]) != 0
    assert "config.json" in said(capsys)[1]


def test_killed_and_stopped_it_goes_on_without_its_file(tmp_path: Path) -> None:
    records, home = RunRecords(tmp_path / "runs"), tmp_path / "models"
    texts, targets = sentences()
    data = LabelledTexts(texts=texts, targets=targets, labels=LABELS)
    path = written(tmp_path / "gone.csv")
    wanted = order(tmp_path / "unused", settings={"epochs": 6, "patience": 6})

    def learning() -> tuple[ClassifierLearning, TrainingChild]:
        child = TrainingChild(trainer_command(()))
        return ClassifierLearning(child, records, home), child

    whole, child = learning()
    begun = whole.begin("Whole", path, data, wanted)
    whole.run(begun, lambda news: child.begin() if isinstance(news, TrainingPlan) else None)

    def broken(one: ClassifierLearning, child: TrainingChild, how: Any, given: Any) -> None:
        def tell(news: Any) -> None:
            if isinstance(news, TrainingPlan):
                child.begin()
            elif isinstance(news, TrainingStep | HeldOutScores) and news.step >= 2:
                how()

        with pytest.raises((CancelledError, ModelCrashedError)):
            one.run(given, tell)

    parts, child = learning()
    begun = parts.begin("Parts", path, data, wanted)
    path.unlink()
    broken(parts, child, child.stop, begun)
    assert records.read(parts.record.id).state == "stopped"
    run = parts.record.id
    parts, child = learning()
    broken(parts, child, child.kill, parts.take_up(run))
    parts, child = learning()
    model = parts.run(
        parts.take_up(run), lambda news: child.begin() if isinstance(news, TrainingPlan) else None
    )
    assert Path(model.path) == home / "Parts"
    weights = "model.safetensors"
    assert (home / "Parts" / weights).read_bytes() == (home / "Whole" / weights).read_bytes()
    with pytest.raises(LampblackError, match="is over"):
        parts.take_up(run)


GOOD = "text,label\nfine day,good\ndull day,bad\nnew boat,good\nold boat,bad\n"
OBJECTS = "".join(
    json.dumps({"text": text, "label": label}) + "\n"
    for text, label in (("a", "x"), ("b", "y"), ("c", "x"), ("d", "y"))
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"\n\n\n"),
        ("spaces.csv", b"   \n   \n"),
        ("head.csv", b"text,label\n"),
        ("one.csv", b"text,label\nfine,good\n"),
        ("same.csv", b"text,label\na,x\nb,x\nc,x\n"),
        ("rare.csv", (GOOD + "odd one,odd\n").encode()),
        ("nolabel.csv", b"text,colour\na,x\nb,y\n"),
        ("notext.csv", b"colour,label\na,x\nb,y\n"),
        ("columns.csv", b"a,b,c\n1,2,3\n"),
        ("twice.csv", b"text,text,label\na,b,x\nc,d,y\n"),
        ("twolabels.csv", b"text,label,label\na,b,x\nc,d,y\n"),
        ("nohead.csv", b"fine day,good\ndull day,bad\n"),
        ("emptytexts.csv", b"text,label\n,good\n,bad\n,good\n,bad\n"),
        ("emptylabels.csv", b"text,label\na,\nb,\nc,\n"),
        ("blanktexts.csv", b'text,label\n"  ",x\n" ",x\n"   ",y\n'),
        ("sametext.csv", b"text,label\na,x\na,x\na,y\na,y\n"),
        ("quote.csv", b'text,label\n"open,good\nmore,bad\n'),
        ("nul.csv", b"text,label\n\0\0\0\0,good\n"),
        ("binary.csv", bytes(range(256)) * 8),
        ("png.csv", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("zip.csv", b"PK\x03\x04" + bytes(100)),
        ("utf16half.csv", b"\xff\xfet\0e\0x"),
        ("bom.csv", b"\xef\xbb\xbf"),
        ("badutf8.csv", b"text,label\n\xff\xfe\xfa,x\n\xc3\x28,y\n"),
        ("short.csv", b"text,label\na\nb\nc\n"),
        ("long.csv", b"text,label\na,x,1,2,3\nb,x,9\n"),
        ("huge.csv", b"text,label\n" + b"a" * 10_500_000 + b",x\n"),
        ("hugequoted.csv", b'text,label\n"' + b"a\n" * 5_500_000 + b'",x\n'),
        ("longlabel.csv", b"text,label\na," + b"x" * 300 + b"\nb," + b"y" * 300 + b"\n"),
        ("control.csv", b"text,label\na,x\x01\nb,x\x01\n"),
        ("unique.csv", b"text,label\n" + b"".join(b"t%d,l%d\n" % (n, n) for n in range(50))),
        ("many.csv", b"text,label\n" + b"".join(b"t%d,l%d\n" % (n, n // 2) for n in range(2200))),
        ("commas.csv", b",,,,\n,,,,\n"),
        ("html.csv", b"<html><body>no</body></html>"),
        ("json.csv", b'{"text": "a", "label": "b"}'),
        ("empty.jsonl", b""),
        ("array.jsonl", b'[{"text": "a", "label": "x"}]'),
        ("texts.jsonl", b'"a"\n"b"\n'),
        ("numbers.jsonl", b"1\n2\n3\n"),
        ("broken.jsonl", b'{"text": "a", "label": \n{"text"\n'),
        ("nolabel.jsonl", b'{"text": "a"}\n{"text": "b"}\n'),
        ("listlabel.jsonl", b'{"text": "a", "label": ["x"]}\n{"text": "b", "label": ["y"]}\n'),
        ("nulllabel.jsonl", b'{"text": "a", "label": null}\n{"text": "b", "label": null}\n'),
        ("numbertext.jsonl", b'{"text": 1, "label": "x"}\n{"text": 2, "label": "y"}\n'),
        ("deep.jsonl", b"[" * 100_000 + b"\n"),
        ("rare.jsonl", (OBJECTS + '{"text": "e", "label": "z"}\n').encode()),
        ("nested.jsonl", b'{"data": {"text": "a", "label": "x"}}\n'),
        ("wrong.txt", GOOD.encode()),
        ("wrong.xlsx", GOOD.encode()),
        ("none", GOOD.encode()),
        ("huge.jsonl", b'{"text": "' + b"a" * 10_500_000 + b'", "label": "x"}\n'),
        (
            "manymore.csv",
            b"text,label\n" + b"".join(b"t%d,l%d\n" % (n, n % 10**5) for n in range(2 * 10**5)),
        ),
        ("semicolons.csv", b"text;label\na;x\nb;x\n"),
        ("tabs.tsv", b"text\tlabel\na\tx\nb\ty\n"),
        ("utf16.csv", "text,label\na,x\nb,y\n".encode("utf-16")),
        ("latin.csv", "text,label\ncafé,x\nthé,y\n".encode("latin-1")),
        ("arrays.jsonl", b'["text", "label"]\n["a", "x"]\n["b", "y"]\n'),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_file_that_cannot_be_learned_from_is_a_sentence_and_leaves_nothing(
    name: str, data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert run_cli(["train", "classifier", str(path)]) in (1, 2)
    out, err = said(capsys)
    assert out == ""
    assert err.startswith("lampblack: ")
    assert err.endswith((".\n", "…\n"))
    assert err.count("\n") == 1
    assert len(err) < 1500
    assert path.read_bytes() == data
    paths = Paths.here()
    assert not paths.runs.exists()
    assert not any(paths.models.rglob("*"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("semicolons.csv", GOOD.replace(",", ";").encode()),
        ("tabs.tsv", GOOD.replace(",", "\t").encode()),
        ("bom.csv", b"\xef\xbb\xbf" + GOOD.encode()),
        ("utf16.csv", GOOD.encode("utf-16")),
        ("crlf.csv", GOOD.replace("\n", "\r\n").encode()),
        ("quotes.csv", GOOD.replace("fine day", '"fine day"').encode()),
        ("more.csv", GOOD.replace("text,", "number,text,").replace("\n", "\n1,").encode()[:-2]),
    ],
)
def test_other_ways_to_write_a_table_are_read_alike(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found = read_texts(path, "", "", ())
    assert found.texts == ("fine day", "dull day", "new boat", "old boat")
    assert found.targets == (1, 0, 1, 0)


def test_bad_rows_among_good_ones_are_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    bad = ['{"text": "e"', '{"label": "x"}', '{"text": "", "label": "x"}', '{"text": "f"}']
    path.write_text(OBJECTS + "\n".join([*bad, '{"text": "%s", "label": "x"}' % ("g" * 10**7)]))
    found = read_texts(path, "", "", ())
    assert found.texts == ("a", "b", "c", "d")
    assert [note.split(":")[0] for note in found.notes] == [
        f"Row {number} is left out" for number in (5, 6, 7, 8, 9)
    ]
    with pytest.raises(LampblackError, match="no column 'body'"):
        read_texts(path, "body", "", ())


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["FILE", "--resume", "classifier-20260101-000000"],
        ["--resume", "classifier-20260101-000000"],
        ["--resume", "../x"],
        ["FILE", "--learn", "full"],
        ["FILE", "--epochs", "0.5"],
        ["FILE", "--epochs", "0"],
        ["FILE", "--rate", "0"],
        ["FILE", "--name", "con"],
        ["FILE", "--epochs", "5000"],
        ["FILE", "--rate", "7"],
        ["FILE", "--labels", "good,good"],
        ["FILE", "--labels", "good,fair"],
        ["FILE", "--base", "/nowhere/at/all"],
        ["FILE", "--name", "../x"],
        ["/nowhere/at/all.csv"],
    ],
)
def test_words_that_cannot_be_are_one_sentence_and_leave_nothing(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    given = [str(path) if word == "FILE" else word for word in words]
    assert run_cli(["train", "classifier", *given]) != 0
    out, err = said(capsys)
    assert out == ""
    assert err.startswith("lampblack: ")
    assert err.count("\n") == 1
    paths = Paths.here()
    assert not paths.runs.exists() or not any(paths.runs.iterdir())
