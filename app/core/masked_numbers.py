"""Numbers in a text that is masked: e-mail addresses, accounts, cards and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from app.core.masked_names import LETTER, UNSPACED

_FLAGS = re.IGNORECASE | re.ASCII
_GAP = " \u00a0\u2009\u202f"  # spaces between groups of digits

_LINE_END = r"(?:\r\n|[\n\r\u2028\u2029])"
_BETWEEN = rf"(?:[{_GAP}-]?{_LINE_END}[{_GAP}\t]{{0,8}}|[{_GAP}-])?"  # two digits of one number

_BREAK = rf"{_LINE_END}[{_GAP}\t]{{0,8}}"
_LABEL = rf"[\w-]++(?:(?<=-){_BREAK}[\w-]++)?"  # of a domain
_EMAIL = re.compile(
    rf"(?<![\w.+%-])[\w.+%-]++(?:(?<=[-_+%]){_BREAK}[\w.+%-]++)?(?:{_BREAK})?@(?:{_BREAK})?{_LABEL}"
    rf"(?:\.|{_BREAK}\.|\.{_BREAK}(?![A-Z])){_LABEL}"
    rf"(?:(?:\.|\.{_BREAK}(?=[a-z\d][\w-]*\.\w)){_LABEL})*"
)
_ACCOUNT = re.compile(
    rf"(?<![A-Z0-9])[A-Z]{{2}}[0-9]{{2}}(?:{_BETWEEN}[A-Z0-9]){{11,30}}", re.IGNORECASE | re.ASCII
)
_CARD = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{12,18}}")
_STARTS = rf"(?:(?<![\w+])|(?<=[{UNSPACED}]))"
_ENDS = rf"(?:(?!\w)|(?=[{UNSPACED}])|(?=x\d))"
_APART = rf"[()+./·\u2010-\u2013\u2212{_GAP}-]{{0,4}}"
_WRAPPED = rf"\(?\d(?:{_APART}\d){{1,5}}{_APART}{_BREAK}\(?\d(?:{_APART}\d)*"
_THREE_BY_THREE = rf"\d{{3}}[.\u2010\u2011{_GAP}-]\d{{3}}[.\u2010\u2011{_GAP}-]\d{{4}}(?!\d)"
_PHONE = re.compile(
    rf"{_STARTS}(?:(?:\+|(?=[0(])|(?={_THREE_BY_THREE}))"
    rf"\(?\d(?:{_APART}\d){{6,}}|(?:\+|(?=\(?0\d)){_WRAPPED}"
    rf"|\d{{3}}-(?:{_BREAK}\d{{3}}-|\d{{3}}-{_BREAK})\d{{4}}(?:{_APART}\d)*){_ENDS}"
)
_EXTENSION = re.compile(
    rf"[{_GAP}]?,?[{_GAP}]{{0,3}}(?:(?:ext|extension|app|apparat|durchwahl|dw|poste|interno|int|ramal|"
    rf"anexo|доб|вн)(?!{LETTER})[.:]{{0,2}}|x(?=\d)|分机|内线|转|#)[{_GAP}]{{0,2}}\d{{1,6}}{_ENDS}",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d(?!\d|[ -]?\d)"
_WRAPPED_TAIL = re.compile(rf"{_APART}{_BREAK}(?!{_YEAR})\(?\d(?:{_APART}\d)+{_ENDS}")
_FEWEST_DIGITS = 7  # of a telephone number
_WHOLE_DIGITS, _MOST_DIGITS = 10, 15  # from how many on it may be whole, and the most (E.164)
_FEWEST = {"ACCOUNT": 15, "CARD": 13}
_MOST_LINE_ENDS = {"CARD": 1}  # or many a column of figures would have a card's checksum by chance


def number_spans(kind: str, text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of this kind stand; a candidate that is none is tried again one further on."""
    pattern, check = NUMBERS[kind]
    at = 0
    while match := pattern.search(text, at):
        if end := _sound_end(kind, check, match, text):
            end = _end_of_tail(text, match.start(), end) if kind == "PHONE" else end
            yield match.start(), end
        at = end or (match.start() + 1 if kind in _FEWEST else match.end())


def _sound_end(
    kind: str, check: Callable[[str], bool], match: re.Match[str], text: str
) -> int | None:
    """The end of the longest beginning of the match that passes, before a border."""
    fewest = _FEWEST.get(kind, len(match[0]))
    for end in range(match.end(), match.start() + fewest - 1, -1):
        is_border = text[end - 1].isalnum() and not text[end : end + 1].isalnum()
        if (kind not in _FEWEST or is_border) and _is_sound(kind, check, text[match.start() : end]):
            return end
    return None


def _end_of_tail(text: str, start: int, end: int) -> int:
    """The end of what belongs to a telephone number: the rest on the next line, an extension."""
    digits = len(_plain(text[start:end]))
    if text[start] in "+0(" and digits < _WHOLE_DIGITS:
        tail = _WRAPPED_TAIL.match(text, end)
        if tail and digits + len(_plain(tail[0])) <= _MOST_DIGITS:
            end = tail.end()
    extension = _EXTENSION.match(text, end)
    return extension.end() if extension else end


def _is_sound(kind: str, check: Callable[[str], bool], number: str) -> bool:
    most = _MOST_LINE_ENDS.get(kind)
    return check(_plain(number)) and (most is None or len(number.splitlines()) <= most + 1)


def _plain(number: str) -> str:
    return "".join(character for character in number if character.isalnum())


def number_key(kind: str, text: str) -> str:
    """What is the same for each way to write one number."""
    return "".join(text.split()).casefold() if kind == "EMAIL" else _plain(text).upper()


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 digits pass the check of card numbers (ISO/IEC 7812-1, Luhn)."""
    if not (digits.isdecimal() and 13 <= len(digits) <= 19):
        return False
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_account_number(text: str) -> bool:
    """Whether a text without spaces passes the check of an IBAN (ISO 13616, modulo 97)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text, _FLAGS):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


NUMBERS: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "EMAIL": (_EMAIL, bool),
    "ACCOUNT": (_ACCOUNT, is_account_number),
    "CARD": (_CARD, is_card_number),
    "PHONE": (_PHONE, lambda digits: len(digits) >= _FEWEST_DIGITS),
}
"""The kinds of numbers in the order in which they are looked for, each with what checks one."""
