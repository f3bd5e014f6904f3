"""Hostile files: each gives a sentence everywhere, and nothing is lost or left behind."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import resource
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NONSENSE_BYTES = 16 * 1024**3
LONG_CHINESE = "龍" * 79 + "🐉" + "x" * 9 + ".gguf"  # 255 bytes


def nonsense(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(NONSENSE_BYTES)


def noise(path: Path) -> None:
    """As much, with a sound beginning."""
    with path.open("wb") as file:
        file.write(b"GGUF" + bytes((3, 0, 0, 0)) + b"\xff" * 16)
        file.truncate(NONSENSE_BYTES)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(path.parent):
        listener.bind(path.name)


def a_folder_of_texts(path: Path) -> None:
    path.mkdir()
    (path / "chapter.txt").write_text("mine")
    (path / "notes.json").write_text("{}")


HOSTILE: dict[str, Callable[[Path], object]] = {
    "nonsense": nonsense,
    "noise": noise,
    "empty": lambda path: path.write_bytes(b""),
    "folder": lambda path: path.mkdir(),
    "texts": a_folder_of_texts,
    "socket": a_socket,
    "pipe": os.mkfifo,
    "circle": lambda path: path.symlink_to(path),
    "dangling": lambda path: path.symlink_to(path.with_name("nowhere")),
}
ORDINARY = ("nonsense", "noise", "empty")


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything below a folder with its kind and size."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        size = 0 if path.is_dir() and not path.is_symlink() else status.st_size
        found[str(path.relative_to(folder))] = (status.st_mode, size)
    return found


@pytest.fixture
def watched(tmp_path: Path, own_home: Path) -> Path:
    """A folder on another disk, which the program watches."""
    folder = tmp_path / "disk"
    folder.mkdir()
    (own_home / "config").mkdir(parents=True)
    listed = json.dumps([str(folder)])
    (own_home / "config" / "settings.toml").write_text(f"watched_folders = {listed}\n")
    return folder


@pytest.fixture
def trashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went to the trash, which forgets it."""
    paths: list[str] = []

    def take(path: str) -> None:
        paths.append(path)
        if Path(path).is_dir() and not Path(path).is_symlink():
            shutil.rmtree(path)
        else:
            Path(path).unlink()

    monkeypatch.setattr("send2trash.send2trash", take)
    return paths


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_model_is_a_sentence_everywhere(
    kind: str,
    run: Any,
    watched: Path,
    own_home: Path,
    one_sentence: Any,
    trashed: list[str],
) -> None:
    path = watched / "odd 虎 🐯.gguf"
    HOSTILE[kind](path)
    before = tree(watched), tree(own_home)
    listed = json.loads(run("models", "list", "--json").out)
    (model,) = [model for model in listed if model["path"] == str(path)]
    assert model["problem"].rstrip().endswith((".", ")"))
    for words in (
        ("models", "import", str(path)),
        ("models", "import", str(path), "--copy"),
        ("models", "verify", str(path)),
        ("models", "verify", "odd 虎 🐯"),
        ("generate", "x", "--model", str(path)),
    ):
        outcome = run(*words)
        assert (outcome.code, outcome.out) == (1, "")
        assert one_sentence(outcome.err), words
    if kind != "dangling":  # what is not there has no other way out
        said = run("models", "verify", str(path)).err
        assert any(way in said for way in ("Choose ", "Download ", "Get "))
    assert run("models", "duplicates").code == 0
    assert (tree(watched), tree(own_home)) == before


