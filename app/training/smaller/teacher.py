"""A teacher's answers for the rows of the pages, kept on the disk by what decides them.

They lie in safetensors files of a few rows each, so that a stop loses one at most; each file has
the digest of its own content, and one that is damaged is made again. All kept answers together are
bounded: those that were not used for longest go first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from app.core.errors import HousekeepingError, ParameterError
from app.core.system.files import why, write_atomically
from app.core.training.smaller_orders import MOST_ANSWERS, DistillSettings
from app.core.units import size_text
from app.training.packing import TokenRow

_ROWS = 32  # of a file
_AT_ONCE = 128  # tokens whose chances are sorted at once
_RESERVE = 256 << 20  # bytes of the disk that stay free
_FORM = 1  # raised when what is kept changes
_NAMES = ("ids", "chances", "rest")


@dataclass(frozen=True)
class Answers:
    """For each token the largest chances, which tokens have them, and what the rest have."""

    ids: Any
    chances: Any
    rest: Any

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        """All three."""
        return self.ids, self.chances, self.rest

    def on(self, device: Any) -> Answers:
        """The same on a device, in the types that are computed with; they add up to 1."""
        chances, rest = self.chances.to(device).float(), self.rest.to(device).float()
        chances *= ((1 - rest) / chances.sum(1).clamp_min(1e-9))[:, None]
        return Answers(self.ids.to(device).long(), chances, rest)


class TeacherAnswers:
    """The answers of one teacher for these rows; `size` is how many tokens the vocabulary has."""

    def __init__(
        self,
        home: Path,
        rows: Sequence[TokenRow],
        size: int,
        settings: DistillSettings,
        teacher_sha256: str,
    ) -> None:
        self._rows, self._vocabulary = rows, size
        self._temperature, self._top = settings.temperature, min(settings.top, size)
        facts = _FORM, teacher_sha256, size, self._temperature, self._top
        found = hashlib.sha256(repr(facts).encode())
        for row in rows:
            found.update(repr(row.pieces).encode())
        self._digest = found.hexdigest()
        self._home, self._folder = home, home / self._digest[:32]
        self._places = [*accumulate((row.targets for row in rows), initial=0)]

    @property
    def size(self) -> int:
        """How many bytes they take, all but the files' heads."""
        return self._places[-1] * (self._top * 6 + 4)

    @property
    def present(self) -> int:
        """How many bytes of them are there already, whole."""
        tokens = (self._tokens(part) for part in self._parts() if self._is_whole(part))
        return sum(tokens) * (self._top * 6 + 4)

    def make_room(self) -> None:
        """Drop what was not used for longest; raises LampblackError where there is no room."""
        if self.size > MOST_ANSWERS:
            raise ParameterError(
                f"The teacher's answers would take {size_text(self.size)}, more than "
                f"{size_text(MOST_ANSWERS)}.",
                "Choose fewer pages, or a smaller --top.",
            )
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            others = sorted(
                (one for one in self._home.iterdir() if one.is_dir() and one != self._folder),
                key=_used_at,
            )
            sizes = {one: _bytes_in(one) for one in others}
            total = sum(sizes.values()) + self.size
            for one in others:
                if total <= MOST_ANSWERS:
                    break
                shutil.rmtree(one, ignore_errors=True)
                total -= sizes[one]
            needed = self.size - self.present + _RESERVE
            free = shutil.disk_usage(self._home).free
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _unwritten(error) from error
        if needed > free:
            raise HousekeepingError(
                f"There is no room for the teacher's answers: they need {size_text(needed)} with a "
                f"reserve, and {size_text(free)} are free.",
                "Make room on the disk, or choose a smaller --top.",
            )

    def mark_used(self) -> None:
        """Let these answers be the last that go."""
        with suppress(OSError):
            os.utime(self._folder)

    def fill(self, network: Any, wait: Callable[[], None], tell: Callable[[float], None]) -> None:
        """Have the teacher answer where it has not; raises CancelledError and HousekeepingError.

        What is whole on the disk stays.
        """
        for part in self._parts():
            if self._is_whole(part):
                continue
            found = list[Answers]()
            for place in self._inside(part):
                wait()
                tell(place / len(self._rows))
                found.append(self._answered(network, self._rows[place]))
            tensors = {
                "ids": torch.cat([one.ids for one in found]).to(torch.int32),
                "chances": torch.cat([one.chances for one in found]).half(),
                "rest": torch.cat([one.rest for one in found]),
            }
            head = {"digest": self._digest, "content": _content(tensors)}
            try:
                write_atomically(self._file(part), save(tensors, head))
            except OSError as error:
                raise _unwritten(error) from error

    def of(self, place: int) -> Answers:
        """The answers for one row; raises HousekeepingError where they are gone meanwhile."""
        part = place // _ROWS
        begin = self._places[place] - self._places[part * _ROWS]
        end = self._places[place + 1] - self._places[part * _ROWS]
        try:
            with safe_open(self._file(part), "pt") as file:
                return Answers(*(file.get_slice(name)[begin:end] for name in _NAMES))
        except (OSError, SafetensorError) as error:
            raise HousekeepingError(
                "The teacher's answers on the disk cannot be read any more.", "Resume the run."
            ) from error

    def _answered(self, network: Any, row: TokenRow) -> Answers:
        given, aims = row.inputs(network.device)
        with torch.no_grad():
            logits = network(**given, use_cache=False).logits[0]
            logits = logits[aims >= 0, : self._vocabulary]
            parts = list[Answers]()
            for at in range(0, len(logits), _AT_ONCE):
                some = logits[at : at + _AT_ONCE].float() / self._temperature
                found = torch.softmax(some, -1).topk(self._top, -1)
                rest = (1 - found.values.sum(1)).clamp_min(0)
                parts.append(Answers(found.indices.cpu(), found.values.cpu(), rest.cpu()))
        columns = zip(*(one.parts for one in parts), strict=True)
        return Answers(*(torch.cat(column) for column in columns))

    def _parts(self) -> Iterator[int]:
        return iter(range(-(-len(self._rows) // _ROWS)))

    def _inside(self, part: int) -> range:
        return range(part * _ROWS, min((part + 1) * _ROWS, len(self._rows)))

    def _tokens(self, part: int) -> int:
        inside = self._inside(part)
        return self._places[inside.stop] - self._places[inside.start]

    def _file(self, part: int) -> Path:
        return self._folder / f"answers-{part:05d}.safetensors"

    def _is_whole(self, part: int) -> bool:
        """Whether the file is there, of these rows, and as it was written."""
        path = self._file(part)
        if not path.is_file():
            return False
        try:
            with safe_open(path, "pt") as file:
                head = file.metadata() or {}
                if head.get("digest") != self._digest:
                    return False
                tensors = {name: file.get_tensor(name) for name in _NAMES}
        except (OSError, SafetensorError):
            return False
        is_long = len(tensors["ids"]) == self._tokens(part)
        return is_long and head.get("content") == _content(tensors)


def require_same_vocabulary(teacher: Any, student: Any, sizes: tuple[int, int]) -> int:
    """How many tokens two tokenizers share; raises ParameterError unless they are the same.

    `sizes` are how many logits the two models give: some have room for more than there are tokens.
    """
    one, other = teacher.get_vocab(), student.get_vocab()
    rules = _rules(teacher), _rules(student)
    if one != other or rules[0] != rules[1]:
        differing = sum(other.get(token) != place for token, place in one.items())
        what = f"{differing:,} of {len(one):,} tokens differ" if differing else "others are added"
        raise ParameterError(
            "Teacher and student have different vocabularies "
            f"({what if one != other else 'they cut words in different ways'}).",
            "Choose two models of one family, such as two sizes of the same model.",
        )
    return min(sizes)


def _rules(tokenizer: Any) -> Any:
    """How words are put together out of tokens; None where the library does not say."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return None
    merges = json.loads(backend.to_str())["model"].get("merges")
    return [" ".join(one) if isinstance(one, list) else one for one in merges or ()]


def _content(tensors: dict[str, Any]) -> str:
    found = hashlib.sha256()
    for name in _NAMES:
        found.update(tensors[name].contiguous().numpy().tobytes())
    return found.hexdigest()


def _used_at(folder: Path) -> float:
    """When its answers were used last; 0 where another run has just removed them."""
    with suppress(OSError):
        return folder.stat().st_mtime
    return 0.0


def _bytes_in(folder: Path) -> int:
    """The bytes of a folder's files, of which another run may be writing or removing some."""
    found = 0
    with suppress(OSError):
        for file in folder.iterdir():
            with suppress(OSError):
                found += file.stat().st_size
    return found


def _unwritten(error: OSError) -> HousekeepingError:
    return HousekeepingError(
        f"The teacher's answers could not be written: {why(error)}.", "Make room on the disk."
    )
