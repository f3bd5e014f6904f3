"""The table of settings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from app.core.options.load_options import ENGINES, LoadOptions
from app.core.options.rows import BoundRow, Row, Slider, rows
from app.core.options.sampling import Sampling

SERVICE_PORT = 8321
"""Where the local service listens unless told otherwise."""

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh_CN": "简体中文"}
"""The languages of the window, each by its own name."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the program remembers about how its user works."""

    theme: Annotated[
        str,
        Row(
            label="Colours",
            help="Light, dark, sepia or high contrast; system follows the desktop.",
            choices=("system", "light", "dark", "sepia", "contrast"),
            group="Page",
        ),
    ] = "system"
    motion: Annotated[
        str,
        Row(
            label="Motion",
            help="Reduced stops what moves by itself: bars, menus and the caret’s blinking.",
            choices=("system", "full", "reduced"),
        ),
    ] = "system"
    language: Annotated[
        str,
        Row(
            label="Language",
            help="The language of the window; system takes the desktop's.",
            choices=("system", *LANGUAGES),
        ),
    ] = "system"
    font_family: Annotated[
        str,
        Row(
            label="Font",
            help="The typeface of the page; empty takes a serif that reads well here.",
            max_length=200,
        ),
    ] = ""
    font_size: Annotated[
        int,
        Row(
            label="Text size",
            help="The size of the text on the page.",
            low=8,
            high=48,
            slider=Slider(8, 48, 1),
            unit="pt",
        ),
    ] = 14
    line_height: Annotated[
        int,
        Row(
            label="Line height",
            help="The distance between lines, in percent of the text's own height.",
            low=100,
            high=250,
            slider=Slider(100, 250, 5),
            unit="%",
        ),
    ] = 160
    measure: Annotated[
        int,
        Row(
            label="Measure",
            help="The length of a line, in characters.",
            low=40,
            high=120,
            slider=Slider(40, 120, 1),
            unit="characters",
        ),
    ] = 68
    markdown: Annotated[
        bool,
        Row(
            label="Markdown styles",
            help="Shows headings, emphasis, lists, quotes, links and comments in their own style.",
        ),
    ] = True
    focus: Annotated[
        str,
        Row(
            label="Focus",
            help="Dims all text but the paragraph or the sentence that the cursor is in.",
            choices=("off", "paragraph", "sentence"),
        ),
    ] = "off"
    typewriter: Annotated[
        bool,
        Row(
            label="Typewriter scrolling",
            help="Keeps the line that is written in the middle of the window.",
        ),
    ] = False
    engine: Annotated[
        str,
        Row(
            label="Engine",
            help="What runs the model; auto takes the one that the model's files are made for.",
            choices=("auto", *ENGINES),
            group="Model",
        ),
    ] = "auto"
    load_at_start: Annotated[
        bool,
        Row(
            label="Load the model at start",
            help="Loads the last model as soon as the window is open.",
        ),
    ] = True
    network: Annotated[
        bool,
        Row(
            label="Allow the network",
            help="Models are fetched when you press Download, and servers are used; off, neither.",
        ),
    ] = True
    side_panel: Annotated[
        bool,
        Row(label="Side panel", help="Shows the panel of sliders and models.", group="Page"),
    ] = True
    side_bar: Annotated[
        bool,
        Row(label="Side bar", help="Shows the book, the headings and recent texts at the left."),
    ] = False
    reopen_book: Annotated[
        bool,
        Row(
            label="Open the last book at start",
            help="Opens the book that was open last, with its last scene on the page.",
        ),
    ] = True
    all_parameters: Annotated[
        bool,
        Row(
            label="All parameters",
            help="Shows every sampling parameter in the side panel; off, those that writers move.",
            group="Writing",
        ),
    ] = False
    preset: Annotated[
        str,
        Row(
            label="Preset",
            help="The preset that was chosen; empty takes what suits the model, else Balanced.",
            max_length=60,
        ),
    ] = ""
    takes_at_once: Annotated[
        int,
        Row(
            label="Takes at once",
            help="How many takes are written when several are asked for.",
            low=2,
            high=8,
            slider=Slider(2, 8, 1),
        ),
    ] = 3
    takes_tray: Annotated[
        str,
        Row(
            label="Tray of takes",
            help="Where several takes are shown side by side: below the page, or beside it.",
            choices=("below", "beside"),
        ),
    ] = "below"
    repeatable: Annotated[
        str,
        Row(
            label="Repeatable takes",
            help=(
                "Reads the whole text for a request, so that Again gives the same words: auto for "
                "several takes, where that takes about a second at most."
            ),
            choices=("auto", "every", "never"),
        ),
    ] = "auto"
    prompt_overflow: Annotated[
        str,
        Row(
            label="Text too long for the model",
            help="What happens then: drop_head lets the model see only the end, fail says so.",
            choices=("drop_head", "fail"),
        ),
    ] = "drop_head"
    following_text: Annotated[
        str,
        Row(
            label="Text after the cursor",
            help="Whether the model reads it, too, as what follows; some are trained for that.",
            choices=("off", "able", "always"),
        ),
    ] = "able"
    system_prompt: Annotated[
        str,
        Row(
            label="System prompt",
            help="What the model is told before every instruction; empty takes Lampblack's own.",
            max_length=20_000,
        ),
    ] = ""
    read_ahead: Annotated[
        bool,
        Row(
            label="Read ahead",
            help="Reads along while you pause, so that writing starts at once; costs some energy.",
        ),
    ] = True
    word_hints: Annotated[
        bool,
        Row(
            label="Other words at the mouse",
            help="Where the mouse rests, shows how likely the word was and what else fitted.",
        ),
    ] = False
    smart_quotes: Annotated[
        bool,
        Row(
            label="Smart quotes and dashes",
            help="Makes “ ” ‘ ’ of straight quotes and — of -- as you type; Undo takes it back.",
        ),
    ] = False
    spelling: Annotated[
        bool,
        Row(
            label="Check spelling",
            help="Underlines words that are not in the dictionary of the document’s language.",
        ),
    ] = True
    spelling_language: Annotated[
        str,
        Row(
            label="Spelling language",
            help="Of documents for which none was chosen, such as de_AT; empty is the system’s.",
            max_length=20,
        ),
    ] = ""
    announce: Annotated[
        str,
        Row(
            label="Read aloud",
            help="What a screen reader says of the model’s text: its sentences, its end, nothing.",
            choices=("sentences", "end", "nothing"),
        ),
    ] = "sentences"
    examine_models: Annotated[
        bool,
        Row(
            label="Examine new models",
            help="Tries a new model for some seconds while you pause, to say what it is good for.",
            group="Model",
        ),
    ] = True
    service: Annotated[
        bool,
        Row(
            label="Local service",
            help="Other programs of this machine may use the model, over HTTP and with a token.",
            group="Service",
        ),
    ] = False
    service_port: Annotated[
        int,
        Row(
            label="Port",
            help="Where other programs reach it: http://127.0.0.1 and this number.",
            low=1024,
            high=65535,
        ),
    ] = SERVICE_PORT
    service_lan: Annotated[
        bool,
        Row(
            label="Local network",
            help="Other machines of the local network reach it, too, with the token.",
        ),
    ] = False
    service_certificate: Annotated[
        str,
        Row(label="Certificate", help="A PEM file: with it the service speaks https, and no http."),
    ] = ""
    service_key: Annotated[
        str,
        Row(
            label="Private key",
            help="The certificate’s PEM key, without a password, if it is in a file of its own.",
        ),
    ] = ""
    service_origins: Annotated[
        tuple[str, ...],
        Row(
            label="Web pages that may call",
            help="Their origins in small letters, without a path; pages of no other site may.",
            max_length=50,
            pattern=r"https?://[a-z0-9.\-\[\]:]+",
            form="an origin such as http://localhost:8000",
        ),
    ] = ()
    service_path_token: Annotated[
        bool,
        Row(
            label="Token in the address",
            help="Takes addresses with /k/TOKEN/v1, for programs without a field for a token.",
        ),
    ] = False
    masked_names: Annotated[
        tuple[str, ...],
        Row(
            label="Names to mask",
            help="Replaced before a text goes to a server on another machine, and put back after.",
            max_length=1000,
            group="Servers",
        ),
    ] = ()
    lock_after: Annotated[
        int,
        Row(
            label="Lock after",
            help="With a passphrase, hides the text after so many minutes without input; 0 never.",
            low=0,
            high=240,
            slider=Slider(0, 60, 1),
            unit="minutes",
            group="Privacy",
        ),
    ] = 0
    model: str = ""
    recent_files: tuple[str, ...] = ()
    recent_books: tuple[str, ...] = ()
    book: str = ""
    scene: str = ""
    added_models: tuple[str, ...] = ()
    watched_folders: tuple[str, ...] = ()
    use_programs: tuple[str, ...] = ()
    agreed_hosts: tuple[str, ...] = ()
    server: str = ""
    agreed_servers: tuple[str, ...] = ()
    sampling: Sampling = Sampling()
    load: LoadOptions = LoadOptions()


SETTINGS: tuple[BoundRow, ...] = rows(Settings)
"""Every setting that a user chooses, in the order of the dialog and the help."""
