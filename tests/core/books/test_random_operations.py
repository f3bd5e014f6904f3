"""Random operations on a book beside a model: the disk always says the same as the model."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.core.books import editing
from app.core.books.book import Book, BookEntry, branch_end, moved, moved_down, moved_up
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.books.contents import open_book
from app.core.books.steps import RECORD, BookStep
from app.core.documents.encodings import encode_as, mark_of, unencodable
from app.core.documents.normalise import normalise
from app.core.documents.text_files import open_document
from app.core.errors import BookError
from tests.core.books.books import do, texts

PARAGRAPH = st.text("ab é\n", max_size=12)


class BookMachine(RuleBasedStateMachine):
    """Random operations beside a list of strings that does the same."""

    @initialize(found=st.lists(PARAGRAPH, min_size=1, max_size=4))
    def begin(self, found: list[str]) -> None:
        self.folder = Path(tempfile.mkdtemp())
        entries = []
        for number, text in enumerate(found):
            (self.folder / f"{number}.md").write_bytes(text.encode())
            entries.append(BookEntry(kind="scene", file=f"{number}.md"))
        (self.folder / BOOK_FILE).write_bytes(encode_book(Book(entries=tuple(entries))))
        self.contents = open_book(self.folder)
        self.model = list(found)
        self.past: list[tuple[BookStep, list[str]]] = []

    def do(self, step: BookStep, model: list[str]) -> None:
        self.contents = do(self.contents, step)
        self.past.append((step, self.model))
        self.model = model

    def index(self, data: st.DataObject) -> int:
        return data.draw(st.integers(0, len(self.model) - 1)) if self.model else -1

    @rule(data=st.data())
    def divide(self, data: st.DataObject) -> None:
        if (index := self.index(data)) < 0:
            return
        at = data.draw(st.integers(0, len(self.model[index])))
        try:
            step = editing.split(self.contents, index, at).step
        except BookError:
            return
        new = do(self.contents, step)
        head, tail = texts(new)[index : index + 2]
        assert head + tail == self.model[index]
        assert (
            at
            <= len(head)
            <= at + len(self.model[index][at:]) - len(self.model[index][at:].lstrip())
        )
        self.contents = new
        self.past.append((step, self.model))
        self.model = [*self.model[:index], head, tail, *self.model[index + 1 :]]

    @rule(data=st.data())
    def join(self, data: st.DataObject) -> None:
        index = self.index(data)
        if not 0 <= index < len(self.model) - 1 or not self.has_texts(index, index + 2):
            return
        one, other = self.model[index : index + 2]
        gap = editing.gap_between(one, other)
        whole = [*self.model[:index], one + gap + other, *self.model[index + 2 :]]
        self.do(editing.merge(self.contents, index), whole)

    @rule(data=st.data())
    def rearrange(self, data: st.DataObject) -> None:
        if (index := self.index(data)) < 0:
            return
        book = self.contents.book
        way = data.draw(st.sampled_from(("up", "down", "to")))
        to = data.draw(st.integers(0, len(self.model)))
        ways = {"up": moved_up(book, index), "down": moved_down(book, index)}
        found = ways.get(way) or moved(book, index, to)
        text = {id(entry): text for entry, text in zip(book.entries, self.model, strict=True)}
        model = [text[id(entry)] for entry in found.entries]
        self.do(editing.arranged(self.contents, found), model)

    @rule(data=st.data(), kind=st.sampled_from(("part", "chapter", "scene")))
    def add(self, data: st.DataObject, kind: str) -> None:
        at = data.draw(st.integers(0, len(self.model)))
        step = editing.new_entry(self.contents, at, kind, "New").step
        self.do(step, [*self.model[:at], "", *self.model[at:]])

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        if (index := self.index(data)) < 0:
            return
        end = branch_end(self.contents.book, index)
        step = editing.remove(self.contents, index)
        self.do(step, [*self.model[:index], *self.model[end:]])

    @rule()
    def undo(self) -> None:
        if self.past:
            step, self.model = self.past.pop()
            self.contents = do(self.contents, step.inverse())

    def has_texts(self, start: int, end: int) -> bool:
        return all(entry.file for entry in self.contents.book.entries[start:end])

    @invariant()
    def the_disk_says_the_same(self) -> None:
        if hasattr(self, "model"):
            assert texts(self.contents) == self.model
            assert self.contents.missing == frozenset()
            assert not (self.folder / RECORD).exists()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


TestRandomOperations = BookMachine.TestCase
TestRandomOperations.settings = settings(
    max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


@given(
    st.text(max_size=60), st.data(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "gb18030"])
)
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_divided_without_loss(text: str, data: st.DataObject, encoding: str) -> None:
    text = normalise(text.replace("\0", ""))
    if unencodable(text, encoding):
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = mark_of(encoding) + encode_as(text.replace("\n", "\r\n"), encoding)
        (folder / "a.md").write_bytes(raw)
        (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=(BookEntry(file="a.md"),))))
        contents = open_book(folder)
        at = data.draw(st.integers(0, len(text)))
        try:
            step = editing.split(contents, 0, at, encoding).step
        except BookError:
            return
        do(contents, step)
        found = [open_document(folder / one.name, encoding).text for one in step.files]
        assert found[1] + found[0] == text
