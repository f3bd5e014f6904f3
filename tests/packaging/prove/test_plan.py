"""What is tried: every archive, in every tree, under every condition."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def plan(part):
    return part("prove.plan")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    names = ("lampblack-0.1.0-linux-x86_64.tar.xz", "lampblack_0.1.0_amd64.deb")
    pack = "lampblack-torch-0.1.0-linux-x86_64.tar.xz"  # which is no program of its own
    for name in (*names, pack, "lampblack-0.1.0-linux-x86_64.squashfs", "SHA256SUMS"):
        (tmp_path / name).touch()
    return tmp_path


def test_the_archives_of_a_folder(plan, dist: Path) -> None:
    found = {one.kind: one for one in plan.artefacts(dist)}
    assert list(found) == ["tar", "deb", "appdir"]
    assert found["tar"].path.name == "lampblack-0.1.0-linux-x86_64.tar.xz"
    assert (found["deb"].place, found["deb"].program) == (
        str(Path("/opt", "lampblack")),
        "lampblack",
    )
    assert " " in found["tar"].place
    assert not found["tar"].place.isascii()
    assert found["appdir"].program == "AppRun"
    assert [one.kind for one in plan.artefacts(dist, ["deb"])] == ["deb"]


def test_an_archive_that_is_missing_or_there_twice_is_told(plan, part, dist: Path) -> None:
    error = part("machine").SetupError
    (dist / "lampblack_0.2.0_amd64.deb").touch()
    with pytest.raises(error, match="has 2 of"):
        plan.artefacts(dist)
    (dist / "lampblack-0.1.0-linux-x86_64.squashfs").unlink()
    with pytest.raises(error, match="bundle appdir"):
        plan.artefacts(dist, ["appdir"])
    with pytest.raises(error, match="no archive"):
        plan.artefacts(dist / "none")


def test_each_archive_meets_each_condition_in_each_tree(plan, dist: Path) -> None:
    tries = plan.plan(plan.artefacts(dist), plan.TREES, is_quick=False)
    names = {(one.artefact.kind, one.tree.suite, one.condition.name) for one in tries}
    assert len(names) == len(tries)
    for kind in ("tar", "deb", "appdir"):
        for tree in plan.TREES:
            always = {(kind, tree.suite, name) for name in ("bare", "C, strace", "X11")}
            assert always <= names
            assert ((kind, tree.suite, "apt") in names) == (kind == "deb")
            assert ((kind, tree.suite, "tr_TR") in names) == tree.has_locales
    assert {one.condition for one in tries} == set(plan.CONDITIONS)
    assert any(tree.has_locales for tree in plan.TREES)


def test_the_quick_form_is_one_archive_in_one_tree(plan, dist: Path) -> None:
    tries = plan.plan(plan.artefacts(dist), plan.TREES, is_quick=True)
    assert {(one.artefact.kind, one.tree.suite) for one in tries} == {("tar", "bookworm")}
    assert [one.condition.name for one in tries] == list(plan.QUICK)


def test_the_languages_that_a_tree_is_given(part) -> None:
    assert part("prove.roots").locales() == ["tr_TR", "zh_CN"]
