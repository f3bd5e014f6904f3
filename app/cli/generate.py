"""`lampblack generate`: the continuation of a prompt, streamed to stdout."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from app.cli import output
from app.cli.engine import EngineTask
from app.cli.flags import sampling_from
from app.cli.input import check_text, given_text
from app.cli.server import check_may_leave, chosen_load, piped_file
from app.core.errors import (
    NotAModelError,
    SettingsError,
    UnsupportedModelError,
    UsageError,
)
from app.core.formats.adapter_files import engine_of
from app.core.models.model_file import ModelFile
from app.core.options.adapters import Adapter, check_adapters
from app.core.options.presets import read_presets, suggested
from app.core.options.rows import is_encodable
from app.core.options.sampling import Sampling
from app.core.passport import from_record
from app.engine.client import EngineClient
from app.engine.messages import (
    ChatMessage,
    Done,
    Event,
    Generate,
    Loaded,
    Take,
    Tokens,
)
from app.program import Program

_BANNED = "The text ends here because every way on led to a banned phrase; ban less to go on."


def run_generate(arguments: argparse.Namespace, program: Program) -> None:
    """Load, generate, write; Ctrl+C keeps the text and the exit code 0."""
    sampling = sampling_from(arguments, _preset(arguments, program))
    request = _request(arguments, sampling)
    is_piped = arguments.prompt in (None, "-")
    load, model = chosen_load(arguments, program, is_piped=is_piped)
    if model is not None:
        load = replace(load, adapters=adapters_from(arguments.adapter, load.engine))
    with program.engine() as client, _GenerateTask(client, stream=not arguments.json) as generation:
        loaded = generation.load(load, model, program)
        check_may_leave(program, loaded, *piped_file(is_piped))
        done = generation.run(request)
        assert isinstance(done, Done)
    result = _Result(model.name if model else loaded.model.name, loaded, done)
    if arguments.json:
        output.write(json.dumps(_report(result), ensure_ascii=False) + "\n")
    if result.take.finish_reason == "banned":
        output.note(_BANNED)
    if arguments.stats:
        output.note(_summary(result))


_PRESET_FILES = (".json", ".yaml", ".yml", ".kcpps")


def _preset(arguments: argparse.Namespace, program: Program) -> Sampling:
    """The values to begin with: a preset's by its name, or those of a file with one preset."""
    given = arguments.preset
    if not given:
        return Sampling()
    named = any(preset.name.casefold() == given.casefold() for preset in program.presets.all())
    if not named and given.casefold() == "suggested":
        if arguments.server:
            raise UsageError("--preset suggested is for models on this machine, not for a server.")
        return _suggested(program.model(arguments.model), program)
    if named or not given.lower().endswith(_PRESET_FILES):
        return program.presets.get(given).sampling
    presets, notes = read_presets(Path(given))
    for note in notes:
        output.note(note)
    if len(presets) != 1:
        raise SettingsError(f"{given} holds {len(presets)} presets.", "Give a file that holds one.")
    return presets[0].sampling


def _suggested(model: ModelFile, program: Program) -> Sampling:
    """The values that the window begins with on this model."""
    passport = from_record(program.metadata.record(model).passport)
    repeats = passport is not None and passport.repeats
    preset = suggested(model.parameters, repeats=repeats)
    if preset is None:
        output.note(f"Nothing else is suggested for {model.name}: the defaults are used.")
    return preset.sampling if preset else Sampling()


def adapters_from(given: Sequence[str], engine: str) -> tuple[Adapter, ...]:
    """The adapters of `--adapter PATH[=STRENGTH]`; raises LampblackError."""
    adapters = tuple(_adapter(text) for text in given)
    check_adapters(adapters)
    for adapter in adapters:
        if engine_of(Path(adapter.path)) != engine:
            raise UnsupportedModelError(
                f"The adapter {adapter.path} is not for the engine {engine}.",
                "GGUF adapters are for llama.cpp, PEFT folders for Torch; see --engine.",
            )
    return adapters


