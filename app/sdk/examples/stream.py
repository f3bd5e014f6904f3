"""Write on from a few words, show the text as it comes, and stop at the end of a sentence.

Run it as `python -m lampblack.examples.stream "The old lighthouse"`.
"""

import sys

import lampblack


def main() -> None:
    prompt = " ".join(sys.argv[1:]) or "The old lighthouse keeper opened the door and"
    print(prompt, end="")
    with (
        lampblack.open("starter", context=1024) as model,
        model.stream(prompt, temperature=0.7, seed=1, max_tokens=60) as pieces,
    ):
        for piece in pieces:
            words, end, _rest = piece.partition(".")
            print(words + end, end="", flush=True)
            if end:
                break  # leaving the `with` stops the model: nothing is written in vain
    print()


if __name__ == "__main__":
    main()
