"""The gate over licences, and what is read of each part of a bundle."""

from __future__ import annotations

import json
from email.message import Message
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture
def licences(part):
    return part("bundle.licences")


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("GPL-2.0-only OR MIT", True),
        ("BSD-3-Clause AND (MIT OR GPL-3.0-only)", True),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("MIT AND AGPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("GPL-3.0-or-later", False),
        ("OSI Approved", False),
        ("", False),
    ],
)
def test_the_agpl_the_plain_gpl_and_the_unknown_are_refused(licences, licence, allowed) -> None:
    assert licences.is_allowed(licence) is allowed


def test_everything_that_is_wrong_is_said_at_once(licences, part, tmp_path: Path) -> None:
    text = tmp_path / "LICENSE"
    text.write_text("as is")
    good = licences.Component("good", "1", "MIT", (text,))
    licences.require_allowed([good])
    bad = [
        licences.Component("ebooklib", "0.19", "AGPL-3.0-only", (text,)),
        licences.Component("odd", "2", "", (text,)),
        licences.Component("bare", "3", "MIT", ()),
        licences.Component("lost", "4", "MIT", (tmp_path / "gone",)),
    ]
    with pytest.raises(part("machine").SetupError) as caught:
        licences.require_allowed([good, *bad])
    for words in ("ebooklib 0.19: AGPL", "odd 2: no known licence", "bare 3: no text", "gone is"):
        assert words in str(caught.value)
    assert "good" not in str(caught.value)


def _package(folder: Path, name: str, about: str, files: dict[str, str]) -> None:
    info = folder / f"{name}-1.0.dist-info"
    for place, text in {
        **files,
        f"{info.name}/METADATA": f"Name: {name}\nVersion: 1.0\n{about}",
    }.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text)
    listed = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD"]
    (info / "RECORD").write_text("".join(f"{place},,\n" for place in listed))


def test_the_packages_that_something_was_taken_from_are_listed(licences, tmp_path: Path) -> None:
    by_expression = "License-Expression: BSD-3-Clause\n"
    by_classifier = "Classifier: License :: OSI Approved :: MIT License\n"
    _package(
        tmp_path, "one", by_expression, {"one.py": "", "one-1.0.dist-info/licenses/LICENSE": "1"}
    )
    _package(tmp_path, "two", by_classifier, {"two/a.so": "", "two-1.0.dist-info/COPYING": "2"})
    _package(tmp_path, "three", "License: MIT\n", {"three.py": ""})
    taken = [tmp_path / "two" / "a.so", tmp_path / "one.py", tmp_path / "elsewhere.py"]
    found = licences.packages_of(taken, tmp_path)
    assert [(one.name, one.licence) for one in found] == [("one", "BSD-3-Clause"), ("two", "MIT")]
    assert [path.read_text() for one in found for path in one.texts] == ["1", "2"]
    assert found[0].url == "pkg:pypi/one@1.0"


def test_what_metadata_do_not_say_was_read(licences) -> None:
    """The window's own library: no SPDX name of one licence, and no text in its wheel."""
    found = licences.of_package(metadata.distribution("PySide6-Essentials"))
    assert found.licence == "LGPL-3.0-only"
    assert [path.name for path in found.texts] == ["NOTICE-qt.txt", "LGPL-3", "GPL-3"]


def test_qt_is_named_and_how_to_replace_it_is_said(licences) -> None:
    binding = licences.of_package(metadata.distribution("PySide6-Essentials"))
    (qt,) = licences.qt_of([licences.Component("one", "1", "MIT", ()), binding])
    assert (qt.name, qt.version, qt.licence) == ("qt", binding.version, "LGPL-3.0-only")
    notice = " ".join(qt.texts[0].read_text("utf-8").split())
    for words in ("Lesser General Public License", "_internal/PySide6/Qt/lib", "source"):
        assert words in notice
    assert licences.qt_of([]) == []


def test_metadata_that_raise_for_what_they_lack_are_read(licences) -> None:
    """Where a test tool brings importlib_metadata along, its classes answer for the standard's."""

    class Strict(Message):
        def __getitem__(self, name: str) -> str:
            if (value := super().get(name)) is None:
                raise KeyError(name)
            return str(value)

    about = Strict()
    about["Name"], about["Classifier"] = "one", "License :: OSI Approved :: MIT License"
    one = SimpleNamespace(metadata=about, version="1.0", files=())
    assert licences.of_package(one).licence == "MIT"


