"""Another language while a window is open: all is worded again, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QLibraryInfo, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMenu, QWidget

from app.core.errors import StoreError
from app.downloads.queue import Download
from app.engine.gpu_crashes import GpuMark
from app.engine.messages import Loading, ModelInfo, ServerPlace
from app.ui import languages
from app.ui.languages import language_of, speak
from app.ui.widgets import controls
from app.ui.window.main_window import MainWindow
from app.ui.window.settings_dialog import SettingsDialog
from tests.ui.conftest import MODEL, Studio
from tests.ui.pseudo_language import clipped, compile_pseudo, texts, untranslated

STOPPED = Download(id="a", title="Tiny", state="paused", done=4, total=9)
REFUSED = "The network is switched off in the settings, so that nothing can be fetched."
_APPLY = QDialogButtonBox.StandardButton.Apply
_OK = QDialogButtonBox.StandardButton.Ok


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_pseudo(tmp_path_factory.mktemp("pseudo"))


@pytest.fixture
def pseudo_chinese(
    qapp: QApplication, made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """In the place of the Chinese texts are those of the made-up language."""
    compiled = languages._compiled

    def found(name: str, cache: Path) -> Path:
        return made_up if name.endswith("zh_CN") else compiled(name, cache)

    monkeypatch.setattr(languages, "_compiled", found)
    monkeypatch.setattr(QLibraryInfo, "path", lambda _which: "")  # Qt's own stay English
    yield
    assert speak(qapp, "en", tmp_path) == ""


@pytest.fixture
def chinese(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    yield
    assert speak(qapp, "en", tmp_path) == ""


def settings_dialog(studio: Studio, qtbot) -> SettingsDialog:
    def shown() -> list[SettingsDialog]:
        found = studio.window.findChildren(SettingsDialog)
        return [dialog for dialog in found if dialog.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0]


def choose(studio: Studio, qtbot, language: str, button=_OK) -> None:
    """Choose a language as a writer does."""
    studio.do("settings")
    dialog = settings_dialog(studio, qtbot)
    dialog.rows["language"].take(language)
    dialog.buttons.button(button).click()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def all_texts(window: MainWindow) -> list[str]:
    """All that a window says, part by part, but for the bar's menu of what has no room in it."""
    assert window.sampling.list  # made now, and not at some time meanwhile
    found = (window, *window.findChildren(QWidget))
    widgets = (one for one in found if not isinstance(one, QMenu) or one.title())
    return [f"{type(one).__name__}: {text}" for one in widgets for text in texts(one) if text]


def writing(studio: Studio) -> None:
    """Two takes stand in the text, and the find bar has found nothing."""
    studio.show("Once upon a time")
    studio.do("continue")
    studio.stream(" there was a lamp.")
    studio.done(completion_tokens=25, decode_s=2.0)
    studio.do("retry")
    studio.stream(" there was a storm.")
    studio.done(completion_tokens=25, decode_s=2.0)
    studio.window.page.find_bar.line.setText("whale")
    studio.window.page.find_bar.find_next()
    studio.window.page.find_bar.show()
    studio.window.display.show_document()
    studio.window.manuscript.takes.marks.place()  # a moment later


def choosing_values(studio: Studio) -> None:
    """Every parameter is shown, some are set, others idle, and a preset is being named."""
    panel = studio.window.sampling
    panel.show_all(True)
    for section in panel.list.sections.values():
        section.set_open(True)
    values = replace(panel.sampling(), temperature=0.0, mirostat=2, max_tokens=-1, stop=("###",))
    panel.set_sampling(values)
    panel.set_last_seed(7)
    panel.bar.ask_save()


def choosing_a_model(studio: Studio) -> None:
    """One is loaded, another fetched, and something went wrong."""
    studio.library.add("/models/Tiny.Q4_1.gguf")
    window = studio.window
    window.show_models()
    window.models.panel.show_error(REFUSED)
    window.models.panel.show_download(
        Download(id="a", title="Tiny", state="paused", done=4, total=9)
    )
    window.status.show_download(Download(id="a", title="Tiny", state="running", done=4, total=9))
    window.models.loader.load("/models/Tiny.Q4_1.gguf")
    studio.tell(Loading(job=studio.worker.last("load")[0], fraction=0.5))


def being_told(studio: Studio) -> None:
    """Banners with buttons, and the places where a text goes."""
    window = studio.window
    window.notices.show_crash(Path("/logs/crash"))
    window.notices.show_error(StoreError("It fits.", REFUSED))
    window.models.loader.doubted.emit(GpuMark(path="/m/Tiny", engine="llama.cpp", gpu="CPU"))
    window.status.show_service("http://127.0.0.1:8321", 3)
    window.status.show_kept_here(True)
    place = ServerPlace(url="https://a.example/v1", ip="10.0.0.1", is_here=False, masks=True)
    window.status.show_server(
        ModelInfo(
            name="Tiny",
            path="server:Tiny",
            engine="server",
            context=2048,
            has_chat_template=False,
            settings=MODEL.settings,
            server=place,
        )
    )


