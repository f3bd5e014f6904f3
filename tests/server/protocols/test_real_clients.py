"""The real `openai` client, unmodified, against the real engine over a socket."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from app.core.options.sampling import Sampling
from app.engine.messages import ChatMessage
from tests.server.protocols.real_service import RealService

PROMPT = "The old lighthouse keeper opened the door and"
QUESTION = "Name a colour."
EXACT = {"exact": True}  # what was read before changes the last digits otherwise
GREEDY = Sampling(temperature=0, max_tokens=16)


@pytest.fixture(scope="module")
def served(starter_model: Path) -> Iterator[RealService]:
    with RealService(starter_model).running() as running:
        yield running


@pytest.fixture
def client(served: RealService) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.address}/v1", api_key="x", max_retries=0) as client:
        yield client


def test_the_classic_example(client: openai.OpenAI) -> None:
    response = client.completions.create(
        model="text-davinci-003",
        prompt=PROMPT,
        temperature=0.7,
        max_tokens=16,
        top_p=1,
        frequency_penalty=0,
        presence_penalty=0,
    )
    assert response.choices[0].text
    assert response.choices[0].finish_reason in ("length", "stop")
    assert response.usage is not None
    assert response.usage.completion_tokens == 16


def test_a_greedy_text_is_the_engines_own(client: openai.OpenAI, served: RealService) -> None:
    expected = (
        served.written(prompt=PROMPT, special=True, sampling=GREEDY, exact=True).takes[0].text
    )
    whole = client.completions.create(
        model="x", prompt=PROMPT, temperature=0, max_tokens=16, extra_body=EXACT
    )
    assert whole.choices[0].text == expected
    pieces = client.completions.create(
        model="x", prompt=PROMPT, temperature=0, max_tokens=16, stream=True, extra_body=EXACT
    )
    assert "".join(piece.choices[0].text for piece in pieces) == expected


def test_an_asynchronous_chat_is_the_engines_own(served: RealService) -> None:
    turns = (ChatMessage(role="user", content=QUESTION),)
    expected = served.written(messages=turns, sampling=GREEDY, exact=True).takes[0].text

    async def asked() -> None:
        address = f"{served.address}/v1"
        async with openai.AsyncOpenAI(base_url=address, api_key="x", max_retries=0) as client:
            whole = await client.chat.completions.create(
                model="x",
                messages=[{"role": "user", "content": QUESTION}],
                temperature=0,
                max_completion_tokens=16,
                extra_body=EXACT,
            )
            assert whole.choices[0].message.content == expected
            pieces = await client.chat.completions.create(
                model="x",
                messages=[{"role": "user", "content": QUESTION}],
                temperature=0,
                max_completion_tokens=16,
                extra_body=EXACT,
                stream=True,
                stream_options={"include_usage": True},
            )
            chunks = [piece async for piece in pieces]
        assert (
            "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
            == expected
        )
        assert whole.usage is not None
        assert chunks[-1].usage is not None
        assert chunks[-1].usage.total_tokens == whole.usage.total_tokens

    asyncio.run(asked())


def test_the_prompts_probabilities_are_those_of_its_tokens(
    client: openai.OpenAI, served: RealService
) -> None:
    choice = client.completions.create(
        model="x", prompt=PROMPT, echo=True, logprobs=2, max_tokens=0, temperature=0
    ).choices[0]
    assert choice.text == PROMPT
    logprobs = choice.logprobs
    assert logprobs is not None
    assert logprobs.tokens is not None
    assert "".join(logprobs.tokens) == PROMPT
    assert logprobs.text_offset is not None
    assert [PROMPT[at] for at in logprobs.text_offset] == [one[0] for one in logprobs.tokens]
    assert logprobs.token_logprobs is not None
    details = served.scored(PROMPT, 2)
    own = [math.log(detail.probability) for detail in details]
    assert logprobs.token_logprobs[-len(own) :] == pytest.approx(own, abs=1e-6)
    # A text that was written has nearly the same ones when it is read: kernels differ a little.
    written = client.completions.create(
        model="x", prompt=PROMPT, logprobs=1, max_tokens=4, temperature=0
    ).choices[0]
    again = client.completions.create(
        model="x", prompt=PROMPT + written.text, echo=True, logprobs=1, max_tokens=0
    ).choices[0]
    assert written.logprobs is not None
    assert again.logprobs is not None
    assert written.logprobs.token_logprobs is not None
    assert again.logprobs.token_logprobs is not None
    assert again.logprobs.token_logprobs[-4:] == pytest.approx(
        written.logprobs.token_logprobs, abs=0.3
    )


def test_chat_logprobs_and_several_answers(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="x",
        messages=[{"role": "user", "content": QUESTION}],
        n=2,
        seed=1,
        max_tokens=8,
        logprobs=True,
        top_logprobs=2,
    )
    assert [choice.index for choice in answer.choices] == [0, 1]
    for choice in answer.choices:
        assert choice.logprobs is not None
        content = choice.logprobs.content
        assert content is not None
        # A letter may have several tokens, which are U+FFFD each, and its last may not come.
        written = b"".join(bytes(one.bytes or ()) for one in content)
        assert written.decode("utf-8", "ignore") == choice.message.content
        assert {len(one.top_logprobs) for one in content} == {2}


def test_a_schema_is_obeyed(client: openai.OpenAI) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["red", "blue"]}}, "required": ["a"],
              "additionalProperties": False}  # fmt: skip
    answer = client.chat.completions.create(
        model="x",
        messages=[{"role": "user", "content": QUESTION}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "colour", "schema": schema},
        },
    )
    content = answer.choices[0].message.content
    assert content is not None
    assert json.loads(content)["a"] in ("red", "blue")


def test_errors_are_the_clients_own(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(model="x", prompt="word " * 3000, stream=True)
    assert caught.value.param == "prompt"
    assert caught.value.code == "context_length_exceeded"
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(model="x", prompt=PROMPT, n=5)
    assert caught.value.param == "n"
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="x", input="x", encoding_format="float")
    assert client.models.list().data[0].id == client.models.retrieve("default").id


def test_a_logit_bias_by_token(client: openai.OpenAI) -> None:
    plain = client.completions.create(
        model="x", prompt=PROMPT, temperature=0, max_tokens=1, logprobs=1
    )
    banned = client.post(
        "/completions",
        cast_to=dict,
        body={"prompt": PROMPT, "temperature": 0, "max_tokens": 1,
              "logit_bias": {plain.choices[0].text: -100}},
    )  # fmt: skip
    assert banned["choices"][0]["text"] != plain.choices[0].text


def test_the_bytes_of_torn_characters_are_the_text(
    client: openai.OpenAI, served: RealService
) -> None:
    prompt = "né “œuf” 👩‍🚀 漢字"
    logprobs = (
        client.completions.create(model="x", prompt=prompt, echo=True, logprobs=0, max_tokens=0)
        .choices[0]
        .logprobs
    )
    assert logprobs is not None
    assert logprobs.tokens is not None
    assert any(token.startswith("bytes:") for token in logprobs.tokens)
    details = served.scored(prompt, 0)
    assert b"".join(one.torn or one.text.encode() for one in details) in prompt.encode()
    joined = b"".join(
        bytes.fromhex(token.removeprefix("bytes:").replace("\\x", ""))
        if token.startswith("bytes:")
        else token.encode()
        for token in logprobs.tokens
    )
    assert joined.decode() == prompt