@pytest.mark.parametrize(
    ("package", "licence"),
    [("libxcb-cursor0", "MIT"), ("libssl3", "Apache-2.0"), ("libreadline8", ""), ("libgdbm6", "")],
)
def test_a_library_whose_licence_was_not_read_has_none(licences, package, licence) -> None:
    assert licences.of_debian(package, "1").licence == licence


@pytest.mark.parametrize(
    ("package", "texts"),
    [
        ("libglib2.0-0", ["copyright", "LGPL-2.1"]),
        ("libssl3", ["copyright", "Apache-2.0"]),
        ("libgomp1", ["copyright", "GPL-3"]),
        ("libffi8", ["copyright"]),
    ],
)
def test_a_text_that_debian_only_names_is_carried(licences, package, texts) -> None:
    assert [path.name for path in licences.of_debian(package, "1").texts] == texts


def test_the_texts_lie_beside_a_list_of_them(licences, tmp_path: Path) -> None:
    text = tmp_path / "LICENSE"
    text.write_bytes("© someone \xff".encode("latin-1"))
    licences.write([licences.Component("one", "1", "MIT", (text, text))], tmp_path / "licences")
    (row,) = json.loads((tmp_path / "licences" / "licences.json").read_text("utf-8"))
    assert row == {"name": "one", "version": "1", "licence": "MIT", "text": "one.txt"}
    assert (tmp_path / "licences" / row["text"]).read_text("utf-8").count("someone") == 2


def test_the_bill_of_materials_names_every_part_once(licences, part) -> None:
    parts = [
        licences.Component("lampblack", "0.1.0", "MIT", ()),
        licences.Component("numpy", "2.4.6", "BSD-3-Clause", (), "pkg:pypi/numpy@2.4.6"),
        licences.Component("starter-model", "SmolLM2", "Apache-2.0", ()),
    ]
    bill = part("bundle.sbom").bill
    found = json.loads(bill(parts, "0.1.0", 1_800_000_000, "ab"))
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert found["metadata"]["timestamp"] == "2027-01-15T08:00:00Z"
    assert found["metadata"]["component"]["name"] == "lampblack"
    assert [one["type"] for one in found["components"]] == ["library", "machine-learning-model"]
    assert found["components"][0]["purl"] == "pkg:pypi/numpy@2.4.6"
    assert bill(parts, "0.1.0", 1, "ab") != bill(parts, "0.1.0", 1, "cd")


def test_a_system_without_common_licences_has_those_that_were_kept(
    licences, part, monkeypatch, tmp_path: Path
) -> None:
    debian, kept = tmp_path / "debian", tmp_path / "kept"
    debian.mkdir()
    for name in licences.TERMS:
        (debian / name).write_text(f"the text of {name}")
    monkeypatch.setattr(licences, "_COMMON", debian)
    licences.keep_terms(kept)
    monkeypatch.setattr(licences, "_COMMON", tmp_path / "none")
    monkeypatch.setattr(licences, "KEPT", kept)
    assert licences.common("LGPL-3").read_text() == "the text of LGPL-3"
    (kept / "GPL-3").unlink()
    with pytest.raises(part("machine").SetupError, match="GPL-3 is missing"):
        licences.keep_terms(tmp_path / "more")


def test_every_common_licence_that_is_needed_is_kept(licences, part) -> None:
    qt = licences.of_package(metadata.distribution("PySide6-Essentials"))
    starter = part("bundle.build")._starter(SimpleNamespace(title="starter"))
    needed = {path.name for path in (*qt.texts, *starter.texts)} - {
        "NOTICE-starter.txt",
        "NOTICE-qt.txt",
    }
    assert needed == set(licences.TERMS)


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_a_library_from_nowhere_stops_a_build_without_packages(licences, part, system) -> None:
    assert licences.system_of([], system) == []
    with pytest.raises(part("machine").SetupError, match=r"come from.*odd\.dll"):
        licences.system_of([Path("odd.dll")], system)
