"""Writes the README's generated parts out of the program's own tables, or checks them.

A part stands between `<!-- NAME -->` and `<!-- end of NAME -->`; all else in the README is written
by hand.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from app.cli.main import build_parser
from app.core.options.load_options import LOAD_OPTIONS
from app.core.options.presets import BUILTIN, SUGGESTED
from app.core.options.rows import BoundRow, limit_text
from app.core.options.sampling import GROUPS, PARAMETERS
from app.ui.action_table import ACTIONS, MENUS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PROMISES = Path(__file__).with_name("promises.tsv")
"""A promise, its figure and its tests in each line."""


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows
    )


def value_text(value: object) -> str:
    """A value as it is typed on the command line."""
    if value is None:
        return "random"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (tuple, dict)):
        return ", ".join(_visible(str(item)) for item in value) or "none"
    return _visible(str(value)) or "none"


def _visible(text: str) -> str:
    """`text` with its control characters written as escapes."""
    return text.encode("unicode_escape").decode() if not text.isprintable() else text


def limits(bound: BoundRow) -> str:
    """The values that a row allows."""
    row = bound.row
    if row.choices and bound.kind == "texts":
        return f"any order of its {len(row.choices)} steps"
    if row.choices:
        return ", ".join(value_text(choice) for choice in row.choices)
    if bound.kind in ("texts", "bias"):
        return f"up to {row.max_length}"
    if bound.kind == "bool":
        return "on, off"
    if bound.kind == "text":
        return f"up to {row.max_length:,} characters" if row.max_length else "any text"
    return f"{limit_text(row.low)} – {limit_text(row.high)}" + f" {row.unit}".rstrip()


def slider(bound: BoundRow) -> str:
    """The range of the row's slider, with its step."""
    found = bound.row.slider
    if found is None:
        return ""
    low, high, step = (limit_text(end) for end in (found.low, found.high, found.step))
    return f"{low} – {high}, {step}"


def parameters() -> str:
    """The one table of sampling parameters, group by group."""
    head = ("Parameter", "Default", "Limits", "Slider, step", "llama.cpp", "Torch", "What it does")
    parts = []
    for group in GROUPS:
        lines = [
            (
                f"`{bound.name}`",
                value_text(bound.default),
                limits(bound),
                slider(bound),
                bound.row.llama_cpp,
                bound.row.torch or "–",
                bound.row.help,
            )
            for bound in PARAMETERS
            if bound.row.group == group
        ]
        parts.append(f"**{group}**\n\n{table(head, lines)}")
    return "\n\n".join(parts)


def load_options() -> str:
    """The table of load options."""
    head = ("Option", "Default", "Limits", "What it does")
    return table(
        head,
        (
            (f"`{bound.name}`", value_text(bound.default), limits(bound), bound.row.help)
            for bound in LOAD_OPTIONS
        ),
    )


def presets() -> str:
    """The built-in presets, what each does to the prose and what it changes."""
    return table(
        ("Preset", "What it does to the prose", "What it sets"),
        (
            (
                preset.name,
                preset.description,
                ", ".join(
                    f"`{bound.name}` {value_text(getattr(preset.sampling, bound.name))}"
                    for bound in PARAMETERS
                    if getattr(preset.sampling, bound.name) != bound.default
                )
                or "the defaults",
            )
            for preset in (*BUILTIN, SUGGESTED)
        ),
    )


def words(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, str, str]]:
    """Every word under `name`: how it is typed, what it does, its own options."""
    # argparse offers its tree under private names only; its printed help differs by version.
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            about = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for word, inner in action.choices.items():
                yield from _word(inner, f"{name} {word}", about.get(word, ""))


def _word(parser: argparse.ArgumentParser, name: str, about: str) -> Iterator[tuple[str, str, str]]:
    inner = list(words(parser, name))
    if inner:
        yield from inner
        return
    own = [action for action in parser._actions if ":" not in action.dest]
    places = [_place(action) for action in own if not action.option_strings]
    options = [_option(action) for action in own if action.option_strings and action.dest != "help"]
    derived = [action for action in parser._actions if ":" in action.dest]
    if derived and not any(action.dest.startswith("sampling:") for action in derived):
        flags = ", ".join(f"`{action.option_strings[0]}`" for action in derived)
        options.append(f"the load options {flags}")
    elif derived:
        options.append("every parameter and load option, such as `--top-p 0.9`")
    yield " ".join([name, *places]), about, "; ".join(options)


