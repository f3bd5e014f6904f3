"""Every script in its old encodings: guessed, told apart, and damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.core.documents.encodings import ENCODINGS, MARK, decode, decode_as, unencodable
from app.core.documents.text_files import open_copy, open_document
from app.core.errors import DamagedTextError, DocumentError

RUSSIAN = "Старый смотритель зажёг лампу и долго смотрел на море.\n"
KOREAN = "할머니는 창가에 앉아 눈이 내리는 것을 바라보았다.\n"
GREEK = "Ο γέρος φαροφύλακας άναψε τη λάμπα και κοίταξε τη θάλασσα.\n"
POLISH = "Stary latarnik zapalił lampę i długo patrzył na morze, aż przyszła burza.\n"
TEXTS = {
    "cp1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "iso8859-5": RUSSIAN,
    "cp866": RUSSIAN,
    "mac-cyrillic": RUSSIAN,
    "koi8-u": "Стара жінка їхала додому і дивилася крізь вікно на засніжене поле.\n",
    "cp949": KOREAN,
    "johab": KOREAN,
    "cp932": "祖母は窓のそばに座って、雪が降るのを見ていた。\n",
    "euc_jp": "祖母は窓のそばに座って、雪が降るのを見ていた。\n",
    "iso2022_jp": "祖母は窓のそばに座って、雪が降るのを見ていた。\n",
    "gb18030": "祖母坐在窗前，看着外面的雪慢慢落下来。\n",
    "cp950": "祖母坐在窗前，看著外面的雪慢慢落下來。\n",
    "cp1253": GREEK,
    "iso8859-7": GREEK,
    "cp1255": "שומר המגדלור הזקן הדליק את המנורה והביט זמן רב בים.\n",
    "cp1256": "أشعل حارس المنارة العجوز المصباح ونظر طويلا إلى البحر.\n",
    "cp874": "คนเฝ้าประภาคารชราจุดตะเกียงแล้วมองทะเลอยู่นาน\n",
    "cp1254": "Yaşlı fener bekçisi lambayı yaktı ve uzun süre denize baktı.\n",
    "cp1250": POLISH,
    "iso8859-2": POLISH,
    "cp1257": "Senas švyturio prižiūrėtojas uždegė lempą ir ilgai žiūrėjo į jūrą.\n",
    "cp1252": "Früh am Morgen lag nur ein Ruder da, und es war größer als üblich.\n",
    "utf-16-le-unmarked": RUSSIAN,
    "utf-16-be-unmarked": "祖母坐在窗前，看着外面的雪慢慢落下来。\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("times", [1, 200])
def test_each_script_reads_as_it_was_written(encoding: str, times: int) -> None:
    text = TEXTS[encoding] * times
    found = decode(text.encode(ENCODINGS[encoding].codec))
    assert found.text == text
    assert found.guessed


def test_letters_far_down_a_long_plain_text_are_read(tmp_path: Path) -> None:
    text = "A plain line.\n" * 40_000 + RUSSIAN
    assert decode(text.encode("cp1251")).text == text


def test_unicode_is_no_guess_and_needs_no_detector() -> None:
    code = (
        "import sys; from app.core.documents.encodings import decode;"
        "assert not decode('déjà'.encode()).guessed; assert 'chardet' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_encoding_is_one_of_pythons_and_has_its_own_name() -> None:
    for encoding, row in ENCODINGS.items():
        assert decode_as(row.mark + "Plain\n".encode(row.codec), encoding) == "Plain\n"
    assert len({row.name for row in ENCODINGS.values()}) == len(ENCODINGS) >= 50


def test_letters_outside_an_encoding_are_found() -> None:
    assert unencodable("Зажёг 她 лампу 😀", "cp1251") == {"她", "😀"}
    assert unencodable("Зажёг лампу", "koi8-r") == frozenset()


@pytest.mark.parametrize(
    ("data", "text", "places", "lines"),
    [
        (b"One\ntwo\n" + b"\0" * 4096, "One\ntwo\n" + MARK, 1, (3,)),
        ("Déjà vu\n".encode() * 3 + b"\xff no\n", "Déjà vu\n" * 3 + MARK + " no\n", 1, (4,)),
        (b"One\0\0 two\nthree and four\0\n", f"One{MARK} two\nthree and four{MARK}\n", 2, (1, 2)),
        (RUSSIAN.encode("cp1251") + b"\0" * 9, RUSSIAN + MARK, 1, (2,)),
        (RUSSIAN.encode("utf-16") + b"\0" * 64, RUSSIAN + MARK, 1, (2,)),
        (RUSSIAN.encode("utf-16-le") + b"\0" * 64, RUSSIAN + MARK, 1, (2,)),
        (RUSSIAN.encode("utf-16") + b"a", RUSSIAN + MARK, 1, (2,)),
    ],
)
def test_a_damaged_file_opens_as_a_copy(
    tmp_path: Path, data: bytes, text: str, places: int, lines: tuple[int, ...]
) -> None:
    path = tmp_path / "torn.txt"
    path.write_bytes(data)
    with pytest.raises(DamagedTextError, match="A copy can be opened"):
        open_document(path)
    document, damage = open_copy(path)
    assert (document.text, document.path, document.encoding) == (text, None, "utf-8")
    assert (damage.places, damage.lines) == (places, lines)
    assert path.read_bytes() == data


def test_of_what_is_no_text_no_copy_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(DocumentError, match="it is not a text") as caught:
        open_document(path)
    assert not isinstance(caught.value, DamagedTextError)
    with pytest.raises(DocumentError, match="not a text"):
        open_copy(path)
