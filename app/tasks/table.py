"""The table of tasks: a row says what goes in, how a model is asked, and what comes out.

The words of the command line, the service and the package derive from it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from app.core.errors import UsageError
from app.core.options.sampling import Sampling

Gives = Literal["text", "label", "data", "measures"]
"""What a task answers with: `{"text"}`, `{"label", "probabilities"}`, `{"data"}`, or numbers."""

Joining = Literal["none", "drop head", "in order", "summarise again", "average", "merge", "windows"]
"""How the answers to the parts of an input are joined that is longer than the context.

"none" refuses it, "drop head" leaves out its beginning, and a note says so.
"""

Measure = Literal["accuracy", "chrf", "rouge_l", "perplexity"]
"""How answers are compared with the right ones."""


class PlainForm(msgspec.Struct, frozen=True):
    """How a model without a chat template is asked: worked examples under the same headings.

    `head` stands before them, `given` and `answer` are the headings; each example is a text and
    its answer. `after` follows the text, as it does in the examples.
    """

    given: str
    answer: str
    examples: tuple[tuple[str, str], ...] = ()
    head: str = ""
    after: str = ""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One task.

    `summary` is its help. Beside the text go in what `takes` names, fields of `TaskOptions`;
    `needs` names those that it cannot do without. `chat` is the user's turn for models with a chat
    template and `reply` what the answer to it begins with; `plain` is the form for those without.
    Where one is missing, the task is not for such models; where a model knows both, `prefers` says
    which is used. What `app.tasks.prompts` fills in stands
    in braces. An answer has at most `sampling.max_tokens` tokens, or, where that is -1, `growth`
    tokens for each of the text's and a few more. `labels` are used if none are given.
    """

    name: str
    summary: str
    gives: Gives
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    chat: str = ""
    reply: str = ""
    prefers: Literal["chat", "plain"] = "chat"
    plain: PlainForm | None = None
    sampling: Sampling = Sampling()
    growth: float = 1.0
    labels: tuple[str, ...] = ()
    joining: Joining = "none"
    measures: tuple[Measure, ...] = ()


_TEXT = "\n\n{text}"
_SENTIMENT = PlainForm(
    "Review",
    "Sentiment",
    (("I like it.", "positive"), ("I do not like it.", "negative")),
    head="{instruction}",
)
_CLASSIFY = PlainForm("Text", "Category", head="{instruction}")
"""Naming the labels before the text made it worse: 14 of 20 right, not 19 (see `choosing`)."""

_SUMMARISE = PlainForm(
    "Text",
    "Summary{in_language}",
    (
        (
            "The ferry did not sail on Monday because of the storm. Forty passengers slept in the "
            "school, where the baker brought them bread. On Tuesday the sea was calm again and the "
            "ferry took them across.",
            "A storm kept forty passengers on shore for a night; they crossed on Tuesday.",
        ),
        (
            "The library will close for a month. Its roof leaks, and the books in the east wing "
            "have to be moved before the builders come. Books that are due in that time can be "
            "brought back later without a fine.",
            "The library closes for a month while its roof is mended; nobody pays a fine for that "
            "time.",
        ),
    ),
)
_REWRITE = PlainForm(
    "Text",
    "Rewritten text",
    (
        (
            "It is with great pleasure that I am able to tell you that your parcel has arrived."
            "\nInstruction: make it shorter",
            "Your parcel has arrived.",
        ),
        (
            "Close the window.\nInstruction: turn it into a question",
            "Could you close the window?",
        ),
    ),
    after="\nInstruction: {instruction}",
)
_EXTRACT = PlainForm(
    "Text", "JSON", head="The data in each text as JSON that obeys the schema {schema}{hint}"
)

TASKS: tuple[Task, ...] = (
    Task(
        name="complete",
        summary="go on from the text",
        gives="text",
        plain=PlainForm("", ""),
        joining="drop head",
        measures=("perplexity",),
    ),
    Task(
        name="chat",
        summary="answer the text in the model's chat template",
        gives="text",
        takes=("system",),
        chat="{text}",
        sampling=Sampling(max_tokens=512),
    ),
    Task(
        name="summarise",
        summary="say in a few sentences what the text says",
        gives="text",
        takes=("language",),
        chat="Summarise the following text in a few sentences{in_language}. Write only the summary."
        + _TEXT,
        plain=_SUMMARISE,
        sampling=Sampling(temperature=0.3, max_tokens=256),
        joining="summarise again",
        measures=("rouge_l",),
    ),
    Task(
        name="translate",
        summary="translate the text into a language",
        gives="text",
        takes=("language", "source_language"),
        needs=("language",),
        chat="Translate the following text{from_source} into {language}. Write only the "
        "translation." + _TEXT,
        plain=PlainForm("{source}", "{language}"),
        sampling=Sampling(temperature=0.0, max_tokens=-1),
        growth=2.0,
        joining="in order",
        measures=("chrf",),
    ),
    Task(
        name="rewrite",
        summary="rewrite the text by an instruction",
        gives="text",
        takes=("instruction",),
        needs=("instruction",),
        chat="Rewrite the following text. Instruction: {instruction}\nWrite only the rewritten "
        "text." + _TEXT,
        plain=_REWRITE,
        sampling=Sampling(temperature=0.5, max_tokens=-1),
        growth=1.5,
        joining="in order",
        measures=("chrf",),
    ),
    Task(
        name="classify",
        summary="choose the label that fits the text, with a probability for each",
        gives="label",
        takes=("labels", "instruction", "calibrate"),
        needs=("labels",),
        chat="Which of these fits the text best: {labels}?{hint}\n\nText: {text}",
        reply="The text is best described as ",
        prefers="plain",
        plain=_CLASSIFY,
        joining="average",
        measures=("accuracy",),
    ),
    Task(
        name="sentiment",
        summary="say whether the text is positive or negative, with the probabilities",
        gives="label",
        takes=("labels", "instruction", "calibrate"),
        chat="Classify the sentiment of the text as {either}.{hint}" + _TEXT,
        reply="Sentiment: ",
        prefers="plain",
        plain=_SENTIMENT,
        labels=("positive", "negative"),
        joining="average",
        measures=("accuracy",),
    ),
    Task(
        name="extract",
        summary="take data out of the text, as JSON that obeys a schema",
        gives="data",
        takes=("schema", "instruction"),
        needs=("schema",),
        chat="Take the data out of the following text, as JSON that obeys the schema {schema}{hint}"
        + _TEXT,
        plain=_EXTRACT,
        sampling=Sampling(temperature=0.0, max_tokens=1024),
        joining="merge",
    ),
    Task(
        name="score",
        summary="measure how well the model foresees the text, token by token",
        gives="measures",
        takes=("alternatives",),
        plain=PlainForm("", ""),
        joining="windows",
        measures=("perplexity",),
    ),
)
"""Every task, in the order of the help."""


def task(name: str) -> Task:
    """The task of that name; raises UsageError with all their names."""
    for row in TASKS:
        if row.name == name:
            return row
    names = ", ".join(row.name for row in TASKS)
    raise UsageError(f"There is no task named {name!r}.", f"The tasks are {names}.")