def _adapter(text: str) -> Adapter:
    """What is after the last = is the strength, unless all of it is an existing path."""
    path, sign, number = text.rpartition("=")
    strength = 1.0
    if not sign or os.path.lexists(text):
        path = text
    else:
        try:
            strength = float(number)
        except ValueError:
            raise UsageError(
                f"{number!r} is not a strength.", "Write a number, as in --adapter noir.gguf=0.8."
            ) from None
    if not is_encodable(path):
        raise NotAModelError("The adapter's path is not valid UTF-8.", "Rename the file or folder.")
    return Adapter(path=str(Path(path).absolute()), strength=strength)


def _request(arguments: argparse.Namespace, sampling: Sampling) -> Generate:
    prompt = given_text(arguments.prompt, "prompt", 'lampblack generate "Once"')
    chat = arguments.chat or arguments.system is not None
    return Generate(
        job=0,
        prompt="" if chat else prompt,
        messages=_messages(prompt, arguments.system or "") if chat else (),
        sampling=sampling,
        exact=arguments.exact,
        overflow="drop_head" if arguments.drop_head else "fail",
    )


def _messages(prompt: str, system: str) -> tuple[ChatMessage, ...]:
    check_text(system, "The system text")
    turns = (ChatMessage(role="system", content=system), ChatMessage(role="user", content=prompt))
    return turns if system else turns[1:]


@dataclass(frozen=True)
class _Result:
    """What a run gave; `model` is a name for `--model`."""

    model: str
    loaded: Loaded
    done: Done

    @property
    def take(self) -> Take:
        """The one take that the command line asks for."""
        return self.done.takes[0]


class _GenerateTask(EngineTask):
    """A load and a generation, whose text is streamed to stdout or only counted."""

    def __init__(self, client: EngineClient, *, stream: bool) -> None:
        super().__init__(client)
        self._stream = stream

    def on_event(self, event: Event) -> None:
        """Write what came, or show how far it is."""
        if isinstance(event, Tokens) and event.text and self._stream:
            self.write(event.text)
        elif isinstance(event, Tokens):
            self.line.show("Writing…")
        else:
            super().on_event(event)


def _report(result: _Result) -> dict[str, object]:
    """The one object of `--json`; times in seconds."""
    stats = result.done.stats
    return {
        "text": result.take.text,
        "finish_reason": result.take.finish_reason,
        "model": result.model,
        "engine": result.loaded.model.engine,
        "device": result.loaded.model.settings.device,
        "notes": [*result.loaded.model.notes, *[_BANNED][: result.take.finish_reason == "banned"]],
        "seed": result.done.seed,
        "prompt_tokens": stats.prompt_tokens,
        "completion_tokens": stats.completion_tokens,
        "reused_tokens": stats.reused_tokens,
        "load_s": round(result.loaded.seconds, 4),
        "prefill_s": round(stats.prefill_s, 4),
        "first_token_s": round(stats.first_token_s, 4),
        "decode_s": round(stats.decode_s, 4),
        "tokens_per_s": round(stats.tokens_per_s, 2),
    }


def _summary(result: _Result) -> str:
    stats = result.done.stats
    dropped = f" ({stats.dropped_tokens} dropped from its head)" if stats.dropped_tokens else ""
    drafted, accepted = stats.drafted_tokens, stats.accepted_tokens
    guessed = f"{accepted} of {drafted} guessed tokens right, " if drafted else ""
    if stats.draft_gain:
        guessed += f"{stats.draft_gain:.2f} times as fast as without the draft model, "
    return (
        f"{result.model}: {stats.completion_tokens} tokens at "
        f"{stats.tokens_per_s:.1f} per second ({result.take.finish_reason}), "
        f"prompt of {stats.prompt_tokens} tokens{dropped} read in {stats.prefill_s:.2f} s, "
        f"{stats.reused_tokens} of them reused, {guessed}loaded in {result.loaded.seconds:.2f} s, "
        f"seed {result.done.seed}"
    )