@pytest.mark.parametrize("kind", HOSTILE)
def test_only_files_and_links_are_ever_removed(
    kind: str, run: Any, watched: Path, one_sentence: Any, trashed: list[str]
) -> None:
    path = watched / "odd 虎 🐯.gguf"
    HOSTILE[kind](path)
    (watched / "beside.txt").write_text("mine")
    before = tree(watched)
    outcome = run("models", "remove", str(path), "--yes")
    if kind in (*ORDINARY, "circle", "dangling"):
        assert outcome.code == 0
        assert trashed == [str(path)]
        assert not os.path.lexists(path)
    else:
        assert outcome.code == 1
        assert one_sentence(outcome.err)
        assert trashed == []
        assert tree(watched) == before
        assert run("models", "remove", str(path), "--yes", "--keep-file").code == 0
        assert tree(watched) == before
    assert json.loads(run("models", "list", "--json").out) == []
    assert (watched / "beside.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    [LONG_CHINESE, "虎.gguf", "🐯🐉.gguf", "a\nb\tc.gguf", "--yes.gguf", " .gguf", "'\"$;.gguf"],
)
def test_strange_names_are_names(
    name: str, run: Any, watched: Path, own_home: Path, small_model: bytes, trashed: list[str]
) -> None:
    assert len(os.fsencode(name)) <= 255
    path = watched / name
    path.write_bytes(small_model)
    (model,) = json.loads(run("models", "list", "--json").out)
    assert (model["path"], model["problem"]) == (str(path), "")
    assert run("models", "list").out.count("\n") >= 1
    assert run("models", "import", str(path)).code == 0
    assert run("models", "import", str(path), "--copy").code == 0
    copy = own_home / "data" / "models" / name
    assert copy.read_bytes() == small_model
    assert [entry.name for entry in copy.parent.iterdir()] == [name]
    assert run("models", "verify", str(path)).code == 0
    assert run("models", "set", str(path), "--title", "Tiger").code == 0
    assert run("models", "verify", "Tiger").code == 0
    outcome = run("models", "remove", "Tiger", "--yes")
    if len(os.fsencode(name)) > 245:  # the trash notes where each file came from in a longer name
        assert (outcome.code, trashed) == (1, [])
        assert "name is too long" in outcome.err
        assert path.read_bytes() == small_model
    else:
        assert (outcome.code, trashed) == (0, [str(path)])


def test_a_name_longer_than_any_file_is_a_sentence(run: Any, one_sentence: Any) -> None:
    for word in ("import", "verify", "remove"):
        for name in ("/tmp/" + "x" * 300 + ".gguf", "x" * 5000, "a\0b", "\udcff.gguf"):
            outcome = run("models", word, name)
            assert outcome.code == 1
            assert one_sentence(outcome.err)


def test_a_real_model_of_the_longest_name_loads_and_writes(
    run_program: Any, watched: Path, starter_model: Path
) -> None:
    (watched / LONG_CHINESE).symlink_to(starter_model)
    words = ("generate", "Once", "--max-tokens", "4", "--seed", "1", "--threads", "1")
    outcome = run_program(*words, "--model", str(watched / LONG_CHINESE))
    assert (outcome.code, outcome.out != "") == (0, True), outcome.err


