"""What the self-test does with a book: its order, its search, its PDF, the trash, a passphrase."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from app.core.books.book import moved_down
from app.core.books.contents import open_book
from app.core.books.editing import add_text, arranged, split
from app.core.books.index import TextIndex
from app.core.books.library_search import SearchScope, SourceGroup, search_everywhere
from app.core.books.manuscript import book_manuscript
from app.core.books.steps import carry_out
from app.core.conversion.export import render, write_export
from app.core.conversion.looks.profiles import PROFILES
from app.core.documents.search import Query
from app.core.errors import BookError, DocumentError, StoreError
from app.core.spelling.checker import SpellChecker
from app.core.spelling.dictionaries import SHIPPED, dictionaries, suited
from app.core.store import Store
from app.core.store.encryption import decrypt, encrypt
from app.core.system.paths import Paths

_SCENES = (
    "# 第一章 The Lamp\n\nThe keeper opened the door.\n\nHe went in.\n",
    "# Rain\n\nIt rained.\n",
)
_WANTED = "# Rain\n\nIt rained.\n# 第一章 The Lamp\n\nThe keeper opened the door.\n\nHe went in.\n"


def check_spelling(own: Path) -> str:
    """Look words up in the English dictionary; raises DocumentError where that is missing."""
    found = suited(dictionaries(own, {}), SHIPPED)
    if found is None:
        raise DocumentError("There is no English dictionary.")
    checker = SpellChecker(found)
    wrong = [one.word for one in checker.misspelled("The keeper recieved it; 他说 helo.")]
    if wrong != ["recieved", "helo"] or "received" not in checker.suggest("recieved"):
        raise DocumentError(f"The English dictionary finds {wrong} in a text with two wrong words.")
    return f"{found.name}: two wrong words of five, and what was meant"


def change_book(folder: Path) -> str:
    """Make a book, reorder and split its scenes, and export it as PDF; raises BookError."""
    folder.mkdir()
    for number, text in enumerate(_SCENES):
        (folder / f"{number} scene 场景.md").write_text(text, encoding="utf-8")
    for _scene in _SCENES:
        contents = open_book(folder)
        loose = contents.loose[0].file
        step = add_text(contents, loose, len(contents.book.entries)).step
        carry_out(folder, step, contents.data, _keep_none)
    contents = open_book(folder)
    step = arranged(contents, moved_down(contents.book, 0))
    carry_out(folder, step, contents.data, _keep_none)
    contents = open_book(folder)
    text = (folder / contents.book.entries[1].file).read_text("utf-8")
    step = split(contents, 1, text.index("He went")).step
    carry_out(folder, step, contents.data, _keep_none)
    contents = open_book(folder)
    texts = [(folder / entry.file).read_text("utf-8") for entry in contents.book.entries]
    if "".join(texts) != _WANTED or len(texts) != 3:
        raise BookError("The book's scenes are not in the order that they were put into.")
    whole = book_manuscript(folder)
    path = folder / "The book 书.pdf"
    write_export(path, render(whole.text, ".pdf", PROFILES[0], whole.modified))
    data = path.read_bytes()
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
        raise BookError(f"{path.name} is no PDF file.")
    return f"{len(texts)} scenes in another order; a PDF file of {len(data):,} bytes"


def search_book(folder: Path, index: Path) -> str:
    """Find words in all texts of the book, Chinese ones too; raises BookError."""
    contents = open_book(folder)
    files = tuple(str(folder / entry.file) for entry in contents.book.entries)
    with closing(TextIndex(index)) as found:
        for path in found.outdated(files):
            found.read(path)
        scope = SearchScope(groups=(SourceGroup("", files),))
        counts = [
            sum(len(one.spans) for one in search_everywhere(found, Query(words), scope))
            for words in ("第一", "RAIN", "nowhere")
        ]
    if counts != [1, 2, 0]:
        raise BookError(f"The search found {counts} places and not 1, 2 and none.")
    return f"{sum(counts)} places in {len(files)} texts"


def use_trash(store_file: Path, document: Path) -> str:
    """Put a document into the trash and take it out again; raises StoreError or DocumentError."""
    document.write_text("To be deleted. 要删除的。", encoding="utf-8")
    with closing(Store(store_file)) as store:
        number = store.trash.put(document)
        if document.exists() or [one.id for one in store.trash.documents()] != [number]:
            raise StoreError("A deleted document is not in the trash.")
        store.trash.restore(number)
        if store.trash.documents() or document.read_text("utf-8") != "To be deleted. 要删除的。":
            raise StoreError("A document did not come back out of the trash.")
    return "deleted, and restored"


def use_passphrase(home: Path) -> str:
    """Encrypt a store and decrypt it again; raises StoreError."""
    paths = Paths.here({"LAMPBLACK_HOME": str(home)})
    text = "nobody reads this 没人读得到"
    paths.data.mkdir(parents=True)
    with closing(Store(paths.store_file)) as store:
        store.take_snapshot("/a text", text, "saved")
    key = encrypt(paths, "correct horse battery")
    if paths.store_file.read_bytes().startswith(b"SQLite format 3"):
        raise StoreError("The store is not encrypted.")
    with closing(Store(paths.store_file, key=key)) as store:
        kept = store.last_version("/a text")
    decrypt(paths, key)
    with closing(Store(paths.store_file)) as store:
        again = store.last_version("/a text")
    if not kept == again == text:
        raise StoreError("The text in an encrypted store is not the one that was kept.")
    return "encrypted, read, and decrypted"


def _keep_none(_path: Path, _data: bytes) -> None:
    """Nothing is removed here."""
