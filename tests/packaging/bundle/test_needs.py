"""What a bundle needs of the machine is said in one sentence, before anything long begins."""

from __future__ import annotations

import pytest


@pytest.fixture
def needs(part, monkeypatch: pytest.MonkeyPatch):
    found = part("bundle.needs")
    monkeypatch.setattr(found, "has_library", lambda _name: True)
    monkeypatch.setattr(found, "_has_notice", lambda _name: True)
    return found


@pytest.fixture
def have(needs, monkeypatch: pytest.MonkeyPatch):
    """Says which programs are missing, all others being there."""

    def lacking(*names: str) -> None:
        monkeypatch.setattr(
            needs.shutil, "which", lambda name: None if name in (*names, "dnf") else f"/bin/{name}"
        )

    return lacking


ALL = ("tar", "deb", "appdir", "appimage")


def test_a_whole_machine_is_not_stopped(needs, have) -> None:
    have()
    needs.require_to_build(ALL)
    needs.require_for_pack()
    needs.require_to_prove((), is_quick=False)


@pytest.mark.parametrize(
    ("missing", "formats", "said"),
    [
        (("xz",), ("tar",), "The bundle needs xz, which is not here: run `sudo apt install xz-"),
        (
            ("mksquashfs", "appstreamcli", "desktop-file-validate"),
            ("deb", "appdir"),
            "needs appstreamcli, desktop-file-validate and mksquashfs, which are not here: run "
            "`sudo apt install appstream desktop-file-utils squashfs-tools`.",
        ),
        (("strip",), (), "needs strip, which is not here: run `sudo apt install binutils`."),
    ],
)
def test_all_that_is_missing_is_said_at_once(needs, have, part, missing, formats, said) -> None:
    have(*missing)
    with pytest.raises(part("machine").SetupError) as caught:
        needs.require_to_build(formats)
    assert said in str(caught.value)


def test_what_a_format_does_not_need_is_not_asked_for(needs, have) -> None:
    have("mksquashfs", "appstreamcli", "debootstrap", "Xvfb")
    needs.require_to_build(["tar"])
    needs.require_for_pack()


def test_libraries_of_qt_and_notices_count(needs, have, part, monkeypatch) -> None:
    have()
    monkeypatch.setattr(needs, "has_library", lambda name: "cursor" not in name)
    with pytest.raises(part("machine").SetupError, match=r"libxcb-cursor\.so\.0, .*libxcb-cursor0"):
        needs.require_to_build(["tar"])
    monkeypatch.setattr(needs, "has_library", lambda _name: True)
    monkeypatch.setattr(needs, "_has_notice", lambda name: name != "musl")
    needs.require_to_build(["tar"])
    with pytest.raises(part("machine").SetupError, match=r"the notice of musl, .* install musl"):
        needs.require_to_build(["appimage"])


def test_the_proof_asks_for_what_its_form_needs(needs, have, part) -> None:
    have("Xvfb", "unsquashfs")
    needs.require_to_prove(["tar"], is_quick=True)
    with pytest.raises(part("machine").SetupError, match=r"needs Xvfb, .* install xvfb"):
        needs.require_to_prove(["tar"], is_quick=False)
    with pytest.raises(part("machine").SetupError, match="needs Xvfb and unsquashfs"):
        needs.require_to_prove((), is_quick=False)


def test_nothing_is_set_up_where_something_is_missing(dev, have, monkeypatch, capsys) -> None:
    have("readelf", "debootstrap")
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.environment, "again_in", pytest.fail)
    monkeypatch.setattr(dev, "prove", pytest.fail)
    for words in (["tar"], ["--torch-pack"], ["--prove", "tar"]):
        assert dev.main(["bundle", *words]) == 1
        assert "which is not here: run `sudo apt install" in capsys.readouterr().err
