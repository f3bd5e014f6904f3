"""The window in the language of the system or of the settings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QWidget

from app.ui import languages
from app.ui.actions import translated
from app.ui.languages import change_language, language_of, locale_of, speak
from app.ui.numbers import number_text
from app.ui.widgets.number_box import NumberBox

FOLDER = Path(__file__).parent.parent.parent / "resources" / "translations"


@pytest.fixture
def spoken(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Lets the window speak a language until the test ends; gives what went wrong."""
    yield lambda setting: speak(qapp, setting, tmp_path / "cache")
    assert speak(qapp, "en", tmp_path) == ""


@pytest.mark.parametrize(
    ("setting", "wanted", "language"),
    [
        ("en", ["zh-Hans-CN"], "en"),
        ("zh_CN", ["en-GB"], "zh_CN"),
        ("system", ["zh-Hans-CN", "zh-CN", "zh"], "zh_CN"),
        ("system", ["zh-SG"], "zh_CN"),
        ("system", ["de-DE", "zh-CN", "en"], "zh_CN"),
        ("system", ["en-US", "zh-CN"], "en"),
        ("system", ["zh-Hant-TW", "zh-TW"], "en"),
        ("system", ["zh-HK", "en"], "en"),
        ("system", ["fr-FR"], "en"),
        ("system", ["C"], "en"),
        ("system", [], "en"),
    ],
)
def test_the_setting_or_the_system_chooses(setting: str, wanted: list[str], language: str) -> None:
    assert language_of(setting, wanted) == language


def test_the_system_is_asked(monkeypatch) -> None:
    monkeypatch.setattr(QLocale, "uiLanguages", lambda _locale: ["zh-Hans-CN"])
    assert language_of("system") == "zh_CN"


@pytest.mark.parametrize(
    ("setting", "system", "written"),
    [
        ("system", "de_DE", "de_DE"),  # English words, for want of German ones
        ("en", "de_DE", "en_US"),
        ("en", "en_GB", "en_GB"),
        ("en", "C", "C"),
        ("zh_CN", "en_GB", "zh_CN"),
        ("zh_CN", "zh_SG", "zh_SG"),
        ("zh_CN", "zh_TW", "zh_CN"),
    ],
)
def test_numbers_follow_a_language_that_is_not_the_systems(
    setting: str, system: str, written: str
) -> None:
    assert locale_of(setting, QLocale(system)) == QLocale(written)


def test_what_is_shown_is_written_again(spoken, qtbot, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(QLocale, "system", lambda: QLocale("de_DE"))
    assert spoken("system") == ""
    window = QWidget()
    qtbot.addWidget(window)
    box = NumberBox(0, 10, 0.1, whole=False, parent=window)
    box.setValue(2.5)
    assert (box.text(), number_text(1234.5, 1)) == ("2,5", "1.234,5")
    assert change_language("en", tmp_path) == ""  # the same words, and other numbers
    assert (box.text(), number_text(1234.5, 1)) == ("2.5", "1,234.5")


def test_chinese_is_spoken_by_the_program_and_by_qt(spoken, qtbot) -> None:
    assert translated("Save") == "Save"
    assert spoken("zh_CN") == ""
    assert translated("Save") == "保存"
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert "取消" in box.button(QDialogButtonBox.StandardButton.Cancel).text()
    assert spoken("en") == ""
    assert translated("Save") == "Save"


def test_texts_without_their_compiled_file_are_compiled(spoken, monkeypatch, tmp_path) -> None:
    bare = tmp_path / "translations"
    bare.mkdir()
    shutil.copy(FOLDER / "lampblack_zh_CN.ts", bare)
    with monkeypatch.context() as patched:
        patched.setattr(languages, "resource", lambda name: tmp_path / name)
        assert spoken("zh_CN") == ""
    assert translated("Save") == "保存"
    assert [path.suffix for path in (tmp_path / "cache" / "translations").iterdir()] == [".qm"]
    assert sorted(path.name for path in bare.iterdir()) == ["lampblack_zh_CN.ts"]


def test_a_bundle_takes_what_it_has(spoken, monkeypatch, tmp_path) -> None:
    shutil.copytree(FOLDER, tmp_path / "translations")
    compiled = tmp_path / "translations" / "lampblack_zh_CN.qm"
    if not compiled.exists():
        assert spoken("zh_CN") == ""
        made = (tmp_path / "cache" / "translations").iterdir()
        shutil.copy(next(made), compiled)
    os.utime(compiled, (0, 0))  # older than its source, as an archive may have it
    with monkeypatch.context() as patched:
        patched.setattr(languages, "_TOOL", tmp_path / "lrelease")
        patched.setattr(languages, "resource", lambda name: tmp_path / name)
        assert spoken("zh_CN") == ""
    assert translated("Save") == "保存"


def test_texts_that_cannot_be_compiled_are_told_of(spoken, monkeypatch, tmp_path) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "lampblack_zh_CN.ts").write_text("<TS", "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(languages, "resource", lambda name: tmp_path / name)
        trouble = spoken("zh_CN")
    assert trouble.startswith("The texts in 简体中文 could not be loaded: lrelease did not compile")
    assert QCoreApplication.translate("Actions", "Save") == "Save"


def test_one_word_is_no_words(spoken, studio) -> None:
    shown = []
    for count in (0, 1, 2, 1234):
        studio.window.status.show_words(count, 0)
        shown.append(studio.window.status.words.text())
    assert shown == ["0 words", "1 word", "2 words", "1,234 words"]
    spoken("zh_CN")
    studio.window.status.show_words(1, 0)
    assert studio.window.status.words.text() == "1 字"


def test_a_chinese_window(spoken, make_studio) -> None:
    spoken("zh_CN")
    studio = make_studio()
    assert [action.text() for action in studio.window.menuBar().actions()] == [
        f"&{name}" for name in ("文件", "编辑", "视图", "写作", "模型", "帮助")
    ]
    studio.do("continue")
    studio.fail("out_of_memory", "There is not enough memory for a context of 4096 tokens.")
    assert studio.banners == ["内存不足以容纳 4096 个词元的上下文。"]
