"""The table of everything that the window can do: one row per action, without Qt.

Menus, shortcuts, tooltips, accessible names and the list of keys derive from it.
"""

from __future__ import annotations

from collections.abc import Iterator

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


_TABLE = """
File
new | New | Ctrl+N | document-new | Begin an empty manuscript
open | Open… | Ctrl+O | folder | Open a text or Markdown file
open_as | Open As… | Ctrl+Shift+R | - | Open this file in another encoding, where its letters are \
wrong
open_book | Open Book… | F5 | library | Open a folder of texts as a book, with its parts, chapters \
and scenes at the left
new_book | New Book… | Shift+F5 | - | Begin a book in a folder of its own
---
save | Save | Ctrl+S | save | Save the manuscript
save_as | Save As… | Ctrl+Shift+S | - | Save the manuscript under another name
history | History… | F4 | - | See earlier versions of this document and what changed \
since, and restore them
trash_document | Move to Trash | Ctrl+Shift+Del | - | Delete this document's file; it stays in the \
trash for 30 days
trash | Trash… | Ctrl+Shift+Q | - | See deleted documents, read them and restore them
backups | Backups of the Store… | Shift+F4 | - | See the daily backups of takes, versions and \
unsaved texts, and restore one
---
import | Import… | Ctrl+Shift+I | import | Take in a Word document, e-book or another text, as one \
document or as chapters
export | Export… | Ctrl+Shift+X | export | Write the text as a Word document, e-book, PDF or \
another format
print | Print… | Ctrl+P | printer | See the text as pages, and print them
---
*keep_here | Never to Another Machine | Ctrl+Shift+Y | - | Keep this document off every server \
that is not on this machine
---
lock | Lock Now | F12 | lock | Hide the text until the passphrase is typed
quit | Quit | Ctrl+Q | - | Close Lampblack
Edit
undo | Undo | Ctrl+Z | undo | Take the last step back
redo | Redo | Ctrl+Shift+Z Ctrl+Y | redo | Do it again
---
cut | Cut | Ctrl+X | - | Cut the selection
copy | Copy | Ctrl+C | - | Copy the selection
paste | Paste | Ctrl+V | - | Paste as plain text
paste_markdown | Paste as Markdown | Ctrl+Shift+V | - | Paste formatted text with its headings, \
emphasis, lists and links as Markdown
select_all | Select All | Ctrl+A | - | Select the whole manuscript
---
find | Find… | Ctrl+F | find | Find words in the manuscript
find_next | Find Next | F3 | chevron-down | Go to the next place found
find_previous | Find Previous | Shift+F3 | chevron-up | Go to the place before
replace | Replace… | Ctrl+H | - | Find words in the manuscript and put others in their place
search_all | Search in Everything… | Ctrl+Shift+J | - | Find words in this book, in recent texts, \
in other books and in every take
---
*spelling | Check Spelling | Ctrl+F7 | - | Underline words that are not in the dictionary of the \
document's language
next_misspelling | Next Unknown Word | Alt+F7 | - | Go to the next word that the dictionary does \
not have
spelling_words | Spelling… | Ctrl+Shift+F7 | - | Choose the document's language, and see its \
unknown words and your own
---
rename_entry | Rename in the Book… | F2 | - | Give what is selected in the book another title
split_scene | Split the Scene Here | Ctrl+F2 | - | Make what follows the cursor the next scene of \
the book
merge_scene | Merge with the Next Scene | Shift+F2 | - | Append the next text of the book to \
this one
---
settings | Settings… | Ctrl+, | settings | Change how Lampblack looks and works
View
*side_bar | Side Bar | Ctrl+Shift+L | - | Show the book, the headings of the page and recent texts \
at the left
*side_panel | Side Panel | F9 | panel | Show sampling and models beside the page
*all_parameters | All Parameters | Shift+F9 | - | Show every sampling parameter, or only those \
that writers move
next_pane | Next Part of the Window | F6 | - | Go on to the line for instructions, the side panel, \
the status bar and back to the page; Tab goes on within a part
previous_pane | Part Before | Shift+F6 | - | Go back to the part of the window before
*full_screen | Full Screen | F11 | - | Fill the screen with the page
*markdown | Markdown Styles | Shift+F8 | - | Show headings, emphasis, lists, quotes, links and \
comments in their own style
*focus_paragraph | Focus on the Paragraph | F7 | - | Dim all text but the paragraph that the \
cursor is in
*focus_sentence | Focus on the Sentence | Shift+F7 | - | Dim all text but the sentence that the \
cursor is in
*typewriter | Typewriter Scrolling | F8 | - | Keep the line that is written in the middle of the \
window
---
memory | Memory and Lore | Ctrl+F9 | - | Tell the model what it should always know: a memory, an \
author’s note, and lore that is sent when it is named
context_view | What the Model Reads… | Ctrl+Shift+F9 | - | See exactly what the model would be \
sent now, each part with its tokens and its reason, and how long reading it takes
---
progress | Progress… | Ctrl+Shift+W | - | See the words of each day and set goals
*origins | Where the Text Comes From | Ctrl+F8 | - | Tint and underline what a model wrote, \
what was edited of it, and what was pasted
influence | What Drove This… | Ctrl+Shift+F10 | - | See which parts of the prompt mattered most \
for the sentence at the cursor, or for the selection
provenance | Provenance Report… | Ctrl+Shift+F8 | - | See how much was typed, generated, edited \
and pasted, by chapter, and by which models, and save it
*heat | Heat View | Ctrl+F11 | - | Underline what the model would not have expected, in what was \
generated and, once the page is scored, in your own text
score_page | Score the Page | Ctrl+Shift+F11 | - | Let the model read the selection, or what is in \
the window, and show in the heat view what surprised it
---
fold | Fold or Unfold | Ctrl+. | - | Fold what belongs to the heading at the cursor, or show it \
again; nothing of the text changes
fold_all | Fold or Unfold All | Ctrl+Shift+. | - | Fold what belongs to every heading, or show all \
of it again
---
zoom_in | Larger Text | Ctrl++ Ctrl+= | - | Make the text larger
zoom_out | Smaller Text | Ctrl+- | - | Make the text smaller
zoom_reset | Normal Text Size | Ctrl+0 | - | Show the text as in Settings
Write
continue | Continue | Ctrl+Enter Ctrl+Return | continue | Let the model go on at the cursor; what \
it wrote before is accepted
continue_many | Write Several Takes at Once | Ctrl+Alt+Enter Ctrl+Alt+Return | - | Let the model \
go on in several ways, side by side below the page, and pick one or parts of several
instruct | Instruction… | Ctrl+I | edit | Tell the model what to write at the cursor
stop | Stop | Esc | stop | Stop the model; what it wrote stays
---
retry | Retry | Ctrl+R | retry | Write another take in the place of this one, which is kept
take_before | Take Before | Alt+Left | chevron-left | Show the take before
take_after | Next Take | Alt+Right | chevron-right | Show the next take
accept | Accept | Ctrl+Shift+Enter Ctrl+Shift+Return | accept | Make the tinted text your own; \
editing it or writing on does so too
---
why | Why This Word… | Ctrl+F10 | - | See how likely the word at the cursor was to the model and \
what else could have stood there, put another in, and go on from it or keep what follows
rewrite | Rewrite… | Ctrl+K | - | Find an action for the selected text: shorten it, translate it, \
summarise it and more
own_rewrites | Own Actions… | Ctrl+Shift+F3 | - | Write actions of your own, and share them as files
---
takes_here | Takes of This Place | Ctrl+F3 | takes | See what else the model wrote here, side by \
side
notes | Notes | Ctrl+Shift+F2 | - | See the summaries, explanations and questions that the model \
wrote about this text
summarise_book | Summarise the Book | Ctrl+Shift+F1 | - | Have the model summarise the whole book, \
part by part, with links to the passages
all_takes | All Takes… | Ctrl+Shift+T | - | See every take written for this manuscript
---
next_change | Next Change | Alt+Down | chevron-down | Go to the next change that the model \
proposes
previous_change | Change Before | Alt+Up | chevron-up | Go to the proposed change before
accept_change | Accept Change | Ctrl+F5 | accept | Make the change at the cursor, or those within \
the selection, and go on to the next
reject_change | Reject Change | Ctrl+F6 | close | Leave the text as it is there, and go on to the \
next change
accept_changes | Accept All Changes | Ctrl+Shift+F5 | - | Make every proposed change, as one step
reject_changes | Reject All Changes | Ctrl+Shift+F6 | - | Leave the text as it is, everywhere
Model
load | Load the Last Model | Ctrl+L | model | Load the model used last
unload | Unload | Ctrl+Shift+M | eject | Give the model's memory back
measure | Measure This Model Again | Ctrl+Shift+B | - | Find out again how the model runs fastest \
on this machine
quantize | Make a Smaller Copy… | Ctrl+Shift+K | - | Make a copy of the loaded model in another \
type, and measure what it costs
adapters | Adapters… | Ctrl+Shift+A | - | Attach LoRA adapters to the loaded model, or take them off
learn_style | Learn My Style… | Ctrl+Shift+F4 | - | Teach a model to write as your pages do, here \
on this machine
---
add_model | Open a Model File… | Ctrl+Shift+O | add | Use a GGUF file from disk, where it lies
get_starter | Get the Starter Model… | Ctrl+Shift+G | download | Fetch a small model to begin with
add_server | Add Server… | Ctrl+Shift+N | globe | Write with a model of another program or machine
edit_server | Edit Server… | Ctrl+Shift+E | - | Change the server in use: its key, its model, its \
masking
manage | Manage Models… | Ctrl+Shift+D | model | Find, download, check and remove models
downloads | Show Downloads | Ctrl+J | - | See how far downloads are, pause them and go on with them
fit | Does It Fit?… | Ctrl+Shift+F | - | See what memory the model needs here, and what would make \
it fit
models | Show Models | Ctrl+M | - | Show the models on this machine
passport | Model Passport… | Ctrl+Shift+P | - | See what the loaded model is good for, and how \
fast it is here
runs | Runs… | Ctrl+Shift+F12 | - | See what was trained and measured here, with curves and \
figures, and compare runs
---
service | Local Service… | Ctrl+Shift+H | lamp-on | Let other programs of this machine use the \
model; see their requests
Help
shortcuts | Keyboard Shortcuts | F1 | - | See every key
logs | Open the Logs Folder | Ctrl+F1 | - | Show the folder with the logs; nothing in it is \
ever sent
about | About Lampblack | Shift+F1 | - | Version and licence
"""


def action_rows(table: str) -> Iterator[ActionRow]:
    """The rows of a table: below each menu's name, id | text | shortcuts | icon or - | help.

    A * before the id marks what is checkable; --- stands before a group.
    """
    menu, starts_group = "", False
    for line in table.strip().split("\n"):
        if line in MENUS:
            menu = line
        elif line == "---":
            starts_group = True
        else:
            name, text, shortcuts, icon, help_text = line.split(" | ")
            yield ActionRow(
                id=name.removeprefix("*"),
                menu=menu,
                text=text,
                shortcuts=tuple(shortcuts.split()),
                help=help_text,
                icon=icon.removeprefix("-"),
                checkable=name.startswith("*"),
                starts_group=starts_group,
            )
            starts_group = False


ACTIONS = tuple(action_rows(_TABLE))

ROWS: dict[str, ActionRow] = {row.id: row for row in ACTIONS}
"""The table by id."""
