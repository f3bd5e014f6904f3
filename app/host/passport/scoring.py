"""Judging what a model wrote: its language, and how much of it repeats itself."""

from __future__ import annotations

import re

_SCRIPTS = {"zh": re.compile(r"[\u4e00-\u9fff]"), "ru": re.compile(r"[\u0400-\u04ff]")}
_FORBIDDEN = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")  # kana and hangul are not Chinese
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_PARTS = {"zh": 8}
_LEAST_WORDS = 6
_MOST_OWN = 0.8  # of the letters
_LEAST_COMMON = 2
_LEAST_NEW = 0.4  # of the words or characters, or it is only one of them again and again
_MOST_ECHO = 0.25  # of an answer may stand in its question
_SEQUENCE = 3

_COMMON = {
    "en": "the and of to in that it was is with his her he she as for on at by from had they this "
    "were be an or you are which",
    "fr": "le la les des du un une et est dans que qui il elle en au aux sur pas pour avec son sa "
    "ses ce cette se ne par était comme sont leur nous vous",
    "de": "der die das und ist ein eine einen einem er sie es in den dem des mit auf sich nicht zu "
    "von war im am als auch wie aus noch über ihre sein",
    "es": "el la los las de del un una y es en que se por con su sus al lo no como para era más "
    "fue está había sobre entre muy",
}
_COMMON_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}


def is_in(text: str, language: str) -> bool:
    """Whether `text` is a piece of that language; too little of it is not."""
    parts = _parts(text, language)
    if len(parts) < _LEAST_PARTS.get(language, _LEAST_WORDS):
        return False
    if len(set(parts)) < _LEAST_NEW * len(parts):
        return False
    if language in _SCRIPTS:
        letters = _LETTER.findall(text)
        own = _SCRIPTS[language].findall(text)
        return len(own) >= _MOST_OWN * len(letters) and not _FORBIDDEN.search(text)
    found = {code: _common(text, code) for code in _COMMON_WORDS}
    most = max(found.values())
    is_about = language != "en" and 2 * found["en"] > most  # English words about the language
    return found[language] == most and most >= _LEAST_COMMON and not is_about


def is_echo(text: str, question: str) -> bool:
    """Whether much of an answer is only the question again."""
    pieces = _pieces(text.casefold())
    asked = set(_pieces(question.casefold()))
    return sum(piece in asked for piece in pieces) > _MOST_ECHO * len(pieces)


def repetition(text: str) -> float | None:
    """The share of three-word sequences that were there before; None for too little text."""
    words = [word.lower() for word in _WORD.findall(text)]
    count = len(words) - _SEQUENCE + 1
    if count < 2 * _SEQUENCE:
        return None
    different = {tuple(words[place : place + _SEQUENCE]) for place in range(count)}
    return 1 - len(different) / count


def _pieces(text: str) -> list[str]:
    return [text[place : place + _SEQUENCE] for place in range(len(text) - _SEQUENCE + 1)]


def _parts(text: str, language: str) -> list[str]:
    """The words, or in Chinese the characters."""
    return _LETTER.findall(text) if language == "zh" else _WORD.findall(text.lower())


def _common(text: str, language: str) -> int:
    return sum(word in _COMMON_WORDS[language] for word in _WORD.findall(text.lower()))
