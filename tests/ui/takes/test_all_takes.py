"""All takes: searching them, what each saw, and writing one again with nothing or one thing new."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from app.core.options.sampling import Sampling
from app.core.store import TakeRecord
from app.core.store.takes.kept import KeptTake
from app.engine.messages import Done, EngineSettings, Take
from app.ui.generation.requests import fields_from, kept_fields
from app.ui.takes.again import OneChange
from app.ui.takes.again_dialog import AgainDialog
from app.ui.takes.all_takes import AllTakesDialog
from app.ui.widgets.number_box import NumberBox


@pytest.fixture
def history(bench, qtbot):
    """The history of a manuscript with three takes, and one of another manuscript."""
    bench.studio.program.store.kept_takes.add(
        KeptTake(
            record=TakeRecord(
                journal="other",
                path="/x/other.md",
                text="Elsewhere the café.",
                model="/m/old.gguf",
                created_at=1e9,
                prompt="Elsewhere",
            ),
            key="o",
            preset="Focused",
        )
    )
    bench.write(" The Éclair stood.", " A lamp burned.", " 灯塔亮了。", before="Once.")
    return bench


def opened(bench: Any, qtbot: Any) -> AllTakesDialog:
    bench.studio.do("all_takes")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AllTakesDialog)
    settle(dialog, qtbot)
    return dialog


def settle(dialog: AllTakesDialog, qtbot: Any) -> None:
    if dialog._later.isActive():
        dialog.search()
    qtbot.waitUntil(lambda: dialog.background.is_idle)


def listed(dialog: AllTakesDialog) -> list[str]:
    return [dialog.list.item(row).text().split("\n")[0] for row in range(dialog.list.count())]


def test_words_are_found_in_this_manuscript_and_in_all(history, qtbot):
    dialog = opened(history, qtbot)
    assert listed(dialog) == ["灯塔亮了。", "A lamp burned.", "The Éclair stood."]
    for words, found in {
        "éclair": ["The Éclair stood."],
        "STOOD the": ["The Éclair stood."],
        "灯": ["灯塔亮了。"],
        "café": [],
    }.items():
        dialog.line.setText(words)
        settle(dialog, qtbot)
        assert listed(dialog) == found, words
    assert dialog.note.text() == "No take is like that."
    assert not dialog.insert.isEnabled()
    dialog.scope.setCurrentIndex(1)
    settle(dialog, qtbot)
    assert listed(dialog) == ["Elsewhere the café."]
    dialog.reject()


def test_takes_are_chosen_by_model_preset_date_and_star(history, qtbot):
    dialog = opened(history, qtbot)
    dialog.scope.setCurrentIndex(1)
    settle(dialog, qtbot)
    assert len(listed(dialog)) == 4
    dialog.date.setCurrentIndex(2)
    settle(dialog, qtbot)
    assert "Elsewhere the café." not in listed(dialog)
    dialog.date.setCurrentIndex(0)
    dialog.preset.setCurrentIndex(dialog.preset.findData("Focused"))
    settle(dialog, qtbot)
    assert listed(dialog) == ["Elsewhere the café."]
    assert "old" in dialog.details.text()
    dialog.preset.setCurrentIndex(0)
    dialog.model.setCurrentIndex(dialog.model.findData("/models/Tiny.Q4_1.gguf"))
    settle(dialog, qtbot)
    assert len(listed(dialog)) == 3
    dialog.star.click()
    dialog.starred.setChecked(True)
    settle(dialog, qtbot)
    assert listed(dialog) == ["★ 灯塔亮了。"]
    dialog.reject()


def test_the_prompt_that_a_take_saw_is_shown_whole(history, qtbot):
    history.studio.window.editor.insert_plain(" Something new.")
    dialog = opened(history, qtbot)
    dialog.tabs.setCurrentIndex(1)
    settle(dialog, qtbot)
    assert dialog.prompt.toPlainText() == "Once."
    dialog.reject()


def test_again_asks_for_the_same_word_for_word(history, qtbot):
    first = history.studio.worker.last("generate")[1]
    history.press_escape()
    history.studio.show(" More.")
    dialog = opened(history, qtbot)
    dialog.list.setCurrentRow(1)
    dialog.again.click()
    qtbot.waitUntil(lambda: history.studio.worker.count_of("generate") == 2)
    asked = history.studio.worker.last("generate")[1]
    assert asked["sampling"] == msgspec.structs.replace(first["sampling"], seed=7)
    assert asked["exact"]
    assert {name: value for name, value in asked.items() if name != "sampling"} == {
        name: value for name, value in first.items() if name != "sampling"
    }
    history.studio.stream(" A lamp burned.", take=1)
    history.studio.done()
    assert history.studio.window.status.currentMessage() == (
        "Take 2 is word for word what it was then."
    )
    assert history.studio.text == "Once. More."
    assert history.controller.tray.is_open


def test_a_take_that_comes_out_otherwise_is_said_to(history, qtbot):
    dialog = opened(history, qtbot)
    dialog.list.setCurrentRow(2)
    dialog.again.click()
    qtbot.waitUntil(lambda: history.studio.worker.count_of("generate") == 2)
    history.studio.stream(" Something else.", take=0)
    history.studio.done()
    assert "not the same" in history.studio.window.status.currentMessage()


def test_again_but_changes_one_thing(history, qtbot):
    first = history.studio.worker.last("generate")[1]
    history.studio.library.add("/models/Other.gguf")
    dialog = opened(history, qtbot)
    dialog.again_but.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), AgainDialog))
    ask = QApplication.activeModalWidget()
    assert isinstance(ask, AgainDialog)
    names = [ask.what.itemText(number) for number in range(ask.what.count())]
    assert names[:4] == ["Seed", "Preset", "Model", "Temperature"]
    assert set(ask.change().values) == {"seed"}
    ask.what.setCurrentIndex(1)
    assert ask.change().preset == history.studio.program.presets.all()[0]
    ask.what.setCurrentIndex(2)
    assert ask.change() == OneChange(model="/models/Other.gguf")
    ask.what.setCurrentIndex(3)
    box = ask._boxes[3]
    assert isinstance(box, NumberBox)
    box.setValue(1.5)
    ask.write.click()
    qtbot.waitUntil(lambda: history.studio.worker.count_of("generate") == 2)
    asked = history.studio.worker.last("generate")[1]
    assert asked["sampling"] == msgspec.structs.replace(first["sampling"], seed=7, temperature=1.5)
    assert asked["prompt"] == first["prompt"]


def test_another_model_is_loaded_first(history, qtbot):
    history.studio.library.add("/models/Other.gguf")
    (take, *_rest) = history.kept()[1:]
    history.controller.again(take, OneChange(model="/models/Other.gguf"))
    qtbot.waitUntil(lambda: history.studio.worker.count_of("load") == 1)
    assert history.studio.worker.last("load")[1]["path"] == "/models/Other.gguf"
    assert history.studio.worker.count_of("generate") == 1
    model = msgspec.structs.replace(
        history.studio.worker.model, path="/models/Other.gguf", name="Other"
    )
    history.studio.loaded(model)
    qtbot.waitUntil(lambda: history.studio.worker.count_of("generate") == 2)


def test_a_take_without_its_request_cannot_be_repeated(history, qtbot):
    dialog = opened(history, qtbot)
    dialog.scope.setCurrentIndex(1)
    settle(dialog, qtbot)
    dialog.list.setCurrentRow(3)
    assert dialog.text() == "Elsewhere the café."
    assert not dialog.again.isEnabled()
    dialog.reject()
    history.controller.again(msgspec.structs.replace(history.kept()[0], request="gone"))
    said = history.studio.window.status.currentMessage
    qtbot.waitUntil(lambda: "cannot be repeated" in said())


def test_an_empty_history_says_so(bench, qtbot):
    dialog = opened(bench, qtbot)
    assert dialog.note.text() == "The model has written nothing for this manuscript yet."
    assert not dialog.again.isEnabled()
    dialog.reject()


@pytest.mark.parametrize("instruction", ["", "as a letter"])
def test_fields_are_kept_word_for_word(studio, instruction):
    studio.show("Es war 😀 ein\n“König”. ")
    if instruction:
        studio.window.session.instruct(instruction)
    else:
        studio.do("continue")
    job, fields = studio.worker.last("generate")
    kept = fields_from(kept_fields(fields, 9))
    assert kept == fields | {"sampling": msgspec.structs.replace(fields["sampling"], seed=9)}
    studio.tell(Done(job=job, takes=(Take(index=0, text="", finish_reason="stop"),)))


@pytest.mark.parametrize("damaged", ["", "{}x", "[]", '{"sampling": 3}', '{"nothing": 1}'])
def test_fields_that_are_damaged_raise(damaged):
    with pytest.raises(ValueError, match=r"\w"):
        fields_from(damaged)


def test_a_preset_leaves_seed_and_length():
    from app.core.options.presets import BUILTIN
    from app.ui.takes.again import changed_fields

    fields = {"prompt": "A", "sampling": Sampling(seed=3, max_tokens=9), "n": 1}
    changed = changed_fields(fields, OneChange(preset=BUILTIN[2]))["sampling"]
    assert changed == msgspec.structs.replace(BUILTIN[2].sampling, seed=3, max_tokens=9)


def test_several_takes_can_be_repeated_where_reading_all_is_soon_done(make_bench):
    bench = make_bench()
    bench.write(" one", " two", " three")
    assert bench.studio.worker.last("generate")[1]["exact"]
    bench.studio.window.editor.insert_plain("A long text. " * 100)
    bench.write(" one", " two", " three", before="")
    assert "exact" not in bench.studio.worker.last("generate")[1]
    bench.studio.do("continue_many")
    bench.studio.stream(" one", take=0)
    bench.studio.done(prompt_tokens=400, reused_tokens=0, prefill_s=0.2)  # 6,500 characters/s
    bench.studio.do("continue_many")
    assert bench.studio.worker.last("generate")[1]["exact"]
    bench.studio.stream(" one", take=0)
    bench.studio.done()
    bench.studio.do("continue")
    assert "exact" not in bench.studio.worker.last("generate")[1]


@pytest.mark.parametrize(("wanted", "is_exact"), [("every", True), ("never", False)])
def test_the_writer_decides_whether_takes_can_be_repeated(make_bench, wanted, is_exact):
    bench = make_bench(repeatable=wanted)
    bench.studio.show("A")
    bench.studio.do("continue")
    assert bench.studio.worker.last("generate")[1].get("exact", False) is is_exact


@pytest.mark.parametrize("context", [2048, 512])
def test_other_settings_of_the_model_are_told_beforehand(bench, qtbot, context):
    studio = bench.studio
    studio.worker.model = msgspec.structs.replace(
        studio.worker.model,
        settings=EngineSettings(engine="llama.cpp", context=2048, adapters=("a x 1",)),
    )
    studio.show("A")
    studio.do("continue_many")
    job = studio.worker.last("generate")[0]
    takes = tuple(Take(index=number, text="", finish_reason="stop") for number in range(3))
    studio.stream(" one", take=0)
    studio.tell(Done(job=job, takes=takes, seed=7, settings=studio.worker.model.settings))
    settings = msgspec.structs.replace(studio.worker.model.settings, context=context)
    studio.worker.model = msgspec.structs.replace(studio.worker.model, settings=settings)
    bench.controller.again(bench.kept()[0])
    qtbot.waitUntil(lambda: studio.worker.count_of("generate") == 2)
    is_told = "other settings" in studio.window.status.currentMessage()
    assert is_told is (context == 512)
