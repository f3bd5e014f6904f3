"""The session of one goal: the model, the sizes of the work, and every child process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from app.benchmark.baseline import BareEngine, Child
from app.benchmark.our_engine import OurEngine
from app.core.models.model_file import ModelFile
from app.core.options.load_options import LoadOptions
from app.core.system.processes import host_environment, program_command
from app.engine.messages import EngineName, EngineSettings

SENTENCES = (
    "The ferry came late that evening, low in the water and without her lights.",
    "Marta counted the lamps along the quay and found one fewer than the night before.",
    "Nobody in the harbour office could say who had signed for the three sealed crates.",
    "A thin rain fell on the slates, and the gulls walked about like landlords.",
    "He had promised to write every week, and for a while he had even kept his word.",
    "Behind the bakery a boy was teaching an old dog to open the garden gate.",
    "The letter smelled of tar and oranges, and its second page was missing.",
    "By noon the whole street knew that the lighthouse had stood dark for an hour.",
    "She folded the map so that the island disappeared between two creases.",
    "The engine coughed twice, considered the matter, and decided to run after all.",
    "There were nine steps down to the cellar, although everyone remembered ten.",
    "His brother laughed, but he moved his chair so that he could see the door.",
    "Snow had been promised for the weekend, and the shops had sold out of candles.",
    "In the margin of the ledger someone had drawn a small and very exact whale.",
    "The teacher waited until the last child had gone before she opened the parcel.",
    "It is hard to be solemn in a borrowed coat, especially when the sleeves are short.",
    "Two tables away a stranger was reading the same book, and he was further along.",
    "The clock above the station had been wrong for so long that people set theirs by it.",
    "When the wind turned, they could hear the bells of the town across the water.",
    "Nothing was stolen, the policeman said, unless you count the smell of the place.",
    "She kept the key in the sugar tin, where no honest person would look for it.",
    "At the edge of the field the machines stood in a row, patient and covered in frost.",
    "The captain spoke of the storm as one speaks of a difficult but gifted pupil.",
    "Every photograph in the album had been turned around and put back carefully.",
)
"""The benchmark's own prose; no two sentences begin alike."""


def passage(number: int, characters: int) -> str:
    """At least `characters` of prose; numbers that differ give other beginnings.

    Later turns of the same sentences name another day, so that no long stretch is there twice.
    """
    first = number % len(SENTENCES)
    turned = (*SENTENCES[first:], *SENTENCES[:first])
    text = f"{number + 1}. "
    for turn, sentence in enumerate(cycle(turned)):
        day, place = divmod(turn, len(SENTENCES))
        text += f"On day {day + 1}, number {place + 1}: " if day else ""
        text += sentence + " "
        if len(text) >= characters:
            break
    return text.rstrip()


PEERS = frozenset({"llama-server", "peft"})
"""The baselines that need a package which the program does not."""

PEERS_VARIABLE = "LAMPBLACK_BENCH_PEERS"
"""The environment variable with the folder of such packages."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much work the samples do, in tokens, words and seconds; 0 threads: our own."""

    prompt: int = 512
    decode: int = 128
    long: int = 2000
    takes: int = 48
    pause: float = 1.0
    busy: float = 3.0
    words: int = 120_000
    keys: int = 200
    learned: int = 512
    threads: int = 0


class GoalSession(ExitStack):
    """One goal's folder and children, which end with it; `builds` collects the libraries used."""

    def __init__(
        self, model: ModelFile, folder: Path, builds: dict[str, str], sizes: Sizes | None = None
    ) -> None:
        super().__init__()
        self.path = Path(model.path)
        self.sizes = sizes or Sizes()
        self.folder = Path(mkdtemp(dir=folder))
        self.cache = folder / "cache"
        self.log = folder / "children.log"
        self._builds = builds
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def baseline(self, name: str, variables: Mapping[str, str] | None = None) -> Child:
        """A child that serves the baseline of that name; it alone finds the packages of PEERS.

        `variables` are added to its environment.
        """
        environment = host_environment() | dict(variables or {})
        if name in PEERS and (peers := os.environ.get(PEERS_VARIABLE)):
            environment["PYTHONPATH"] += os.pathsep + peers
        command = [*program_command("yardstick"), name]
        return self.enter_context(closing(Child(command, self.log, environment)))

    def ours(
        self,
        options: LoadOptions | None = None,
        *,
        path: Path | None = None,
        cache: Path | None = None,
        engine: EngineName = "llama.cpp",
    ) -> OurEngine:
        """Our engine with the model loaded, in a new host; what it keeps goes into `cache`."""
        ours = OurEngine(
            path or self.path, cache or self.cache, self.folder / "engine.log", engine=engine
        )
        self.callback(ours.close)
        options = options or LoadOptions()
        threads = self.sizes.threads or options.threads
        ours.load(msgspec.structs.replace(options, threads=threads))
        self._builds[f"ours, {ours.settings.engine}"] = ours.settings.build
        return ours

    def bare(
        self, settings: EngineSettings, *, path: Path | None = None, sequences: int = 1
    ) -> BareEngine:
        """A bare loop with the model, set up as ours is."""
        bare = BareEngine(self.baseline("bare"))
        bare.open(path or self.path, settings, sequences)
        self._builds["bare llama_decode loop"] = bare.build
        return bare

    def pair(self, options: LoadOptions | None = None, *, path: Path | None = None) -> Pair:
        """Our engine and a bare loop; ours never ends a text early."""
        ours = self.ours(options, path=path)
        bare = self.bare(ours.settings, path=path)
        ours.never_write(bare.ends)
        return Pair(ours, bare, path or self.path)

    def note_build(self, name: str, build: str) -> None:
        """Remember with what a baseline was built."""
        self._builds[name] = build


@dataclass(frozen=True, slots=True)
class Pair:
    """Our engine and the bare loop on the same model with the same settings."""

    ours: OurEngine
    bare: BareEngine
    path: Path

    def prompt(self, tokens: int, number: int = 0) -> str:
        """A prompt of about `tokens` tokens; another number gives one with another beginning."""
        return self.bare.cut(passage(number, 8 * tokens), tokens).text


def sized_options(tokens: int, *, keep_prompts: bool = False) -> LoadOptions:
    """The default options with the smallest context that holds `tokens` tokens.

    Drafts are off: a greedy text repeats itself, and they would be measured instead of the steps.
    No prompt is kept on the disk, so that one that is new to a host is read.
    """
    context = max(1024, -(-tokens // 1024) * 1024)
    return LoadOptions(context=context, drafts="off", keep_prompts=keep_prompts)
