"""What `pip install .` gives: the package `lampblack`, which imports without the window."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_a_package_that_imports_alone(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("app", "resources"):
        copytree(ROOT / name, source / name, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "models.json"):
        copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "wheel", str(source), "-q", "-w", str(tmp_path)]
    options = ["--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, *options], check=True, capture_output=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    assert (tmp_path / "site/lampblack/py.typed").exists()
    names = {path.name for path in (ROOT / "app/sdk/examples").glob("*.py")}
    assert {path.name for path in (tmp_path / "site/lampblack/examples").iterdir()} == names
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import lampblack;"
        "print(lampblack.__file__, {'PySide6', 'torch', 'llama_cpp'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
    assert ran.stdout.startswith(str(tmp_path / "site"))
    assert ran.stdout.endswith(" set()\n")
