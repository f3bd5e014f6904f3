"""The shared libraries of a frozen tree, on what readelf says of made-up ones."""

from __future__ import annotations

from pathlib import Path

import pytest

SAID = """
 0x0000000000000001 (NEEDED)             Shared library: [libggml-base.so]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x000000000000000e (SONAME)             Library soname: [libggml.so]
  0x0010:   Name: GLIBC_2.9  Flags: none  Version: 5
  0x0020:   Name: GLIBC_2.34  Flags: none  Version: 4
  0x0030:   Name: GLIBCXX_3.4.30  Flags: none  Version: 3
"""


@pytest.fixture
def libraries(part):
    return part("bundle.libraries")


@pytest.fixture
def tree(libraries):
    def made(**needs: str) -> dict:
        """Files by path, `/` written as `__`, with what each needs."""
        return {
            (path := name.replace("__", "/").replace("_so", ".so")): libraries.Linked(
                Path(path).name, tuple(said.split()), (2, 34)
            )
            for name, said in needs.items()
        }

    return made


def test_what_readelf_says_is_read(libraries) -> None:
    found = libraries.read(SAID, "file")
    assert (found.name, found.needs) == ("libggml.so", ("libggml-base.so", "libc.so.6"))
    assert found.glibc == (2, 34)  # newer than 2.9, and no C++ version is one
    assert libraries.read("", "file").name == "file"


def test_only_what_something_leads_to_is_kept(libraries, tree) -> None:
    files = tree(
        lampblack="libz_so", _internal__libgtk_so="libpango_so", _internal__libpango_so="",
        _internal__llama_cpp__lib__libllama_so="libggml.so", _internal__libggml_so="",
        _internal__PySide6__Qt__plugins__platforms__libqxcb_so="libxcb-cursor.so",
    )  # fmt: skip
    files["_internal/libxcb-cursor.so"] = libraries.Linked("libxcb-cursor.so", (), (2, 3))
    gone = libraries.unreached(files, ["lampblack"])
    assert gone == ["_internal/libgtk.so", "_internal/libpango.so"]


def test_a_library_that_is_nowhere_stops_the_build(libraries, part, tree) -> None:
    files = tree(lampblack="libc.so.6 libX11.so.6", _internal__libq_so="libxcb-cursor.so.0")
    with pytest.raises(part("machine").SetupError, match=r"libxcb-cursor\.so\.0 \(for _internal"):
        libraries.require_whole(files)
    files["_internal/libxcb-cursor.so.0"] = libraries.Linked("libxcb-cursor.so.0", (), (2, 36))
    libraries.require_whole(files)
    assert libraries.oldest_glibc(files) == "2.36"


def test_a_real_library_is_read_and_text_is_none(libraries, tmp_path: Path) -> None:
    import apsw

    (tmp_path / "own.so").write_bytes(Path(apsw.__file__).read_bytes())
    (tmp_path / "notes.txt").write_text("no library")
    (tmp_path / "link.so").symlink_to("own.so")
    found = libraries.linked(tmp_path)
    assert list(found) == ["own.so"]
    assert "libc.so.6" in found["own.so"].needs
