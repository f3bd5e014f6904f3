"""Finished English sentences, shown in the window's language."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.core.errors import ParameterError
from app.core.formats.quantization import advise
from app.core.options.sampling import PARAMETERS
from app.core.system.paths import resource
from app.engine.crash_errors import crash_error
from app.engine.messages import Load
from app.ui import sentences
from app.ui.languages import speak
from app.ui.sentences import told


@pytest.fixture
def chinese(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    """A window that speaks Chinese."""
    assert speak(qapp, "zh_CN", tmp_path) == ""
    yield
    assert speak(qapp, "en", tmp_path) == ""


@pytest.mark.parametrize(
    ("english", "shown"),
    [
        ("", ""),
        ("It fits.", "放得下。"),
        (
            "It needs 3.2 GB, and 23.4 GB of memory are free.",
            "需要 3.2 GB，内存空闲 23.4 GB。",
        ),
        (
            "The model could not be put into /a: permission denied. Choose another folder.",
            "模型无法放进 /a：没有权限。请选择其他文件夹。",
        ),
        ("There is no file 你好.txt.", "没有文件 你好.txt。"),
        ("Ask again.\nIt fits.", "请再试一次。\n放得下。"),
        (
            "The graphics card had no room for 12 layers, so the processor does it all.",
            "显卡放不下 12 层，因此全部由处理器计算。",
        ),
    ],
)
def test_a_sentence_is_found_by_its_template(chinese, english: str, shown: str) -> None:
    assert told(english) == shown


def test_the_advices_are_chinese_to_the_last_word(chinese) -> None:
    found = [advise(kind, 98_362_432, ("AVX2",)) for kind in ("Q4_1", "Q5_1")]
    told_of = [told(advice.words) for advice in found if advice is not None]
    told_of += [
        told(f"With {what} it {fits}needs 2.0 GB.")
        for what in (
            "flash attention",
            "a KV cache of type q8_0 on top",
            "12 layers on the graphics card",
        )
        for fits in ("", "fits: it ")
    ]
    told_of.append(told("x.gguf (whisper) is a model for sound, not a model that writes."))
    names = {
        "GB",
        "MB",
        "flash",
        "attention",
        "KV",
        "Q8_0",
        "Q4_1",
        "Q5_1",
        "q8_0",
        "x",
        "gguf",
        "whisper",
    }
    assert len(told_of) == 9
    for sentence in told_of:
        assert set(re.findall(r"[A-Za-z]\w*", sentence, re.ASCII)) <= names


def test_what_is_not_known_stays(chinese) -> None:
    assert told("Sing, O goddess. It fits.") == "Sing, O goddess. 放得下。"
    assert told("写好了。") == "写好了。"


def test_no_known_sentence_has_more_parts_than_are_tried() -> None:
    file = ET.parse(resource("translations") / "lampblack_zh_CN.ts")
    known = [
        re.sub(r"\{\w+\}", "a.", message.findtext("source") or "")
        for context in file.iter("context")
        if context.findtext("name") in ("Sentences", "Parameters")
        for message in context.iter("message")
    ]
    assert len(known) > 1000
    assert max(len(sentences._END.split(one)) for one in known) <= sentences._MOST_PARTS


def test_a_text_twice_as_long_is_looked_up_twice_as_often(chinese) -> None:
    def tries(count: int) -> int:
        sentences.forget()
        told(" ".join(f"This is line {number} of an unknown answer." for number in range(count)))
        return sentences._found.cache_info().misses

    assert tries(80) < 2.5 * tries(40)


def test_english_stays_as_it_is() -> None:
    assert told("It fits.") == "It fits."


def test_a_crash_is_told_in_chinese(chinese) -> None:
    load = Load(job=1, path="/m/a.gguf", engine="llama.cpp")
    assert told(str(crash_error(-9, load, None))) == (
        "引擎被 SIGKILL 终止，当时正在载入 a.gguf。很可能是系统内存太少而终止了它："
        "请关闭其他程序，或选择更小的模型、更短的上下文。"
    )
    assert told(str(crash_error(3, None, None))) == (
        "引擎以代码 3 结束，当时尚未准备好。你的文字是安全的；请再写一次，模型会重新载入。"
    )


def test_every_number_out_of_its_limits_is_told_in_chinese(chinese) -> None:
    for bound in PARAMETERS:
        if bound.kind in ("int", "float") and not bound.row.choices:
            with pytest.raises(ParameterError) as caught:
                bound.check(10**12)
            shown = told(str(caught.value))
            assert "必须在" in shown
            assert "must" not in shown
            assert f"({bound.name})" in shown
