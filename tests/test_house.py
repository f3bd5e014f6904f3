"""The README and the repository are what they say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
TOP_LEVEL = {
    "LICENSE", "README.md", "app", "models.json", "packaging", "pyproject.toml", "resources",
    "tests", ".ci", ".github", ".gitignore",
}  # fmt: skip


def modules() -> list[Path]:
    app = ROOT / "app"
    return sorted([*app.glob("*/__init__.py"), *app.glob("*/*/__init__.py"), *app.glob("*.py")])


def repository_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    names = [name for name in listed.split("\0") if name]
    if names:
        return [ROOT / name for name in names]
    tops = (ROOT / name for name in TOP_LEVEL)
    return [path for top in tops for path in (top.rglob("*") if top.is_dir() else [top])]


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_readme_names_every_part_with_its_own_first_line(module: Path) -> None:
    first = (ast.get_docstring(ast.parse(module.read_text("utf-8"))) or "").partition("\n")[0]
    name = f"{module.parent.name}/" if module.name == "__init__.py" else module.name
    assert first, f"{module} has no docstring"
    if module.parent.name == "app" and module.name == "__init__.py":
        return
    indent = "  " * len(module.relative_to(ROOT / "app").parts[: -1 if name[-1] == "/" else None])
    assert re.search(rf"^{indent}{re.escape(name)} +{re.escape(first)}$", README, re.MULTILINE)


def test_no_folder_is_a_drawer() -> None:
    folders = {path.parent for path in (ROOT / "app").rglob("*.py")}
    counted = {folder.relative_to(ROOT): len(list(folder.glob("*.py"))) for folder in folders}
    assert {str(folder): count for folder, count in counted.items() if count > 21} == {}


def test_no_class_name_has_two_meanings() -> None:
    places: dict[str, list[str]] = {}
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(path.name)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_files_are_short() -> None:
    files = [path for top in ("app", "packaging") for path in (ROOT / top).rglob("*.py")]
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    assert ROOT / "packaging" / "dev.py" in lines
    assert {str(path): count for path, count in lines.items() if count > 400} == {}


def test_tests_mirror_the_house() -> None:
    tests, app = ROOT / "tests", ROOT / "app"
    rooms = [path for path in tests.rglob("*") if path.is_dir() and any(path.glob("test_*.py"))]
    beside = {"accessibility", "e2e", "kills", "packaging", "responsive", "soak", "vulkan"}
    own = [path.relative_to(tests) for path in rooms if path != tests]
    assert [
        str(path) for path in own if path.parts[0] not in beside and not (app / path).is_dir()
    ] == []


def test_generated_tables_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_readme_links_to_files_that_exist() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_readme_names_logs_that_are_written() -> None:
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "packaging").glob("*.py")]
    written = "".join(path.read_text("utf-8") for path in sources)
    named = re.findall(r"`[^`\n]*?([\w-]+\.log)`", README)
    assert named
    assert [name for name in named if f'"{name}"' not in written] == []


def test_top_level_holds_only_what_the_house_has() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in repository_files()}
    assert found <= TOP_LEVEL


def test_no_machine_path_in_the_repository() -> None:
    words = ["/" + "work/", "/" + "tmp/w", "/" + "root/", "/" + "opt/"]
    for path in repository_files():
        if path.suffix not in (".py", ".md", ".toml", ".txt", ".json", "") or not path.is_file():
            continue
        text = path.read_text("utf-8")
        assert not [word for word in words if word in text], path


def test_every_dependency_is_pinned() -> None:
    def name(requirement: str) -> str:
        found = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert found
        return re.sub(r"[-_.]+", "-", found.group()).lower()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {
        name(requirement)
        for group in (project["dependencies"], *project["optional-dependencies"].values())
        for requirement in group
    }
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert all("==" in line for line in pinned)
    assert wanted <= {name(line) for line in pinned}


def test_every_package_is_installed() -> None:
    """Its list is written out: `resources` is installed in `app`, `lampblack` is the SDK."""
    listed = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"][
            "packages"
        ]
    )
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "app").rglob("__init__.py")
    }
    mapped = {name.replace("app.sdk", "lampblack") for name in found if name.startswith("app.sdk")}
    assert listed == found | mapped | {"app.resources"}
