"""A screen reader's part: works the program's window through AT-SPI, and prints what it found.

A script of its own for the system's Python, which has pyatspi; its arguments are a manuscript and
what to write at its beginning.
What it does is done by names and actions alone, as those who cannot see the window do it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
import pyatspi  # noqa: E402 (the version is chosen first)
from gi.repository import Atspi, GLib  # noqa: E402 (the version is chosen first)

WAITS_S = 60.0
TICK_MS = 20
LOOK_AT = (
    ("Edit", "Settings…"),
    ("Model", "Add Server…"),
    ("Model", "Local Service…"),
    ("Model", "Model Passport…"),
    ("Model", "Make a Smaller Copy…"),
    ("Model", "Adapters…"),
    ("Model", "Manage Models…"),
    ("Model", "Does It Fit?…"),
    ("Write", "All Takes…"),
    ("File", "Open As…"),
    ("Help", "Keyboard Shortcuts"),
    ("Help", "About Lampblack"),
)
"""The windows that the menus open."""

ASKED_FOR = {"Close", "Cancel", "OK"}


class Reader:
    """The program's tree, and what was heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.walked: dict[str, int] = {}
        self.nameless: list[str] = []
        Atspi.set_timeout(1500, 60_000)
        self._listener = Atspi.EventListener.new(lambda event: self.heard.append(event.any_data))
        self._listener.register("object:announcement")
        self.app = self.wait("the program", self._program)

    def _program(self) -> Any:
        desktop = pyatspi.Registry.getDesktop(0)
        return next((one for one in desktop if one is not None and one.childCount), None)

    def wait(self, what: str, look: Callable[[], Any]) -> Any:
        """The first answer of `look` that is true.

        It is asked again at every event, and at every tick, because not every change has an event.
        """
        end = time.monotonic() + WAITS_S
        tick = GLib.timeout_add(TICK_MS, lambda: True)
        try:
            while time.monotonic() < end:
                try:
                    if found := look():
                        return found
                except GLib.GError:
                    pass  # it is busy, or what was looked at is gone
                GLib.MainContext.default().iteration(may_block=True)
        finally:
            GLib.source_remove(tick)
        raise SystemExit(f"There is no {what}. Windows: {[one.name for one in self.app]}")

    def tree(self, top: Any) -> Iterator[Any]:
        """All that is shown below `top`."""
        for one in top:
            if one is not None and one.getState().contains(pyatspi.STATE_SHOWING):
                yield one
                yield from self.tree(one)

    def find(self, role: str, name: str, top: Any = None) -> Any:
        """What has that role and name."""

        def look() -> Any:
            shown = self.tree(top if top is not None else self.app)
            return next((o for o in shown if o.getRoleName() == role and o.name == name), None)

        return self.wait(f"{role} “{name}”", look)

    def press(self, one: Any, action: str = "Press") -> None:
        """Do the action of that name; what opens a dialog answers only when that is closed."""
        actions = one.queryAction()
        names = [actions.getName(number) for number in range(actions.nActions)]
        with suppress(GLib.GError):
            actions.doAction(names.index(action))

    def choose(self, menu: str, entry: str) -> None:
        """Choose an entry of a menu, which need not be shown for that."""

        def look() -> Any:
            bar = next(o for o in self.tree(self.app) if o.getRoleName() == "menu bar")
            one = next(o for o in bar if o.name == menu)
            return next((o for o in descendants(one) if o.name == entry), None)

        self.press(self.wait(f"entry “{entry}”", look))

    def walk(self, title: str, top: Any) -> None:
        """Count what can have the focus, and note what has no name."""
        found = [o for o in self.tree(top) if o.getState().contains(pyatspi.STATE_FOCUSABLE)]
        self.walked[title] = len(found)
        for one in found:
            if not (one.name or labels(one)):
                self.nameless.append(f"{one.getRoleName()} in {title}")

    def window(self, others: set[str]) -> Any:
        """The window that is new beside the ones of these names."""

        def look() -> Any:
            return next((one for one in self.windows() if one.name not in others), None)

        return self.wait("new window", look)

    def close(self, name: str, button: Any) -> None:
        """Press the button that closes the window of that name, and wait until it is gone."""
        self.press(button)
        self.wait(f"end of “{name}”", lambda: name not in self.names())

    def windows(self) -> list[Any]:
        """The windows that are shown; one that closes may be gone already."""
        there = [one for one in self.app if one is not None]
        return [one for one in there if one.getState().contains(pyatspi.STATE_SHOWING)]

    def names(self) -> set[str]:
        """The titles of the windows that are shown."""
        return {one.name for one in self.windows()}


def descendants(top: Any) -> Iterator[Any]:
    """All below `top`, shown or not."""
    for one in top:
        yield one
        yield from descendants(one)


def labels(one: Any) -> str:
    """The names of the labels of a control."""
    found = (r for r in one.getRelationSet() if r.getRelationType() == pyatspi.RELATION_LABELLED_BY)
    return " ".join(r.getTarget(n).name for r in found for n in range(r.getNTargets()))


def text_of(page: Any) -> str:
    """The text that is on the page."""
    return str(page.queryText().getText(0, -1))


def main(manuscript: str, said: str) -> None:
    """A whole session: open, write, load a model, go on, stop, save; then each window."""
    reader = Reader()
    page = reader.find("text", "Manuscript")
    before = reader.names()
    reader.choose("File", "Open…")
    dialog = reader.window(before)
    field = reader.find("text", "File name:", dialog)
    field.queryEditableText().setTextContents(manuscript)
    reader.press(reader.find("push button", "Open", dialog))
    opened = reader.wait("opened text", lambda: text_of(page))
    page.queryEditableText().insertText(0, said, len(said))
    written = text_of(page)
    page.queryText().setCaretOffset(len(written))
    reader.choose("Model", "Load the Last Model")
    reader.wait("loaded model", lambda: any("Model:" in text for text in reader.heard))
    reader.press(reader.find("push button", "Continue"))
    reader.wait("text of the model", lambda: len(text_of(page)) > len(written) + 60)
    reader.press(reader.find("push button", "Stop"))
    reader.find("push button", "Continue")
    stopped = text_of(page)
    reader.choose("File", "Save")
    reader.wait("saving", lambda: any(text.startswith("Saved") for text in reader.heard))
    reader.walk("Lampblack", reader.app)
    for menu, entry in LOOK_AT:
        before = reader.names()
        reader.choose(menu, entry)
        window = reader.window(before)
        reader.walk(entry, window)
        closers = (o for o in reader.tree(window) if o.name in ASKED_FOR)
        closer = next((o for o in closers if o.getRoleName() == "push button"), None)
        if closer is not None:
            reader.close(window.name, closer)
    result = {
        "opened": opened,
        "written": written,
        "stopped": stopped,
        "heard": reader.heard,
        "walked": reader.walked,
        "nameless": reader.nameless,
    }
    sys.stdout.write(json.dumps(result))
    sys.stdout.flush()
    reader.choose("File", "Quit")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
