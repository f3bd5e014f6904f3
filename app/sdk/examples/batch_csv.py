"""Do a task with every row of a CSV file, and go on where the last run was stopped.

Run it as `python -m lampblack.examples.batch_csv reviews.csv out.csv`: the texts are in the column
`text`, and out.csv gets each with its sentiment. Stop it with Ctrl+C and run it again. For files of
many gigabytes, and for failed rows, there is `lampblack batch`.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import lampblack


def texts(source: Path, done: int) -> list[str]:
    """The texts that are left."""
    with source.open(newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)][done:]


def rows_in(out: Path) -> int:
    """How many rows were written before."""
    if not out.exists():
        return 0
    with out.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def results(left: list[str]) -> Iterator[list[str]]:
    with lampblack.open("starter", context=1024) as model:
        outcomes = model.batch("sentiment", left, parallel=4)  # in the order of the texts
        for text, found in zip(left, outcomes, strict=True):
            if isinstance(found, lampblack.LampblackError):
                yield [text, "", str(found)]
            else:
                label = found.value["label"]
                yield [text, label, f"{found.value['probabilities'][label]:.3f}"]


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    done = rows_in(out)
    left = texts(source, done)
    print(f"{done} rows are done, {len(left)} are left.")
    with out.open("a", newline="", encoding="utf-8") as file:
        for row in results(left):
            csv.writer(file).writerow(row)
            file.flush()


if __name__ == "__main__":
    main()