def _place(action: argparse.Action) -> str:
    shown = str(action.metavar or "|".join(map(str, action.choices or (action.dest,))))
    return f"[{shown}]" if action.nargs == "?" else shown


def _option(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or "|".join(action.choices or ()))
    return f"`{f'{action.option_strings[-1]} {value}'.strip()}` {action.help}"


def command_line() -> str:
    """The words of the command line."""
    lines = [
        (f"`{name}`", about, options) for name, about, options in words(build_parser(), "lampblack")
    ]
    window = ("`lampblack [FILE…]`", "open the window, with these files", "")
    return table(("Command", "What it does", "Options"), [window, *lines])


def keys() -> str:
    """Every action of the window with its keys, menu by menu."""
    lines = [
        (row.menu, row.text, " or ".join(f"`{keys}`" for keys in row.shortcuts), row.help)
        for menu in MENUS
        for row in ACTIONS
        if row.menu == menu
    ]
    return table(("Menu", "Action", "Keys", "What it does"), lines)


def promises() -> str:
    """What is promised of hostile files, kills and strangers' programs, with test and figure.

    Raises ValueError where a test is not there (any more).
    """
    lines = []
    for line in PROMISES.read_text("utf-8").splitlines():
        promise, figure, tests = line.split("\t")
        if missing := [one for one in tests.split() if not is_test(one)]:
            raise ValueError(f"{PROMISES.name} names tests that do not exist: {missing}.")
        links = (f"[{one.rpartition('::')[2]}]({one.partition('::')[0]})" for one in tests.split())
        lines.append((promise, "<br>".join(links), figure))
    return table(("Promise", "Tests", "Figure"), lines)


def is_test(identifier: str) -> bool:
    """Whether pytest would find this test, such as `tests/x.py::TestY::test_z`."""
    name, *parts = identifier.split("::")
    path = ROOT / name
    inside = ast.parse(path.read_text("utf-8")).body if path.is_file() else []
    for part in parts:
        found = [
            node
            for node in inside
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == part
        ]
        if not found:
            return False
        inside = found[0].body
    return bool(parts) and parts[-1].startswith("test_")


def first_line(module: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(module.read_text("utf-8"))) or "").partition("\n")[0]


def house() -> str:
    """The folders and files of app/, and the folders inside those, each with its first line."""
    parts = list(_parts(ROOT / "app", 1))
    width = max(len(name) for name, _about in parts)
    lines = [f"{name:<{width}}  {about}" for name, about in parts]
    return "\n".join(["```text", "app/", *lines, "```"])


def _parts(folder: Path, depth: int) -> Iterator[tuple[str, str]]:
    inner = [path for path in folder.iterdir() if (path / "__init__.py").exists()]
    plain = [path for path in folder.glob("*.py") if depth == 1 and path.stem != "__init__"]
    for path in sorted([*inner, *plain]):
        if path in plain:
            yield f"{'  ' * depth}{path.name}", first_line(path)
            continue
        yield f"{'  ' * depth}{path.name}/", first_line(path / "__init__.py")
        if depth == 1:
            yield from _parts(path, depth + 1)


PARTS: dict[str, Callable[[], str]] = {
    "house": house,
    "presets": presets,
    "parameters": parameters,
    "load options": load_options,
    "command line": command_line,
    "keys": keys,
    "promises": promises,
}


def written(readme: str) -> str:
    """`readme` with every part written again; raises ValueError when a part has no place in it."""
    for name, make in PARTS.items():
        before, start, rest = readme.partition(f"<!-- {name} -->")
        _old, end, after = rest.partition(f"<!-- end of {name} -->")
        if not end:
            raise ValueError(f"The README has no place for “{name}”.")
        readme = f"{before}{start}\n\n{make()}\n\n{end}{after}"
    return readme


def main(arguments: Sequence[str]) -> int:
    """Write the README, or with --check only compare it."""
    before = README.read_text("utf-8")
    try:
        after = written(before)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments != ["--check"]:
        README.write_text(after, "utf-8")
    elif before != after:
        print("README.md is not up to date: run `python3 packaging/dev.py docs`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
