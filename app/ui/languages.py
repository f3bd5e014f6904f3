"""The language of the window, and the translators that speak it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import PySide6
from PySide6.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QLocale,
    QObject,
    QTranslator,
    Signal,
)
from PySide6.QtWidgets import QApplication, QWidget

from app.core.options.settings import ENGLISH, LANGUAGES
from app.core.system.files import why
from app.core.system.paths import resource
from app.ui.sentences import forget

_TOOL = Path(PySide6.__file__).parent / ("lrelease.exe" if os.name == "nt" else "lrelease")
_SECONDS = 20.0  # lrelease takes a few hundredths


def language_of(setting: str, wanted: Sequence[str] | None = None) -> str:
    """The language that a setting stands for: "en" or "zh_CN".

    With "system" it is the first of the user's own (`wanted`, as `zh-Hans-CN`) that there is.
    """
    if setting in LANGUAGES:
        return setting
    for tag in QLocale.system().uiLanguages() if wanted is None else wanted:
        locale = QLocale(tag)
        if locale.language() == QLocale.Language.English:
            return ENGLISH
        simplified = locale.script() == QLocale.Script.SimplifiedHanScript
        if locale.language() == QLocale.Language.Chinese and simplified:
            return "zh_CN"
    return ENGLISH


def locale_of(setting: str, system: QLocale | None = None) -> QLocale:
    """How numbers, dates and times are written with a setting.

    As the user's `system` does, unless the setting is a language that is not the system's.
    """
    system = system or QLocale.system()
    if setting not in LANGUAGES:
        return system
    own, chosen = QLocale(next(iter(system.uiLanguages()), "C")), QLocale(setting)
    is_plain = own.language() == QLocale.Language.C and setting == ENGLISH
    is_own = (own.language(), own.script()) == (chosen.language(), chosen.script())
    return system if is_own or is_plain else chosen


def speak(application: QCoreApplication, setting: str, cache: Path) -> str:
    """Install the program's translator and Qt's own; returns what went wrong, as a sentence.

    What is shown already is worded again, and numbers are written as `locale_of` says. `cache` is
    where texts are compiled that come without their .qm file.
    """
    speaker = _speaker(application)
    speaker.language = language_of(setting)
    QLocale.setDefault(locale_of(setting))
    for widget in _windows(application):
        widget.unsetLocale()  # the default's is taken, also by all that is in it
    trouble = _install(application, speaker.language, cache)
    speaker.changed.emit()
    return trouble


def change_language(setting: str, cache: Path) -> str:
    """As `speak`, where the setting has another language, or writes numbers in another way."""
    application = _application()
    is_spoken = _speaker(application).language == language_of(setting)
    if is_spoken and QLocale() == locale_of(setting):
        return ""
    return speak(application, setting, cache)


def on_language_change(call: Callable[[], object]) -> None:
    """Call `call`, a QObject's method, at each change of the language until that is deleted.

    Who asks earlier is called earlier. Which side text begins at is left to Qt.
    """
    _speaker(_application()).changed.connect(call)


class _Speaker(QObject):
    """Knows the language that is spoken, and tells of its changes."""

    changed = Signal()

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self.language = ENGLISH


def _speaker(application: QCoreApplication) -> _Speaker:
    return application.findChild(_Speaker) or _Speaker(application)


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None, "there are widgets"
    return application


def _windows(application: QCoreApplication) -> list[QWidget]:
    return application.topLevelWidgets() if isinstance(application, QApplication) else []


def _install(application: QCoreApplication, language: str, cache: Path) -> str:
    _be_silent(application)
    qt = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language != ENGLISH and qt.load(f"qtbase_{language}", folder):
        application.installTranslator(qt)
    own = QTranslator(application)
    try:
        path = _compiled(f"lampblack_{language}", cache / "translations")
    except OSError as error:
        return f"The texts in {LANGUAGES[language]} could not be loaded: {why(error)}."
    if own.load(str(path)):
        application.installTranslator(own)
        return ""
    return f"The texts in {LANGUAGES[language]} could not be loaded: {path} is damaged."


def _be_silent(application: QCoreApplication) -> None:
    """Take every translator away."""
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.setParent(None)
    forget()


def _compiled(name: str, cache: Path) -> Path:
    """The .qm file of a language; made out of the .ts where there is none, or an older one.

    A bundle has no lrelease, and takes the one it has. Raises OSError.
    """
    source = resource("translations") / f"{name}.ts"
    made = source.with_suffix(".qm")
    if made.exists() and not (_TOOL.exists() and _is_newer(source, made)):
        return made
    target = cache / f"{name}-{source.stat().st_mtime_ns}.qm"
    if not target.exists():
        _compile(source, target)
    return target


def _is_newer(source: Path, made: Path) -> bool:
    return source.exists() and source.stat().st_mtime_ns > made.stat().st_mtime_ns


def _compile(source: Path, target: Path) -> None:
    import subprocess  # only in a source tree that was not set up

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    command: tuple[str | Path, ...] = (_TOOL, "-silent", source, "-qm", part)
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
    except subprocess.SubprocessError as error:
        raise OSError(f"lrelease did not compile {source.name}") from error
    part.replace(target)
