"""Collects the window's texts for their translators, checks them, and compiles what is translated.

Usage: python packaging/translations.py [--check | --compile]

Qt's lupdate reads `tr()` and `translate()` in app/ui. What it cannot read is handed to it as a file
of markers: the tables' rows, the passport's words, the catalogue, and, out of the rooms that know
nothing of Qt, every sentence: its own f-string is the template by which the window finds its
translation (app/ui/sentences.py).
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import PySide6
from PySide6.QtCore import QLocale

from app.core.documents.encodings import ENCODINGS
from app.core.options.load_options import LOAD_OPTIONS
from app.core.options.presets import BUILTIN, SUGGESTED
from app.core.options.sampling import DEFAULT_ORDER, PARAMETERS
from app.core.options.settings import SETTINGS
from app.core.passport import LANGUAGES
from app.core.rewrites.table import REWRITES
from app.ui.action_table import ACTIONS, CONTEXT, MENUS
from app.ui.manager.model_actions import MODEL_ACTIONS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
CHINESE, ENGLISH = "lampblack_zh_CN.ts", "lampblack_en.ts"
TOOLS = Path(PySide6.__file__).parent

Marked = tuple[str, str]
"""A context and a text of it."""

_SPEAKERS = ("core", "downloads", "engine", "host", "remote", "program.py")
"""The rooms whose finished sentences the window shows."""

_SILENT = frozenset(
    (
        "baselines",
        "crash_report.py",
        "fake.py",
        "fake_script.py",
        "language_names.py",
        "masked_names.py",
        "masked_numbers.py",
        "masking.py",
        "comparing.py",
        "html_report.py",
        "openmp.py",
        "plots",
        "prompts.py",
        "run_plots.py",
        "selftest",
        "surroundings.py",
        "texts.py",
        "trials.py",
    )
)
"""What in them says nothing to a writer, or speaks to the model."""

_SENTENCE = re.compile(
    r"(?![A-Z]{4,} )[A-Z{“].*[a-z].* .*(?:[.:?!…]|\{\w+\})|"
    r"(?:The|There|Get|Add|KV|PyTorch|DoRA,|1) .*[a-z].*"
)
_WHOLE = re.compile(r"[A-Z{].* .*\.")
_PHRASE = re.compile(r"[,(]?[a-z{ ](?:q8_0|[^\W_]|[ ,.;:?#%/’'“”(){}-]){1,84}")
_REASONS = (
    "connection refused",
    "connection reset by peer",
    "file exists",
    "file name too long",
    "input/output error",
    "is a directory",
    "no space left on device",
    "no such file or directory",
    "not a directory",
    "operation not permitted",
    "permission denied",
    "read-only file system",
    "timed out",
)
"""What a system says of files and lines that fail."""

_NAMES = ("weights", "Stopped.")
"""What else is told, in one word."""

_TRANSLATED = ("tr", "_tr", "translate", "translated")
"""What translates its first text in app/ui."""

_WORD = re.compile(r"[A-Za-z]{3}")


def tables() -> Iterator[Marked]:
    """The texts of the tables, and of the catalogue."""
    yield from ((CONTEXT, menu) for menu in MENUS)
    for action in (*ACTIONS, *MODEL_ACTIONS):
        yield from ((CONTEXT, action.text), (CONTEXT, action.help))
    for bound in (*SETTINGS, *PARAMETERS, *LOAD_OPTIONS):
        row = bound.row
        for text in (row.label, row.help, row.plain, row.group, row.unit, row.form):
            yield "Parameters", text
        yield "Parameters", row.torch_missing
    yield from (("Parameters", step.replace("_", "-")) for step in DEFAULT_ORDER)
    for preset in (*BUILTIN, SUGGESTED):
        yield from (("Presets", preset.name), ("Presets", preset.description))
    for rewrite in REWRITES:
        texts = (rewrite.name, rewrite.help, rewrite.asks, *rewrite.suggestions)
        yield from (("Rewrites", text) for text in texts)
    yield from (("Sentences", text) for text in (*_REASONS, *_NAMES))
    yield from (("Passport", name) for name in LANGUAGES.values())
    yield from (("Sentences", name) for name in LANGUAGES.values())
    catalogue = json.loads((ROOT / "models.json").read_text("utf-8"))
    yield from (("Catalogue", model["why"]) for model in catalogue["models"])
    codes = {code for model in catalogue["models"] for code in model["languages"]} - {"multi"}
    names = (QLocale.languageToString(QLocale(code).language()) for code in sorted(codes))
    yield from (("Languages", name) for name in names)
    encodings = [encoding.name for encoding in ENCODINGS.values()]
    yield from (("Encodings", name) for name in encodings if "mark" in name)
    yield from (("Encodings", name.partition(" (")[0]) for name in encodings)
    yield from (("Working", f"Trying {name}") for name in LANGUAGES.values())


def passport() -> Iterator[Marked]:
    """What the model's passport hands to its `tr`, and the steps of the examination."""
    passport = ROOT / "app" / "core" / "passport.py"
    examination = ROOT / "app" / "host" / "passport" / "examination.py"
    yield from (("Passport", text) for text in _arguments(passport, "tr"))
    yield from (("Working", text) for text in _arguments(examination, "_tell"))


