"""What the command line writes, on a terminal and elsewhere."""

from __future__ import annotations

import errno
import io
import os
import sys

import pytest

from app.cli import output
from app.core.errors import LampblackError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_an_error_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    output.write_error(LampblackError("One\nfile\x1b[2J is\r\nbad.", "Do\tsomething."))
    assert capsys.readouterr().err == "lampblack: One file [2J is bad. Do something.\n"


def test_a_terminal_gets_no_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    output.write("a\x1b]0;title\x07b\n\tc")
    assert terminal.getvalue() == "a�]0;title�b\n\tc"


def test_a_file_gets_the_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    output.write("a\x1b\r\nb")
    assert capsys.readouterr().out == "a\x1b\r\nb"


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(LampblackError, match="could not be written"):
        output.write("text")


def test_progress_is_for_terminals_only() -> None:
    quiet, terminal = io.StringIO(), Terminal()
    for stream in (quiet, terminal):
        line = output.ProgressLine(stream)
        line.show("Reading…")
        line.show("Rea")
        line.clear()
        line.clear()
    assert quiet.getvalue() == ""
    assert terminal.getvalue() == "\rReading…\rRea     \r   \r"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
@pytest.mark.parametrize(
    ("columns", "shown"),
    [(40, "Reading 灯塔看守人…"), (12, "Reading 灯…"), (9, "Reading…"), (2, "…"), (1, "…"),
     (0, "Reading 灯塔看守人…")],
)  # fmt: skip
def test_a_progress_line_stays_in_one_line_of_its_terminal(columns: int, shown: str) -> None:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(theirs, "w", encoding="utf-8") as stream, os.fdopen(ours, "rb", 0) as screen:
        line = output.ProgressLine(stream)
        line.show("Reading 灯塔看守人…")
        assert screen.read(100).decode() == f"\r{shown}"
        line.clear()
        blank = screen.read(100).decode()
        assert blank.strip("\r ") == ""
        wide = sum(1 + ("\u3000" < letter < "\ua000") for letter in shown)
        assert blank == "\r" + " " * wide + "\r"


def test_a_terminal_that_is_gone_ends_the_progress_line_and_not_the_work() -> None:
    class Gone(Terminal):
        def write(self, _text: str) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    closed = Terminal()
    closed.close()
    for stream in (Gone(), closed):
        line = output.ProgressLine(stream)
        line.show("Reading…")
        line.show("More")
        line.clear()
    shown = Terminal()
    line = output.ProgressLine(shown)
    line.show("Reading…")
    shown.close()
    line.clear()


def test_without_a_console_there_is_no_progress_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    line = output.ProgressLine()
    line.show("Reading…")
    line.clear()
