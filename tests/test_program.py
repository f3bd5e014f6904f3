"""The parts of a program: made when asked for, replaceable, ended only if they were made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.core.system.paths import Paths
from app.program import Program


class Part:
    """Notes its end."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_a_program_that_did_nothing_leaves_nothing(own_home: Path) -> None:
    Program(Paths.here()).close()
    assert not own_home.exists()


def test_close_ends_what_was_made_or_put_in_its_place_and_nothing_else(own_home: Path) -> None:
    program = Program(Paths.here())
    part: Any = Part()
    program.store = part
    assert program.downloads.all() == ()
    program.close()
    assert part.closed == 1
    assert "worker" not in vars(program)


def test_a_part_is_made_once_and_from_the_parts_that_were_put_in(own_home: Path) -> None:
    program, other = Program(Paths.here()), Program(Paths.here())
    program.settings_store = other.settings_store
    other.settings_store.change(added_models=("/models/雨.gguf",))
    assert program.settings.added_models == ("/models/雨.gguf",)
    assert program.library is program.library
