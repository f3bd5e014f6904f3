"""The release's workflow: every step is a word that dev.py has, and nothing in it is loose.

No parser of YAML is among the test tools; the file keeps to a form that lines can be read of.
"""

from __future__ import annotations

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "release.yml"
TEXT = FILE.read_text("utf-8")
PROGRAM = ["python", "packaging/dev.py"]
SYSTEMS = {"ubuntu-22.04": "linux", "windows-2022": "win32", "macos": "darwin"}


def jobs() -> dict[str, str]:
    """The text of each job, by its name."""
    parts = re.split(r"^  (\w+):\n", TEXT.partition("\njobs:\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def commands(job: str) -> list[list[str]]:
    """The words of every step of a job."""
    folded = re.sub(r"run: >-\n((?: {10}.+\n)+)", lambda found: f"run: {_line(found[1])}\n", job)
    return [shlex.split(found) for found in re.findall(r"^ +run: (.+)$", folded, re.MULTILINE)]


def _line(text: str) -> str:
    return " ".join(text.split())


def system(job: str) -> str:
    runner = re.findall(r"runs-on: (\S+)", job)[0].replace("${{", "macos")
    return SYSTEMS[runner]


ALL = [(name, words) for name, job in jobs().items() for words in commands(job)]


def test_all_jobs_were_read() -> None:
    assert list(jobs()) == ["terms", "linux", "pack", "windows", "macos", "publish"]
    assert len(ALL) == TEXT.count(" run: ") == 11


@pytest.mark.parametrize(("job", "words"), ALL, ids=lambda value: str(value)[:60])
def test_every_step_is_a_word_of_dev_py(dev, part, job: str, words: list[str]) -> None:
    if words[:3] == ["sudo", "apt-get", "update"]:
        assert words[4:7] == ["&&", "sudo", "apt-get"]
        assert not {"&&", ";", "|"} & set(words[7:])
        return
    if words[:2] == ["sudo", "env"]:
        words = words[3:]
    assert words[:2] == PROGRAM
    given, rest = dev.parser().parse_known_args(words[2:])
    assert rest == []
    part("bundle.systems").require_here(getattr(given, "formats", ()), system(jobs()[job]))


def test_every_format_is_built_and_what_is_built_is_proved(part) -> None:
    built = [name for _job, words in ALL for name in words if words[2:3] == ["bundle"]]
    assert set(part("bundle.systems").FORMATS) <= set(built)
    for job in ("linux", "windows", "macos"):
        proofs = [words for name, words in ALL if name == job and "--prove" in words]
        assert len(proofs) == 1
        assert "--quick" not in proofs[0]


def test_the_pack_is_built_and_goes_with_the_release() -> None:
    job = jobs()["pack"]
    assert [*PROGRAM, "bundle", "--torch-pack"] in commands(job)
    (artefact,) = re.findall(r"name: (\S+)\n +path: \|", job)
    (pattern,) = re.findall(r'pattern: "(.+)"', jobs()["publish"])
    assert fnmatch(artefact, pattern)
    assert "pack" in re.findall(r"needs: \[(.+)\]", jobs()["publish"])[0].split(", ")


def test_every_action_is_pinned_by_its_commit() -> None:
    used = re.findall(r"uses: (.+)", TEXT)
    assert used
    for one in used:
        assert re.match(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+($| # zizmor)", one), one


def test_only_the_draft_may_write(part) -> None:
    head = TEXT.partition("\njobs:\n")[0]
    assert "permissions:\n  contents: read\n" in head
    writing = [name for name, job in jobs().items() if re.search(r": write\b", job)]
    assert writing == ["publish"]
    assert TEXT.count("persist-credentials: false") == TEXT.count("actions/checkout@")


def test_no_job_runs_for_ever_and_no_release_comes_out_of_a_cache() -> None:
    assert TEXT.count("timeout-minutes:") == len(jobs())
    cached = re.findall(r"actions/cache@.+\n +if: (.+?) #", TEXT)
    assert len(cached) == TEXT.count("actions/cache@") > 0
    assert set(cached) == {"github.ref_type != 'tag'"}


def test_the_secrets_are_those_that_are_looked_for() -> None:
    bundle = FILE.parents[2] / "packaging" / "bundle"
    source = "".join((bundle / name).read_text("utf-8") for name in ("windows.py", "macos.py"))
    named = set(re.findall(r"secrets\.(\w+)", TEXT))
    assert named
    assert all(name in source for name in named)
    wanted = set(re.findall(r'"(MACOS_\w+)"', source))
    assert wanted <= named
