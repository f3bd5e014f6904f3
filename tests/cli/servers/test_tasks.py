"""Tasks over a server: the real program and its real child, beside one that writes all down."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.cli.server import check_may_leave
from app.core.errors import DocumentError
from app.core.system.paths import Paths
from app.engine.messages import Loaded, ModelInfo, ServerPlace
from app.program import Program
from tests.cli.conftest import Outcome
from tests.cli.fake_server import FakeServer, serving

CANARY = "Oluwaseun Adébáyò"
MAIL = "o.adebayo{}@box.example"
KEY = "sk-canary-of-this-test"
SECRETS = (CANARY.encode(), b"Oluwaseun", b"o.adebayo", json.dumps(CANARY)[1:-1].encode())

Do = Callable[..., Outcome]


def said(fields: dict[str, Any]) -> str:
    """The text that the server was asked about."""
    turns = fields.get("messages")
    return str(turns[-1]["content"] if turns else fields["prompt"])


def echo(fields: dict[str, Any]) -> str:
    return f"So {said(fields)}"


@pytest.fixture
def do(run_program: Any, tmp_path: Path) -> Do:
    """Runs the real program with a keyring in a file."""
    environ = {
        "PYTHON_KEYRING_BACKEND": "tests.cli.file_keyring.FileKeyring",
        "LAMPBLACK_TEST_KEYRING": str(tmp_path / "keyring.json"),
    }

    def run_words(*words: object, stdin: bytes = b"", **more: str) -> Outcome:
        outcome: Outcome = run_program(*map(str, words), stdin=stdin, environ=environ | more)
        return outcome

    return run_words


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving(echo) as found:
        yield found


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps({"text": f"row {n} of {CANARY}, {MAIL.format(n)}"}) for n in range(1, 33)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def lines_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_bytes().splitlines()]


def test_a_saved_server_brings_its_model_masking_and_key_which_no_process_shows(
    do: Do, own_home: Path
) -> None:
    shown: list[str] = []

    def answer(fields: dict[str, Any]) -> str:
        for child in psutil.Process().children(recursive=True):
            shown.extend((*child.cmdline(), *child.environ().values()))
        return echo(fields)

    with serving(answer, ("small", "big")) as server:
        add = ("servers", "add", "box", server.address, "--model", "big", "--mask", "on")
        assert do(*add, "--key-stdin", stdin=KEY.encode() + b"\n").code == 0
        do("servers", "names", "add", CANARY)
        outcome = do("run", "chat", f"{CANARY} at {MAIL.format(1)}", "--server", "box", "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert (found["text"], found["model"]) == (f"So {CANARY} at {MAIL.format(1)}", "big")
    assert server.asked[-1]["model"] == "big"
    assert said(server.asked[-1]) == "[NAME_1] at [EMAIL_1]"
    assert f"Bearer {KEY}".encode() in server.everything()
    assert all(secret not in server.everything() for secret in SECRETS)
    assert "1 name" in outcome.err
    files = b"".join(path.read_bytes() for path in own_home.rglob("*") if path.is_file())
    assert shown
    assert KEY not in " ".join((outcome.out, outcome.err, *shown))
    assert KEY.encode() not in files


def test_a_key_of_the_environment_is_not_handed_on_in_one(do: Do) -> None:
    """The program has it from its user; its children hear of it by their pipes alone."""
    shown: list[list[str]] = []

    def answer(fields: dict[str, Any]) -> str:
        for program in psutil.Process().children():
            assert KEY in program.environ().values()
            shown.extend(
                [*child.cmdline(), *child.environ().values()]
                for child in program.children(recursive=True)
            )
        return echo(fields)

    with serving(answer) as server:
        outcome = do("generate", "Once", "--server", server.address, LAMPBLACK_SERVER_KEY=KEY)
    assert outcome.code == 0, outcome.err
    assert f"Bearer {KEY}".encode() in server.everything()
    assert any("remote-host" in words for words in shown), "the child with the key is among them"
    assert not any(KEY in word for words in shown for word in words)


def test_a_test_says_what_the_server_is(do: Do, server: FakeServer) -> None:
    do("servers", "add", "box", server.address)
    do("servers", "add", "masked", server.address, "--mask", "on")
    do("servers", "names", "add", CANARY)
    outcome = do("servers", "test", "box")
    assert outcome.out.startswith("box answers: vllm\nModel: m\nContext: 4,096 tokens\n")
    assert "which runs on this machine" in outcome.out
    assert "mirostat " in outcome.out
    assert "It is not known whether the server can stop writing when a request is left" in (
        outcome.out
    )
    for name, masked in (("box", False), ("masked", True)):
        found = json.loads(do("servers", "test", name, "--json").out)
        assert (found["kind"], found["context"], found["masked"]) == ("vllm", 4096, masked)
        assert [*found["unknown"]] == ["cancel"]
    assert not server.asked, "no text is asked for"
    assert all(secret not in server.everything() for secret in SECRETS)


def test_a_test_asks_the_server_that_is_named_wherever_the_flags_stand(
    do: Do, server: FakeServer
) -> None:
    with serving(echo, ("box", "other")) as other:
        do("servers", "add", "box", server.address)
        do("servers", "add", "other", other.address)
        outcome = do("servers", "test", "--model", "box", "other", "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert (found["name"], found["address"], found["model"]) == ("other", other.address, "box")
    assert not server.received


def test_settings_that_forbid_the_network_forbid_servers(do: Do, server: FakeServer) -> None:
    program = Program(Paths.here())
    program.settings_store.change(network=False)
    program.close()
    for words in (("run", "chat", "x", "--server"), ("servers", "test")):
        outcome = do(*words, server.address)
        assert outcome.code == 1
        assert "The settings forbid the network." in outcome.err
    assert not server.received


def test_rows_of_a_batch_are_many_at_a_time_masked_alone_and_put_back(
    do: Do, rows: Path, tmp_path: Path
) -> None:
    together = threading.Barrier(16)

    def answer(fields: dict[str, Any]) -> str:
        together.wait(30)  # breaks, and the rows fail, where fewer than 16 are on their way
        return echo(fields)

    out = tmp_path / "out.jsonl"
    with serving(answer) as server:
        words = ("--server", server.address, "--mask", CANARY, "--seed", "7")
        outcome = do("batch", "chat", rows, "--out", out, *words)
    assert outcome.code == 0, outcome.err
    assert server.most == 16
    expected = [f"So row {n} of {CANARY}, {MAIL.format(n)}" for n in range(1, 33)]
    assert [line["result"]["text"] for line in lines_of(out)] == expected
    sent = sorted(map(said, server.asked))
    assert sent == sorted(f"row {n} of [NAME_1], [EMAIL_1]" for n in range(1, 33))
    assert all(secret not in server.everything() for secret in SECRETS)
    header = json.loads(out.with_name("out.jsonl.header.json").read_text())["batch"]
    assert header["model"] | {"server": ""} == {
        "name": "m", "size_bytes": 0, "sha256": "", "engine": "server", "server": "",
        "masked": True,
    }  # fmt: skip
    assert header["model"]["server"] == server.address
    assert header["seed"] == 7


@pytest.mark.parametrize(
    ("file", "flags", "is_told"),
    [
        ("letter.txt", ("--mask", CANARY), True),
        ("letter.txt", ("--mask", CANARY, "--paragraphs"), False),
        ("letter.txt", ("--no-masking",), False),
        ("letter.jsonl", ("--mask", CANARY), False),
    ],
)
def test_a_batch_of_lines_says_that_a_name_over_two_of_them_is_not_masked(
    do: Do, server: FakeServer, tmp_path: Path, file: str, flags: tuple[str, ...], *, is_told: bool
) -> None:
    text = CANARY.replace(" ", "\n")
    (tmp_path / file).write_text(json.dumps(text) if file.endswith("l") else text, "utf-8")
    out = tmp_path / "out.jsonl"
    outcome = do("batch", "chat", tmp_path / file, "--out", out, "--server", server.address, *flags)
    assert outcome.code == 0, outcome.err
    assert outcome.err.count("Use --paragraphs") == is_told
    masked = "--no-masking" not in flags
    is_sent = any(secret in server.everything() for secret in SECRETS)
    assert is_sent == (is_told or not masked)


def test_a_busy_server_fails_no_row(do: Do, rows: Path, tmp_path: Path) -> None:
    refused: set[str] = set()
    lock = threading.Lock()

    def answer(fields: dict[str, Any]) -> str | int:
        with lock:
            is_first = said(fields) not in refused
            refused.add(said(fields))
        return 429 if is_first else echo(fields)

    out = tmp_path / "out.jsonl"
    with serving(answer) as server:
        outcome = do("batch", "chat", rows, "--out", out, "--server", server.address)
    assert outcome.code == 0, outcome.err
    assert len(server.asked) == 64
    assert len(lines_of(out)) == 32


def test_a_row_whose_answer_breaks_off_is_asked_for_again(
    do: Do, rows: Path, tmp_path: Path
) -> None:
    broken: set[str] = set()

    def answer(fields: dict[str, Any]) -> str | dict[str, Any]:
        if "row 7 " in said(fields) or said(fields) in broken:
            return echo(fields) if "row 7 " not in said(fields) else {"error": "too hot"}
        broken.add(said(fields))
        return {"error": {"message": "The service is ending."}}

    out = tmp_path / "out.jsonl"
    with serving(answer) as server:
        outcome = do("batch", "chat", rows, "--out", out, "--server", server.address)
    assert outcome.code == 1
    failed = [line for line in lines_of(out) if "error" in line]
    assert [(line["row"], line["error"]["kind"]) for line in failed] == [(7, "server_lost")]
    assert "too hot" in failed[0]["error"]["message"]


def test_a_server_that_dies_stops_the_batch_and_the_same_command_goes_on(
    do: Do, rows: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    served: list[FakeServer] = []
    count = threading.Semaphore(9)

    def answer(fields: dict[str, Any]) -> str:
        if not count.acquire(blocking=False):
            served[0].die()
        return echo(fields)

    with serving(answer) as first:
        served.append(first)
        port = first.server_address[1]
        words = ("batch", "chat", rows, "--out", out, "--server", first.address, "--parallel", "2")
        stopped = do(*words)
    assert stopped.code == 1
    assert "The connection to the server" in stopped.err
    assert "the same command goes on from there" in stopped.err
    done = lines_of(out)
    assert 0 < len(done) < 32, "as many as come before the first row that is not done"
    assert [line["row"] for line in done] == [*range(1, len(done) + 1)]
    assert all("result" in line for line in done)
    with serving(echo, port=port) as second:
        outcome = do(*words)
    assert outcome.code == 0, outcome.err
    assert f"has {len(done)} rows already" in outcome.err
    assert [line["row"] for line in lines_of(out)] == [*range(1, 33)]
    assert all("result" in line for line in lines_of(out))
    assert len(second.asked) == 32 - len(done)


def test_a_row_that_the_server_refuses_is_that_row_s_trouble(
    do: Do, rows: Path, tmp_path: Path
) -> None:
    def answer(fields: dict[str, Any]) -> str | int:
        return 400 if said(fields).startswith("row 5 ") else echo(fields)

    out = tmp_path / "out.jsonl"
    with serving(answer) as server:
        outcome = do("batch", "chat", rows, "--out", out, "--server", server.address)
    assert outcome.code == 1
    assert "1 of 32 rows failed" in outcome.err
    failed = [line for line in lines_of(out) if "error" in line]
    assert [line["row"] for line in failed] == [5]
    assert "refused the request (400). It says: no" in failed[0]["error"]["message"]


def test_data_with_a_name_that_json_escapes_come_back_whole(
    do: Do, server: FakeServer, tmp_path: Path
) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"who": {"type": "string"}}}')
    server.answer = lambda _fields: '{"who": "[NAME_1a]"}'
    words = ("--schema", f"@{schema}", "--server", server.address, "--json")
    text, name = 'It was Oluwaseun "O"\nAdébáyò.', 'Oluwaseun "O" Adébáyò'
    outcome = do("run", "extract", text, *words, "--mask", name)
    assert outcome.code == 0, outcome.err
    assert "Oluwaseun" not in said(server.asked[-1])
    assert json.loads(outcome.out)["data"] == {"who": 'Oluwaseun "O"\nAdébáyò'}


def test_models_of_one_server_are_compared(do: Do, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text(f"text,translation\nGuten Tag {CANARY},Hello {CANARY}\nJa,Yes\n", "utf-8")

    def answer(fields: dict[str, Any]) -> str:
        known = {"Guten Tag [NAME_1]": "Hello [NAME_1]", "Ja": "Yes"}
        right = next(known[text] for text in known if said(fields).endswith(text))
        return right if fields["model"] == "good" else "xyz"

    with serving(answer, ("good", "bad")) as server:
        words = ("--server", server.address, "--mask", CANARY, "--json")
        models = ("--model", "good", "--model", "bad")
        outcome = do("evaluate", "translate", data, "--to", "en", *models, *words)
    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    good, bad = report["models"]
    assert (good["model"], bad["model"]) == ("good", "bad")
    assert good["figures"][0]["value"] == pytest.approx(100)
    assert bad["figures"][0]["value"] < 5
    assert good["facts"] == {"engine": "server", "device": server.address, "masked": "yes"}
    assert all(secret not in server.everything() for secret in SECRETS)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "chat", "x", "--top-n-sigma", "1"), "top_n_sigma cannot be used here: vLLM has"),
        (("run", "chat", "x", "--exact"), "promise the same text for the same seed"),
        (("run", "chat", "x", "--context", "512"), "--context is for models on this machine"),
        (("run", "chat", "x", "--engine", "torch"), "--engine is for models on this machine"),
        (("run", "chat", "-", "--server-key-stdin"), "Standard input holds the key"),
        (("run", "chat", "x", "--model", "other"), "has no model 'other'"),
        (("batch", "chat", "ROWS", "--out", "OUT", "--mirostat", "2"), "mirostat cannot be used"),
        (("batch", "chat", "ROWS", "--out", "OUT", "--parallel", "257"), "takes 1 to 256"),
    ],
)
def test_what_the_server_cannot_is_told_and_nothing_is_sent(
    do: Do, server: FakeServer, rows: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    out = tmp_path / "out.jsonl"
    placed = [{"ROWS": str(rows), "OUT": str(out)}.get(word, word) for word in words]
    outcome = do(*placed, "--server", server.address, stdin=b"text")
    assert outcome.code in (1, 2)
    assert told in outcome.err
    assert all("row " not in said(fields) and said(fields) != "x" for fields in server.asked)
    assert not out.exists()
    assert not out.with_name("out.jsonl.header.json").exists()


def test_a_marked_document_goes_to_no_other_machine(own_home: Path, tmp_path: Path) -> None:
    diary, letter = tmp_path / "texts" / "diary.md", tmp_path / "texts" / "letter.md"
    diary.parent.mkdir()
    for file in (diary, letter):
        file.write_text("Dear")
    program = Program(Paths.here())
    here, away = (
        Loaded(job=1, seconds=0, model=ModelInfo(
            name="m", path="", engine="server",
            server=ServerPlace(url="https://b.example", ip="9.9.9.9", is_here=is_here, masks=True),
        )) for is_here in (True, False)
    )  # fmt: skip
    check_may_leave(program, away, diary)
    assert not program.paths.store_file.exists(), "a look makes no store"
    program.store.keep_here(str(diary))
    check_may_leave(program, here, diary)
    check_may_leave(program, away, letter)
    (tmp_path / "link.md").symlink_to(diary)
    for files in ((diary,), (tmp_path / "link.md",), (diary.parent,), (letter, diary)):
        with pytest.raises(DocumentError, match="never to go to another machine"):
            check_may_leave(program, away, *files)
    program.close()


def test_no_part_of_a_name_leaves_where_a_text_is_longer_than_the_context(
    do: Do, server: FakeServer, tmp_path: Path
) -> None:
    """Almost every place at which such a text could be cut lies within a name."""
    text = f"{CANARY} " * 1500
    (tmp_path / "long.txt").write_text(text, "utf-8")
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": text}) + "\n", "utf-8")
    (tmp_path / "right.csv").write_text(f'text,summary\n"{text}",So\n', "utf-8")
    there = ("--server", server.address, "--mask", CANARY)
    for words in (
        ("run", "rewrite", "--file", tmp_path / "long.txt", "--instruction", "shorter"),
        ("batch", "summarise", tmp_path / "rows.jsonl", "--out", tmp_path / "out.jsonl"),
        ("evaluate", "summarise", tmp_path / "right.csv"),
    ):
        server.asked.clear()
        outcome = do(*words, *there)
        assert outcome.code == 0, outcome.err
        assert len(server.asked) > 4
        shown = server.everything()
        assert not [part for part in CANARY.split() if part.encode() in shown]
    assert "was cut into" in (tmp_path / "out.jsonl").read_text("utf-8")
