"""Languages by name and code, and a sentence pair of each for models that are shown examples."""

from __future__ import annotations

import re

import msgspec

UNKNOWN = "Original"
"""What stands for a language that is not known."""


class NamedLanguage(msgspec.Struct, frozen=True):
    """A language with its code (ISO 639-1) and the same two sentences as every other."""

    code: str
    name: str
    sentences: tuple[str, str]


_LANGUAGES = (
    NamedLanguage(
        "en",
        "English",
        ("The shop is open until six.", "We have not seen her since yesterday evening."),
    ),
    NamedLanguage("zh", "Chinese", ("商店营业到六点。", "从昨天晚上起我们就没有见过她。")),
    NamedLanguage(
        "de",
        "German",
        ("Der Laden ist bis sechs geöffnet.", "Wir haben sie seit gestern Abend nicht gesehen."),
    ),
    NamedLanguage(
        "fr",
        "French",
        (
            "Le magasin est ouvert jusqu'à six heures.",
            "Nous ne l'avons pas vue depuis hier soir.",
        ),
    ),
    NamedLanguage(
        "es",
        "Spanish",
        ("La tienda está abierta hasta las seis.", "No la hemos visto desde ayer por la tarde."),
    ),
    NamedLanguage(
        "it",
        "Italian",
        ("Il negozio è aperto fino alle sei.", "Non la vediamo da ieri sera."),
    ),
    NamedLanguage(
        "pt",
        "Portuguese",
        ("A loja está aberta até às seis.", "Não a vemos desde ontem à noite."),
    ),
    NamedLanguage(
        "ru",
        "Russian",
        ("Магазин открыт до шести.", "Мы не видели её со вчерашнего вечера."),
    ),
    NamedLanguage(
        "ja", "Japanese", ("店は六時まで開いています。", "昨日の晩から彼女を見ていません。")
    ),
    NamedLanguage(
        "ko",
        "Korean",
        ("가게는 여섯 시까지 엽니다.", "우리는 어제저녁부터 그녀를 보지 못했습니다."),
    ),
)
_BY_CODE = {known.code: known for known in _LANGUAGES}
_BY_NAME = {known.name: known for known in _LANGUAGES}
_SCRIPTS = (
    ("Japanese", re.compile("[\u3040-\u30ff]")),
    ("Korean", re.compile("[\uac00-\ud7a3]")),
    ("Chinese", re.compile("[\u4e00-\u9fff]")),
    ("Russian", re.compile("[\u0400-\u04ff]")),
)


def language_name(typed: str) -> str:
    """The name of a language that may be given as a code; any other name as it was typed."""
    known = _BY_CODE.get(typed.strip().casefold()[:2]) if _is_code(typed) else None
    return known.name if known else typed.strip()


def _is_code(typed: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{2}(?:[-_]\w+)?", typed.strip()) is not None


def language_of_text(text: str) -> str:
    """The language that the text's letters point to, or "Original" for letters that many share."""
    for name, letters in _SCRIPTS:
        if len(letters.findall(text)) * 5 > len(text.strip()):
            return name
    return UNKNOWN


def is_told_by_letters(name: str) -> bool:
    """Whether `language_of_text` tells a text in the language of that name."""
    return any(name == one for one, _letters in _SCRIPTS)


def worked_examples(source: str, target: str) -> tuple[tuple[str, str], ...]:
    """The same two sentences in both languages; none where one of them is not in the table.

    From an unknown language they are English, or French where that is the target.
    """
    written = _BY_NAME.get(target)
    given = _BY_NAME.get(source)
    if given is None and source == UNKNOWN:
        given = _BY_CODE["fr" if target == "English" else "en"]
    if written is None or given is None:
        return ()
    return tuple(zip(given.sentences, written.sentences, strict=True))
