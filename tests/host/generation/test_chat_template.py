from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest

from app.core.errors import TemplateError
from app.engine.messages import ChatMessage
from app.host.generation import chat_template
from app.host.generation.chat_template import ChatTemplate, within
from app.host.generation.chat_turns import RenderedPart

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
STRICT = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate') }}{% endif %}"
    "[{{ m.role }}] {{ m.content | trim }}\n{% endfor %}[model]"
)
CONTROL = re.compile(re.escape("<|im_end|>"))


def say(*turns: tuple[Any, str]) -> list[ChatMessage]:
    return [ChatMessage(role=role, content=content) for role, content in turns]


def text(parts: list[RenderedPart]) -> str:
    return "".join(part.text for part in parts)


def render(source: str, *turns: tuple[str, str], **options) -> str:
    return text(ChatTemplate(source, **options).render(say(*turns)))


def test_messages_become_the_models_text() -> None:
    assert render(CHATML, ("system", "Be kind."), ("user", "Hi")) == (
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_an_assistant_at_the_end_is_continued() -> None:
    rendered = render(CHATML, ("user", "Hi"), ("assistant", "Well, "))
    assert rendered.endswith("<|im_start|>assistant\nWell, ")


def test_control_texts_of_the_user_stay_plain() -> None:
    template = ChatTemplate(CHATML, control=CONTROL)
    parts = template.render(say(("user", "a <|im_end|> b \ue000"), ("assistant", "<|im_end|>")))
    assert [part.text for part in parts if not part.is_markup] == ["<|im_end|>"] * 2
    assert "a <|im_end|> b \ue000<|im_end|>\n" in text(parts)


@pytest.mark.parametrize("source", [STRICT, STRICT.replace("System role", "It")])
def test_a_refused_system_text_goes_to_the_first_user(source: str) -> None:
    rendered = render(source, ("system", "Be kind."), ("user", "Hi"), bos_token="<s>")
    assert rendered == "<s>[user] Be kind.\n\nHi\n[model]"


def test_a_silently_dropped_system_text_goes_to_the_first_user_too() -> None:
    source = "{% for m in messages if m.role != 'system' %}{{ m.content }}|{% endfor %}"
    assert render(source, ("system", "Be kind."), ("user", "Hi")) == "Be kind.\n\nHi|"


def test_a_lone_system_text_becomes_the_users() -> None:
    assert "[user] Be kind." in render(STRICT, ("system", "Be kind."))


def test_a_refusal_is_a_sentence() -> None:
    with pytest.raises(TemplateError, match="Roles must alternate"):
        render(STRICT, ("user", "a"), ("user", "b"))


@pytest.mark.parametrize(
    "source",
    [
        "{{ ",
        "{{ nothing.at.all }}",
        "{{ 1 / 0 }}",
        "{{ 'a' * 10**9 }}",
        "{{ ('a' * 1000000) * 1000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 10**(10**8) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ range(10**9) | list }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.append(1) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{% for i in range(9999) %}{{ 'x' * 100000 }}{% endfor %}",
        "x" * 1_000_001,
    ],
)
def test_a_bad_template_is_a_sentence(source: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source, ("user", "Hi"))
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "source",
    [
        "{% set ns = namespace(x='a' * 999999) %}"
        "{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{{ 'a'.ljust(4 * 10**9) }}",
        "{{ ('a' * 999999).replace('a', 'b' * 999999) }}",
    ],
)
def test_a_template_cannot_fill_the_memory(source: str) -> None:
    with pytest.raises(TemplateError):
        render(source, ("user", "Hi"))
    taken = b"x" * (chat_template.MEMORY_LIMIT + 2**20)  # the limit is gone again afterwards
    assert taken


LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


def test_a_template_that_never_ends_is_ended() -> None:
    start = time.monotonic()
    with pytest.raises(TemplateError, match="did not end within"):
        render(LOOP, ("user", "Hi"), time_limit_s=0.1)
    assert time.monotonic() - start < 5


def test_the_limit_works_outside_the_main_thread() -> None:
    caught: list[TemplateError] = []

    def work() -> None:
        try:
            render(LOOP, ("user", "Hi"), time_limit_s=0.1)
        except TemplateError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_work_within_the_limit_is_left_alone() -> None:
    assert within(60, lambda: 7) == 7


def test_json_and_time_are_at_hand() -> None:
    source = (
        "{{ {'a': '<ä>'} | tojson }} {{ strftime_now('%Y') }}{% break %}{{ messages[0].content }}"
    )
    source = source.replace("{% break %}", "{% for i in [1] %}{% break %}{% endfor %}")
    assert re.fullmatch(r'\{"a": "<ä>"\} \d{4}Hi', render(source, ("user", "Hi")))


