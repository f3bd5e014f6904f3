"""The table of goals: what `lampblack bench` measures, by number."""

from __future__ import annotations

from collections.abc import Sequence

from app.benchmark import (
    decode_speed,
    draft_speed,
    first_token,
    interference,
    many_clients,
    parallel_takes,
    service_goals,
    torch_goals,
    window_goals,
)
from app.benchmark.goal import Goal, Measure
from app.core.errors import UsageError


def _floor(key: str, title: str, limit: float) -> Measure:
    """What the library alone can do, which nothing on top of it can surpass; only shown."""
    return Measure(f"{key}_bare", title, limit, "lower", judged_by="nothing")


GOALS: tuple[Goal, ...] = (
    Goal(
        1,
        "Writing speed",
        "Writes greedily through host, pipe and client beside a bare llama_decode loop with the "
        "same model, threads and prompt, at the beginning of a text and at its token 2,000.",
        (
            Measure("speed", "speed beside a bare loop", 0.97),
            Measure("growth", "speed at token 2,000 against the beginning", 0.97),
        ),
        decode_speed.beside_bare,
    ),
    Goal(
        2,
        "Out of the box",
        "Writes with the default options and sampling beside llama-cpp-python's Llama with its "
        "own.",
        (
            Measure("speed", "speed beside Llama", 1.5),
            Measure("ceiling", "the bare loop's beside Llama", 1.5, judged_by="nothing"),
        ),
        decode_speed.out_of_the_box,
    ),
    Goal(
        3,
        "Flash attention",
        "Writes after a prompt of 2,000 tokens with the setting that the program chose and with "
        "both settings forced; it must keep up with the better one.",
        (
            Measure("on", "speed beside flash attention on", 0.98),
            Measure("off", "speed beside flash attention off", 0.98),
        ),
        decode_speed.at_depth,
    ),
    Goal(
        4,
        "Cold prompt",
        "Reads unknown prompts of 512 tokens up to the first token, tokenizing and drawing "
        "included, beside bare llama_decode calls on the same tokens.",
        (Measure("speed", "speed beside bare reading", 0.97, judged_by="nothing"),),
        first_token.cold_prompt,
    ),
    Goal(
        5,
        "Beginning again",
        "Asks for another take of a known prompt, and for a text after a new sentence and a pause "
        "of one second in which it was read ahead; single steps of the bare loop are the unit.",
        (
            Measure("retry", "a retry's first token", 2, "lower", "steps"),
            Measure("after_pause", "the first token after a pause", 3, "lower", "steps"),
        ),
        first_token.beginning_again,
    ),
    Goal(
        6,
        "Reopening",
        "Starts a new host, loads the model, and continues a document of 2,000 tokens whose state "
        "is on the disk, beside reading unknown documents of that length; both up to the first "
        "token.",
        (Measure("share", "share of a cold prompt", 1 / 30, "lower"),),
        first_token.reopened,
    ),
    Goal(
        7,
        "Several takes",
        "Writes four takes of a known prompt at once beside four runs in a row, and beside the "
        "bare loop's four rows after the same prompt, on the model and on a Q8_0 copy of it.",
        (
            Measure("own", "four takes at once against four runs", 0.70, "lower"),
            Measure("q8_0", "four takes at once, on a Q8_0 copy", 0.55, "lower"),
            Measure("own_beside", "four takes beside the bare loop's", 1.03, "lower"),
            Measure("q8_0_beside", "the same on the copy", 1.03, "lower"),
            _floor("own", "the bare loop's four rows against four steps", 0.70),
            _floor("q8_0", "the bare loop's, on the copy", 0.55),
        ),
        parallel_takes.at_once,
    ),
    Goal(
        8,
        "A busy neighbour",
        "Writes on while another process takes a core for itself; what counts begins two seconds "
        "later, beside the speed of one thread on the idle machine.",
        (Measure("speed", "speed beside one idle thread", 0.6),),
        interference.busy_neighbour,
    ),
    Goal(
        9,
        "Cancel",
        "Cancels in the middle of writing and of reading a prompt, three times each in a round, "
        "and times the slowest until the client has its last event.",
        (
            Measure("steps", "cancel while writing, in steps", 1, "lower", "steps"),
            Measure("writing", "cancel while writing, the slowest", 50, "lower", "ms", "worst"),
            Measure("reading", "cancel while reading, the slowest", 50, "lower", "ms", "worst"),
        ),
        interference.cancelling,
    ),
    Goal(
        10,
        "Probabilities",
        "Writes the same text with and without the five likeliest tokens of every place.",
        (Measure("cost", "time with probabilities against without", 1.03, "lower"),),
        decode_speed.with_probabilities,
    ),
    Goal(
        11,
        "The window while it writes",
        "Loads the model in the real window, which is not shown on a screen, and writes at the "
        "end of a manuscript of 120,000 words; an event posted every millisecond must not wait.",
        (
            Measure("p99", "waiting of 99 in 100 events", 5, "lower", "ms"),
            Measure("worst", "the longest waiting", 33, "lower", "ms", "worst"),
        ),
        window_goals.streaming,
    ),
    Goal(
        12,
        "The window's start",
        "Starts the real window and a bare PySide6 window with an editor in new processes, up to "
        "the first painting; memory is counted when all is made that the start makes.",
        (
            Measure("processor", "processor time until it is shown", 2.5, "lower"),
            Measure("clock", "time until it is shown", 2.5, "lower"),
            Measure("memory", "memory of its own", 2, "lower"),
            Measure("libraries", "model libraries in its process", 0, "lower", "", "worst"),
        ),
        window_goals.starting,
    ),
    Goal(
        13,
        "The Torch engine",
        "Writes with PyTorch beside transformers' own generate with a streamer, same model, "
        "threads and prompt; and loads the GGUF file again, beside the first time, measured once.",
        (
            Measure("speed", "speed beside generate", 1.10),
            Measure("load", "the first load against a later one", 20),
        ),
        torch_goals.beside_generate,
    ),
    Goal(
        14,
        "Many clients",
        "Writes for four and for eight clients with prompts of their own at once beside the bare "
        "library's batch of as many rows; times a newcomer's first token while three write, and "
        "the window's writing while a job in the background writes, both beside being alone.",
        (
            Measure("clients_4", "four clients beside a bare batch of four", 0.97),
            Measure("clients_8", "eight clients beside a bare batch of eight", 0.97),
            Measure("newcomer", "a newcomer's first token while three write", 2, "lower"),
            Measure("window", "the window's speed beside a background job", 0.7),
        ),
        many_clients.at_once,
    ),
    Goal(
        15,
        "The service",
        "Writes through the local service, over HTTP, beside the Python client of the same host; "
        "over a Unix socket, because the benchmark has no network.",
        (
            Measure("speed", "speed beside the Python client", 0.97),
            Measure("first", "what HTTP adds to the first token", 5, "lower", "ms"),
        ),
        service_goals.over_http,
    ),
    Goal(
        16,
        "Beside llama-server",
        "Writes for four clients at once beside llama-server with the same model, threads and "
        "prompts, both over HTTP; it runs where the Python package xllamacpp is installed.",
        (
            Measure("clients", "four clients beside its four", 1.05),
            Measure("one", "one client beside its one", 1, judged_by="nothing"),
            Measure("gain", "four clients against one", 1.4, judged_by="nothing"),
            Measure("gain_theirs", "its four against its one", 1.4, judged_by="nothing"),
        ),
        service_goals.beside_llama_server,
        optional=True,
    ),
    Goal(
        17,
        "Beside a newer llama.cpp",
        "Writes greedily through host, pipe and client beside llama-server inside its process, "
        "same model, threads and prompt; it runs where the Python package xllamacpp is installed.",
        (
            Measure("speed", "speed beside llama-server's own", 1),
            Measure("ceiling", "the bare loop's beside it", 1, judged_by="nothing"),
        ),
        service_goals.beside_a_newer_library,
        optional=True,
    ),
    Goal(
        18,
        "The page",
        "Opens a text of a megabyte in the real window, reading the file included, and types in a "
        "manuscript of 120,000 words and in one paragraph of 20,000, Markdown coloured, each up to "
        "the painting; beside a bare QPlainTextEdit with the same font and width that is given the "
        "text.",
        (
            Measure("open", "opening beside setPlainText", 2, "lower"),
            Measure("start", "95 in 100 keys at the start beside the bare one's", 1.5, "lower"),
            Measure("middle", "the same in the middle", 1.5, "lower"),
            Measure("end", "the same at the end", 1.5, "lower"),
            Measure("paragraph", "95 in 100 keys in the long paragraph", 33, "lower", "ms"),
        ),
        window_goals.editing,
    ),
    Goal(
        19,
        "The wait foreseen",
        "Foretells how long the model will read new prompts of several lengths, and known ones "
        "with something new at their end, from what it took before and from what it still knows; "
        "then has them read.",
        (
            Measure("mean", "the foretold wait is off by, on average", 0.25, "lower"),
            Measure("worst", "the foretold wait is off by, at most", 0.25, judged_by="nothing"),
        ),
        first_token.foreseen,
    ),
    Goal(
        20,
        "A draft model",
        "Writes with a copy of the model in full precision, alone and with a copy in four bits "
        "that guesses ahead for it, the same seeds: prose as it is written by default, and a text "
        "so hot that no word of it can be foreseen.",
        (
            Measure("prose", "speed beside writing alone", 1.3),
            Measure("chance", "the same where nothing can be guessed", 0.98),
        ),
        draft_speed.beside_alone,
    ),
    Goal(
        21,
        "Learning a style",
        "Learns from the same rows as a plain loop of PyTorch around peft's layers, with the same "
        "model, rank, length, accumulation and threads, in the numbers that the program chooses "
        "and in float32; it runs where the Python package peft is installed.",
        (
            Measure("own_speed", "speed beside a loop with peft", 1),
            Measure("own_memory", "memory beside it", 1.1, "lower"),
            Measure("whole_speed", "speed beside it in float32", 1),
            Measure("whole_memory", "memory beside it in float32", 1.1, "lower"),
        ),
        torch_goals.beside_peft,
        optional=True,
    ),
    Goal(
        22,
        "Beside a training",
        "Writes, and types in the middle of a manuscript of 120,000 words in the real window, "
        "while a training of the command line runs in the same home, and while it rests.",
        (
            Measure("writing", "speed of writing beside a training", 0.95),
            Measure("keys", "95 in 100 keys beside a training", 1.25, "lower"),
        ),
        interference.beside_training,
    ),
)
"""Every goal, in order."""

NOT_MEASURED: tuple[str, ...] = (
    "Not measured: node-llama-cpp, a yardstick of goal 2, which the program does not install; nor "
    "goals 16 and 17 without xllamacpp and 21 without peft, which packaging/dev.py bench installs.",
)
"""Comparisons that are wanted but not made, each with the reason."""


def chosen(numbers: Sequence[int], goals: Sequence[Goal] = GOALS) -> tuple[Goal, ...]:
    """The goals of these numbers in the table's order, or all; raises UsageError for others."""
    known = {goal.number for goal in goals}
    if unknown := sorted(set(numbers) - known):
        listed = ", ".join(map(str, sorted(known)))
        raise UsageError(f"There is no goal {unknown[0]}.", f"The goals are {listed}.")
    return tuple(goal for goal in goals if not numbers or goal.number in numbers)
