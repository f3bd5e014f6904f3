"""Gates over all that is in the repository: calls that run a stranger's program, and secrets."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST
from tests.side_by_side import WITH_TORCH

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("app", "packaging", "tests")

MODULES = {"cloudpickle", "cPickle", "dill", "joblib", "marshal", "pickle", "shelve"}
CALLS = {
    "compile", "eval", "exec", "jinja2.Environment", "jinja2.Template", "numpy.load", "os.popen",
    "os.system", "subprocess.getoutput", "subprocess.getstatusoutput", "tempfile.mktemp",
    "torch.load", "yaml.full_load", "yaml.load", "yaml.unsafe_load",
}  # fmt: skip
UNLESS = {"torch.load": ("weights_only", True), "numpy.load": ("allow_pickle", False)}
"""Calls that are harmless with this keyword."""

NAMED = {*UNLESS, "jinja2.Template"}
"""What may be imported, if only to name a type or for the harmless call."""

FLAGS = {"allow_pickle": True, "shell": True, "trust_remote_code": True, "verify": False}
"""Keywords that no call may have with this value."""

ALLOWED = {
    ("tests/core/system/test_crash_report.py", "compile"): "raises errors in made files",
    ("tests/core/system/test_crash_report.py", "exec"): "raises errors in made files",
    ("tests/sdk/test_model.py", "compile"): "runs the examples of our own README",
    ("tests/sdk/test_model.py", "exec"): "runs the examples of our own README",
}


def refused(source: str) -> set[str]:
    """Everything in a module that the gate refuses, by its full name."""
    tree, names, found = ast.parse(source), {}, set[str]()
    for node in ast.walk(tree):
        for local, full in imported(node):
            names[local] = full
            found |= {full.partition(".")[0]} & MODULES | {full} & (CALLS - NAMED)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found |= refused_call(node, names)
        elif isinstance(node, ast.ClassDef):
            found |= {full_name(base, names) for base in node.bases} & CALLS
    return found


def imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The local names that a statement imports, with what they stand for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def full_name(node: ast.expr, names: dict[str, str]) -> str:
    first, dot, rest = ast.unparse(node).partition(".")
    return names.get(first, first) + dot + rest


def refused_call(call: ast.Call, names: dict[str, str]) -> set[str]:
    words = {
        word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)
    }
    found = {f"{name}={value}" for name, value in FLAGS.items() if words.get(name) is value}
    called = full_name(call.func, names)
    word, value = UNLESS.get(called, ("", None))
    if called in CALLS and not (word and words.get(word) is value):
        found.add(called)
    if called in ("__import__", "importlib.import_module") and call.args:
        found |= {str(getattr(call.args[0], "value", "")).partition(".")[0]} & MODULES
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_runs_a_strangers_program(room: str) -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), what)
        for path in (ROOT / room).rglob("*.py")
        for what in refused(path.read_text("utf-8"))
    }
    allowed = {(path, what) for path, what in ALLOWED if path.startswith(f"{room}/")}
    assert found == allowed, "refused, or allowed and not there any more"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import pickle", "pickle"),
        ("from pickle import loads as read", "pickle"),
        ("import importlib\nimportlib.import_module('marshal')", "marshal"),
        ("__import__('shelve')", "shelve"),
        ("import torch\ntorch.load('x')", "torch.load"),
        ("import torch as t\nt.load('x', weights_only=False)", "torch.load"),
        ("from torch import load\nload('x')", "torch.load"),
        ("eval('1')", "eval"),
        ("exec('x')", "exec"),
        ("compile('x', 'y', 'exec')", "compile"),
        ("run('x', shell=True)", "shell=True"),
        ("import os\nos.system('x')", "os.system"),
        ("from os import system", "os.system"),
        ("import yaml\nyaml.load('x')", "yaml.load"),
        ("import jinja2\njinja2.Environment()", "jinja2.Environment"),
        ("import jinja2\nclass Mine(jinja2.Environment): pass", "jinja2.Environment"),
        ("from jinja2 import Template\nTemplate('x')", "jinja2.Template"),
        ("get('x', verify=False)", "verify=False"),
        ("load('x', trust_remote_code=True)", "trust_remote_code=True"),
        ("import numpy as np\nnp.load('x')", "numpy.load"),
        ("import tempfile\ntempfile.mktemp()", "tempfile.mktemp"),
    ],
)
def test_the_gate_sees(source: str, what: str) -> None:
    assert refused(source) == {what}


@pytest.mark.parametrize(
    "source",
    [
        "import re\nre.compile('x')",
        "network.eval()",
        "dialog.exec()",
        "import safetensors.torch\nsafetensors.torch.load(b'')",
        "import torch\ntorch.load('x', weights_only=True)",
        "import jinja2\ndef f() -> jinja2.Template: ...",
        "from jinja2.sandbox import ImmutableSandboxedEnvironment as E\nE()",
        "tmp_path_factory.mktemp('x')",
        "load('x', trust_remote_code=False)",
    ],
)
def test_the_gate_lets_through(source: str) -> None:
    assert refused(source) == set()


def test_a_promise_names_tests_that_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`docs.py --check` fails otherwise, so that the README's table cannot rot."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    docs = importlib.import_module("docs")
    monkeypatch.delitem(sys.modules, "docs")
    here = "tests/test_gates.py::test_the_gate_sees"
    in_class = "tests/core/system/test_network.py::TestKernel::test_it_holds"
    assert all(map(docs.is_test, (here, in_class)))
    for wrong in ("tests/test_gates.py", "tests/no.py::test_x", f"{here}_not", f"{here}::test_x"):
        assert not docs.is_test(wrong), wrong
    monkeypatch.setattr(docs, "PROMISES", tmp_path / "promises.tsv")
    docs.PROMISES.write_text(f"It holds\t1\t{here}\n")
    assert docs.promises().endswith("| It holds | [test_the_gate_sees](tests/test_gates.py) | 1 |")
    docs.PROMISES.write_text(f"It holds\t1\t{here} {here}_not\n")
    with pytest.raises(ValueError, match=r"do not exist: \['tests/.*_not'\]"):
        docs.promises()


SECRETS = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----[\\rn\s\"']*[A-Za-z0-9+/]{32}"
    rb"|\bhf_[A-Za-z0-9]{30,}"
    rb"|\bsk-[A-Za-z0-9_-]{20,}"
    rb"|\bgh[opsu]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22,}"
    rb"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    rb"|\bxox[abp]-[A-Za-z0-9-]{10,}"
    rb"|\bAIza[A-Za-z0-9_-]{35}"
    rb"|\bpypi-AgEIcHlwaS5vcmc"
    rb"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
    rb"|[a-z]+://[^\s/:@\"'{]+:[^\s/:@\"'{]{6,}@[a-z0-9.-]+\.(?!example\b)[a-z]{2,}"
)
"""Private keys, and the tokens of the hubs and clouds that a developer here may have."""


def tracked() -> list[Path]:
    """Every file of the repository; none where it is no repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_secret_is_in_the_repository() -> None:
    found = {str(path): SECRETS.findall(path.read_bytes()) for path in tracked()}
    assert {path: secrets for path, secrets in found.items() if secrets} == {}


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN " + "OPENSSH PRIVATE KEY-----\\n" + "aB3+" * 16,
        "hf_" + "aB3" * 12,
        "sk-" + "proj-" + "aB3" * 12,
        "ghp_" + "aB3" * 12,
        "AKIA" + "ABCDEFGH12345678",
        "https://anna:" + "secret7@index.tale.org/simple",
    ],
)
def test_a_secret_is_seen(secret: str) -> None:
    assert SECRETS.search(f"token = '{secret}'".encode())


def test_one_process_has_all_tests_of_the_loaded_torch_engine() -> None:
    """Another would load PyTorch a second time, beside the first."""
    fixtures = re.compile(r"\btorch_(engine|folder|generate|small)[,:\"]|\bload_torch\(")
    tests = (path for path in (ROOT / "tests" / "host").rglob("test_*.py"))
    using = [path for path in tests if fixtures.search(path.read_text("utf-8"))]
    assert len(using) > 15
    names = [path.relative_to(ROOT).as_posix() for path in using]
    assert [name for name in names if not name.startswith(WITH_TORCH)] == []
    assert [name for name in LONGEST_FIRST if not (ROOT / name).exists()] == []
