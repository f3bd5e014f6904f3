"""The window's texts: all of them collected, translated, and fit to be filled in."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "resources" / "translations"
PLACES = re.compile(r"\{\w+\}|%n|&(?=\w)|\(\*\.[^)]*\)|;;|\n")


@pytest.fixture
def translations(monkeypatch) -> Iterator[ModuleType]:
    """packaging/translations.py."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    yield importlib.import_module("translations")
    sys.modules.pop("translations", None)


def messages() -> Iterator[tuple[str, str, str]]:
    """Context, English and Chinese of every text."""
    for context in ET.parse(FOLDER / "lampblack_zh_CN.ts").iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            told = "".join(translation.itertext()).strip()
            yield context.findtext("name") or "", message.findtext("source") or "", told


def test_nothing_is_new_and_nothing_is_left_in_english(translations) -> None:
    assert translations.check() == []


def _errors(translations: ModuleType) -> Iterator[tuple[str, str]]:
    """What each error says that is raised anywhere the window hears of, and the hint with it."""
    for room in (*translations._SPEAKERS, "ui"):
        for path in translations._modules(ROOT / "app" / room):
            for node in ast.walk(translations._tree(path)):
                name = getattr(node, "func", None)
                if str(getattr(name, "id", getattr(name, "attr", ""))).endswith("Error"):
                    assert isinstance(node, ast.Call)
                    yield from ((path.name, text) for text in _said(translations, node))


def _said(translations: ModuleType, call: ast.Call) -> Iterator[str]:
    for argument in call.args[:2]:
        ways = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
        for way in ways:
            if isinstance(way, ast.Constant | ast.JoinedStr):
                yield translations._template(way).strip()


def test_every_error_that_the_window_hears_of_has_its_template(translations) -> None:
    known = {source for _context, source, _told in messages()}
    found = set(_errors(translations))
    assert len(found) > 500
    left_out = {
        "",
        "{0} ({1}) {2}.",  # of a row, which is told by its label
        "{0}.",  # what is told in another sentence
        "lrelease did not compile {0}",  # where nothing is translated
    }
    assert [one for one in found if one[1] not in known | left_out] == []


def test_what_is_said_in_a_yield_or_a_call_is_collected(translations) -> None:
    module = ast.parse(
        '''"""A docstring of this module."""
notes.append(f"It needs {size} more.")
def parts():
    yield Part("the engine itself", 1)
    raise StoreError(self.tr("It was translated at once."))
'''
    )
    assert [*translations._spoken(module)] == ["It needs {0} more.", "the engine itself"]


def test_a_text_that_is_not_in_the_file_is_found(translations, monkeypatch) -> None:
    more = (*translations.tables(), ("Actions", "Open the Skylight"))
    monkeypatch.setattr(translations, "tables", lambda: more)
    assert translations.check() == [
        "lampblack_zh_CN.ts is behind the program: run `dev.py translate`."
    ]


def test_an_unfinished_text_is_found(translations, tmp_path: Path) -> None:
    text = (FOLDER / "lampblack_zh_CN.ts").read_text("utf-8")
    broken = text.replace("<translation>采纳<", '<translation type="unfinished">采纳<', 1)
    (tmp_path / "one.ts").write_text(broken, "utf-8")
    assert translations.unfinished(tmp_path / "one.ts") == ["Accept"]


def test_every_translation_has_the_places_and_keys_of_its_source() -> None:
    wrong = [
        (source, told)
        for _context, source, told in messages()
        if sorted(set(PLACES.findall(source.strip()))) != sorted(set(PLACES.findall(told)))
        and not ("&" in source and "(&" in told)
    ]
    assert wrong == []


def test_chinese_is_written_with_chinese_punctuation() -> None:
    han = "[\u4e00-\u9fff]"
    wrong = [told for *_, told in messages() if re.search(f"{han}[,;:?!]|[,;:?!]{han}", told)]
    assert [text for text in wrong if ";;" not in text and "token:" not in text] == []


def test_only_literal_texts_are_handed_to_tr() -> None:
    wrong = []
    for path in sorted((ROOT / "app" / "ui").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or path.name == "sentences.py":
                continue
            if _name(call) in ("tr", "_tr") and not _literal(call):
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert wrong == []


_FROM_TABLES = ("Actions", "Catalogue", "Languages", "Parameters", "Passport", "Presets")


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _literal(call: ast.Call) -> bool:
    """Whether lupdate can read it, or its text comes out of a table that is collected."""
    texts = [one.value if isinstance(one, ast.Constant) else None for one in call.args[:2]]
    if _name(call) == "tr":
        return isinstance(texts[0], str)
    return None not in texts or texts[0] in _FROM_TABLES


def test_what_a_room_says_in_an_f_string_becomes_a_template(translations) -> None:
    tree = ast.parse('"""Doc of it."""\nraise E(f"There is no {a} in {b!r}.", "Ask again.")\n')
    assert [*translations._spoken(tree)] == ["There is no {0} in {1}.", "Ask again."]


def test_a_bundle_carries_the_texts(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    contents = importlib.import_module("bundle.contents")
    assert ("resources/translations", "resources/translations") in contents.DATA
    spec = (ROOT / "packaging" / "bundle" / "lampblack.spec").read_text("utf-8")
    assert "translations.compile_all()" in spec


def test_the_compiled_texts_are_made(translations, monkeypatch, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.ts"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    assert translations.main(["--compile"]) == 0
    assert (tmp_path / "lampblack_zh_CN.qm").stat().st_size > 50_000
