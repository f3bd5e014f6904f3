"""A save changes the bytes of edited lines, and of no others."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from app.core.documents.encodings import ENCODINGS
from app.core.documents.line_bytes import align, merged
from app.core.documents.normalise import normalise
from app.core.documents.text_files import open_document, save_document

ENDS = {
    "LF": ["\n"],
    "CRLF": ["\r\n"],
    "CR": ["\r"],
    "mixed": ["\n", "\r\n", "\r"],
    "separators": ["\n", "\u2028", "\r\n", "\u2029"],
}


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_word_typed_changes_one_line(tmp_path: Path, encoding: str, ends: str) -> None:
    row = ENCODINGS[encoding]
    letters = _letters(row.codec)
    separators = [end for end in ENDS[ends] if _round_trips(end, row.codec)]
    lines = [
        f"Line {n % 5} " + "".join(letters[n % 9 :: 9]) + separators[n % len(separators)]
        for n in range(30)
    ]
    path = tmp_path / "text.txt"
    path.write_bytes(row.mark + b"".join(line.encode(row.codec) for line in lines))
    document = open_document(path, encoding)
    edited = document.text.split("\n")
    edited[12] += "word"
    save_document(document, "\n".join(edited), path, snapshots=tmp_path / "kept")
    end = separators[12 % len(separators)]
    lines[12] = lines[12].removesuffix(end) + "word" + end
    assert path.read_bytes() == row.mark + b"".join(line.encode(row.codec) for line in lines)


@cache
def _letters(codec: str) -> list[str]:
    """Some letters beyond ASCII that a codec has."""
    return [chr(c) for c in range(0xA1, 0x9000) if _round_trips(chr(c), codec)][:400:7]


def _round_trips(letter: str, codec: str) -> bool:
    try:
        return letter.encode(codec).decode(codec) == letter
    except UnicodeError:
        return False


def test_bytes_with_a_second_spelling_stay() -> None:
    data = b"\x87\x90 \x81\xe0\r\nedit\n\x87\x90\r\n"  # NEC's own sign beside the standard's
    text = normalise(data.decode("cp932"))
    assert merged(data, "cp932", text.replace("edit", "edited"), "\n") == data.replace(
        b"edit", b"edited"
    )


def test_two_edits_far_apart_leave_what_is_between() -> None:
    lines = [f"{n}\r\n" if n % 3 else f"{n}\n" for n in range(300)]
    data = "".join(lines).encode()
    text = normalise(data.decode()).replace("3\n4\n", "3\nnew\n4\n", 1).replace("297", "end")
    lines[3] += "new\r\n"
    lines[297] = "end\n"
    assert merged(data, "utf-8", text, "\r\n") == "".join(lines).encode()


_TEXT = st.lists(st.sampled_from(["a", "b", "é她", "\ufeff", "\0", "\r", "\n", "\r\n", "\u2028"]))


@settings(max_examples=150)
@given(_TEXT, st.lists(st.sampled_from(["a", "b", "她", "\n"])), st.integers(0), st.integers(0))
def test_any_edit_reads_back_as_the_text(
    pieces: list[str], added: list[str], start: int, length: int
) -> None:
    data = "".join(pieces).encode()
    text = normalise(data.decode())
    assert merged(data, "utf-8", text, "\n") == data
    start = start % (len(text) + 1)
    after = text[:start] + "".join(added) + text[start + length % 9 :]
    saved = merged(data, "utf-8", after, "\n")
    if "\ufeff" not in after:
        assert normalise(saved.decode()) == after


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_partners_rise_and_equal_ends_are_found(old: list[str], new: list[str]) -> None:
    partners = align(old, new)
    found = [one for one in partners if one >= 0]
    assert found == sorted(set(found))
    assert align(old, old) == list(range(len(old)))


def test_a_megabyte_is_merged_in_linear_time() -> None:
    def seconds(lines: list[str]) -> float:
        data = "".join(lines).encode()
        text = normalise(data.decode()).split("\n")
        text[1] += "word"
        text[-3] += "word"
        text.insert(len(text) // 2, "new")
        begin = time.process_time()
        merged(data, "utf-8", "\n".join(text), "\n")
        return time.process_time() - begin

    unlike = [f"Line {n} of a long text\r\n" if n % 2 else f"Line {n}\n" for n in range(40_000)]
    assert seconds(unlike) < 2
    assert seconds(["alike\r\n", "alike\n"] * 60_000) < 2