def without_a_model(studio: Studio) -> None:
    """The empty page, with a download that was stopped."""
    studio.window.page.show_empty()
    studio.window.page.empty.show_download(
        Download(id="a", title="Tiny", state="paused", done=4, total=9)
    )
    studio.window.page.empty.show_error(REFUSED)


STATES = (writing, choosing_values, choosing_a_model, being_told, without_a_model)


@pytest.mark.parametrize("state", STATES)
def test_every_text_of_the_window_follows(
    pseudo_chinese, make_studio, qapp, tmp_path: Path, state: Callable[[Studio], None]
) -> None:
    studio = make_studio()
    state(studio)
    studio.window.status.clearMessage()
    before = all_texts(studio.window)
    assert speak(qapp, "zh_CN", tmp_path) == ""
    assert untranslated(studio.window) == []
    assert speak(qapp, "en", tmp_path) == ""
    assert all_texts(studio.window) == before


@pytest.mark.parametrize("state", STATES)
def test_a_window_that_changed_says_what_a_new_one_says(
    pseudo_chinese, make_studio, qapp, qtbot, tmp_path: Path, state: Callable[[Studio], None]
) -> None:
    changed = make_studio()
    state(changed)
    assert speak(qapp, "zh_CN", tmp_path) == ""
    fresh = make_studio()
    state(fresh)
    fresh.window.status.clearMessage()
    assert all_texts(changed.window) == all_texts(fresh.window)
    qtbot.waitUntil(lambda: clipped(changed.window) == clipped(fresh.window))


def test_nothing_of_the_work_is_touched(chinese, make_studio, qtbot) -> None:
    studio = make_studio()
    window, editor = studio.window, studio.window.editor
    studio.show("".join(f"Paragraph {number}.\n" for number in range(200)))
    writing(studio)
    text, tint = studio.text, studio.tinted
    editor.verticalScrollBar().setValue(editor.verticalScrollBar().maximum() // 2)
    place, selection = editor.verticalScrollBar().value(), editor.selection
    window.sampling.show_all(True)
    window.sampling.list.verticalScrollBar().setValue(90)
    scrolled = window.sampling.list.verticalScrollBar().value()
    window.sampling.list.rows["seed"].take(11)
    window.page.write_bar.line.setText("a letter")
    for language, word in (("zh_CN", "第 2 稿，共 2 稿"), ("en", "Take 2 of 2")):
        choose(studio, qtbot, language)
        assert (studio.text, studio.tinted) == (text, tint)
        assert (editor.verticalScrollBar().value(), editor.selection) == (place, selection)
        assert window.sampling.list.verticalScrollBar().value() == scrolled
        assert window.sampling.sampling().seed == 11
        assert window.page.write_bar.line.text() == "a letter"
        assert window.page.write_bar.takes.label.text() == word
    studio.do("take_before")
    assert studio.tinted == " there was a lamp."
    studio.do("undo")
    assert "lamp" not in studio.text
    studio.do("redo")
    assert studio.tinted == " there was a lamp."


def test_a_text_that_is_being_written_goes_on(chinese, make_studio, qtbot) -> None:
    studio = make_studio()
    studio.show("It was")
    studio.do("continue")
    studio.stream(" a dark")
    choose(studio, qtbot, "zh_CN")
    assert studio.window.page.write_bar.button.text() == "停止"
    studio.stream(" night.")
    studio.done()
    assert studio.text == "It was a dark night."
    assert studio.window.page.write_bar.button.text() == "续写"


def test_apply_shows_the_settings_themselves_in_the_other_language(
    chinese, make_studio, qtbot
) -> None:
    studio = make_studio()
    studio.do("settings")
    former = settings_dialog(studio, qtbot)
    former.tabs.setCurrentIndex(2)
    former.rows["language"].take("zh_CN")
    with qtbot.waitSignal(former.outdated):
        former.buttons.button(_APPLY).click()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    dialog = settings_dialog(studio, qtbot)
    assert dialog.windowTitle() == "设置"
    assert dialog.tabs.currentIndex() == 2
    assert dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel).text() == "取消"
    dialog.reject()


def test_the_manager_is_made_again_where_it_was(chinese, make_studio, qtbot) -> None:
    studio = make_studio()
    controller = studio.window.manager
    controller.find()
    qtbot.waitUntil(lambda: controller.manager is not None and controller.manager.isVisible())
    former = controller.manager
    assert former is not None
    choose(studio, qtbot, "zh_CN")
    qtbot.waitUntil(lambda: controller.manager not in (None, former))
    qtbot.waitUntil(controller.manager.isVisible)
    assert controller.manager.tabs.currentWidget() is controller.manager.catalogue
    assert controller.manager.windowTitle() == "模型"
    studio.library.gate.set()
    with qtbot.waitSignal(controller.manager.refreshed):
        studio.window.models.added.emit()


