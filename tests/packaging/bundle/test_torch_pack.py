"""The Torch engine's pack: what goes in, its list, and that the program reads what is written."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from app.engine.messages import PROTOCOL_VERSION
from app.engine.packs.archive import install
from app.engine.packs.installed import Packs, this_system

HEAD = {"format": 1, "kind": "torch", "version": "1", "protocol": PROTOCOL_VERSION} | dict(
    zip(("system", "machine"), this_system(), strict=True)
)


@pytest.fixture
def pack(part):
    return part("bundle.torch_pack")


@pytest.fixture
def contents(part):
    return part("bundle.torch_contents")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A frozen host as small as can be."""
    folder = tmp_path / "dist" / "lampblack-torch"
    (folder / "_internal" / "torch" / "lib").mkdir(parents=True)
    (folder / "lampblack-torch").write_bytes(b"\x7fELF")
    (folder / "lampblack-torch").chmod(0o755)
    (folder / "_internal" / "torch" / "lib" / "libc10.so").write_bytes(bytes(100))
    return folder


LEFT_OUT = (
    "torch/test/test_x.py", "torch/bin/protoc", "torch/bin/test_api", "torch/include/ATen/x.h",
    "torch/share/cmake/x.cmake", "torch/lib/libtorchbind_test.so", "torch/lib/libc10.a",
    "libcudart.so", "libnvrtc.so.13", "libstdc++.so.6", "torch/lib/libshm_windows/x.cpp",
)  # fmt: skip
KEPT = (
    "torch/bin/torch_shm_manager", "torch/lib/libtorch_cpu.so", "torch/lib/libshm.so",
    "torch/lib/libtorch_global_deps.so", "torch/lib/libgomp.so.1", "torch/testing/__init__.py",
    "transformers/models/llama/modeling_llama.py", "libcurl.so.4", "numpy.libs/libopenblas.so",
)  # fmt: skip


def test_what_no_import_needs_is_left_out(contents) -> None:
    assert [path for path in LEFT_OUT if contents.is_wanted(path)] == []
    assert [path for path in KEPT if not contents.is_wanted(path)] == []


def test_of_the_program_it_holds_the_host_without_llama_cpp(contents) -> None:
    assert contents.is_own("app.host.torch_engine.loading")
    assert contents.is_own("app.host.llama_cpp"), "which answers that it is not here"
    for module in ("app.host.llama_cpp.engine", "app.host.baselines.server", "app.host.fake"):
        assert not contents.is_own(module)
    assert contents.is_library("transformers.models.llama.modeling_llama")
    assert not contents.is_library("transformers.models.llama.convert_llama_weights_to_hf")
    assert not contents.is_library("transformers.cli.serve")


def test_links_to_libraries_go_and_others_stop_the_build(pack, tree: Path, part) -> None:
    link = tree / "_internal" / "libc10.so"
    link.symlink_to("torch/lib/libc10.so")
    pack.require_no_links(tree)
    assert not os.path.lexists(link)
    (tree / "_internal" / "torch" / "data").symlink_to("/etc")
    with pytest.raises(part("machine").SetupError, match="is a link"):
        pack.require_no_links(tree)


def test_the_program_installs_what_is_packed(part, pack, tree: Path, tmp_path, monkeypatch) -> None:
    freeze = part("bundle.freeze")
    shop = freeze.Workshop(
        tmp_path, tmp_path / "python", lambda *_words: None, lambda name: name, "lampblack-torch"
    )
    monkeypatch.setattr(pack, "made_at", lambda _root: 1_700_000_000)
    archive = pack._packed(shop, HEAD, "1")
    assert archive.name == f"lampblack-torch-1-{'-'.join(this_system())}.tar.xz"
    listed = subprocess.run(["tar", "-tf", archive], capture_output=True, text=True, check=True)
    assert listed.stdout.splitlines()[0] == "lampblack-torch-1/pack.json"
    install(archive, tmp_path / "packs")
    (found,) = Packs(tmp_path / "packs").all()
    assert found.problem == ""
    assert os.access(found.folder / "lampblack-torch", os.X_OK)
    again = json.loads((found.folder / "pack.json").read_text())
    assert again == pack.manifest(tree, HEAD)


def test_it_is_built_in_an_environment_of_its_own(dev, monkeypatch) -> None:
    ran = []

    def call(command: list[str], env: dict[str, str]) -> int:
        ran.append((command[2:], env["LAMPBLACK_VENV"]))
        return 0

    monkeypatch.setattr(subprocess, "call", call)
    for name in ("require_to_build", "require_for_pack"):
        monkeypatch.setattr(dev.needs, name, lambda *_formats: None)
    assert dev.main(["bundle", "--torch-pack"]) == 0
    assert dev.main(["bundle", "tar", "--torch-pack"]) == 0
    pack, base = (
        (["bundle", "--torch-pack"], ".venv-torch-pack"),
        (["bundle", "tar"], ".venv-bundle"),
    )
    assert ran == [pack, base, pack]
