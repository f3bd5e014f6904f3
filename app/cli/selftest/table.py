"""The table of the self-test; what the program learns later gets a row of its own."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from app.cli.selftest.steps import AGAIN, Selftest


class SelftestStep(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what is done, within how many seconds, and what to do where it fails.

    The remedy is for errors that bring none of their own.
    """

    name: str
    title: str
    run: Callable[[Selftest], str]
    limit_s: float = 30.0
    remedy: str = AGAIN
    is_optional: bool = False


_ENGINE_LOG = "Close other programs, and try again; if it stays so, install Lampblack again."
_ENGINE_S = 300.0  # a busy old machine writes a token in some seconds
_DISK = "Check that the disk has room and that TMPDIR can be written to."

STEPS = (
    SelftestStep(name="home", title="make a temporary home", run=Selftest.make_home, remedy=_DISK),
    SelftestStep(
        name="starter",
        title="find the starter model",
        run=Selftest.find_starter,
        remedy="Get it with: lampblack models get starter",
    ),
    SelftestStep(
        name="versions", title="list the versions", run=Selftest.ask_versions, limit_s=120
    ),
    SelftestStep(
        name="pack",
        title="start the PyTorch engine's pack, where one is installed",
        run=Selftest.try_pack,
        limit_s=120,
        remedy="Install the pack again, or remove it.",
        is_optional=True,
    ),
    SelftestStep(
        name="learning",
        title="let a small network learn, where PyTorch is",
        run=Selftest.learn,
        limit_s=120,
        remedy="Close other programs, and try again.",
        is_optional=True,
    ),
    SelftestStep(
        name="window",
        title="open the window",
        run=Selftest.open_window,
        limit_s=60,
        remedy="Install what is named; without a display, QT_QPA_PLATFORM=offscreen needs none.",
    ),
    SelftestStep(
        name="socket",
        title="try an internet socket, which must be refused",
        run=Selftest.refuse_sockets,
        remedy="Use Linux 3.17 or later on x86-64 or aarch64 for a filter of the kernel's.",
    ),
    *(
        SelftestStep(name=name, title=title, run=run, limit_s=_ENGINE_S, remedy=_ENGINE_LOG)
        for name, title, run in (
            ("load", "load the starter model", Selftest.load),
            ("write", "write at the cursor", Selftest.write),
            ("stop", "stop in the middle", Selftest.stop),
            ("rewrite", "write another take", Selftest.rewrite),
        )
    ),
    *(
        SelftestStep(name=name, title=title, run=run, remedy=_DISK)
        for name, title, run in (
            ("save", "save the manuscript", Selftest.save),
            ("export", "save a copy and a preset", Selftest.export),
            ("convert", "export and import a text", Selftest.convert),
            ("book", "order a book and export it as PDF", Selftest.change_book),
            ("search", "search in the whole book", Selftest.search),
            ("spelling", "check spelling", Selftest.spell),
            ("changes", "propose changes of a text", Selftest.propose),
            ("lore", "put lore into a prompt", Selftest.tell_lore),
            ("runs", "record runs and compare them", Selftest.keep_runs),
        )
    ),
    SelftestStep(name="reopen", title="open it again", run=Selftest.reopen),
    SelftestStep(name="replace", title="find and replace, and undo", run=Selftest.replace),
    SelftestStep(name="comment", title="keep a comment from the model", run=Selftest.comment),
    SelftestStep(
        name="surprise",
        title="see what surprises the model",
        run=Selftest.score_page,
        limit_s=_ENGINE_S,
        remedy=_ENGINE_LOG,
    ),
    SelftestStep(
        name="word",
        title="put another word in",
        run=Selftest.replace_word,
        limit_s=_ENGINE_S,
        remedy=_ENGINE_LOG,
    ),
    SelftestStep(
        name="drive",
        title="ask what drove a sentence",
        run=Selftest.drive,
        limit_s=_ENGINE_S,
        remedy=_ENGINE_LOG,
    ),
    SelftestStep(name="history", title="restore an earlier version", run=Selftest.history),
    SelftestStep(
        name="service",
        title="ask the local service",
        run=Selftest.serve,
        limit_s=120,
        remedy="Leave this step out with --skip service.",
        is_optional=True,
    ),
    SelftestStep(name="close", title="close the window", run=Selftest.leave),
    SelftestStep(name="store", title="check the store", run=Selftest.check_store, remedy=_DISK),
    SelftestStep(
        name="origins",
        title="tell the model's words from others",
        run=Selftest.know_origins,
        remedy=_DISK,
    ),
    SelftestStep(name="trash", title="delete and restore", run=Selftest.use_trash, remedy=_DISK),
    SelftestStep(
        name="passphrase",
        title="encrypt with a passphrase",
        run=Selftest.use_passphrase,
        limit_s=60,
        remedy=_DISK,
    ),
    SelftestStep(name="backup", title="back it up and restore", run=Selftest.keep_backup),
    SelftestStep(
        name="recovery",
        title="recover an unsaved text",
        run=Selftest.recover,
        limit_s=60,
        remedy=_DISK,
    ),
)