def test_what_was_looked_for_in_the_manager_is_looked_for_again(chinese, make_studio, qtbot):
    studio = make_studio()
    controller = studio.window.manager
    controller.find()
    qtbot.waitUntil(lambda: controller.manager is not None and controller.manager.isVisible())
    former = controller.manager
    assert former is not None
    qtbot.waitUntil(lambda: former.catalogue.language.count() > 1)
    former.catalogue.text.setText("instruct")
    for combo, value in (
        (former.catalogue.kind, "instruct"),
        (former.catalogue.largest, 6_000_000_000),
        (former.catalogue.language, "zh"),
        (former.catalogue.order, "size"),
        (former.installed.order, "size"),
        (former.installed.purpose, "rewrite"),
    ):
        combo.setCurrentIndex(combo.findData(value))
        assert combo.currentData() == value
    former.catalogue.fits.setChecked(False)
    offers = list(former.catalogue._offers)
    assert len(offers) > 1
    former.catalogue.list.select(offers[-1])
    wish = former.catalogue.wish()
    for language in ("zh_CN", "en"):  # the second manager may not have read anything by then
        choose(studio, qtbot, language)
        qtbot.waitUntil(lambda: controller.manager not in (None, former))
    made = controller.manager
    qtbot.waitUntil(lambda: made.catalogue.wish() == wish)
    assert made.catalogue.list.selected() == offers[-1]
    assert made.catalogue.text.text() == "instruct"
    assert (made.installed.order.currentData(), made.installed.purpose.currentData()) == (
        "size",
        "rewrite",
    )


def test_a_disk_that_does_not_answer_holds_no_change_up(chinese, make_studio, qtbot) -> None:
    studio = make_studio()
    controller = studio.window.manager
    controller.open()
    qtbot.waitUntil(lambda: controller.manager is not None and controller.manager.isVisible())
    former, gate = controller.manager, Event()
    assert former is not None
    former._background.run(gate.wait)
    choose(studio, qtbot, "zh_CN")  # which would wait for ever
    qtbot.waitUntil(lambda: controller.manager not in (None, former))
    ending = list(controller._ending)
    assert not all(queue.is_idle for queue in ending)
    gate.set()
    controller.close()
    assert all(queue.is_idle for queue in ending)


def test_a_manager_at_work_stays_until_it_is_opened_again(chinese, make_studio, qtbot) -> None:
    studio = make_studio()
    controller = studio.window.manager
    controller.open()
    qtbot.waitUntil(lambda: controller.manager is not None and controller.manager.isVisible())
    former = controller.manager
    assert former is not None
    former.operations._is_long = True
    choose(studio, qtbot, "zh_CN")
    assert controller.manager is former
    former.operations._is_long = False
    controller.open()
    qtbot.waitUntil(lambda: controller.manager is not former)
    assert controller.manager.windowTitle() == "模型"


def test_texts_that_run_from_right_to_left_turn_the_window(make_studio, qtbot, qapp) -> None:
    class Hebrew(QTranslator):
        def translate(self, context: str, text: str, *_rest: object) -> str:
            return "RTL" if text == "QT_LAYOUT_DIRECTION" else ""

        def isEmpty(self) -> bool:  # noqa: N802 (Qt override)
            return False

    studio = make_studio()
    translator = Hebrew(qapp)
    qapp.installTranslator(translator)
    qtbot.waitUntil(lambda: studio.window.layoutDirection() == Qt.LayoutDirection.RightToLeft)
    qapp.removeTranslator(translator)
    qtbot.waitUntil(lambda: studio.window.layoutDirection() == Qt.LayoutDirection.LeftToRight)


def test_the_same_language_again_changes_nothing(make_studio, qtbot, qapp) -> None:
    studio = make_studio()
    assert language_of("system") == "en"
    with qtbot.assertNotEmitted(languages._speaker(qapp).changed):
        choose(studio, qtbot, "system")


def test_a_manager_that_removes_stays_until_the_end_of_it(chinese, make_studio, qtbot) -> None:
    studio = make_studio()
    controller = studio.window.manager
    controller.find()
    qtbot.waitUntil(lambda: controller.manager is not None and controller.manager.isVisible())
    former, gate = controller.manager, Event()
    heard: list[bool] = []
    assert former is not None
    former.operations._background.run(gate.wait, heard.append)
    choose(studio, qtbot, "zh_CN")
    assert controller.manager is former
    gate.set()
    qtbot.waitUntil(lambda: heard == [True])
    controller.find()
    qtbot.waitUntil(lambda: controller.manager not in (None, former))


def test_an_old_problem_is_not_announced_again(chinese, make_studio, qapp, tmp_path, monkeypatch):
    studio = make_studio()
    without_a_model(studio)
    studio.window.show()
    said: list[str] = []
    monkeypatch.setattr(controls, "announce", lambda _widget, text, **_: said.append(text))
    assert speak(qapp, "zh_CN", tmp_path) == ""
    assert said == []