def as_anyone() -> None:
    """Let a started program obey permissions, even if the tests run as root."""
    if os.geteuid() == 0:
        no_root = 0b11  # SECBIT_NOROOT and its lock: root gets no capabilities when it starts
        set_securebits = 28
        if ctypes.CDLL(None, use_errno=True).prctl(set_securebits, no_root, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def on_a_full_disk() -> None:
    """Let every write into a file fail."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def run_with(start_program: Any, prepare: Callable[[], None], *words: str) -> tuple[int, str]:
    program = start_program(words, preexec_fn=prepare)
    _out, err = program.communicate(timeout=120)
    return program.returncode, err.decode()


def test_a_read_only_folder_keeps_its_models(
    start_program: Any, watched: Path, own_home: Path, small_model: bytes, one_sentence: Any
) -> None:
    path = watched / "locked.gguf"
    path.write_bytes(small_model)
    own = own_home / "data" / "models"
    own.mkdir(parents=True)
    Path(os.environ["HOME"]).mkdir()
    for folder in (watched, own):
        folder.chmod(0o555)
    before = tree(watched), tree(own), tree(Path(os.environ["HOME"]))
    try:
        for words in (("remove", str(path), "--yes"), ("import", str(path), "--copy")):
            code, err = run_with(start_program, as_anyone, "models", *words)
            assert code == 1
            assert one_sentence(err)
            assert "permission" in err.lower()
        for more in (("list",), ("verify", str(path)), ("import", str(path))):
            assert run_with(start_program, as_anyone, "models", *more)[0] == 0
    finally:
        for folder in (watched, own):
            folder.chmod(0o755)
    assert (tree(watched), tree(own), tree(Path(os.environ["HOME"]))) == before
    assert path.read_bytes() == small_model


def test_a_read_only_home_writes_all_the_same(
    start_program: Any, own_home: Path, starter_model: Path, one_sentence: Any
) -> None:
    for folder in (own_home, Path(os.environ["HOME"])):
        folder.mkdir()
        folder.chmod(0o555)
    words = ("generate", "Once", "--max-tokens", "4", "--threads", "1", "--model")
    program = start_program([*words, str(starter_model)], preexec_fn=as_anyone)
    out, err = program.communicate(timeout=120)
    assert (program.returncode, out != b"") == (0, True), err.decode()
    code, err = run_with(start_program, as_anyone, "models", "folders", "add", str(own_home))
    assert code == 1
    assert one_sentence(err)
    assert tree(own_home) == tree(Path(os.environ["HOME"])) == {}


def test_files_of_another_user_are_left_alone(
    start_program: Any, own_home: Path, small_model: bytes, starter_model: Path, one_sentence: Any
) -> None:
    """As after a run as root: settings, notes on models and a model that may not be read."""
    files = {"config/settings.toml": b"theme = 'dark'", "data/shelf.json": b"{}"}
    files |= {"data/models/theirs.gguf": small_model}
    for name, content in files.items():
        path = own_home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if os.geteuid() == 0:
            os.chown(path, 12345, 12345)
        path.chmod(0o600 if os.geteuid() == 0 else 0)
    program = start_program(("models", "list", "--json"), preexec_fn=as_anyone)
    out, err = program.communicate(timeout=120)
    assert program.returncode == 0, err.decode()
    (model,) = json.loads(out)
    assert "ermission" in model["problem"]
    for words in (
        ("models", "folders", "add", str(own_home)),
        ("generate", "Once", "--model", str(own_home / "data" / "models" / "theirs.gguf")),
    ):
        code, said = run_with(start_program, as_anyone, *words)
        assert code == 1
        assert "Traceback" not in said
        assert "ermission" in said.splitlines()[-1]
    for name, content in files.items():
        (own_home / name).chmod(0o600)
        assert (own_home / name).read_bytes() == content


def test_a_full_disk_loses_nothing(
    start_program: Any,
    run: Any,
    watched: Path,
    own_home: Path,
    small_model: bytes,
    one_sentence: Any,
) -> None:
    path = watched / "tale.gguf"
    path.write_bytes(small_model)
    assert run("models", "set", str(path), "--title", "Tiger", "--notes", "x" * 200).code == 0
    (own_home / "data" / "models").mkdir()
    before = tree(watched), tree(own_home)
    for words in (
        ("import", str(path), "--copy"),
        ("import", str(path)),
        ("set", str(path), "--title", "Löwe"),
        ("verify", str(path)),
        ("folders", "remove", str(watched)),
        ("found", "--use", "ollama"),
        ("remove", str(path), "--yes", "--keep-file"),
    ):
        code, err = run_with(start_program, on_a_full_disk, "models", *words)
        assert code == 1, words
        assert one_sentence(err), words
    after = tree(watched), tree(own_home)
    assert after == before
    (model,) = json.loads(run("models", "list", "--json").out)
    assert (model["name"], model["notes"]) == ("Tiger", "x" * 200)
    program = start_program(("models", "verify", str(path)), preexec_fn=on_a_full_disk)
    out, _err = program.communicate(timeout=120)
    assert hashlib.sha256(small_model).hexdigest() in out.decode()
