"""What the window's process loads until the window is shown, and after: names, not times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = """
import json, sys
from app import __main__ as program
from app.ui import application

seen = {}
began = application._begin

def begin(window, *rest):
    seen["shown"] = sorted(sys.modules)
    seen["text"] = window.editor.toPlainText()
    began(window, *rest)
    window.models.panel.refreshed.connect(lambda: settled(window))

def settled(window):
    seen["settled"] = sorted(sys.modules)
    seen["tabs"] = [window.side.tabText(tab) for tab in range(window.side.count())]
    seen["collects"] = __import__("gc").isenabled()
    window.close()

application._begin = begin
code = program.main(sys.argv[1:])
print(json.dumps(seen))
sys.exit(code)
"""
NEVER = {
    "asyncio",
    "email",
    "http",
    "http.client",
    "jinja2",
    "llama_cpp",
    "numpy",
    "psutil",
    "ssl",
    "torch",
    "transformers",
    "app.benchmark",
    "app.cli",
    "app.host",
    "app.ui.benchmark.bare_window",
    "app.ui.manager.window",
    "app.ui.servers.dialog",
    "app.ui.servers.preview_dialog",
    "app.ui.servers.probe",
    "app.remote",
    "app.downloads.given_child",
    "app.ui.benchmark.measure_window",
}
LATER = {
    "difflib",
    "hashlib",
    "html",
    "secrets",
    "tomli_w",
    "tomllib",
    "app.core.formats.gguf",
    "app.core.formats.safetensors",
    "app.ui.models.empty_state",
    "app.ui.sampling.parameter_list",
    "app.ui.sampling.value_rows",
    "app.ui.editor.find_bar",
    "app.ui.sampling.inactive_parameters",
    "app.ui.window.help",
    "app.ui.models.panel",
    "app.ui.sampling.parameter_slider",
    "app.ui.sampling.parameter_row",
    "app.ui.documents.recovery",
    "app.ui.window.settings_dialog",
    "app.ui.generation.takes_dialog",
    "app.ui.takes.all_takes",
    "app.ui.takes.again",
    "app.ui.takes.tray",
    "app.ui.sampling.list_rows",
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("home")
    manuscript = home / "novel.md"
    manuscript.write_text("It rained.", "utf-8")
    plain = home / "empty"
    found = {}
    for name, words in {"empty": [], "novel": [str(manuscript)]}.items():
        result = subprocess.run(
            [sys.executable, "-c", DRIVER, *words],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"LAMPBLACK_HOME": str(plain)},
        )
        assert result.returncode == 0, result.stderr
        assert result.stderr == "", "Qt or Python warned"
        found[name] = json.loads(result.stdout)
    return found


def test_the_window_is_shown_before_what_it_does_not_show_is_loaded(seen) -> None:
    assert (NEVER | LATER) & set(seen["empty"]["shown"]) == set()


def test_nothing_of_a_model_ever_comes_into_its_process(seen) -> None:
    assert NEVER & set(seen["novel"]["settled"]) == set()


def test_the_rest_is_there_a_moment_later(seen) -> None:
    assert {"app.ui.models.panel", "app.ui.documents.recovery"} <= set(seen["empty"]["settled"])
    assert seen["empty"]["tabs"] == ["Writing", "Models"]
    assert seen["empty"]["collects"], "the collector works again"


def test_the_first_thing_to_be_seen_of_a_manuscript_is_its_text(seen) -> None:
    assert seen["novel"]["text"] == "It rained."
