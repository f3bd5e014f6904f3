"""Talk with an instruct model: every turn is kept, so that it knows what was said before.

Run it as `python -m lampblack.examples.chat "What is a sea?" "And a lake?"`; each argument is
a question.
"""

import sys

import lampblack

SYSTEM = "Answer in one short sentence."


def main() -> None:
    questions = sys.argv[1:] or ["What is the capital of France?", "And of Italy?"]
    messages = [{"role": "system", "content": SYSTEM}]
    with lampblack.open("starter", context=1024) as model:
        for question in questions:
            messages.append({"role": "user", "content": question})
            answer = model.chat(messages, temperature=0, max_tokens=40)
            messages.append({"role": "assistant", "content": answer.text})
            cut = " (cut at the most tokens)" if answer.finish_reason == "length" else ""
            print(f"> {question}\n{answer.text.strip()}{cut}\n")


if __name__ == "__main__":
    main()
