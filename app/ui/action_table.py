"""The table of everything that the window can do: one row per action, without Qt.

Menus, shortcuts, tooltips, accessible names and the list of keys derive from it.
"""

from __future__ import annotations

import msgspec

MENUS = ("File", "Edit", "View", "Write", "Model", "Help")
CONTEXT = "Actions"
"""The translation context of the table's texts."""


class ActionRow(msgspec.Struct, frozen=True):
    """One action; `shortcuts` in Qt's portable notation, the first is the one that is shown.

    `starts_group` puts a line before it in the menu.
    """

    id: str
    menu: str
    text: str
    shortcuts: tuple[str, ...]
    help: str
    icon: str = ""
    checkable: bool = False
    starts_group: bool = False


ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("new", "File", "New", ("Ctrl+N",), "Begin an empty manuscript", "document-new"),
    ActionRow("open", "File", "Open…", ("Ctrl+O",), "Open a text or Markdown file", "folder"),
    ActionRow(
        "open_as",
        "File",
        "Open As…",
        ("Ctrl+Alt+O",),
        "Open this file in another encoding, where its letters are wrong",
    ),
    ActionRow(
        "save", "File", "Save", ("Ctrl+S",), "Save the manuscript", "save", starts_group=True
    ),
    ActionRow(
        "save_as", "File", "Save As…", ("Ctrl+Shift+S",), "Save the manuscript under another name"
    ),
    ActionRow("quit", "File", "Quit", ("Ctrl+Q",), "Close Lampblack", starts_group=True),
    ActionRow("undo", "Edit", "Undo", ("Ctrl+Z",), "Take the last step back", "undo"),
    ActionRow("redo", "Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do it again", "redo"),
    ActionRow("cut", "Edit", "Cut", ("Ctrl+X",), "Cut the selection", starts_group=True),
    ActionRow("copy", "Edit", "Copy", ("Ctrl+C",), "Copy the selection"),
    ActionRow("paste", "Edit", "Paste", ("Ctrl+V",), "Paste as plain text"),
    ActionRow("select_all", "Edit", "Select All", ("Ctrl+A",), "Select the whole manuscript"),
    ActionRow(
        "find",
        "Edit",
        "Find…",
        ("Ctrl+F",),
        "Find words in the manuscript",
        "find",
        starts_group=True,
    ),
    ActionRow(
        "find_next", "Edit", "Find Next", ("F3",), "Go to the next place found", "chevron-down"
    ),
    ActionRow(
        "find_previous",
        "Edit",
        "Find Previous",
        ("Shift+F3",),
        "Go to the place before",
        "chevron-up",
    ),
    ActionRow(
        "settings",
        "Edit",
        "Settings…",
        ("Ctrl+,",),
        "Change how Lampblack looks and works",
        "settings",
        starts_group=True,
    ),
    ActionRow(
        "side_panel",
        "View",
        "Side Panel",
        ("F9",),
        "Show sampling and models beside the page",
        "panel",
        checkable=True,
    ),
    ActionRow(
        "all_parameters",
        "View",
        "All Parameters",
        ("Shift+F9",),
        "Show every sampling parameter, or only those that writers move",
        checkable=True,
    ),
    ActionRow(
        "full_screen",
        "View",
        "Full Screen",
        ("F11",),
        "Fill the screen with the page",
        checkable=True,
    ),
    ActionRow(
        "zoom_in",
        "View",
        "Larger Text",
        ("Ctrl++", "Ctrl+="),
        "Make the text larger",
        starts_group=True,
    ),
    ActionRow("zoom_out", "View", "Smaller Text", ("Ctrl+-",), "Make the text smaller"),
    ActionRow(
        "zoom_reset", "View", "Normal Text Size", ("Ctrl+0",), "Show the text as in Settings"
    ),
    ActionRow(
        "continue",
        "Write",
        "Continue",
        ("Ctrl+Enter", "Ctrl+Return"),
        "Let the model go on at the cursor; what it wrote before is accepted",
        "continue",
    ),
    ActionRow(
        "continue_many",
        "Write",
        "Write Several Takes at Once",
        ("Ctrl+Alt+Enter", "Ctrl+Alt+Return"),
        "Let the model go on in several ways; look through them with Alt+Left and Alt+Right",
    ),
    ActionRow(
        "instruct",
        "Write",
        "Instruction…",
        ("Ctrl+I",),
        "Tell the model what to write at the cursor",
        "edit",
    ),
    ActionRow(
        "stop",
        "Write",
        "Stop",
        ("Esc",),
        "Stop the model; what it wrote stays",
        "stop",
    ),
    ActionRow(
        "retry",
        "Write",
        "Retry",
        ("Ctrl+R",),
        "Write another take in the place of this one, which is kept",
        "retry",
        starts_group=True,
    ),
    ActionRow(
        "take_before", "Write", "Take Before", ("Alt+Left",), "Show the take before", "chevron-left"
    ),
    ActionRow(
        "take_after", "Write", "Next Take", ("Alt+Right",), "Show the next take", "chevron-right"
    ),
    ActionRow(
        "accept",
        "Write",
        "Accept",
        ("Ctrl+Shift+Enter", "Ctrl+Shift+Return"),
        "Make the tinted text your own; editing it or writing on does so too",
        "accept",
    ),
    ActionRow(
        "all_takes",
        "Write",
        "All Takes…",
        ("Ctrl+Shift+T",),
        "See every take written for this manuscript",
        starts_group=True,
    ),
    ActionRow(
        "load",
        "Model",
        "Load the Last Model",
        ("Ctrl+L",),
        "Load the model used last",
        "model",
    ),
    ActionRow(
        "unload",
        "Model",
        "Unload",
        ("Ctrl+Shift+M",),
        "Give the model's memory back",
        "eject",
    ),
    ActionRow(
        "measure",
        "Model",
        "Measure This Model Again",
        ("Ctrl+Shift+B",),
        "Find out again how the model runs fastest on this machine",
    ),
    ActionRow(
        "smaller",
        "Model",
        "Make a Smaller Copy…",
        ("Ctrl+Shift+K",),
        "Make a copy of the loaded model in another type, and measure what it costs",
    ),
    ActionRow(
        "adapters",
        "Model",
        "Adapters…",
        ("Ctrl+Shift+A",),
        "Attach LoRA adapters to the loaded model, or take them off",
    ),
    ActionRow(
        "add_model",
        "Model",
        "Open a Model File…",
        ("Ctrl+Shift+O",),
        "Use a GGUF file from disk, where it lies",
        "add",
        starts_group=True,
    ),
    ActionRow(
        "get_starter",
        "Model",
        "Get the Starter Model…",
        ("Ctrl+Shift+G",),
        "Fetch a small model to begin with",
        "download",
    ),
    ActionRow(
        "manage",
        "Model",
        "Manage Models…",
        ("Ctrl+Shift+D",),
        "Find, download, check and remove models",
        "model",
    ),
    ActionRow(
        "downloads",
        "Model",
        "Show Downloads",
        ("Ctrl+J",),
        "See how far downloads are, pause them and go on with them",
    ),
    ActionRow(
        "fit",
        "Model",
        "Does It Fit?…",
        ("Ctrl+Shift+F",),
        "See what memory the model needs here, and what would make it fit",
    ),
    ActionRow(
        "models",
        "Model",
        "Show Models",
        ("Ctrl+M",),
        "Show the models on this machine",
    ),
    ActionRow(
        "passport",
        "Model",
        "Model Passport…",
        ("Ctrl+Shift+P",),
        "See what the loaded model is good for, and how fast it is here",
    ),
    ActionRow(
        "shortcuts",
        "Help",
        "Keyboard Shortcuts",
        ("F1",),
        "See every key",
    ),
    ActionRow(
        "logs",
        "Help",
        "Open the Logs Folder",
        ("Ctrl+Shift+L",),
        "Show the folder with the logs; nothing in it is ever sent",
    ),
    ActionRow("about", "Help", "About Lampblack", ("Shift+F1",), "Version and licence"),
)

ROWS: dict[str, ActionRow] = {row.id: row for row in ACTIONS}
"""The table by id."""