def test_the_generation_tag_is_transparent() -> None:
    source = "{% generation %}{{ messages[0].content }}{% endgeneration %}b"
    assert render(source, ("user", "Hi")) == "Hib"


ROLE = "{{ '<' + m.role + '>' }}"
PARTS = "{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}"
EACH = "{% for m in messages %}" + ROLE + "BODY{% endfor %}"
TYPED = EACH.replace("BODY", PARTS)
TYPED_USER = EACH.replace(
    "BODY", "{% if m.role == 'user' %}" + PARTS + "{% else %}{{ m.content.strip() }}{% endif %}"
)
TYPED_NO_SYSTEM = TYPED.replace("in messages", "in messages if m.role != 'system'")
FIRST_SYSTEM_IN_LAST_USER = (
    "{% set system = messages[0].content if messages[0].role == 'system' %}{% for m in messages %}"
    "{% if m.role != 'system' %}" + ROLE + "{% if loop.last and system %}{{ system }}|{% endif %}"
    "{{ m.content }}{% endif %}{% endfor %}"
)
NO_THOUGHTS = EACH.replace(
    "BODY", "{{ m.content.split('</think>')[-1] if m.role == 'assistant' else m.content }}"
)
PIXELS_OR_TEXT = EACH.replace(
    "BODY", "{% if m.content is string %}{{ m.content }}{% else %}" + PARTS + "{% endif %}"
)
TALK = (
    ("system", "Be <kind> & brief."),
    ("user", " It's the\n first. "),
    ("assistant", "<think>Hm.</think>Yes."),
    ("user", "I"),
)
WHOLE = "<system>Be <kind> & brief.<user> It's the\n first. <assistant>BEFOREYes.<user>I"
KEPT = WHOLE.replace("BEFORE", "<think>Hm.</think>")
MOVED = "<user>Be <kind> & brief.\n\n It's the\n first. <assistant><think>Hm.</think>Yes.<user>I"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (EACH.replace("BODY", "{{ m.content }}"), KEPT),
        (TYPED, KEPT),
        (TYPED_USER, KEPT),
        (PIXELS_OR_TEXT, KEPT),
        (TYPED_NO_SYSTEM, MOVED),
        (NO_THOUGHTS, WHOLE.replace("BEFORE", "")),
        (
            FIRST_SYSTEM_IN_LAST_USER,
            "<user> It's the\n first. <assistant><think>Hm.</think>Yes.<user>Be <kind> & brief.|I",
        ),
        (
            EACH.replace("BODY", "{{ m.content | trim | e }}"),
            "<system>Be &lt;kind&gt; &amp; brief.<user>It&#39;s the\n first."
            "<assistant>&lt;think&gt;Hm.&lt;/think&gt;Yes.<user>I",
        ),
    ],
)
def test_every_turn_reaches_the_model(source: str, expected: str) -> None:
    assert render(source, *TALK) == expected


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{% for m in messages[:-1] %}{{ m.content }}{% endfor %}<I>", "the last message"),
        ("{% for m in messages %}<I>{% endfor %}", "the system text|message 1 of 4"),
        ("{% for m in messages %}{{ m.content[:19] }}{% endfor %}", "the system text|message 2"),
        (
            "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
            "message 3 of 4",
        ),
        ("{{ messages[-1].content }}", "the system text|message 2"),
        ("{{ messages }}", "the"),
    ],
)
def test_a_turn_that_is_left_out_is_an_error(source: str, what: str) -> None:
    """The last one is a letter that stands in the markup as well."""
    with pytest.raises(TemplateError, match=f"leaves out ({what})"):
        render(source, *TALK)


def test_a_continued_answer_keeps_its_thoughts() -> None:
    talk = (*TALK[:2], ("assistant", "<think>Hm.</think>Well, "))
    assert render(NO_THOUGHTS, *talk).endswith("<think>Hm.</think>Well, ")


def test_only_the_right_shape_is_rendered_with_the_whole_text(monkeypatch) -> None:
    """A template that takes a long text for parts would walk over its letters."""
    lengths, run = [], ChatTemplate._run
    monkeypatch.setattr(
        ChatTemplate,
        "_run",
        lambda self, turns: lengths.append(len(str(turns))) or run(self, turns),
    )
    render(TYPED_NO_SYSTEM, ("system", "Be kind."), ("user", "word " * 10_000))
    assert len([length for length in lengths if length > 1000]) == 1
