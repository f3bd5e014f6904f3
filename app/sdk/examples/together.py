"""Ask several things at once with asyncio: they are written side by side, in one batch.

Run it as `python -m lampblack.examples.together`. In a notebook `await main()` does.
"""

import asyncio

import lampblack

BEGINNINGS = ["The letter said", "Nobody had told the", "In the harbour lay"]
SENTENCE = "The keeper lit the aubergine."


async def main() -> None:
    async with lampblack.open_async("starter", context=1024) as model:
        asked = (model.generate(one, seed=1, max_tokens=15) for one in BEGINNINGS)
        written, judged = await asyncio.gather(asyncio.gather(*asked), model.score(SENTENCE))
    for beginning, found in zip(BEGINNINGS, written, strict=True):
        print(beginning + found.text)
    least = min(judged.tokens, key=lambda token: token.probability)
    print(f"{SENTENCE!r}: perplexity {judged.perplexity:.1f}; ", end="")
    print(f"{least.text!r} was foreseen least ({least.probability:.2%})")


if __name__ == "__main__":
    asyncio.run(main())
