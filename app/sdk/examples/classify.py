"""Sort texts by labels of your own, with a probability for each label.

Run it as `python -m lampblack.examples.classify "A text" "Another"`.
"""

import sys

import lampblack

LABELS = ["weather", "food", "money"]
TEXTS = [
    "A storm tore the roofs off the huts by the shore.",
    "She cut the bread and passed the cheese.",
    "The bank raised its interest again.",
]


def main() -> None:
    with lampblack.open("starter", context=1024) as model:
        for text in sys.argv[1:] or TEXTS:
            found = model.classify(text, LABELS)
            shares = ", ".join(f"{label} {p:.0%}" for label, p in found.probabilities.items())
            print(f"{text}\n  {found.label}: {shares}")


if __name__ == "__main__":
    main()
