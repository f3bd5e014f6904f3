"""How a model is asked for a task: messages for its chat template, or a plain text."""

from __future__ import annotations

import json

import msgspec

from app.core.errors import ParameterError, TemplateError
from app.core.text.language_names import UNKNOWN, language_name, worked_examples
from app.engine.messages import ChatMessage, ModelInfo
from app.tasks.options import TaskOptions
from app.tasks.table import PlainForm, Task


class TaskPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt or messages, where an answer must stop, and what surrounds a label as the answer."""

    prompt: str = ""
    messages: tuple[ChatMessage, ...] = ()
    stop: tuple[str, ...] = ()
    before_label: str = ""
    after_label: str = ""


def takes_chat(task: Task, options: TaskOptions, model: ModelInfo) -> bool:
    """Whether the model is asked in its chat template; raises TemplateError if it cannot be asked.

    A text to go on from is never put in a template.
    """
    wanted = task.prefers if options.form == "auto" and task.plain is not None else options.form
    if wanted != "plain" and task.chat and model.has_chat_template:
        return True
    if options.form != "chat" and task.plain is not None:
        return False
    if not task.chat or model.has_chat_template:
        raise ParameterError(
            f"The task {task.name} has no {options.form} form.", "Leave the form out."
        )
    raise TemplateError(
        f"The task {task.name} needs a chat template, and {model.name} has none.",
        "Use an instruct model, or the task complete.",
    )


def asked(task: Task, text: str, options: TaskOptions, *, chat: bool) -> TaskPrompt:
    """The prompt that asks for `task` with this text."""
    if chat:
        return _messages(task, text, options)
    assert task.plain is not None, "`takes_chat` was asked before"
    if not task.plain.answer:
        return TaskPrompt(prompt=text)
    return _worked(task.plain, text, options, _filling(task, text, options))


def _messages(task: Task, text: str, options: TaskOptions) -> TaskPrompt:
    filling = _filling(task, text, options)
    turns = [ChatMessage(role="system", content=options.system)] if options.system else []
    turns.append(ChatMessage(role="user", content=task.chat.format_map(filling)))
    if task.reply:
        turns.append(ChatMessage(role="assistant", content=task.reply))
    return TaskPrompt(messages=tuple(turns))


def _filling(task: Task, text: str, options: TaskOptions) -> dict[str, str]:
    labels = options.labels or task.labels
    language = language_name(options.language)
    source = language_name(options.source_language)
    return {
        "text": text,
        "labels": ", ".join(labels),
        "either": " or ".join(labels),
        "language": language,
        "in_language": f" in {language}" if language else "",
        "source": source or UNKNOWN,
        "from_source": f" from {source}" if source else "",
        "instruction": options.instruction,
        "hint": f" {options.instruction}" if options.instruction else "",
        "schema": _compact(options.schema),
    }


def _worked(
    form: PlainForm, text: str, options: TaskOptions, filling: dict[str, str]
) -> TaskPrompt:
    """The worked examples, and the text under the same headings."""
    given, answer = (heading.format_map(filling) for heading in (form.given, form.answer))
    examples = form.examples
    if form.given == "{source}":
        examples = worked_examples(filling["source"], filling["language"])
    elif options.labels:  # those of the form have other labels
        examples = ()
    head = form.head.format_map(filling)
    parts = [head] if head else []
    parts += [f"{given}: {shown}\n{answer}: {reply}" for shown, reply in examples]
    parts.append(f"{given}: {text}{form.after.format_map(filling)}\n{answer}:")
    stop = f"\n{given}:"
    return TaskPrompt(prompt="\n\n".join(parts), stop=(stop,), before_label=" ", after_label="\n")


def _compact(schema: str) -> str:
    """A schema without the spaces that only people need."""
    return json.dumps(json.loads(schema), ensure_ascii=False) if schema else ""
