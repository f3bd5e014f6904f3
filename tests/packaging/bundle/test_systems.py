"""Which format is made where, and how the frozen program lies on each system."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def systems(part):
    return part("bundle.systems")


def test_every_format_has_a_maker_and_a_system(systems, part) -> None:
    assert set(systems.FORMATS) == set(part("bundle.build").MAKERS)
    assert set(systems.FORMATS.values()) == set(systems.TITLES)


@pytest.mark.parametrize(("system", "others"), [
    ("linux", ("zip", "nsis", "dmg")), ("win32", ("tar", "dmg")), ("darwin", ("deb", "zip")),
])  # fmt: skip
def test_a_format_of_another_system_is_one_sentence(systems, part, system, others) -> None:
    systems.require_here([name for name, own in systems.FORMATS.items() if own == system], system)
    for name in others:
        with pytest.raises(part("machine").SetupError, match=rf"^{name} is made on .*: run it"):
            systems.require_here([name], system)


def test_a_bundle_refuses_before_anything_is_installed(dev, environment, monkeypatch) -> None:
    monkeypatch.setattr(environment, "again_in", lambda *_words: pytest.fail("it was begun"))
    assert dev.main(["bundle", "tar", "zip"]) == 1


@pytest.mark.parametrize(
    ("machine", "name"),
    [("AMD64", "x86_64"), ("x86_64", "x86_64"), ("arm64", "arm64"), ("aarch64", "arm64")],
)
def test_a_processor_has_one_name_everywhere(systems, machine, name) -> None:
    assert systems.architecture(machine) == name


def test_data_lie_where_the_frozen_program_looks(systems, tmp_path: Path) -> None:
    for system in systems.TITLES:
        tree = systems.tree(tmp_path / system, system)
        for _time in range(2):
            folder = systems.data_folder(tree, "models")
        (folder / "starter.gguf").write_bytes(b"GGUF")
        assert (systems.inner(tree) / "models" / "starter.gguf").read_bytes() == b"GGUF"
    app = systems.tree(tmp_path / "darwin", "darwin") / "Contents"
    assert not (app / "Resources" / "models").is_symlink()  # among signed code are no data
    assert (app / "Frameworks" / "models").readlink() == Path("../Resources/models")


def test_python_s_own_folder_holds_its_shared_library(systems) -> None:
    framework = Path("/Library/Frameworks/Python.framework/Versions/3.11")
    (found,) = systems.python_folders(framework / "lib" / "python3.11", "darwin")
    assert (framework / "Python").is_relative_to(found)
    (found,) = systems.python_folders(Path("/home/python/lib/python3.11"), "linux")
    assert found == Path("/home/python/lib")