def _arguments(path: Path, name: str) -> Iterator[str]:
    """The texts that a module hands to a function or method of that name."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called == name and isinstance(node.args[0].value, str):
                yield node.args[0].value


def sentences() -> Iterator[Marked]:
    """Every sentence and phrase of the rooms without Qt, with {0}, {1} … for what varies.

    The window has some, too, where it raises errors as they do.
    """
    for speaker in _SPEAKERS:
        for path in _modules(ROOT / "app" / speaker):
            yield from (("Sentences", text) for text in _spoken(_tree(path)))
    for path in _modules(ROOT / "app" / "ui"):
        found = _spoken(_tree(path))
        yield from (("Sentences", text) for text in found if _WHOLE.fullmatch(text))


def _modules(place: Path) -> Iterator[Path]:
    paths = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return (path for path in paths if not set(path.relative_to(ROOT).parts) & _SILENT)


def _spoken(tree: ast.Module) -> Iterator[str]:
    """What a module says, but for what it has translated at once."""
    passed = {*_docstrings(tree), *_translated(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed.update(id(part) for part in ast.walk(node) if isinstance(part, ast.Constant))
        if id(node) in passed or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        text = _template(node).strip()
        words = re.sub(r"\{\d+\}", "", text).split()
        is_told = _SENTENCE.fullmatch(text) or _PHRASE.fullmatch(text)
        if is_told and " " in text and any(map(_WORD.search, words)):
            yield text


def _translated(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in _TRANSLATED:
                yield from (id(text) for part in node.args for text in ast.walk(part))


def _docstrings(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    """A text with a place for each of its values; empty for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts, places = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{places}}}")
            places += 1
    return "".join(parts)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def markers() -> str:
    """A file of markers for lupdate, a text only once however many rooms say it."""
    known = dict.fromkeys((*tables(), *passport()))
    told = {text for _context, text in known}
    known.update(dict.fromkeys(one for one in sentences() if one[1] not in told))
    lines = (
        f"QT_TRANSLATE_NOOP({json.dumps(context)}, {json.dumps(text, ensure_ascii=False)})\n"
        for context, text in known
        if text.strip()
    )
    return "".join(lines)


def extract(folder: Path) -> None:
    """Bring the two files in `folder` up to date with the program."""
    with TemporaryDirectory() as place:
        marked = Path(place) / "markers.py"
        marked.write_text(markers(), "utf-8")
        _lupdate(folder / CHINESE, marked)
        _lupdate(folder / ENGLISH, marked, "-pluralonly")


def _lupdate(target: Path, marked: Path, *options: str) -> None:
    """What lupdate finds in the window's sources and in the markers, into `target`."""
    how = ("-extensions", "py", "-locations", "none", "-no-obsolete", "-sort-messages", "-silent")
    alias = ("-tr-function-alias", "translate+=_tr", "-source-language", "en")
    sources = (ROOT / "app" / "ui", marked)
    _run(TOOLS / "lupdate", *how, *alias, *options, *sources, "-ts", target)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def unfinished(path: Path) -> list[str]:
    """The texts in a file that have no translation."""
    found = []
    for message in ET.parse(path).iter("message"):  # noqa: S314 (our own file)
        translation = message.find("translation")
        told = "" if translation is None else "".join(translation.itertext()).strip()
        if translation is None or translation.get("type") == "unfinished" or not told:
            found.append(message.findtext("source") or "")
    return found


def check() -> list[str]:
    """What is not as the program has it: sentences for the developer.

    Of two values side by side, the window cannot tell where the first one ends.
    """
    troubles = []
    with TemporaryDirectory() as place:
        for name in (CHINESE, ENGLISH):
            (Path(place) / name).write_bytes((FOLDER / name).read_bytes())
        extract(Path(place))
        for name in (CHINESE, ENGLISH):
            if (Path(place) / name).read_bytes() != (FOLDER / name).read_bytes():
                troubles.append(f"{name} is behind the program: run `dev.py translate`.")
            troubles += [f"{name}: not translated: {text}" for text in unfinished(FOLDER / name)]
    inseparable = (text for _context, text in sentences() if "}{" in text)
    troubles += [f"Two values stand side by side: {text}" for text in inseparable]
    return troubles


def compile_all() -> None:
    """Make the .qm files that the program loads."""
    for name in (CHINESE, ENGLISH):
        made = (FOLDER / name).with_suffix(".qm")
        _run(TOOLS / "lrelease", "-silent", FOLDER / name, "-qm", made)


def main(arguments: Sequence[str]) -> int:
    """Collect and compile, only compile, or only check."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say what is not up to date")
    parser.add_argument("--compile", action="store_true", help="only make the .qm files")
    given = parser.parse_args(arguments)
    if given.check:
        troubles = check()
        print(*troubles, sep="\n", end="\n" if troubles else "", file=sys.stderr)
        return bool(troubles)
    if not given.compile:
        FOLDER.mkdir(exist_ok=True)
        extract(FOLDER)
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
